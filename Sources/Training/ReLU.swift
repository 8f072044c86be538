import Tensors

/// y = max(x, 0), element by element.
final class ReLU: Layer {
    var weights: [Weight] { [] }
    private let engine: Engine
    private let stride: Int
    private let output: Buffer<Float>
    private let inputGradient: Buffer<Float>

    init(features: Int, engine: Engine) {
        self.engine = engine
        stride = paddedTo16(features)
        output = .rows(engine.capacity, stride: stride)
        inputGradient = .rows(engine.capacity, stride: stride)
    }

    func forward(_ input: Rows, _ pass: Pass) -> Rows {
        engine.kernels.training.rectify(output.pointer, input.values, pass.count * stride)
        return Rows(values: output.pointer, stride: stride)
    }

    func backward(_ gradient: Rows, _ pass: Pass, wantsInputGradient: Bool) -> Rows {
        engine.kernels.training.rectifyBackward(
            inputGradient.pointer, output.pointer, gradient.values, pass.count * stride)
        return Rows(values: inputGradient.pointer, stride: stride)
    }
}
