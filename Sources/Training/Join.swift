import Tensors

/// Hands one activation to several, each with a gradient of its own; backward adds these up.
final class Fork: Layer {
    var weights: [Weight] { [] }
    let outputs: [Activation]
    var output: Activation { input }
    private let engine: Engine
    private let input: Activation

    init(_ input: Activation, count: Int, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        engine.memory.use(input)
        outputs = (0..<count).map { _ in engine.memory.fork(input) }
    }

    func forward(_ pass: Pass) {}

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        let count = pass.count * input.sampleStride
        engine.kernels.training.addElements(
            gradient.pointer, outputs[0].gradient!.pointer, outputs[1].gradient!.pointer, count)
        for index in 2..<max(2, outputs.count) {
            engine.kernels.training.addElements(
                gradient.pointer, gradient.pointer, outputs[index].gradient!.pointer, count)
        }
    }
}

/// The sum of several activations of one shape; each has the gradient of the sum.
final class Sum: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let inputs: [Activation]

    init(_ inputs: [Activation], engine: Engine) {
        (self.engine, self.inputs) = (engine, inputs)
        for input in inputs { engine.memory.use(input) }
        output = engine.memory.output(
            inputs[0].shape, wantsGradient: inputs.contains { $0.gradient != nil })
    }

    func forward(_ pass: Pass) {
        let count = pass.count * output.sampleStride
        engine.kernels.training.addElements(
            output.values.pointer, inputs[0].values.pointer, inputs[1].values.pointer, count)
        for index in 2..<max(2, inputs.count) {
            engine.kernels.training.addElements(
                output.values.pointer, output.values.pointer, inputs[index].values.pointer, count)
        }
    }

    func backward(_ pass: Pass) {
        for input in inputs {
            input.gradient?.pointer.update(
                from: output.gradient!.pointer, count: pass.count * output.sampleStride)
        }
    }
}
