import Tensors

/// In training sets all values of a share `rate` of the samples to zero, and multiplies the others by 1 / (1 − rate); in
/// evaluation passes everything on (Huang et al. 2016, in the inverted form). At the end of a residual's layers it skips
/// them.
///
/// Which samples go is drawn at the address (seed, `model/<name>`, epoch, sample id).
final class StochasticDepth: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let rate: Float
    private let key: UInt64
    /// `[samples]`.
    private let scales: PlannedMemory

    init(name: String, _ input: Activation, rate: Double, seed: UInt64, engine: Engine) {
        (self.engine, self.input, self.rate) = (engine, input, Float(rate))
        key = DrawAddress.key(seed: seed, path: "model/\(name)", draw: "uniform")
        engine.memory.use(input)
        scales = engine.memory.scratch(engine.memory.capacity, in: .forwardToBackward)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
    }

    func forward(_ pass: Pass) {
        for sample in 0..<pass.count {
            let bits = DrawAddress(key: key, epoch: pass.epoch, sample: pass.ids[sample]).bits(0)
            let draw = Float(bits >> 8) * 0x1p-24
            let isKept = pass.update == nil || draw >= rate
            scales.pointer[sample] = pass.update == nil ? 1 : isKept ? 1 / (1 - rate) : 0
        }
        scale(pass, from: input.values, to: output.values)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        scale(pass, from: output.gradient!, to: gradient)
    }

    private func scale(_ pass: Pass, from source: PlannedMemory, to target: PlannedMemory) {
        for sample in 0..<pass.count {
            let offset = sample * input.sampleStride
            engine.kernels.layers.scale(
                target.pointer + offset, source.pointer + offset, scales.pointer[sample], input.sampleStride)
        }
    }
}
