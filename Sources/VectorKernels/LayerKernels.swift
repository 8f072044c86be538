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

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ProductVector>(vector: V.Type) {
        activate = { $0.apply($1, $2, $3, vector: V.self) }
        activateBackward = { $0.applyBackward($1, $2, $3, $4, $5, vector: V.self) }
    }
}
