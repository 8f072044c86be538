import Tensors
import VectorKernels

/// Makes each pixel a square of so many pixels, the nearest to each of them.
final class Upsampling: Layer {
    var weights: [Weight] { [] }
    let output: Activation

    private let engine: Engine
    private let input: Activation
    /// Windows over the output that are one input pixel each.
    private let (vertical, horizontal): (ConvolutionAxis, ConvolutionAxis)
    private let region: Region<PoolingTask>

    init(
        _ input: Activation, vertical: ConvolutionAxis, horizontal: ConvolutionAxis, outputShape: Shape,
        engine: Engine
    ) {
        (self.engine, self.input) = (engine, input)
        (self.vertical, self.horizontal) = (vertical, horizontal)
        engine.memory.use(input)
        output = engine.memory.output(outputShape, wantsGradient: input.gradient != nil)
        region = Region(engine.pool)
    }

    func forward(_ pass: Pass) { run(.sumBackward, pass, from: input.values, to: output.values) }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        run(.sum, pass, from: output.gradient!, to: gradient)
    }

    private func run(
        _ operation: PoolingTask.Operation, _ pass: Pass, from source: PlannedMemory, to target: PlannedMemory
    ) {
        let windows = PoolingPass(
            vertical: vertical, horizontal: horizontal, stride: input.stride, source: source.pointer,
            target: target.pointer)
        let task = PoolingTask(
            operation: operation, pass: windows, winners: nil, samples: pass.count,
            kernels: engine.kernels)
        region.run(task, multiplications: pass.count * output.sampleStride)
    }
}
