/// A loss that compares each output with a target of its own, and its gradient.
///
/// What a mask leaves out adds nothing, and its gradient is zero, as is that of the padding.
public struct ElementLoss {
    /// `[samples · positions, stride]`, as is `gradient`; the stride is `channels` rounded up to 16.
    public var outputs: UnsafePointer<Float>
    public var stride: Int
    /// `[samples · positions, channels]`, without padding; 16 values behind the last are readable.
    public var targets: UnsafePointer<Float>
    /// As `targets`: 1 or 0; only elements where it is `counted` enter. Nil: all do.
    public var mask: UnsafePointer<UInt8>?
    public var counted: UInt8
    public var samples: Int
    public var positions: Int
    public var channels: Int
    /// `[samples]`: the sums over what counts in each, not scaled.
    public var losses: UnsafeMutablePointer<Double>
    /// Nil: only the losses.
    public var gradient: UnsafeMutablePointer<Float>?
    /// What the gradient is multiplied with: 1 / the count of all that counts, for the mean.
    public var scale: Float

    public init(
        outputs: UnsafePointer<Float>, stride: Int, targets: UnsafePointer<Float>,
        mask: UnsafePointer<UInt8>? = nil, counted: UInt8 = 1, samples: Int, positions: Int, channels: Int,
        losses: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) {
        (self.outputs, self.stride, self.targets) = (outputs, stride, targets)
        (self.mask, self.counted) = (mask, counted)
        (self.samples, self.positions, self.channels) = (samples, positions, channels)
        (self.losses, self.gradient, self.scale) = (losses, gradient, scale)
    }

    /// Some of its samples.
    public func part(_ share: Range<Int>) -> ElementLoss {
        var part = self
        let row = share.lowerBound * positions
        (part.samples, part.losses) = (share.count, losses + share.lowerBound)
        (part.outputs, part.targets) = (outputs + row * stride, targets + row * channels)
        part.mask = mask.map { $0 + row * channels }
        part.gradient = gradient.map { $0 + row * stride }
        return part
    }

    @inlinable @inline(__always)
    func compute<V: ProductVector>(_ formula: some ElementFormula, vector: V.Type) {
        let (ramp, zero, scale) = (V.ramp, V(repeating: 0), V(repeating: scale))
        for sample in 0..<samples {
            var lanes = V.Doubles(repeating: 0)
            for row in sample * positions..<(sample + 1) * positions {
                let outputs = outputs + row * stride
                for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                    if i >= channels {
                        if let gradient { zero.store(to: gradient + row * stride + i) }
                        continue
                    }
                    let place = row * channels + i
                    var counts = V.less(ramp, V(repeating: Float(channels - i)))
                    if let mask { counts = counts & V.equal(bytes: mask + place, counted) }
                    let (loss, slope) = formula.evaluate(V(loading: outputs + i), V(loading: targets + place))
                    lanes = lanes + V.select(counts, loss, zero).doubles
                    if let gradient {
                        V.select(counts, slope * scale, zero).store(to: gradient + row * stride + i)
                    }
                }
            }
            losses[sample] = lanes.laneSum
        }
    }
}

/// What one output costs beside its target.
public protocol ElementFormula {
    /// The loss of outputs x beside targets t, and its derivative for x.
    func evaluate<V: ProductVector>(_ x: V, _ t: V) -> (loss: V, slope: V)
}

/// (x − t)².
public struct SquaredError: ElementFormula {
    @inlinable @inline(__always)
    public init() {}

    @inlinable @inline(__always)
    public func evaluate<V: ProductVector>(_ x: V, _ t: V) -> (loss: V, slope: V) {
        let error = x - t
        return (error * error, error + error)
    }
}

/// |x − t|; the derivative is 0 where they are equal.
public struct AbsoluteError: ElementFormula {
    @inlinable @inline(__always)
    public init() {}

    @inlinable @inline(__always)
    public func evaluate<V: ProductVector>(_ x: V, _ t: V) -> (loss: V, slope: V) {
        let error = x - t
        return (error.magnitude, V.sign(error))
    }
}

/// ½ (x − t)² up to a distance of δ, and a straight line beyond: δ (|x − t| − ½ δ) (Huber 1964).
public struct HuberError: ElementFormula {
    public var delta: Float

    @inlinable @inline(__always)
    public init(delta: Float) { self.delta = delta }

    @inlinable @inline(__always)
    public func evaluate<V: ProductVector>(_ x: V, _ t: V) -> (loss: V, slope: V) {
        let (error, delta) = (x - t, V(repeating: delta))
        let near = V.less(error.magnitude, delta)
        let far = delta * (error.magnitude - delta * 0.5)
        return (
            V.select(near, error * error * 0.5, far), V.select(near, error, delta * V.sign(error))
        )
    }
}

/// −t · ln σ(x) − (1 − t) · ln(1 − σ(x)), as max(x, 0) − x t + ln(1 + e^−|x|), in which nothing overflows.
public struct BinaryCrossEntropy: ElementFormula {
    @inlinable @inline(__always)
    public init() {}

    @inlinable @inline(__always)
    public func evaluate<V: ProductVector>(_ x: V, _ t: V) -> (loss: V, slope: V) {
        let (zero, one) = (V(repeating: 0), V(repeating: 1))
        let power = V.exp(zero - x.magnitude)
        let negative = V.less(x, zero)
        let share = V.select(negative, power, one) / (power + one)
        let loss = (V.select(negative, zero, x) - x * t) + V.log(power + one)
        return (loss, share - t)
    }
}

extension ProductVector {
    /// 0, 1, 2 …
    @inlinable @inline(__always)
    static var ramp: Self {
        var columns = Self(repeating: 0)
        for lane in 0..<scalarCount { columns[lane] = Float(lane) }
        return columns
    }

    /// −1, 0 or 1; NaN for NaN.
    @inlinable @inline(__always)
    static func sign(_ v: Self) -> Self {
        let zero = Self(repeating: 0)
        let down = select(less(v, zero), Self(repeating: -1), v)
        return select(less(zero, v), Self(repeating: 1), down)
    }

    /// In which lanes the byte is `value`.
    @inlinable @inline(__always)
    static func equal(bytes: UnsafePointer<UInt8>, _ value: UInt8) -> Words {
        equal(Self(rounding: Doubles(loadingBytes: bytes)), Self(repeating: Float(value)))
    }
}

extension DoubleVector {
    /// All lanes, added in their order.
    @inlinable @inline(__always)
    var laneSum: Double {
        var sum = 0.0
        for lane in 0..<Self.scalarCount { sum += self[lane] }
        return sum
    }
}
