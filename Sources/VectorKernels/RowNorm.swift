/// A norm of each row by itself: y = (x − m) / √(v + ε) · scale + shift.
///
/// Layer norm (Ba et al. 2016): m is the mean of the row's channels, v their variance (over n, not n − 1). RMS norm
/// (Zhang & Sennrich 2019): m is 0, v the mean of the squares.
public struct RowNorm {
    public var rows: Rows
    /// `[rows, stride]`.
    public var x: UnsafePointer<Float>
    /// `[stride]`, zeros in the padding.
    public var scale: UnsafePointer<Float>
    /// As `scale`; nil: zero.
    public var shift: UnsafePointer<Float>?
    public var epsilon: Float
    public var removesMean: Bool
    /// `[rows, 2]`: m and 1 / √(v + ε) of each row, which `forward` leaves for `backward`.
    public var statistics: UnsafeMutablePointer<Float>

    public init(
        rows: Rows, x: UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>?,
        epsilon: Float, removesMean: Bool, statistics: UnsafeMutablePointer<Float>
    ) {
        (self.rows, self.x, self.scale, self.shift) = (rows, x, scale, shift)
        (self.epsilon, self.removesMean, self.statistics) = (epsilon, removesMean, statistics)
    }

    /// Writes y `[rows, stride]`, which may be x.
    @inlinable @inline(__always)
    func forward<V: ProductVector>(_ y: UnsafeMutablePointer<Float>, vector: V.Type) {
        let share = 1 / Float(rows.channels)
        for row in 0..<rows.count {
            let (x, y) = (self.x + row * rows.stride, y + row * rows.stride)
            let mean = removesMean ? sum(vector: V.self) { V(loading: x + $0) } * share : 0
            let squares = sum(vector: V.self) {
                let difference = V.first(rows.channels - $0, of: V(loading: x + $0) - mean)
                return difference * difference
            }
            let factor = 1 / (squares * share + epsilon).squareRoot()
            (statistics[row * 2], statistics[row * 2 + 1]) = (mean, factor)
            for i in stride(from: 0, to: rows.stride, by: V.scalarCount) {
                let start = shift.map { V(loading: $0 + i) } ?? V(repeating: 0)
                let normal = (V(loading: x + i) - mean) * factor
                V.multiplyAdd(normal, V(loading: scale + i), start).store(to: y + i)
            }
        }
    }

    /// Writes the gradients of x `[rows, stride]` (which may be `gradient`; nil: not wanted), of scale and of shift `[stride]`, each summed
    /// over the rows in order. The padding of `gradient` is zero.
    @inlinable @inline(__always)
    func backward<V: ProductVector>(
        _ gradient: UnsafePointer<Float>, x out: UnsafeMutablePointer<Float>?,
        scale scaleGradient: UnsafeMutablePointer<Float>, shift shiftGradient: UnsafeMutablePointer<Float>?,
        vector: V.Type
    ) {
        for i in 0..<rows.stride {
            scaleGradient[i] = 0
            shiftGradient?[i] = 0
        }
        for row in 0..<rows.count {
            let (x, gradient) = (self.x + row * rows.stride, gradient + row * rows.stride)
            let (mean, factor) = (statistics[row * 2], statistics[row * 2 + 1])
            var (sums, products) = (V(repeating: 0), V(repeating: 0))
            for i in stride(from: 0, to: rows.stride, by: V.scalarCount) {
                let slope = V(loading: gradient + i)
                let normal = (V(loading: x + i) - mean) * factor
                V.multiplyAdd(slope, normal, V(loading: scaleGradient + i)).store(to: scaleGradient + i)
                if let shiftGradient {
                    (V(loading: shiftGradient + i) + slope).store(to: shiftGradient + i)
                }
                let scaled = slope * V(loading: scale + i)
                sums = sums + scaled
                products = V.multiplyAdd(scaled, normal, products)
            }
            let share = 1 / Float(rows.channels)
            let level = removesMean ? V.sum(sums) * share : 0
            let slant = V.sum(products) * share
            guard let target = out.map({ $0 + row * rows.stride }) else { continue }
            for i in stride(from: 0, to: rows.stride, by: V.scalarCount) {
                let scaled = V(loading: gradient + i) * V(loading: scale + i)
                let normal = (V(loading: x + i) - mean) * factor
                let value = (scaled - level - normal * slant) * factor
                V.first(rows.channels - i, of: value).store(to: target + i)
            }
        }
    }

    /// The sum of what `term` says for each vector of a row.
    @inlinable @inline(__always)
    func sum<V: FloatVector>(vector: V.Type, _ term: (Int) -> V) -> Float {
        var sums = V(repeating: 0)
        for i in stride(from: 0, to: rows.stride, by: V.scalarCount) { sums = sums + term(i) }
        return V.sum(sums)
    }
}
