import Tensors

/// In training sets a share `rate` of the values to zero and multiplies the others by 1 / (1 − rate), so that the mean
/// stays (Srivastava et al. 2014); in evaluation passes everything on.
///
/// Which values go is drawn at the address (seed, `model/<name>`, epoch, sample id, place in the padded sample):
/// batch-mates have no say.
final class Dropout: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let rate: Float
    private let key: UInt64
    private let draws: PlannedMemory
    private let scales: PlannedMemory

    init(name: String, _ input: Activation, rate: Double, seed: UInt64, engine: Engine) {
        (self.engine, self.input, self.rate) = (engine, input, Float(rate))
        key = DrawAddress.key(seed: seed, path: "model/\(name)", draw: "uniform")
        engine.memory.use(input)
        draws = engine.memory.scratch(input.sampleStride, in: .forward)
        scales = engine.memory.scratch(
            engine.memory.capacity * input.sampleStride, in: .forwardToBackward)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
    }

    func forward(_ pass: Pass) {
        guard pass.update != nil else {
            output.values.pointer.update(from: input.values.pointer, count: pass.count * output.sampleStride)
            return
        }
        for sample in 0..<pass.count {
            engine.kernels.noise.uniform(
                draws.pointer, output.sampleStride, key, pass.epoch, pass.ids[sample], 0)
            let offset = sample * output.sampleStride
            engine.kernels.training.dropOut(
                output.values.pointer + offset, scales.pointer + offset, input.values.pointer + offset,
                draws.pointer, rate, output.sampleStride)
        }
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        engine.kernels.training.multiplyElements(
            gradient.pointer, output.gradient!.pointer, scales.pointer, pass.count * output.sampleStride)
    }
}
