import VectorKernels

/// y = max(x, 0), element by element.
final class ReLU: LastLayer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    let input: Activation
    private let forwardRegion: Region<RectifyTask>
    private let backwardRegion: Region<RectifyGradientTask>

    init(_ input: Activation, engine: Engine) {
        (self.engine, self.input) = (engine, input)
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

    func makeSteps() -> SampleSteps {
        SampleSteps(
            forward: SampleStep(makeForwardTask(count: 0)), backward: SampleStep(makeBackwardTask(count: 0)))
    }

    private func makeForwardTask(count: Int) -> RectifyTask {
        RectifyTask(
            y: output.values.pointer, x: input.values.pointer, size: output.sampleStride, count: count,
            kernels: engine.kernels)
    }

    private func makeBackwardTask(count: Int) -> RectifyGradientTask {
        RectifyGradientTask(
            out: input.gradient!.pointer, y: output.values.pointer, gradient: output.gradient!.pointer,
            size: output.sampleStride, count: count, kernels: engine.kernels)
    }

    /// Memory is what takes time, as much as this many multiplications.
    private func multiplications(_ pass: Pass) -> Int { pass.count * output.sampleStride * 8 }
}

/// Computes y = max(x, 0), each thread for some of the samples, of `size` values.
private struct RectifyTask: SharedTask, SampleTask {
    let y: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let size: Int
    let count: Int
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.training.rectify(y + offset, x + offset, share.count * size)
    }
}

/// Passes the gradient on where y is positive, each thread for some of the samples.
struct RectifyGradientTask: SharedTask, SampleTask {
    let out: UnsafeMutablePointer<Float>
    let y: UnsafePointer<Float>
    let gradient: UnsafePointer<Float>
    let size: Int
    let count: Int
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.training.rectifyBackward(out + offset, y + offset, gradient + offset, share.count * size)
    }
}
