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
                b: outputs[index].gradient!.pointer, kernels: engine.kernels.training)
            region.run(task, multiplications: pass.count * input.sampleStride)
        }
    }
}

/// The sum of several activations of one shape; each has the gradient of the sum.
final class Sum: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let inputs: [Activation]
    private let addRegion: Region<AddTask>
    private let copyRegion: Region<CopyTask>

    init(_ inputs: [Activation], engine: Engine) {
        (self.engine, self.inputs) = (engine, inputs)
        addRegion = Region(engine.pool)
        copyRegion = Region(engine.pool)
        for input in inputs { engine.memory.use(input) }
        output = engine.memory.output(
            inputs[0].shape, wantsGradient: inputs.contains { $0.gradient != nil })
    }

    func forward(_ pass: Pass) {
        for index in 1..<inputs.count {
            let sum = index == 1 ? inputs[0].values.pointer! : output.values.pointer!
            let task = AddTask(
                count: pass.count, size: output.sampleStride, out: output.values.pointer, a: sum,
                b: inputs[index].values.pointer, kernels: engine.kernels.training)
            addRegion.run(task, multiplications: pass.count * output.sampleStride)
        }
    }

    func backward(_ pass: Pass) {
        for input in inputs {
            guard let gradient = input.gradient else { continue }
            let task = CopyTask(
                count: pass.count, size: output.sampleStride, out: gradient.pointer,
                source: output.gradient!.pointer)
            copyRegion.run(task, multiplications: pass.count * output.sampleStride)
        }
    }
}

/// out = a + b, each thread for some of the samples, which have `size` values.
private struct AddTask: SharedTask {
    let count: Int
    let size: Int
    let out: UnsafeMutablePointer<Float>
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let kernels: TrainingKernels

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.addElements(out + offset, a + offset, b + offset, share.count * size)
    }
}

private struct CopyTask: SharedTask {
    let count: Int
    let size: Int
    let out: UnsafeMutablePointer<Float>
    let source: UnsafePointer<Float>

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        (out + offset).update(from: source + offset, count: share.count * size)
    }
}
