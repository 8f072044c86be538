/// How much a classifier's outputs differ between views of the same sample: the Jensen–Shannon divergence of their
/// softmaxes p, (1/V) Σᵥ Σₖ pᵥₖ · (ln pᵥₖ − ln Mₖ) with their mean M (AugMix: Hendrycks et al. 2020, eq. 2).
///
/// The views of a sample stand one behind the other.
public struct ViewDivergence {
    /// `[samples · views · positions, stride]`, as is `gradient`; the stride is `classes` rounded up to 16.
    public var logits: UnsafePointer<Float>
    public var stride: Int
    public var classes: Int
    public var samples: Int
    public var views: Int
    /// Rows of one view: each is compared with the same one of the other views.
    public var positions: Int
    /// `[samples · views · positions]`: each row's Σₖ pₖ · (ln pₖ − ln Mₖ); the divergence is their mean.
    public var losses: UnsafeMutablePointer<Float>
    /// As `losses`: written, for this kernel alone.
    public var normalisers: UnsafeMutablePointer<Float>
    /// What the divergence's gradient is added to; nil: only the losses.
    public var gradient: UnsafeMutablePointer<Float>?
    /// What the gradient is multiplied with: 1 / rows for the gradient of the mean of `losses`.
    public var scale: Float

    public init(
        logits: UnsafePointer<Float>, stride: Int, classes: Int, samples: Int, views: Int, positions: Int,
        losses: UnsafeMutablePointer<Float>, normalisers: UnsafeMutablePointer<Float>,
        gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) {
        (self.logits, self.stride, self.classes) = (logits, stride, classes)
        (self.samples, self.views, self.positions) = (samples, views, positions)
        (self.losses, self.normalisers, self.gradient) = (losses, normalisers, gradient)
        self.scale = scale
    }

    /// Some of its samples.
    public func part(_ share: Range<Int>) -> ViewDivergence {
        var part = self
        let row = share.lowerBound * views * positions
        (part.samples, part.logits) = (share.count, logits + row * stride)
        (part.losses, part.normalisers) = (losses + row, normalisers + row)
        part.gradient = gradient.map { $0 + row * stride }
        return part
    }

    @inlinable @inline(__always)
    func compute<V: ProductVector>(vector: V.Type) {
        for row in 0..<samples * views * positions {
            normalisers[row] = SoftmaxCrossEntropy.normaliser(
                logits + row * stride, classes: classes, vector: V.self)
        }
        for sample in 0..<samples {
            for position in 0..<positions {
                let first = sample * views * positions + position
                computeLosses(first, vector: V.self)
                if gradient != nil { addGradients(first, vector: V.self) }
            }
        }
    }

    /// The rows of the same position in all views begin at `first`.
    @inlinable @inline(__always)
    func computeLosses<V: ProductVector>(_ first: Int, vector: V.Type) {
        let end = first + views * positions
        for row in Swift.stride(from: first, to: end, by: positions) {
            var lanes = V(repeating: 0)
            for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
                let (share, ratio) = shareAndRatio(row, first, i, vector: V.self)
                lanes = V.multiplyAdd(share, ratio, lanes)
            }
            losses[row] = Float(lanes.doubles.laneSum)
        }
    }

    /// The softmax's derivative of (1/V) Σᵥ Σₖ …: pₖ · (rₖ − Σⱼ pⱼ rⱼ) with r = ln p − ln M.
    @inlinable @inline(__always)
    func addGradients<V: ProductVector>(_ first: Int, vector: V.Type) {
        let end = first + views * positions
        let scale = V(repeating: scale)
        for row in Swift.stride(from: first, to: end, by: positions) {
            let (target, mean) = (gradient! + row * stride, V(repeating: losses[row]))
            for i in Swift.stride(from: 0, to: classes, by: V.scalarCount) {
                let (share, ratio) = shareAndRatio(row, first, i, vector: V.self)
                let slope = share * (ratio - mean)
                V.multiplyAdd(scale, slope, V(loading: target + i)).store(to: target + i)
            }
        }
    }

    /// p of one row, 0 beyond the classes, and ln p − ln M.
    @inlinable @inline(__always)
    func shareAndRatio<V: ProductVector>(_ row: Int, _ first: Int, _ i: Int, vector: V.Type) -> (V, V) {
        let isClass = SoftmaxCrossEntropy.isClass(from: i, classes, vector: V.self)
        var sum = V(repeating: 0)
        for view in 0..<views {
            let other = first + view * positions
            sum = sum + V.exp(V(loading: logits + other * stride + i) - V(repeating: normalisers[other]))
        }
        // Where all shares are too small for a Float, so is what this adds.
        let least = V(repeating: Float.leastNormalMagnitude)
        let mean = sum * (1 / Float(views))
        let logMean = V.log(V.select(V.less(mean, least), least, mean))
        let logShare = V(loading: logits + row * stride + i) - V(repeating: normalisers[row])
        return (
            V.select(isClass, V.exp(logShare), V(repeating: 0)),
            V.select(isClass, logShare - logMean, V(repeating: 0))
        )
    }
}
