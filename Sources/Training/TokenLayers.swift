import Tensors
import VectorKernels

/// Puts a token of its own before all others, which the layers behind can gather the whole sample in (Devlin et al. 2019).
///
/// - Shapes: `[tokens, channels]` → `[tokens + 1, channels]`.
/// - Weights: `token` `[channels]`, which starts normal with deviation 0.02.
final class ClassToken: Layer {
    let token: Weight
    var weights: [Weight] { [token] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let gradient: PlannedMemory

    init(name: String, _ input: Activation, seed: UInt64, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        token = engine.weight("\(name).token", [input.channels])
        engine.memory.use(input)
        output = engine.output([input.positions + 1, input.channels], of: input, [token])
        gradient = engine.memory.scratch(input.stride, in: .backward)
        token.begin(
            .normal(0.02), inputs: 1, outputs: input.channels, seed: seed, kernels: engine.kernels.noise)
    }

    func forward(_ pass: Pass) {
        for sample in 0..<pass.count {
            let target = output.values.pointer + sample * output.sampleStride
            target.update(from: token.values.pointer, count: output.stride)
            (target + output.stride).update(
                from: input.values.pointer + sample * input.sampleStride, count: input.sampleStride)
        }
    }

    func backward(_ pass: Pass) {
        let upstream = output.gradient!.pointer!
        if let gradient = input.gradient {
            for sample in 0..<pass.count {
                (gradient.pointer + sample * input.sampleStride).update(
                    from: upstream + sample * output.sampleStride + output.stride, count: input.sampleStride)
            }
        }
        engine.kernels.layers.sumRows(
            gradient.pointer, upstream, pass.count, output.sampleStride, output.stride)
        pass.update!.apply(to: token, gradient: gradient.pointer, engine.kernels)
    }
}

/// The first of a sample's tokens: `[tokens, channels]` → `[channels]`.
final class FirstToken: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let input: Activation

    init(_ input: Activation, engine: Engine) {
        self.input = input
        engine.memory.use(input)
        output = engine.memory.output([input.channels], wantsGradient: input.gradient != nil)
    }

    func forward(_ pass: Pass) {
        for sample in 0..<pass.count {
            (output.values.pointer + sample * output.stride).update(
                from: input.values.pointer + sample * input.sampleStride, count: output.stride)
        }
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        gradient.pointer.update(repeating: 0, count: pass.count * input.sampleStride)
        for sample in 0..<pass.count {
            (gradient.pointer + sample * input.sampleStride).update(
                from: output.gradient!.pointer + sample * output.stride, count: output.stride)
        }
    }
}

/// The mean of a sample's tokens, those that are padding left out: `[tokens, channels]` → `[channels]`.
final class MeanToken: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation

    init(_ input: Activation, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        engine.memory.use(input)
        output = engine.memory.output([input.channels], wantsGradient: input.gradient != nil)
    }

    func forward(_ pass: Pass) {
        for sample in 0..<pass.count {
            let target = output.values.pointer + sample * output.stride
            let length = input.length(sample, pass)
            engine.kernels.layers.sumRows(
                target, input.values.pointer + sample * input.sampleStride, length, input.stride,
                input.stride)
            engine.kernels.layers.scale(target, target, 1 / Float(max(length, 1)), output.stride)
        }
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        for sample in 0..<pass.count {
            let (source, length) = (
                output.gradient!.pointer + sample * output.stride, input.length(sample, pass)
            )
            for row in 0..<input.positions {
                let target = gradient.pointer + sample * input.sampleStride + row * input.stride
                if row < length {
                    engine.kernels.layers.scale(target, source, 1 / Float(length), input.stride)
                } else {
                    target.update(repeating: 0, count: input.stride)
                }
            }
        }
    }
}

/// Cuts pictures into squares, each of which becomes a row: `[height, width, channels]` →
/// `[height / size · width / size, size · size · channels]`, row by row from the top left; in a square too.
final class Patches: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let input: Activation
    private let size: Int

    init(_ input: Activation, size: Int, engine: Engine) {
        (self.input, self.size) = (input, size)
        engine.memory.use(input)
        output = engine.memory.output(
            Self.shape(input.shape, size: size), wantsGradient: input.gradient != nil)
    }

    static func shape(_ shape: Shape, size: Int) -> Shape {
        [shape[0] / size * (shape[1] / size), size * size * shape[2]]
    }

    func forward(_ pass: Pass) {
        eachRun(pass) { patch, pixel, count in
            (output.values.pointer + patch).update(from: input.values.pointer + pixel, count: count)
        }
        clearPadding(output.values.pointer, of: output, pass)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        eachRun(pass) { patch, pixel, count in
            (gradient.pointer + pixel).update(from: output.gradient!.pointer + patch, count: count)
        }
        clearPadding(gradient.pointer, of: input, pass)
    }

    /// Where values that are neighbours both in a patch and in the picture lie in all samples.
    private func eachRun(_ pass: Pass, _ copy: (_ patch: Int, _ pixel: Int, _ count: Int) -> Void) {
        let (height, width, channels) = (input.shape[0], input.shape[1], input.channels)
        // One row of a square, unless padding parts its pixels.
        let pixels = input.stride == channels ? size : 1
        for sample in 0..<pass.count {
            for y in 0..<height {
                for x in stride(from: 0, to: width, by: pixels) {
                    let patch = sample * output.positions + y / size * (width / size) + x / size
                    let place = (y % size * size + x % size) * channels
                    copy(
                        patch * output.stride + place,
                        sample * input.sampleStride + (y * width + x) * input.stride, pixels * channels)
                }
            }
        }
    }

    private func clearPadding(
        _ values: UnsafeMutablePointer<Float>, of activation: Activation, _ pass: Pass
    ) {
        guard activation.stride > activation.channels else { return }
        for row in 0..<pass.count * activation.positions {
            (values + row * activation.stride + activation.channels).update(
                repeating: 0, count: activation.stride - activation.channels)
        }
    }
}
