/// The loss of each row, −Σₖ aₖ · ln softmax(logits)ₖ, and its gradient, (Σₖ aₖ · softmax(logits) − a) · scale.
///
/// What each class counts is a = r · w · ((1 − ε) t + ε / classes): the target t, which is 1 for the label where a row has no
/// target of its own, smoothed by ε (Szegedy et al. 2016, §7), with the weights w of the classes and r of the row.
/// Columns from `classes` on are padding: they take no part, and their gradient is zero.
public struct SoftmaxCrossEntropy {
    /// `[rows, stride]`, as is `gradient`; the stride is at least `classes` rounded up to 16.
    public var logits: UnsafePointer<Float>
    public var stride: Int
    public var rows: Int
    public var classes: Int
    /// `[rows]`, each 0 ..< classes where the row's weight is not 0.
    public var labels: UnsafePointer<Int32>
    /// `[rows, classes]`, the shares of the classes, which add up to 1, with 16 readable values behind the last; nil for the
    /// labels alone.
    public var targets: UnsafePointer<Float>?
    /// ε.
    public var smoothing: Float
    /// `[classes]`, 16 values behind the last are readable; nil: all 1.
    public var classWeights: UnsafePointer<Float>?
    /// `[rows]`; 0 leaves a row out, whatever it holds. Nil: all 1.
    public var rowWeights: UnsafePointer<Float>?
    /// `[rows]`.
    public var losses: UnsafeMutablePointer<Float>
    /// Nil: only the losses.
    public var gradient: UnsafeMutablePointer<Float>?
    /// What the gradient is multiplied with: for the mean loss 1 / rows, or 1 / `totalWeight` where there are weights.
    public var scale: Float

    public init(
        logits: UnsafePointer<Float>, stride: Int, rows: Int, classes: Int, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>? = nil, smoothing: Float = 0,
        classWeights: UnsafePointer<Float>? = nil, rowWeights: UnsafePointer<Float>? = nil,
        losses: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) {
        (self.logits, self.stride, self.rows, self.classes) = (logits, stride, rows, classes)
        (self.labels, self.targets, self.losses) = (labels, targets, losses)
        (self.smoothing, self.classWeights, self.rowWeights) = (smoothing, classWeights, rowWeights)
        (self.gradient, self.scale) = (gradient, scale)
    }

    /// Some of its rows.
    public func part(_ share: Range<Int>) -> SoftmaxCrossEntropy {
        var part = self
        (part.rows, part.labels, part.losses) = (
            share.count, labels + share.lowerBound, losses + share.lowerBound
        )
        part.logits += share.lowerBound * stride
        part.targets = targets.map { $0 + share.lowerBound * classes }
        part.rowWeights = rowWeights.map { $0 + share.lowerBound }
        part.gradient = gradient.map { $0 + share.lowerBound * stride }
        return part
    }

    /// Computes all rows, and returns how many have their first largest logit at their label, not counting those that are left out.
    @inlinable @inline(__always)
    func compute<V: ProductVector>(vector: V.Type) -> Int {
        var correct = 0
        for row in 0..<rows {
            if let rowWeights, rowWeights[row] == 0 {
                leaveOut(row, vector: V.self)
            } else if computeRow(row, vector: V.self) {
                correct += 1
            }
        }
        return correct
    }

    /// What the weights of all rows add up to, in their order: what a mean loss is divided by. A row counts r · Σₖ wₖ tₖ.
    @inlinable @inline(__always)
    func totalWeight<V: ProductVector>(vector: V.Type) -> Double {
        guard rowWeights != nil || classWeights != nil else { return Double(rows) }
        var total = 0.0
        for row in 0..<rows {
            let rowWeight = rowWeights.map { $0[row] } ?? 1
            if rowWeight == 0 { continue }
            total += Double(rowWeight) * Double(labelWeight(row, vector: V.self))
        }
        return total
    }

    /// Σₖ wₖ tₖ.
    @inlinable @inline(__always)
    func labelWeight<V: ProductVector>(_ row: Int, vector: V.Type) -> Float {
        guard let classWeights else { return 1 }
        guard let targets else { return classWeights[Int(labels[row])] }
        var lanes = V(repeating: 0)
        for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
            let product = V(loading: targets + row * classes + i) * V(loading: classWeights + i)
            lanes = lanes + V.select(Self.isClass(from: i, classes, vector: V.self), product, V(repeating: 0))
        }
        return Float(lanes.doubles.laneSum)
    }

    @inlinable @inline(__always)
    func leaveOut<V: ProductVector>(_ row: Int, vector: V.Type) {
        losses[row] = 0
        guard let gradient else { return }
        for i in Swift.stride(from: row * stride, to: (row + 1) * stride, by: V.scalarCount) {
            V(repeating: 0).store(to: gradient + i)
        }
    }

    /// Returns whether the row's first largest logit is at its label.
    @inlinable @inline(__always)
    func computeRow<V: ProductVector>(_ row: Int, vector: V.Type) -> Bool {
        let logits = logits + row * stride
        let label = Int(labels[row])
        // Taking the largest away changes nothing but keeps the exponentials from overflowing.
        let largest = Self.largest(logits, classes: classes, vector: V.self)
        let rowGradient = gradient.map { $0 + row * stride }
        let sum = Self.exponentialSum(logits, classes, largest, keep: rowGradient, vector: V.self)
        let rowWeight = rowWeights.map { $0[row] } ?? 1
        // The label alone counts `sharp`; what counts for all classes is left to vectors.
        let sharp = targets == nil ? rowWeight * (1 - smoothing) * (classWeights.map { $0[label] } ?? 1) : 0
        var (total, expected) = (sharp, sharp == 0 ? 0 : sharp * (logits[label] - largest))
        let isSpread = targets != nil || smoothing != 0
        if isSpread {
            let spread = spreadSums(row, largest, rowWeight, vector: V.self)
            (total, expected) = (total + spread.total, expected + spread.expected)
        }
        losses[row] = total * V.log(V(repeating: sum))[0] - expected
        if let rowGradient {
            finish(rowGradient, row, share: total / sum, rowWeight, isSpread: isSpread, vector: V.self)
            rowGradient[label] -= scale * sharp
        }
        return logits[label] == largest && !Self.contains(largest, in: logits, label, vector: V.self)
    }

    /// What every class of a row counts apart from `sharp`, for a vector of classes; 0 beyond them.
    @inlinable @inline(__always)
    func spread<V: ProductVector>(_ row: Int, _ i: Int, _ rowWeight: Float, vector: V.Type) -> V {
        var counts = V(repeating: rowWeight * smoothing / Float(classes))
        if let targets {
            let target = V(loading: targets + row * classes + i)
            counts = V.multiplyAdd(V(repeating: rowWeight * (1 - smoothing)), target, counts)
        }
        if let classWeights { counts = counts * V(loading: classWeights + i) }
        return V.select(Self.isClass(from: i, classes, vector: V.self), counts, V(repeating: 0))
    }

    /// Σₖ aₖ and Σₖ aₖ · (logitₖ − largest) of what `spread` gives.
    @inlinable @inline(__always)
    func spreadSums<V: ProductVector>(
        _ row: Int, _ largest: Float, _ rowWeight: Float, vector: V.Type
    ) -> (total: Float, expected: Float) {
        var (totals, products) = (V(repeating: 0), V(repeating: 0))
        for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
            let counts = spread(row, i, rowWeight, vector: V.self)
            totals = totals + counts
            let shifted = V(loading: logits + row * stride + i) - V(repeating: largest)
            let product = V.select(
                Self.isClass(from: i, classes, vector: V.self), shifted * counts, V(repeating: 0))
            products = products + product
        }
        return (Float(totals.doubles.laneSum), Float(products.doubles.laneSum))
    }

    /// Turns exponentials into the gradient of a row, but for what `sharp` takes away at the label.
    @inlinable @inline(__always)
    func finish<V: ProductVector>(
        _ gradient: UnsafeMutablePointer<Float>, _ row: Int, share: Float, _ rowWeight: Float, isSpread: Bool,
        vector: V.Type
    ) {
        let (factor, scales) = (V(repeating: scale * share), V(repeating: scale))
        for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
            var value = V(repeating: 0)
            if i < classes {
                value = V(loading: gradient + i) * factor
                if isSpread { value = value - scales * spread(row, i, rowWeight, vector: V.self) }
            }
            value.store(to: gradient + i)
        }
    }

    /// ln Σₖ eᶻ of one row: taken away from its logits it leaves the logarithms of its softmax.
    @inlinable @inline(__always)
    static func normaliser<V: ProductVector>(
        _ logits: UnsafePointer<Float>, classes: Int, vector: V.Type
    ) -> Float {
        let largest = largest(logits, classes: classes, vector: V.self)
        let sum = exponentialSum(logits, classes, largest, keep: nil, vector: V.self)
        return largest + V.log(V(repeating: sum))[0]
    }

    /// Σₖ e^(zₖ − largest), and the terms themselves in `keep`, with zeros behind them up to a whole vector.
    @inlinable @inline(__always)
    static func exponentialSum<V: ProductVector>(
        _ logits: UnsafePointer<Float>, _ classes: Int, _ largest: Float, keep: UnsafeMutablePointer<Float>?,
        vector: V.Type
    ) -> Float {
        var lanes = V(repeating: 0)
        for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
            let shifted = V(loading: logits + i) - V(repeating: largest)
            let power = V.select(isClass(from: i, classes, vector: V.self), V.exp(shifted), V(repeating: 0))
            lanes = lanes + power
            if let keep { power.store(to: keep + i) }
        }
        var sum: Float = 0
        for lane in 0..<V.scalarCount { sum += lanes[lane] }
        return sum
    }

    @inlinable @inline(__always)
    static func largest<V: ProductVector>(_ logits: UnsafePointer<Float>, classes: Int, vector: V.Type)
        -> Float
    {
        var lanes = V(repeating: -.infinity)
        for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
            let value = V(loading: logits + i)
            let counts = isClass(from: i, classes, vector: V.self) & V.less(lanes, value)
            lanes = V.select(counts, value, lanes)
        }
        // None of them is NaN.
        return V.largest(lanes)
    }

    /// Which lanes of the vector that begins at column `first` are classes and no padding.
    @inlinable @inline(__always)
    static func isClass<V: ProductVector>(from first: Int, _ classes: Int, vector: V.Type) -> V.Words {
        V.less(V.ramp, V(repeating: Float(classes - first)))
    }

    /// Whether one of the first `count` logits is `value`.
    @inlinable @inline(__always)
    static func contains<V: ProductVector>(
        _ value: Float, in logits: UnsafePointer<Float>, _ count: Int, vector: V.Type
    ) -> Bool {
        var found = V.Words(repeating: 0)
        for i in Swift.stride(from: 0, to: count, by: V.scalarCount) {
            let equal = V.equal(V(loading: logits + i), V(repeating: value))
            found = found | (equal & isClass(from: i, count, vector: V.self))
        }
        return V.Words.any(found)
    }
}
