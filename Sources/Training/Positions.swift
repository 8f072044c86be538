import Kernels
import Tensors
import VectorKernels

/// Adds a row to each position, the same in every sample: y[p] = x[p] + table[p], with a table that is learned.
///
/// - Weights: `table` `[positions, channels]`, which starts normal with deviation 0.02 (Dosovitskiy et al. 2021).
/// - Threads own values of the table: each adds up the gradients of all samples in order.
final class LearnedPositions: Layer {
    let table: Weight
    var weights: [Weight] { [table] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let gradient: PlannedMemory
    private let forwardRegion: Region<AddTableTask>
    private let backwardRegion: Region<TableGradientTask>

    init(name: String, _ input: Activation, seed: UInt64, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        table = engine.weight("\(name).table", [input.positions, input.channels])
        table.decays = false
        engine.memory.use(input)
        output = engine.output(input.shape, of: input, [table])
        gradient = engine.memory.scratch(input.sampleStride, in: .backward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
        table.begin(
            .normal(0.02), inputs: table.rows, outputs: table.columns, seed: seed,
            kernels: engine.kernels.noise)
    }

    func forward(_ pass: Pass) {
        let task = AddTableTask(
            count: pass.count, table: table.values.pointer, size: input.sampleStride,
            x: input.values.pointer, y: output.values.pointer, kernels: engine.kernels)
        forwardRegion.run(task, multiplications: pass.count * input.sampleStride)
    }

    func backward(_ pass: Pass) {
        let task = TableGradientTask(
            samples: pass.count, upstream: output.gradient!.pointer, size: input.sampleStride,
            inputGradient: input.gradient?.pointer, gradient: gradient.pointer, kernels: engine.kernels)
        backwardRegion.run(task, multiplications: pass.count * input.sampleStride)
        pass.update!.apply(to: table, gradient: gradient.pointer, engine.kernels)
    }
}

/// Adds fixed waves to each position (Vaswani et al. 2017, §3.5): to channel 2i the sine and to channel 2i + 1 the cosine
/// of position / 10000^(2i / channels).
final class SinusoidalPositions: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    /// Laid out as a sample.
    private let table: Buffer<Float>
    private let forwardRegion: Region<AddTableTask>

    init(_ input: Activation, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        table = Self.table(input, kernels: engine.kernels.noise)
        engine.memory.use(input)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        forwardRegion = Region(engine.pool)
    }

    /// With functions of our own, whose bits are the same everywhere.
    private static func table(_ input: Activation, kernels: NoiseKernels) -> Buffer<Float> {
        let (channels, stride) = (input.channels, input.stride)
        let angles = Buffer<Float>(count: input.sampleStride)
        let (exponents, bases) = (Buffer<Float>(count: stride), Buffer<Float>(count: stride))
        for channel in 0..<channels {
            exponents[channel] = -Float(channel / 2 * 2) / Float(channels)
            bases[channel] = 10000
        }
        let rates = Buffer<Float>(count: stride)
        kernels.elementwise(
            .power, rates.pointer, bases.pointer, exponents.pointer, exponents.pointer, stride)
        for index in 0..<input.sampleStride {
            angles[index] = Float(index / stride) * rates[index % stride]
        }
        let (sines, cosines) = (
            Buffer<Float>(count: input.sampleStride), Buffer<Float>(count: input.sampleStride)
        )
        for (operation, out) in [(ElementwiseOperation.sin, sines), (.cos, cosines)] {
            kernels.elementwise(
                operation, out.pointer, angles.pointer, angles.pointer, angles.pointer, input.sampleStride)
        }
        for index in 0..<input.sampleStride {
            let channel = index % stride
            if channel >= channels {
                sines[index] = 0
            } else if channel % 2 == 1 {
                sines[index] = cosines[index]
            }
        }
        return sines
    }

    func forward(_ pass: Pass) {
        let task = AddTableTask(
            count: pass.count, table: table.pointer, size: input.sampleStride, x: input.values.pointer,
            y: output.values.pointer, kernels: engine.kernels)
        forwardRegion.run(task, multiplications: pass.count * input.sampleStride)
    }

    func backward(_ pass: Pass) {
        input.gradient?.pointer.update(
            from: output.gradient!.pointer, count: pass.count * input.sampleStride)
    }
}

/// Adds the same values to each of several samples of `size` values.
private struct AddTableTask: SharedTask {
    let count: Int
    let table: UnsafePointer<Float>
    let size: Int
    let x: UnsafePointer<Float>
    let y: UnsafeMutablePointer<Float>
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        for sample in share {
            kernels.training.addElements(y + sample * size, x + sample * size, table, size)
        }
    }
}

/// Adds up samples of `size` values, and copies them.
private struct TableGradientTask: SharedTask {
    let samples: Int
    let upstream: UnsafePointer<Float>
    let size: Int
    let inputGradient: UnsafeMutablePointer<Float>?
    let gradient: UnsafeMutablePointer<Float>
    let kernels: KernelTable
    /// Groups of 16 values.
    var count: Int { size / 16 }

    func work(_ share: Range<Int>) {
        let (first, width) = (share.lowerBound * 16, share.count * 16)
        kernels.layers.sumRows(gradient + first, upstream + first, samples, size, width)
        guard let inputGradient else { return }
        for sample in 0..<samples {
            (inputGradient + sample * size + first).update(
                from: upstream + sample * size + first, count: width)
        }
    }
}
