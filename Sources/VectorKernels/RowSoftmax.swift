/// Softmax over the channels of each row; the padding is zero.
extension Rows {
    /// y = e^(x − m) / Σ e^(x − m) with m the row's largest value. `y` may be x.
    @inlinable @inline(__always)
    func softmax<V: ProductVector>(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, vector: V.Type
    ) {
        for row in 0..<count {
            let (x, y) = (x + row * stride, y + row * stride)
            var largest = -Float.infinity
            for i in 0..<channels where x[i] > largest { largest = x[i] }
            var sums = V(repeating: 0)
            for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                let power = V.first(channels - i, of: V.exp(V(loading: x + i) - largest))
                power.store(to: y + i)
                sums = sums + power
            }
            let share = 1 / V.sum(sums)
            for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                (V(loading: y + i) * share).store(to: y + i)
            }
        }
    }

    /// out = y · (gradient − Σ y · gradient). `out` may be one of the others.
    @inlinable @inline(__always)
    func softmaxBackward<V: ProductVector>(
        _ out: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
        vector: V.Type
    ) {
        for row in 0..<count {
            let (y, gradient, out) = (y + row * stride, gradient + row * stride, out + row * stride)
            var sums = V(repeating: 0)
            for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                sums = V.multiplyAdd(V(loading: y + i), V(loading: gradient + i), sums)
            }
            let level = V.sum(sums)
            for i in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                (V(loading: y + i) * (V(loading: gradient + i) - level)).store(to: out + i)
            }
        }
    }
}
