/// y = max(x, 0), element by element.
final class ReLU: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation

    init(_ input: Activation, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        engine.memory.use(input)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
    }

    func forward(_ pass: Pass) {
        engine.kernels.training.rectify(
            output.values.pointer, input.values.pointer, pass.count * output.sampleStride)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        engine.kernels.training.rectifyBackward(
            gradient.pointer, output.values.pointer, output.gradient!.pointer,
            pass.count * output.sampleStride)
    }
}
