import Tensors
import VectorKernels

/// Layer norm (Ba et al. 2016) or RMS norm (Zhang & Sennrich 2019) of each row: see `RowNorm`.
///
/// - Weights: `scale` `[channels]`, which starts at one, and for layer norm `shift` `[channels]`, which starts at zero.
/// - ε is 1e-5, as in PyTorch's layer norm.
/// - Threads: the rows are cut into a number of chunks that depends on nothing else; each sums the gradients of scale and
///   shift over its rows, and these sums are added in order.
final class RowNormLayer: Layer {
    let scale: Weight
    let shift: Weight?
    var weights: [Weight] { [scale] + (shift.map { [$0] } ?? []) }
    let output: Activation

    private let engine: Engine
    private let input: Activation
    private let statistics: PlannedMemory
    /// `[2, chunks, stride]`: of scale, then of shift.
    private let partialSums: PlannedMemory
    /// `[2, stride]`.
    private let sums: PlannedMemory
    private let forwardRegion: Region<RowNormTask>
    private let backwardRegion: Region<RowNormGradientTask>

    static let chunks = 16

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
        partialSums = memory.scratch(2 * Self.chunks * input.stride, in: .backward)
        sums = memory.scratch(2 * input.stride, in: .backward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        let task = RowNormTask(norm: norm(pass), y: output.values.pointer, kernels: engine.kernels.layers)
        forwardRegion.run(task, multiplications: multiplications(pass))
    }

    func backward(_ pass: Pass) {
        let task = RowNormGradientTask(
            norm: norm(pass), gradient: output.gradient!.pointer, inputGradient: input.gradient?.pointer,
            partialSums: partialSums.pointer, kernels: engine.kernels.layers)
        backwardRegion.run(task, multiplications: multiplications(pass))
        for (index, weight) in weights.enumerated() {
            let sum = sums.pointer + index * input.stride
            engine.kernels.layers.sumRows(
                sum, partialSums.pointer + index * Self.chunks * input.stride, Self.chunks, input.stride,
                input.stride)
            pass.update!.apply(to: weight, gradient: sum, engine.kernels.training)
        }
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
    let kernels: LayerKernels
    var count: Int { norm.rows.count }

    func work(_ share: Range<Int>) {
        kernels.normaliseRows(norm.part(share), y + share.lowerBound * norm.rows.stride)
    }
}

/// Finds the gradients, each thread of some of the chunks.
private struct RowNormGradientTask: SharedTask {
    let norm: RowNorm
    let gradient: UnsafePointer<Float>
    let inputGradient: UnsafeMutablePointer<Float>?
    let partialSums: UnsafeMutablePointer<Float>
    let kernels: LayerKernels
    var count: Int { RowNormLayer.chunks }

    func work(_ share: Range<Int>) {
        let (chunks, stride) = (RowNormLayer.chunks, norm.rows.stride)
        for chunk in share {
            let share = part(chunk, of: chunks, count: norm.rows.count, unit: 1)
            let offset = share.lowerBound * stride
            let scale = partialSums + chunk * stride
            kernels.normaliseRowsBackward(
                norm.part(share), gradient + offset, inputGradient.map { $0 + offset }, scale,
                norm.shift == nil ? nil : scale + chunks * stride)
        }
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
