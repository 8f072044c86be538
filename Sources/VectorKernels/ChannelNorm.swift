/// Means over rows, channel by channel, and what norms that use them are made of: batch norm (Ioffe & Szegedy 2015) and
/// group norm (Wu & He 2018). Rows of x are `[rows, stride]`; arrays over channels are `[stride]`, zeros in their padding.
public struct ChannelMoments {
    /// Means of each channel, and sums of the squares of the differences from them.
    public var means: UnsafeMutablePointer<Float>
    public var squares: UnsafeMutablePointer<Float>
    /// Over how many rows.
    public var count: Int

    public init(means: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>, count: Int) {
        (self.means, self.squares, self.count) = (means, squares, count)
    }

    /// Finds them for `count` rows of x: in two passes, so that a mean far from zero costs no digits. Few enough rows stay
    /// in the cache between these.
    @inlinable @inline(__always)
    func find<V: ProductVector>(_ x: UnsafePointer<Float>, stride: Int, vector: V.Type) {
        let share = V(repeating: 1 / Float(count))
        for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
            let column = x + i
            var (even, odd) = (V(repeating: 0), V(repeating: 0))
            for row in Swift.stride(from: 0, to: count - 1, by: 2) {
                even = even + V(loading: column + row * stride)
                odd = odd + V(loading: column + (row + 1) * stride)
            }
            if count % 2 == 1 { even = even + V(loading: column + (count - 1) * stride) }
            let mean = (even + odd) * share
            (even, odd) = (V(repeating: 0), V(repeating: 0))
            for row in Swift.stride(from: 0, to: count - 1, by: 2) {
                let (a, b) = (
                    V(loading: column + row * stride) - mean, V(loading: column + (row + 1) * stride) - mean
                )
                even = V.multiplyAdd(a, a, even)
                odd = V.multiplyAdd(b, b, odd)
            }
            if count % 2 == 1 {
                let last = V(loading: column + (count - 1) * stride) - mean
                even = V.multiplyAdd(last, last, even)
            }
            mean.store(to: means + i)
            (even + odd).store(to: squares + i)
        }
    }

    /// Adds those of other rows (Chan et al. 1983, eq. 2.1).
    @inlinable @inline(__always)
    func add<V: ProductVector>(_ other: ChannelMoments, stride: Int, vector: V.Type) {
        let all = Float(count + other.count)
        let share = V(repeating: Float(other.count) / all)
        let weight = V(repeating: Float(count) * (Float(other.count) / all))
        for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
            let difference = V(loading: other.means + i) - V(loading: means + i)
            V.multiplyAdd(difference, share, V(loading: means + i)).store(to: means + i)
            let sum = V(loading: squares + i) + V(loading: other.squares + i)
            V.multiplyAdd(difference * difference, weight, sum).store(to: squares + i)
        }
    }
}

/// An affine map of each channel, around its mean, with ReLU behind it or not, and its derivative.
public struct ChannelMap {
    public var rows: Rows
    /// `[rows, stride]`.
    public var x: UnsafePointer<Float>
    /// `[stride]`, as the factors and the shifts.
    public var means: UnsafePointer<Float>
    public var factors: UnsafePointer<Float>
    public var shifts: UnsafePointer<Float>
    /// Whether ReLU follows.
    public var rectifies: Bool

    public init(
        rows: Rows, x: UnsafePointer<Float>, means: UnsafePointer<Float>, factors: UnsafePointer<Float>,
        shifts: UnsafePointer<Float>, rectifies: Bool
    ) {
        (self.rows, self.x, self.means) = (rows, x, means)
        (self.factors, self.shifts, self.rectifies) = (factors, shifts, rectifies)
    }

    /// y = (x − mean) · factor + shift, and its ReLU. `y` may be x.
    @inlinable @inline(__always)
    func apply<V: ProductVector>(_ y: UnsafeMutablePointer<Float>, vector: V.Type) {
        let least = V(repeating: rectifies ? 0 : -.infinity)
        for i in stride(from: 0, to: rows.stride, by: V.scalarCount) {
            let (mean, factor) = (V(loading: means + i), V(loading: factors + i))
            let shift = V(loading: shifts + i)
            for offset in stride(from: i, to: rows.count * rows.stride, by: rows.stride) {
                let value = V.multiplyAdd(V(loading: x + offset) - mean, factor, shift)
                // A NaN is not less, and stays.
                V.select(V.less(value, least), least, value).store(to: y + offset)
            }
        }
    }

    /// sums = Σ gradient and products = Σ gradient · (x − mean), over the rows in order, of the gradients that ReLU lets
    /// through.
    @inlinable @inline(__always)
    func sum<V: ProductVector>(
        _ gradient: UnsafePointer<Float>, sums: UnsafeMutablePointer<Float>,
        products: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        for i in stride(from: 0, to: rows.stride, by: V.scalarCount) {
            let (mean, factor) = (V(loading: means + i), V(loading: factors + i))
            let shift = V(loading: shifts + i)
            var (sum, product) = (V(repeating: 0), V(repeating: 0))
            for offset in stride(from: i, to: rows.count * rows.stride, by: rows.stride) {
                let difference = V(loading: x + offset) - mean
                let slope = passed(V(loading: gradient + offset), difference, factor, shift)
                sum = sum + slope
                product = V.multiplyAdd(slope, difference, product)
            }
            sum.store(to: sums + i)
            product.store(to: products + i)
        }
    }

    /// out = gradient · a + (x − mean) · b + c, of the gradients that ReLU lets through. `out` may be `gradient` or x.
    /// a, b and c lie one behind the other, `[3, stride]`.
    @inlinable @inline(__always)
    func combine<V: ProductVector>(
        _ out: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
        with weights: UnsafePointer<Float>, vector: V.Type
    ) {
        for i in stride(from: 0, to: rows.stride, by: V.scalarCount) {
            let (mean, factor) = (V(loading: means + i), V(loading: factors + i))
            let (shift, a) = (V(loading: shifts + i), V(loading: weights + i))
            let (b, c) = (
                V(loading: weights + rows.stride + i), V(loading: weights + 2 * rows.stride + i)
            )
            for offset in stride(from: i, to: rows.count * rows.stride, by: rows.stride) {
                let difference = V(loading: x + offset) - mean
                let slope = passed(V(loading: gradient + offset), difference, factor, shift)
                V.multiplyAdd(slope, a, V.multiplyAdd(difference, b, c)).store(to: out + offset)
            }
        }
    }

    /// What ReLU lets through: where the map, computed once more with the same bits, gave more than zero.
    @inlinable @inline(__always)
    func passed<V: ProductVector>(_ gradient: V, _ difference: V, _ factor: V, _ shift: V) -> V {
        guard rectifies else { return gradient }
        let zero = V(repeating: 0)
        return V.select(V.less(zero, V.multiplyAdd(difference, factor, shift)), gradient, zero)
    }
}
