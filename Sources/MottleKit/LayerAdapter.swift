import Tensors
import Training

/// A layer of the public face as the training core knows it.
struct LayerAdapter: CustomLayer {
    let layer: any Layer

    func outputShape(of input: Shape) throws -> Shape { Shape(try layer.outputShape(of: input.sizes)) }

    func weights(for input: Shape) -> [CustomWeight] {
        layer.weights(for: input.sizes).map {
            CustomWeight(name: $0.name, shape: Shape($0.shape), start: $0.start.startValues)
        }
    }

    func forward(_ pass: CustomForward) { layer.forward(ForwardPass(pass)) }

    func backward(_ pass: CustomBackward) { layer.backward(BackwardPass(pass)) }
}

extension LayerWeight.Start {
    fileprivate var startValues: StartValues {
        switch self {
        case .constant(let value): .constant(value)
        case .uniform(let limit): .uniform(limit: limit)
        case .normal(let deviation): .normal(deviation: deviation)
        case .values(let values): .values(values)
        }
    }
}

extension ForwardPass {
    fileprivate init(_ pass: CustomForward) {
        self.init(
            count: pass.count, inputShape: pass.input.sizes, outputShape: pass.output.sizes, x: pass.x,
            weights: pass.weights, y: pass.y)
    }
}

extension BackwardPass {
    fileprivate init(_ pass: CustomBackward) {
        let forward = pass.forward
        self.init(
            count: forward.count, inputShape: forward.input.sizes, outputShape: forward.output.sizes,
            x: forward.x, weights: forward.weights, y: UnsafeBufferPointer(forward.y),
            outputGradient: pass.outputGradient, inputGradient: pass.inputGradient,
            weightGradients: pass.weightGradients)
    }
}
