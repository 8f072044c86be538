import Tensors

/// In training sets a share `rate` of the values to zero and multiplies the others by 1 / (1 − rate), so that the mean
/// stays (Srivastava et al. 2014); does nothing in evaluation.
///
/// Which values go is drawn at the address (seed, `model/<name>`, epoch, sample id, feature): batch-mates have no say.
final class Dropout: Layer {
    var weights: [Weight] { [] }
    private let engine: Engine
    private let rate: Float
    private let key: UInt64
    private let features: Int
    private let stride: Int
    private let draws: Buffer<Float>
    private let scales: Buffer<Float>
    private let output: Buffer<Float>
    private let inputGradient: Buffer<Float>

    init(name: String, rate: Double, features: Int, seed: UInt64, engine: Engine) {
        (self.engine, self.features, self.rate) = (engine, features, Float(rate))
        key = DrawAddress.key(seed: seed, path: "model/\(name)", draw: "uniform")
        stride = paddedTo16(features)
        draws = Buffer(count: features)
        scales = .rows(engine.capacity, stride: stride)
        output = .rows(engine.capacity, stride: stride)
        inputGradient = .rows(engine.capacity, stride: stride)
    }

    func forward(_ input: Rows, _ pass: Pass) -> Rows {
        if pass.update == nil { return input }
        for row in 0..<pass.count {
            let offset = row * stride
            engine.kernels.noise.uniform(draws.pointer, features, key, pass.epoch, pass.ids[row], 0)
            engine.kernels.training.dropOut(
                output.pointer + offset, scales.pointer + offset, input.values + offset, draws.pointer, rate,
                stride)
        }
        return Rows(values: output.pointer, stride: stride)
    }

    func backward(_ gradient: Rows, _ pass: Pass, wantsInputGradient: Bool) -> Rows {
        engine.kernels.training.multiplyElements(
            inputGradient.pointer, gradient.values, scales.pointer, pass.count * stride)
        return Rows(values: inputGradient.pointer, stride: stride)
    }
}
