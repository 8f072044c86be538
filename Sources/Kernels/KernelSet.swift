import CSIMD
import Glibc
import KernelsBaseline
import VectorKernels

#if arch(x86_64)
    import KernelsAVX2
    import KernelsAVX512
    import KernelsBF16
#endif

/// All kernels for one instruction set.
package struct KernelSet: Sendable {
    package let instructionSet: InstructionSet
    package let noise: NoiseKernels
    package let training: TrainingKernels
    package let convolution: ConvolutionKernels
    package let layers: LayerKernels
    /// What factors of products and convolutions may be rounded to.
    package private(set) var precisions: [Precision] = [.fp32]

    /// The kernels for `set`; nil where this processor lacks it.
    package static func of(_ set: InstructionSet) -> KernelSet? {
        guard set.isSupported else { return nil }
        #if arch(x86_64)
            return switch set {
            case .baseline: baseline
            case .avx2:
                KernelSet(
                    instructionSet: set, noise: avx2NoiseKernels, training: avx2TrainingKernels,
                    convolution: avx2ConvolutionKernels, layers: avx2LayerKernels)
            case .avx512: mottle_supports_bf16() ? avx512.computing(bf16: bf16Kernels) : avx512
            }
        #else
            return baseline
        #endif
    }

    #if arch(x86_64)
        private static var avx512: KernelSet {
            KernelSet(
                instructionSet: .avx512, noise: avx512NoiseKernels, training: avx512TrainingKernels,
                convolution: avx512ConvolutionKernels, layers: avx512LayerKernels)
        }

        private func computing(bf16 kernels: BFloat16Kernels) -> KernelSet {
            var set = KernelSet(
                instructionSet: instructionSet, noise: noise, training: training.computing(bf16: kernels),
                convolution: convolution.computing(bf16: kernels), layers: layers)
            set.precisions.append(.bf16)
            return set
        }
    #endif

    private static var baseline: KernelSet {
        KernelSet(
            instructionSet: .baseline, noise: baselineNoiseKernels, training: baselineTrainingKernels,
            convolution: baselineConvolutionKernels, layers: baselineLayerKernels)
    }

    /// The kernels that `MOTTLE_ISA` in `environment` names; where it is not set or empty, the best that this
    /// processor has.
    package static func select(environment: [String: String]) throws(InstructionSetError) -> KernelSet {
        let supported = InstructionSet.supported
        guard let name = environment["MOTTLE_ISA"], !name.isEmpty else { return of(supported.max()!)! }
        guard let set = InstructionSet(rawValue: name) else { throw .unknown(name: name) }
        guard let kernels = of(set) else { throw .unsupported(set, supported: supported) }
        return kernels
    }

    /// What this process runs on, chosen once: as `select` says for its environment. Where that is a mistake, which
    /// a command reports by calling `select` first, the best that this processor has.
    package static let current: KernelSet = {
        let name = getenv("MOTTLE_ISA").map { String(cString: $0) }
        let wanted = try? select(environment: name.map { ["MOTTLE_ISA": $0] } ?? [:])
        return wanted ?? of(InstructionSet.supported.max()!)!
    }()
}
