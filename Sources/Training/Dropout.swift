import Kernels
import Tensors
import VectorKernels

/// In training sets a share `rate` of the values to zero and multiplies the others by 1 / (1 − rate), so that the mean
/// stays (Srivastava et al. 2014); in evaluation passes everything on.
///
/// Which values go is drawn at the address (seed, `model/<name>`, epoch, sample id, place in the padded sample):
/// batch-mates have no say.
final class Dropout: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let rate: Float
    private let key: UInt64
    /// Of one sample, for each thread.
    private let draws: PlannedMemory
    /// From one thread's draws to the next one's: whole groups of 64, in which draws are written.
    private let drawStride: Int
    private let scales: PlannedMemory
    private let region: Region<DropoutTask>
    private let gradientRegion: Region<DropoutGradientTask>

    init(name: String, _ input: Activation, rate: Double, seed: UInt64, engine: Engine) {
        (self.engine, self.input, self.rate) = (engine, input, Float(rate))
        key = DrawAddress.key(seed: seed, path: "model/\(name)", draw: "uniform")
        engine.memory.use(input)
        drawStride = (input.sampleStride + 63) / 64 * 64
        draws = engine.memory.scratch(drawStride * engine.pool.threads, in: .forward)
        scales = engine.memory.scratch(
            engine.memory.capacity * input.sampleStride, in: .forwardToBackward)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        region = Region(engine.pool)
        gradientRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        guard pass.update != nil else {
            output.values.pointer.update(from: input.values.pointer, count: pass.count * output.sampleStride)
            return
        }
        let task = DropoutTask(
            out: output.values.pointer, scales: scales.pointer, x: input.values.pointer,
            draws: draws.pointer, drawStride: drawStride, size: output.sampleStride, rate: rate, key: key,
            pass: pass, kernels: engine.kernels)
        // A draw takes about as long as this many multiplications.
        region.run(task, multiplications: pass.count * output.sampleStride * 32)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        let task = DropoutGradientTask(
            out: gradient.pointer, gradient: output.gradient!.pointer, scales: scales.pointer,
            size: output.sampleStride, count: pass.count, kernels: engine.kernels.training)
        // Memory is what takes time, as much as this many multiplications.
        gradientRegion.run(task, multiplications: pass.count * output.sampleStride * 8)
    }
}

/// Draws what goes, each thread for some of the samples, of `size` values.
private struct DropoutTask: ParallelTask {
    let out: UnsafeMutablePointer<Float>
    let scales: UnsafeMutablePointer<Float>
    let x: UnsafePointer<Float>
    let draws: UnsafeMutablePointer<Float>
    let drawStride: Int
    let size: Int
    let rate: Float
    let key: UInt64
    let pass: Pass
    let kernels: KernelSet

    func work(thread: Int, threads: Int) {
        let draws = draws + thread * drawStride
        for sample in part(thread, of: threads, count: pass.count, unit: 1) {
            kernels.noise.uniform(draws, size, key, pass.epoch, pass.ids[sample], 0)
            let offset = sample * size
            kernels.training.dropOut(out + offset, scales + offset, x + offset, draws, rate, size)
        }
    }
}

/// Multiplies the gradient with what the values were multiplied with, each thread for some of the samples, of `size` values.
private struct DropoutGradientTask: SharedTask {
    let out: UnsafeMutablePointer<Float>
    let gradient: UnsafePointer<Float>
    let scales: UnsafePointer<Float>
    let size: Int
    let count: Int
    let kernels: TrainingKernels

    func work(_ share: Range<Int>) {
        let offset = share.lowerBound * size
        kernels.multiplyElements(out + offset, gradient + offset, scales + offset, share.count * size)
    }
}
