import VectorKernels

/// y = f(x), element by element.
final class ElementwiseLayer: SampleLayer, LastLayer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    let input: Activation
    private let function: ActivationFunction
    private let forwardRegion: Region<ElementwiseTask>
    private let backwardRegion: Region<ElementwiseGradientTask>
    let takesSamples = true
    private var forwardTask: ElementwiseTask?
    private var backwardTask: ElementwiseGradientTask?

    init(_ function: ActivationFunction, _ input: Activation, engine: Engine) {
        (self.engine, self.input, self.function) = (engine, input, function)
        engine.memory.use(input)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        forwardRegion.run(makeForwardTask(count: pass.count), multiplications: multiplications(pass))
    }

    func backward(_ pass: Pass) {
        guard input.gradient != nil else { return }
        backwardRegion.run(makeBackwardTask(count: pass.count), multiplications: multiplications(pass))
    }

    func beginForward(_ pass: Pass) { forwardTask = makeForwardTask(count: pass.count) }
    func forward(_ share: SampleShare) { forwardTask!.work(share.rows(input.positions)) }

    func beginBackward(_ pass: Pass) { backwardTask = makeBackwardTask(count: pass.count) }
    func backward(_ share: SampleShare) {
        var task = backwardTask!
        (task.out, task.gradient) = (input.gradient(share)!, UnsafePointer(output.gradient(share)!))
        task.work(share.rows(input.positions))
    }

    func makeSteps() -> SampleSteps {
        SampleSteps(
            forward: SampleStep(makeForwardTask(count: 0)), backward: SampleStep(makeBackwardTask(count: 0)))
    }

    private func makeForwardTask(count: Int) -> ElementwiseTask {
        ElementwiseTask(
            function: function, rows: input.rows(samples: count), y: output.values.pointer,
            x: input.values.pointer,
            kernels: engine.kernels.layers)
    }

    private func makeBackwardTask(count: Int) -> ElementwiseGradientTask {
        ElementwiseGradientTask(
            function: function, rows: input.rows(samples: count), out: input.gradient!.pointer,
            x: input.values.pointer, y: output.values.pointer, gradient: output.gradient!.pointer,
            kernels: engine.kernels.layers)
    }

    /// An exponential and a division take about as long as this many multiplications.
    private func multiplications(_ pass: Pass) -> Int { pass.count * input.sampleStride * 32 }
}

/// Computes y = f(x), each thread some of the rows.
private struct ElementwiseTask: SharedTask, SampleTask {
    let function: ActivationFunction
    let rows: Rows
    let y: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let kernels: LayerKernels
    var count: Int { rows.count }

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * rows.stride
        kernels.activate(function, y + offset, x + offset, rows.part(share))
    }
}

/// Computes f′(x) · gradient, each thread some of the rows.
private struct ElementwiseGradientTask: SharedTask, SampleTask {
    let function: ActivationFunction
    let rows: Rows
    var out: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let y: UnsafePointer<Float>
    var gradient: UnsafePointer<Float>
    let kernels: LayerKernels
    var count: Int { rows.count }

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * rows.stride
        kernels.activateBackward(
            function, out + offset, x + offset, y + offset, gradient + offset, rows.part(share))
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
