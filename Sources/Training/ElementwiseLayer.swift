import VectorKernels

/// y = f(x), element by element.
///
/// In steps of training f′(x) is found with f(x), while what both are made of is in registers, and kept for the way back.
final class ElementwiseLayer: SampleLayer, LastLayer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    let input: Activation
    private let function: ActivationFunction
    private let slopes: PlannedMemory
    private let forwardRegion: Region<ElementwiseTask>
    private let backwardRegion: Region<MultiplyTask>
    let takesSamples = true
    private var forwardTask: ElementwiseTask?
    private var backwardTask: MultiplyTask?

    init(_ function: ActivationFunction, _ input: Activation, engine: Engine) {
        (self.engine, self.input, self.function) = (engine, input, function)
        engine.memory.use(input)
        let count = input.gradient == nil ? 0 : engine.memory.capacity * input.sampleStride
        slopes = engine.memory.scratch(count, in: .forwardToBackward)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        // An exponential and a division take about as long as this many multiplications.
        forwardRegion.run(
            makeForwardTask(count: pass.count, isTraining: pass.update != nil),
            multiplications: pass.count * input.sampleStride * 32)
    }

    func backward(_ pass: Pass) {
        guard input.gradient != nil else { return }
        // Memory is what takes time, as much as this many multiplications.
        backwardRegion.run(
            makeBackwardTask(count: pass.count), multiplications: pass.count * input.sampleStride * 8)
    }

    func beginForward(_ pass: Pass) {
        forwardTask = makeForwardTask(count: pass.count, isTraining: pass.update != nil)
    }
    func forward(_ share: SampleShare) { forwardTask!.work(share.rows(input.positions)) }

    func beginBackward(_ pass: Pass) { backwardTask = makeBackwardTask(count: pass.count) }
    func backward(_ share: SampleShare) {
        var task = backwardTask!
        (task.out, task.gradient) = (input.gradient(share)!, UnsafePointer(output.gradient(share)!))
        task.work(share.samples)
    }

    func makeSteps() -> SampleSteps {
        SampleSteps(
            forward: SampleStep(makeForwardTask(count: 0, isTraining: true)),
            backward: SampleStep(makeBackwardTask(count: 0)))
    }

    private func makeForwardTask(count: Int, isTraining: Bool) -> ElementwiseTask {
        ElementwiseTask(
            function: function, rows: input.rows(samples: count), y: output.values.pointer,
            slopes: isTraining && input.gradient != nil ? slopes.pointer : nil, x: input.values.pointer,
            kernels: engine.kernels)
    }

    private func makeBackwardTask(count: Int) -> MultiplyTask {
        MultiplyTask(
            out: input.gradient!.pointer, gradient: output.gradient!.pointer, factors: slopes.pointer,
            size: output.sampleStride, count: count, kernels: engine.kernels)
    }
}

/// Computes y = f(x) and f′(x), each thread some of the rows.
private struct ElementwiseTask: SharedTask, SampleTask {
    let function: ActivationFunction
    let rows: Rows
    let y: UnsafeMutablePointer<Float>
    /// Nil where no gradient is wanted.
    let slopes: UnsafeMutablePointer<Float>?
    let x: UnsafePointer<Float>
    let kernels: KernelTable
    var count: Int { rows.count }

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * rows.stride
        kernels.layers.activate(
            function, y + offset, slopes.map { $0 + offset }, x + offset, rows.part(share))
    }
}

/// Multiplies the gradient with what was found on the way forward, each thread for some of the samples, of `size` values.
struct MultiplyTask: SharedTask, SampleTask {
    var out: UnsafeMutablePointer<Float>
    var gradient: UnsafePointer<Float>
    let factors: UnsafePointer<Float>
    let size: Int
    let count: Int
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.training.multiplyElements(
            out + offset, gradient + offset, factors + offset, share.count * size)
    }
}

extension Activation {
    /// The rows of all samples of a pass.
    func rows(_ pass: Pass) -> Rows { rows(samples: pass.count) }

    fileprivate func rows(samples: Int) -> Rows {
        Rows(count: samples * positions, channels: channels, stride: stride)
    }
}

extension Rows {
    /// As many rows of the same form as are in `share`.
    func part(_ share: Range<Int>) -> Rows { Rows(count: share.count, channels: channels, stride: stride) }
}
