import VectorKernels

/// y = eˣ / Σ eˣ over the channels of each row.
final class SoftmaxLayer: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let forwardRegion: Region<SoftmaxTask>
    private let backwardRegion: Region<SoftmaxGradientTask>

    init(_ input: Activation, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        engine.memory.use(input)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        let task = SoftmaxTask(
            rows: input.rows(pass), y: output.values.pointer, x: input.values.pointer,
            kernels: engine.kernels)
        forwardRegion.run(task, multiplications: pass.count * input.sampleStride * 32)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        let task = SoftmaxGradientTask(
            rows: input.rows(pass), out: gradient.pointer, y: output.values.pointer,
            gradient: output.gradient!.pointer, kernels: engine.kernels)
        backwardRegion.run(task, multiplications: pass.count * input.sampleStride * 4)
    }
}

private struct SoftmaxTask: SharedTask {
    let rows: Rows
    let y: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let kernels: KernelTable
    var count: Int { rows.count }

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * rows.stride
        kernels.layers.softmax(y + offset, x + offset, rows.part(share))
    }
}

private struct SoftmaxGradientTask: SharedTask {
    let rows: Rows
    let out: UnsafeMutablePointer<Float>
    let y: UnsafePointer<Float>
    let gradient: UnsafePointer<Float>
    let kernels: KernelTable
    var count: Int { rows.count }

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * rows.stride
        kernels.layers.softmaxBackward(out + offset, y + offset, gradient + offset, rows.part(share))
    }
}
