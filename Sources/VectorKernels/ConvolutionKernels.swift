/// What convolutions and poolings run on; one table for each instruction set.
///
/// Bits may differ between instruction sets, but never depend on how samples or pieces are shared between calls.
public struct ConvolutionKernels: Sendable {
    /// Writes the targets of some samples.
    public var convolve: @Sendable (_ pass: ConvolutionPass, _ samples: Range<Int>) -> Void
    /// Writes some pieces of the weights' gradient over all samples; the bias's with the first.
    public var sumWeights: @Sendable (_ pass: ConvolutionWeightPass, _ pieces: Range<Int>) -> Void

    /// Writes the largest of each window, and which of its places it is.
    public let maximum:
        @Sendable (_ pass: PoolingPass, _ winners: UnsafeMutablePointer<UInt32>, _ samples: Range<Int>) ->
            Void
    /// Writes what the winners get.
    public let maximumBackward:
        @Sendable (_ pass: PoolingPass, _ winners: UnsafePointer<UInt32>, _ samples: Range<Int>) -> Void
    /// Writes sums of windows, or their means over the places in the picture.
    public let sumWindows: @Sendable (_ pass: PoolingPass, _ isMean: Bool, _ samples: Range<Int>) -> Void
    /// Writes for each input pixel what its windows hand back: its gradient, or a picture enlarged to the nearest pixel.
    public let spreadWindows: @Sendable (_ pass: PoolingPass, _ isMean: Bool, _ samples: Range<Int>) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ConvolutionVector>(vector: V.Type) {
        convolve = { $0.compute(samples: $1, vector: V.self) }
        sumWeights = { $0.compute(pieces: $1, vector: V.self) }
        maximum = { $0.maximum(winners: $1, samples: $2, vector: V.self) }
        maximumBackward = { $0.maximumBackward(winners: $1, samples: $2, vector: V.self) }
        sumWindows = { $0.sum(isMean: $1, samples: $2, vector: V.self) }
        spreadWindows = { $0.spread(isMean: $1, samples: $2, vector: V.self) }
    }
}
