import Tensors
import VectorKernels

/// Hands one activation to several, each with a gradient of its own; backward adds these up.
final class Fork: Layer {
    var weights: [Weight] { [] }
    let outputs: [Activation]
    var output: Activation { input }
    private let engine: Engine
    private let input: Activation
    private let region: Region<AddTask>

    init(_ input: Activation, count: Int, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        region = Region(engine.pool)
        engine.memory.use(input)
        outputs = (0..<count).map { _ in engine.memory.fork(input) }
    }

    func forward(_ pass: Pass) {}

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        for index in 1..<outputs.count {
            let sum = index == 1 ? outputs[0].gradient!.pointer! : gradient.pointer!
            let task = AddTask(
                count: pass.count, size: input.sampleStride, out: gradient.pointer, a: sum,
                b: outputs[index].gradient!.pointer, rectifies: false, kernels: engine.kernels)
            region.run(task, multiplications: pass.count * input.sampleStride)
        }
    }
}

/// The sum of several activations of one shape, with ReLU behind it where a model has it there; all have the same gradient, in
/// the same memory.
final class Sum: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let inputs: [Activation]
    private let rectifies: Bool
    /// The output's gradient where the ReLU lets it through.
    private let rectified: PlannedMemory?
    private let region: Region<AddTask>
    private let backwardRegion: Region<RectifyGradientTask>

    init(_ inputs: [Activation], rectifies: Bool = false, engine: Engine) {
        let memory = engine.memory
        (self.engine, self.inputs, self.rectifies) = (engine, inputs, rectifies)
        region = Region(engine.pool)
        backwardRegion = Region(engine.pool)
        for input in inputs { memory.use(input) }
        output = memory.output(
            inputs[0].shape, wantsGradient: inputs.contains { $0.gradient != nil })
        rectified = rectifies ? memory.fork(output).gradient : nil
        if let gradient = rectified ?? output.gradient {
            for input in inputs { memory.share(gradient, with: input) }
        }
    }

    func forward(_ pass: Pass) {
        for index in 1..<inputs.count {
            let sum = index == 1 ? inputs[0].values.pointer! : output.values.pointer!
            let task = AddTask(
                count: pass.count, size: output.sampleStride, out: output.values.pointer, a: sum,
                b: inputs[index].values.pointer, rectifies: rectifies && index == inputs.count - 1,
                kernels: engine.kernels)
            region.run(task, multiplications: pass.count * output.sampleStride)
        }
    }

    func backward(_ pass: Pass) {
        guard let rectified else { return }
        let task = RectifyGradientTask(
            out: rectified.pointer, y: output.values.pointer, gradient: output.gradient!.pointer,
            size: output.sampleStride, count: pass.count, kernels: engine.kernels)
        backwardRegion.run(task, multiplications: pass.count * output.sampleStride)
    }
}

/// The channels of several activations one behind the other, position by position.
///
/// - Shapes: `[…, channels]` of each, all other axes equal → `[…, sum of the channels]`.
final class Concatenation: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let inputs: [Activation]
    private let region: Region<CopyRowsTask>

    init(_ inputs: [Activation], shape: Shape, engine: Engine) {
        (self.engine, self.inputs) = (engine, inputs)
        region = Region(engine.pool)
        for input in inputs { engine.memory.use(input) }
        output = engine.memory.output(shape, wantsGradient: inputs.contains { $0.gradient != nil })
    }

    func forward(_ pass: Pass) {
        eachInput { input, channel, isLast in
            copy(
                pass, channels: input.channels, from: input.values.pointer, stride: input.stride,
                to: output.values.pointer + channel, stride: output.stride,
                padding: isLast ? output.stride - output.channels : 0)
        }
    }

    func backward(_ pass: Pass) {
        eachInput { input, channel, _ in
            guard let gradient = input.gradient else { return }
            copy(
                pass, channels: input.channels, from: output.gradient!.pointer + channel,
                stride: output.stride,
                to: gradient.pointer, stride: input.stride, padding: input.stride - input.channels)
        }
    }

    /// - Parameter body: takes an input, its first channel in the output, and whether it is the last one.
    private func eachInput(_ body: (Activation, Int, Bool) -> Void) {
        var channel = 0
        for (index, input) in inputs.enumerated() {
            body(input, channel, index == inputs.count - 1)
            channel += input.channels
        }
    }

    private func copy(
        _ pass: Pass, channels: Int, from source: UnsafePointer<Float>, stride sourceStride: Int,
        to target: UnsafeMutablePointer<Float>, stride targetStride: Int, padding: Int
    ) {
        let task = CopyRowsTask(
            count: pass.count * output.positions, channels: channels, padding: padding, source: source,
            sourceStride: sourceStride, target: target, targetStride: targetStride)
        region.run(task, multiplications: pass.count * output.positions * channels)
    }
}

/// Copies rows, each thread some of them, and writes zeros behind each.
private struct CopyRowsTask: SharedTask {
    let count: Int
    let channels: Int
    let padding: Int
    let source: UnsafePointer<Float>
    let sourceStride: Int
    let target: UnsafeMutablePointer<Float>
    let targetStride: Int

    func work(_ share: Range<Int>) {
        for row in share {
            let begin = target + row * targetStride
            begin.update(from: source + row * sourceStride, count: channels)
            (begin + channels).update(repeating: 0, count: padding)
        }
    }
}

/// out = a + b, or its ReLU, each thread for some of the samples, which have `size` values.
private struct AddTask: SharedTask {
    let count: Int
    let size: Int
    let out: UnsafeMutablePointer<Float>
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let rectifies: Bool
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        let add = rectifies ? kernels.training.addAndRectify : kernels.training.addElements
        add(out + offset, a + offset, b + offset, share.count * size)
    }
}
