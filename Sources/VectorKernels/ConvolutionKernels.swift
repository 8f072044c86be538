/// What convolutions run on; one table for each instruction set.
///
/// Bits may differ between instruction sets, but never depend on how samples or pieces are shared between calls.
public struct ConvolutionKernels: Sendable {
    /// Writes the targets of some samples.
    public let convolve: @Sendable (_ pass: ConvolutionPass, _ samples: Range<Int>) -> Void
    /// Writes some pieces of the weights' gradient over all samples; the bias's with the first.
    public let sumWeights: @Sendable (_ pass: ConvolutionWeightPass, _ pieces: Range<Int>) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ConvolutionVector>(vector: V.Type) {
        convolve = { $0.compute(samples: $1, vector: V.self) }
        sumWeights = { $0.compute(pieces: $1, vector: V.self) }
    }
}
