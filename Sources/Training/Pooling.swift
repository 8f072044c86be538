import Tensors
import VectorKernels

/// The largest value of each window, or the mean over its places in the picture, channel by channel.
///
/// Threads share samples.
final class Pooling: Layer {
    var weights: [Weight] { [] }
    let output: Activation

    private let engine: Engine
    private let input: Activation
    private let isMaximum: Bool
    private let (vertical, horizontal): (ConvolutionAxis, ConvolutionAxis)
    /// Which place of its window each largest value had.
    private let winners: PlannedMemory
    private let region: Region<PoolingTask>

    init(
        _ input: Activation, vertical: ConvolutionAxis, horizontal: ConvolutionAxis, outputShape: Shape,
        isMaximum: Bool, engine: Engine
    ) {
        (self.engine, self.input, self.isMaximum) = (engine, input, isMaximum)
        (self.vertical, self.horizontal) = (vertical, horizontal)
        let memory = engine.memory
        memory.use(input)
        output = memory.output(outputShape, wantsGradient: input.gradient != nil)
        winners = memory.scratch(
            isMaximum ? memory.capacity * output.sampleStride : 0, in: .forwardToBackward)
        region = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        run(isMaximum ? .maximum : .mean, pass, from: input.values, to: output.values)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        run(isMaximum ? .maximumBackward : .meanBackward, pass, from: output.gradient!, to: gradient)
    }

    private func run(
        _ operation: PoolingTask.Operation, _ pass: Pass, from source: PlannedMemory, to target: PlannedMemory
    ) {
        let windows = PoolingPass(
            vertical: vertical, horizontal: horizontal, stride: input.stride, source: source.pointer,
            target: target.pointer)
        let values = engine.memory.capacity * output.sampleStride
        let task = PoolingTask(
            operation: operation, pass: windows,
            winners: isMaximum ? winners.words(values) : nil, samples: pass.count,
            kernels: engine.kernels)
        region.run(task, multiplications: pass.count * input.sampleStride)
    }
}

/// Pools or hands back, each thread some of the samples.
struct PoolingTask: ParallelTask {
    enum Operation { case maximum, maximumBackward, mean, meanBackward, sum, sumBackward }

    let operation: Operation
    let pass: PoolingPass
    /// Of the largest values.
    let winners: UnsafeMutablePointer<UInt32>?
    let samples: Int
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let samples = part(thread, of: threads, count: samples, unit: 1)
        switch operation {
        case .maximum: kernels.convolution.maximum(pass, winners!, samples)
        case .maximumBackward: kernels.convolution.maximumBackward(pass, winners!, samples)
        case .mean: kernels.convolution.sumWindows(pass, true, samples)
        case .meanBackward: kernels.convolution.spreadWindows(pass, true, samples)
        case .sum: kernels.convolution.sumWindows(pass, false, samples)
        case .sumBackward: kernels.convolution.spreadWindows(pass, false, samples)
        }
    }
}
