/// The loss of each row, −Σₖ target[k] · ln softmax(logits)[k], and its gradient, (softmax(logits) − target) · scale; without
/// targets of its own a row's target is 1 for its label.
///
/// Columns from `classes` on are padding: they take no part, and their gradient is zero.
public struct SoftmaxCrossEntropy {
    /// `[rows, stride]`, as is `gradient`; the stride is at least `classes` rounded up to 16.
    public var logits: UnsafePointer<Float>
    public var stride: Int
    public var rows: Int
    public var classes: Int
    /// `[rows]`, each 0 ..< classes.
    public var labels: UnsafePointer<Int32>
    /// `[rows, classes]`, the shares of the classes, which add up to 1; nil for the labels alone.
    public var targets: UnsafePointer<Float>?
    /// `[rows]`.
    public var losses: UnsafeMutablePointer<Float>
    /// Nil: only the losses.
    public var gradient: UnsafeMutablePointer<Float>?
    /// What the gradient is multiplied with: 1 / rows for the mean loss.
    public var scale: Float

    public init(
        logits: UnsafePointer<Float>, stride: Int, rows: Int, classes: Int, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>? = nil, losses: UnsafeMutablePointer<Float>,
        gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) {
        (self.logits, self.stride, self.rows, self.classes) = (logits, stride, rows, classes)
        (self.labels, self.targets, self.losses) = (labels, targets, losses)
        (self.gradient, self.scale) = (gradient, scale)
    }

    /// Computes all rows, and returns how many have their first largest logit at their label.
    @inlinable @inline(__always)
    func compute<V: ProductVector>(vector: V.Type) -> Int {
        var correct = 0
        for row in 0..<rows {
            let logits = self.logits + row * stride
            let label = Int(labels[row])
            // Taking the largest away changes nothing but keeps the exponentials from overflowing.
            let largest = Self.largest(logits, classes: classes, vector: V.self)
            var sum: Float = 0
            var lanes = V(repeating: 0)
            for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
                let shifted = V(loading: logits + i) - V(repeating: largest)
                let power = V.select(
                    Self.isClass(from: i, classes, vector: V.self), V.exp(shifted), V(repeating: 0))
                lanes = lanes + power
                if let gradient { power.store(to: gradient + row * stride + i) }
            }
            for lane in 0..<V.scalarCount { sum += lanes[lane] }
            let target = targets.map { $0 + row * classes }
            var expected = logits[label] - largest
            if let target {
                expected = 0
                for index in 0..<classes { expected += target[index] * (logits[index] - largest) }
            }
            losses[row] = V.log(V(repeating: sum))[0] - expected
            if let gradient {
                let row = gradient + row * stride
                Self.finish(row, classes, sum, scale, vector: V.self)
                if let target {
                    for index in 0..<classes { row[index] -= scale * target[index] }
                } else {
                    row[label] -= scale
                }
            }
            if Self.firstIndex(of: largest, in: logits, classes) == label { correct += 1 }
        }
        return correct
    }

    /// Turns exponentials into the gradient of a row without a target.
    @inlinable @inline(__always)
    static func finish<V: ProductVector>(
        _ gradient: UnsafeMutablePointer<Float>, _ classes: Int, _ sum: Float, _ scale: Float,
        vector: V.Type
    ) {
        let share = V(repeating: scale / sum)
        for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
            (V(loading: gradient + i) * share).store(to: gradient + i)
        }
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
        var largest = -Float.infinity
        for lane in 0..<V.scalarCount where lanes[lane] > largest { largest = lanes[lane] }
        return largest
    }

    /// Which lanes of the vector that begins at column `first` are classes and no padding.
    @inlinable @inline(__always)
    static func isClass<V: ProductVector>(from first: Int, _ classes: Int, vector: V.Type) -> V.Words {
        var columns = V(repeating: 0)
        for lane in 0..<V.scalarCount { columns[lane] = Float(lane) }
        return V.less(columns, V(repeating: Float(classes - first)))
    }

    /// -1 where no logit is `value`: all are NaN.
    @inlinable @inline(__always)
    static func firstIndex(of value: Float, in logits: UnsafePointer<Float>, _ classes: Int) -> Int {
        for index in 0..<classes where logits[index] == value { return index }
        return -1
    }
}
