import Kernels
import Tensors
import VectorKernels

/// In training sets a share `rate` of the values to zero and multiplies the others by 1 / (1 − rate), so that the mean
/// stays (Srivastava et al. 2014); in evaluation passes everything on.
///
/// Which values go is drawn at the address (seed, `model/<name>`, epoch, sample id, place in the padded sample):
/// batch-mates have no say.
final class Dropout: LastLayer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    let input: Activation
    private let rate: Float
    private let key: UInt64
    /// Of one sample, for each thread.
    private let draws: PlannedMemory
    /// From one thread's draws to the next one's: whole groups of 64, in which draws are written.
    private let drawStride: Int
    private let scales: PlannedMemory
    /// The one at work.
    private let pass: UnsafeMutablePointer<Pass?>
    private let region: Region<DropoutTask>
    private let gradientRegion: Region<MultiplyTask>

    init(name: String, _ input: Activation, rate: Double, seed: UInt64, engine: Engine) {
        (self.engine, self.input, self.rate) = (engine, input, Float(rate))
        key = DrawAddress.key(seed: seed, path: "model/\(name)", draw: "uniform")
        engine.memory.use(input)
        drawStride = (input.sampleStride + 63) / 64 * 64
        draws = engine.memory.scratch(drawStride * engine.pool.threads, in: .forward)
        scales = engine.memory.scratch(
            engine.memory.capacity * input.sampleStride, in: .forwardToBackward)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        pass = .allocate(capacity: 1)
        pass.initialize(to: nil)
        region = Region(engine.pool)
        gradientRegion = Region(engine.pool)
    }

    deinit {
        pass.deinitialize(count: 1)
        pass.deallocate()
    }

    func forward(_ pass: Pass) {
        guard pass.update != nil else {
            output.values.pointer.update(from: input.values.pointer, count: pass.count * output.sampleStride)
            return
        }
        beginSamples(pass)
        // A draw takes about as long as this many multiplications.
        region.run(makeTask(count: pass.count), multiplications: pass.count * output.sampleStride * 32)
    }

    func backward(_ pass: Pass) {
        guard input.gradient != nil else { return }
        // Memory is what takes time, as much as this many multiplications.
        gradientRegion.run(
            makeGradientTask(count: pass.count), multiplications: pass.count * output.sampleStride * 8)
    }

    func makeSteps() -> SampleSteps {
        SampleSteps(forward: SampleStep(makeTask(count: 0)), backward: SampleStep(makeGradientTask(count: 0)))
    }

    func beginSamples(_ pass: Pass) { self.pass.pointee = pass }

    private func makeTask(count: Int) -> DropoutTask {
        DropoutTask(
            out: output.values.pointer, scales: scales.pointer, x: input.values.pointer,
            draws: draws.pointer, drawStride: drawStride, size: output.sampleStride, rate: rate, key: key,
            count: count, pass: pass, kernels: engine.kernels)
    }

    private func makeGradientTask(count: Int) -> MultiplyTask {
        MultiplyTask(
            out: input.gradient!.pointer, gradient: output.gradient!.pointer, factors: scales.pointer,
            size: output.sampleStride, count: count, kernels: engine.kernels)
    }
}

/// Draws what goes, each thread for some of the samples, of `size` values.
private struct DropoutTask: ParallelTask, SampleTask {
    let out: UnsafeMutablePointer<Float>
    let scales: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let draws: UnsafeMutablePointer<Float>
    let drawStride: Int
    let size: Int
    let rate: Float
    let key: UInt64
    let count: Int
    let pass: UnsafePointer<Pass?>
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        work(SampleShare(samples: part(thread, of: threads, count: count, unit: 1), thread: thread))
    }

    func work(_ share: SampleShare) {
        let draws = draws + share.thread * drawStride
        let (epoch, ids) = (pass.pointee!.epoch, pass.pointee!.ids)
        for sample in share.samples {
            kernels.noise.uniform(draws, size, key, epoch, ids[sample], 0)
            let offset = sample * size
            kernels.training.dropOut(out + offset, scales + offset, x + offset, draws, rate, size)
        }
    }
}
