import VectorKernels

/// y = max(x, 0), element by element.
final class ReLU: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
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
        let task = RectifyTask(
            y: output.values.pointer, x: input.values.pointer, size: output.sampleStride, count: pass.count,
            kernels: engine.kernels.training)
        forwardRegion.run(task, multiplications: multiplications(pass))
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        let task = RectifyGradientTask(
            out: gradient.pointer, y: output.values.pointer, gradient: output.gradient!.pointer,
            size: output.sampleStride, count: pass.count, kernels: engine.kernels.training)
        backwardRegion.run(task, multiplications: multiplications(pass))
    }

    /// Memory is what takes time, as much as this many multiplications.
    private func multiplications(_ pass: Pass) -> Int { pass.count * output.sampleStride * 8 }
}

/// Computes y = max(x, 0), each thread for some of the samples, of `size` values.
private struct RectifyTask: SharedTask {
    let y: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let size: Int
    let count: Int
    let kernels: TrainingKernels

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.rectify(y + offset, x + offset, share.count * size)
    }
}

/// Passes the gradient on where y is positive, each thread for some of the samples.
struct RectifyGradientTask: SharedTask {
    let out: UnsafeMutablePointer<Float>
    let y: UnsafePointer<Float>
    let gradient: UnsafePointer<Float>
    let size: Int
    let count: Int
    let kernels: TrainingKernels

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.rectifyBackward(out + offset, y + offset, gradient + offset, share.count * size)
    }
}
