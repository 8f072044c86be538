import Tensors
import VectorKernels

/// Puts the visible tokens back where they stood, and a learned one, the same everywhere, where the mask hides what was there
/// (He et al. 2022, §3). Tokens in front of the sample's own, such as a class token, end here.
///
/// - Shapes: visible tokens `[…, channels]` → `[tokens, channels]`; what is padding is zero.
/// - Weights: `mask_token` `[channels]`, which starts normal with deviation 0.02.
/// - Each sample's gradients of the mask token are added up, then those of all samples in order, whatever the threads.
final class RestoreTokens: Layer {
    let token: Weight
    var weights: [Weight] { [token] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let visible: VisibleTokens
    private let leading: Int
    /// `[samples, stride]`, and their sum.
    private let (sampleGradients, gradient): (PlannedMemory, PlannedMemory)
    private let forwardRegion: Region<SpreadTokensTask>
    private let backwardRegion: Region<TakeTokensTask>
    private let tokenRegion: Region<MaskTokenTask>

    init(name: String, _ input: Activation, seed: UInt64, engine: Engine) {
        guard let visible = input.visible, let tokens = input.tokens else {
            preconditionFailure("\(name) has no visible_tokens before it")
        }
        (self.engine, self.input, self.visible, leading) = (engine, input, visible, tokens.leading)
        token = engine.weight("\(name).mask_token", [input.channels])
        engine.memory.use(input)
        output = engine.output([visible.tokens, input.channels], of: input, [token])
        sampleGradients = engine.memory.scratch(engine.memory.capacity * input.stride, in: .backward)
        gradient = engine.memory.scratch(input.stride, in: .backward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
        tokenRegion = Region(engine.pool)
        token.begin(
            .normal(0.02), inputs: 1, outputs: input.channels, seed: seed, kernels: engine.kernels.noise)
    }

    private var rows: TokenRows { TokenRows(visible, few: input, leading: leading, all: 0) }

    func forward(_ pass: Pass) {
        let task = SpreadTokensTask(
            rows: rows, count: pass.count, visible: input.values.pointer, all: output.values.pointer,
            hidden: token.values.pointer)
        forwardRegion.run(task, multiplications: pass.count * output.sampleStride)
    }

    func backward(_ pass: Pass) {
        let upstream = UnsafePointer(output.gradient!.pointer!)
        if let gradient = input.gradient {
            let task = TakeTokensTask(
                rows: rows, count: pass.count, all: upstream, visible: gradient.pointer)
            backwardRegion.run(task, multiplications: pass.count * output.sampleStride)
        }
        guard token.isTrained else { return }
        let task = MaskTokenTask(
            rows: rows, count: pass.count, all: upstream, sums: sampleGradients.pointer,
            kernels: engine.kernels)
        tokenRegion.run(task, multiplications: pass.count * output.sampleStride)
        engine.kernels.layers.sumRows(
            gradient.pointer, sampleGradients.pointer, pass.count, input.stride, input.stride)
        pass.update!.apply(to: token, gradient: gradient.pointer, engine.kernels)
    }
}
