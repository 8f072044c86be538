/// What activations, norms, attention and embeddings run on; one table for each instruction set. As of
/// `TrainingKernels`, bits do not depend on how work is shared between calls.
public struct LayerKernels: Sendable {
    /// y = f(x) for rows of x, with zeros in the padding. `y` may be x.
    public let activate:
        @Sendable (
            _ function: ActivationFunction, _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
            _ rows: Rows
        ) -> Void
    /// out = f′(x) · gradient, where y = f(x). `out` may be one of the others.
    public let activateBackward:
        @Sendable (
            _ function: ActivationFunction, _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
            _ y: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, _ rows: Rows
        ) -> Void

    /// Writes y, which may be the norm's x, and the norm's statistics.
    public let normaliseRows: @Sendable (RowNorm, _ y: UnsafeMutablePointer<Float>) -> Void
    /// Writes the gradients of x (which may be `gradient`; nil: not wanted), scale and shift from those of y; the last two
    /// are sums over these rows alone.
    public let normaliseRowsBackward:
        @Sendable (
            RowNorm, _ gradient: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>?,
            _ scale: UnsafeMutablePointer<Float>, _ shift: UnsafeMutablePointer<Float>?
        ) -> Void

    /// out[c] = Σ x[r · stride + c] over the rows in order, for c < columns, a multiple of 16: partial sums of a fixed
    /// number of chunks become one.
    public let sumRows:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ rows: Int, _ stride: Int,
            _ columns: Int
        ) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ProductVector>(vector: V.Type) {
        activate = { $0.apply($1, $2, $3, vector: V.self) }
        activateBackward = { $0.applyBackward($1, $2, $3, $4, $5, vector: V.self) }
        normaliseRows = { $0.forward($1, vector: V.self) }
        normaliseRowsBackward = { $0.backward($1, x: $2, scale: $3, shift: $4, vector: V.self) }
        sumRows = { out, x, rows, stride, columns in
            for i in Swift.stride(from: 0, to: columns, by: V.scalarCount) {
                var sum = V(repeating: 0)
                for row in 0..<rows { sum = sum + V(loading: x + row * stride + i) }
                sum.store(to: out + i)
            }
        }
    }
}
