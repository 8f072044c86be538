/// Products and convolutions whose factors are rounded to bf16, for processors that multiply these.
public struct BFloat16Kernels: Sendable {
    let multiplyAddPeak: @Sendable (_ values: UnsafeMutablePointer<Float>, _ rounds: Int) -> Int
    let multiply: @Sendable (MatrixProduct) -> Void
    let convolve: @Sendable (_ pass: ConvolutionPass, _ samples: Range<Int>) -> Void
    let sumWeights: @Sendable (_ pass: ConvolutionWeightPass, _ pieces: Range<Int>) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ConvolutionVector>(vector: V.Type) {
        self.init(
            multiplyAddPeak: { multiplyAddRounds(vector: V.self, $0, $1) },
            multiply: { BlockedProduct<V>.multiply($0) },
            convolve: { $0.compute(samples: $1, vector: V.self) },
            sumWeights: { $0.compute(pieces: $1, vector: V.self) })
    }

    @usableFromInline
    init(
        multiplyAddPeak: @escaping @Sendable (UnsafeMutablePointer<Float>, Int) -> Int,
        multiply: @escaping @Sendable (MatrixProduct) -> Void,
        convolve: @escaping @Sendable (_ pass: ConvolutionPass, _ samples: Range<Int>) -> Void,
        sumWeights: @escaping @Sendable (_ pass: ConvolutionWeightPass, _ pieces: Range<Int>) -> Void
    ) {
        (self.multiplyAddPeak, self.multiply) = (multiplyAddPeak, multiply)
        (self.convolve, self.sumWeights) = (convolve, sumWeights)
    }
}

extension TrainingKernels {
    /// These, with products in bf16 by others.
    public func computing(bf16: BFloat16Kernels) -> TrainingKernels {
        var kernels = self
        let (multiplyAddPeak, multiply) = (multiplyAddPeak, multiply)
        kernels.multiplyAddPeak = {
            $2 == .bf16 ? bf16.multiplyAddPeak($0, $1) : multiplyAddPeak($0, $1, $2)
        }
        kernels.multiply = { $0.precision == .bf16 ? bf16.multiply($0) : multiply($0) }
        return kernels
    }
}

extension ConvolutionKernels {
    /// These, with convolutions in bf16 by others where the shape gains by it.
    public func computing(bf16: BFloat16Kernels) -> ConvolutionKernels {
        var kernels = self
        let (convolve, sumWeights) = (convolve, sumWeights)
        kernels.convolve = { $0.roundsFactors ? bf16.convolve($0, $1) : convolve($0, $1) }
        kernels.sumWeights = { $0.roundsFactors ? bf16.sumWeights($0, $1) : sumWeights($0, $1) }
        return kernels
    }
}
