import Tensors
import VectorKernels

/// Layer norm (Ba et al. 2016) or RMS norm (Zhang & Sennrich 2019) of each row: see `RowNorm`.
///
/// - Weights: `scale` `[channels]`, which starts at one, and for layer norm `shift` `[channels]`, which starts at zero.
/// - ε is 1e-5, as in PyTorch's layer norm.
/// - Threads: the rows are cut into a number of chunks that depends on the model alone; each sums the gradients of scale
///   and shift over its rows, and these sums are added in order.
final class RowNormLayer: SampleLayer {
    let scale: Weight
    let shift: Weight?
    var weights: [Weight] { [scale] + (shift.map { [$0] } ?? []) }
    let output: Activation

    private let engine: Engine
    let input: Activation
    private let statistics: PlannedMemory
    /// `[2, chunks, stride]`: of scale, then of shift.
    private let partialSums: PlannedMemory
    /// `[2, stride]`.
    private let sums: PlannedMemory
    private let forwardRegion: Region<RowNormTask>
    private let backwardRegion: Region<RowNormGradientTask>

    /// The shares of a group, or where it runs on its own some rows.
    private let chunks: Int
    let takesSamples = true
    private var forwardTask: RowNormTask?
    private var backwardTask: RowNormGradientTask?

    init(name: String, _ input: Activation, removesMean: Bool, engine: Engine) {
        (self.engine, self.input) = (engine, input)
        let (channels, memory) = (input.channels, engine.memory)
        // One panel each: every thread reads all of it.
        scale = engine.weight("\(name).scale", [channels])
        shift = removesMean ? engine.weight("\(name).shift", [channels]) : nil
        scale.unpadded = [Float](repeating: 1, count: channels)
        memory.use(input)
        output = engine.output(input.shape, of: input, [scale, shift].compactMap { $0 })
        statistics = memory.scratch(memory.capacity * input.positions * 2, in: .forwardToBackward)
        chunks = SampleGrid(input, engine)?.shares ?? 16
        partialSums = memory.scratch(2 * chunks * input.stride, in: .backward)
        sums = memory.scratch(2 * input.stride, in: .backward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        forwardRegion.run(makeForwardTask(pass), multiplications: multiplications(pass))
    }

    func backward(_ pass: Pass) {
        backwardRegion.run(makeBackwardTask(pass), multiplications: multiplications(pass))
        endBackward(pass)
    }

    func beginForward(_ pass: Pass) { forwardTask = makeForwardTask(pass) }
    func forward(_ share: SampleShare) { forwardTask!.work(share.rows(input.positions)) }

    func beginBackward(_ pass: Pass) { backwardTask = makeBackwardTask(pass) }
    func backward(_ share: SampleShare) {
        var task = backwardTask!
        (task.inputGradient, task.gradient) = (
            input.gradient(share), UnsafePointer(output.gradient(share)!)
        )
        task.work(rows: share.rows(input.positions), chunk: share.piece)
    }

    func endBackward(_ pass: Pass) {
        for (index, weight) in weights.enumerated() {
            let sum = sums.pointer + index * input.stride
            engine.kernels.layers.sumRows(
                sum, partialSums.pointer + index * chunks * input.stride, chunks, input.stride, input.stride)
            pass.update!.apply(to: weight, gradient: sum, engine.kernels)
        }
    }

    private func makeForwardTask(_ pass: Pass) -> RowNormTask {
        RowNormTask(norm: norm(pass), y: output.values.pointer, kernels: engine.kernels)
    }

    private func makeBackwardTask(_ pass: Pass) -> RowNormGradientTask {
        RowNormGradientTask(
            norm: norm(pass), gradient: output.gradient!.pointer, inputGradient: input.gradient?.pointer,
            partialSums: partialSums.pointer, count: chunks, kernels: engine.kernels)
    }

    private func norm(_ pass: Pass) -> RowNorm {
        RowNorm(
            rows: input.rows(pass), x: input.values.pointer, scale: scale.values.pointer,
            shift: shift.map { UnsafePointer($0.values.pointer) }, epsilon: 1e-5, removesMean: shift != nil,
            statistics: statistics.pointer)
    }

    private func multiplications(_ pass: Pass) -> Int { pass.count * input.sampleStride * 8 }
}

/// Normalises, each thread some of the rows.
private struct RowNormTask: SharedTask {
    let norm: RowNorm
    let y: UnsafeMutablePointer<Float>
    let kernels: KernelTable
    var count: Int { norm.rows.count }

    func work(_ share: Range<Int>) {
        kernels.layers.normaliseRows(norm.part(share), y + share.lowerBound * norm.rows.stride)
    }
}

/// Finds the gradients, each thread of some of the chunks.
private struct RowNormGradientTask: SharedTask {
    let norm: RowNorm
    var gradient: UnsafePointer<Float>
    var inputGradient: UnsafeMutablePointer<Float>?
    let partialSums: UnsafeMutablePointer<Float>
    /// Of chunks.
    let count: Int
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        for chunk in share {
            work(rows: part(chunk, of: count, count: norm.rows.count, unit: 1), chunk: chunk)
        }
    }

    func work(rows: Range<Int>, chunk: Int) {
        let stride = norm.rows.stride
        let offset = rows.lowerBound * stride
        let scale = partialSums + chunk * stride
        kernels.layers.normaliseRowsBackward(
            norm.part(rows), gradient + offset, inputGradient.map { $0 + offset }, scale,
            norm.shift == nil ? nil : scale + count * stride)
    }
}

extension RowNorm {
    /// The same norm of some of its rows.
    fileprivate func part(_ share: Range<Int>) -> RowNorm {
        var part = self
        part.rows = rows.part(share)
        part.x += share.lowerBound * rows.stride
        part.statistics += share.lowerBound * 2
        return part
    }
}
