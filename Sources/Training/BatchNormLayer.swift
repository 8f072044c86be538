import Tensors
import VectorKernels

/// Batch norm (Ioffe & Szegedy 2015): y = (x − m) / √(v + ε) · scale + shift, channel by channel.
///
/// In training m and v are the mean and the variance over all positions of all samples of the batch, in evaluation their
/// running averages: running ← 0.9 · running + 0.1 · batch, of the variance with n − 1 (as in PyTorch). ε is 1e-5. Where
/// an average is frozen, they are used in training, too. Where a model has ReLU behind it, it is done in the same pass.
///
/// - Weights: `scale` and `shift` `[channels]`, which start at one and zero; `mean` and `variance` `[channels]`, which start
///   at zero and one, and which no optimiser touches.
/// - Threads: rows are cut into chunks, by the form of the batch alone; what each finds is combined in order.
final class BatchNormLayer: Layer {
    let (scale, shift): (Weight, Weight)
    let (mean, variance): (Weight, Weight)
    var weights: [Weight] { [scale, shift, mean, variance] }
    let output: Activation

    private static let epsilon: Float = 1e-5
    private static let momentum: Float = 0.1

    private let engine: Engine
    private let input: Activation
    private let rectifies: Bool
    /// `[chunks, 2, stride]`.
    private let partialMoments: PlannedMemory
    private let partialSums: PlannedMemory
    /// `[3, stride]`: means, 1 / √(v + ε), and this batch's variances with n − 1.
    private let statistics: PlannedMemory
    /// `[stride]`.
    private let factors: PlannedMemory
    /// `[5, stride]`: sums, then what `combineChannels` wants.
    private let sums: PlannedMemory
    private let momentsRegion: Region<MomentsTask>
    private let mapRegion: Region<ChannelMapTask>
    private let sumsRegion: Region<ChannelSumsTask>
    private let gradientRegion: Region<ChannelGradientTask>

    init(name: String, _ input: Activation, rectifies: Bool = false, engine: Engine) {
        (self.engine, self.input, self.rectifies) = (engine, input, rectifies)
        let (channels, stride, memory) = (input.channels, input.stride, engine.memory)
        func weight(_ part: String, _ start: Float) -> Weight {
            let weight = engine.weight("\(name).\(part)", [channels])
            weight.unpadded = [Float](repeating: start, count: channels)
            return weight
        }
        (scale, shift) = (weight("scale", 1), weight("shift", 0))
        (mean, variance) = (weight("mean", 0), weight("variance", 1))
        (mean.isStatistic, variance.isStatistic) = (true, true)
        memory.use(input)
        output = engine.output(input.shape, of: input, [scale, shift, mean, variance])
        let chunks = RowChunks(rows: memory.capacity * input.positions, stride: stride)
        partialMoments = memory.scratch(chunks.count * 2 * stride, in: .forward)
        partialSums = memory.scratch(chunks.count * 2 * stride, in: .backward)
        statistics = memory.scratch(3 * stride, in: .forwardToBackward)
        factors = memory.scratch(stride, in: .forwardToBackward)
        sums = memory.scratch(5 * stride, in: .backward)
        momentsRegion = Region(engine.pool)
        mapRegion = Region(engine.pool)
        sumsRegion = Region(engine.pool)
        gradientRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        if pass.update == nil || !measures {
            setStatistics(mean.values.pointer, variance.values.pointer)
        } else {
            findStatistics(pass)
        }
        for channel in 0..<input.stride {
            factors.pointer[channel] =
                statistics.pointer[input.stride + channel] * scale.values.pointer[channel]
        }
        let task = ChannelMapTask(
            chunks: chunks(pass), map: map(pass), y: output.values.pointer, kernels: engine.kernels)
        mapRegion.run(task, multiplications: multiplications(pass))
    }

    /// Whether batches are measured in training.
    private var measures: Bool { !mean.isFrozen && !variance.isFrozen }

    /// Of this batch.
    private func findStatistics(_ pass: Pass) {
        let (stride, chunks) = (input.stride, chunks(pass))
        let task = MomentsTask(
            chunks: chunks, x: input.values.pointer, moments: partialMoments.pointer,
            kernels: engine.kernels)
        momentsRegion.run(task, multiplications: multiplications(pass))
        var all = task.moments(0)
        for chunk in 1..<max(chunks.count, 1) {
            let next = task.moments(chunk)
            engine.kernels.layers.addMoments(all, next, stride)
            all.count += next.count
        }
        let count = Float(all.count)
        for channel in 0..<input.channels {
            let squares = all.squares[channel]
            all.squares[channel] = squares / count
            statistics.pointer[2 * stride + channel] = squares / max(count - 1, 1)
        }
        setStatistics(all.means, all.squares)
    }

    private func setStatistics(_ means: UnsafePointer<Float>, _ variances: UnsafePointer<Float>) {
        for channel in 0..<input.stride {
            let isChannel = channel < input.channels
            statistics.pointer[channel] = isChannel ? means[channel] : 0
            statistics.pointer[input.stride + channel] =
                isChannel ? 1 / (variances[channel] + Self.epsilon).squareRoot() : 0
        }
    }

    func backward(_ pass: Pass) {
        let (stride, sums, chunks) = (input.stride, sums.pointer!, chunks(pass))
        let upstream = UnsafePointer<Float>(output.gradient!.pointer!)
        let task = ChannelSumsTask(
            chunks: chunks, map: map(pass), gradient: upstream, sums: partialSums.pointer,
            kernels: engine.kernels)
        sumsRegion.run(task, multiplications: multiplications(pass))
        engine.kernels.layers.sumRows(sums, partialSums.pointer, chunks.count, 2 * stride, 2 * stride)
        setFactors(sums, rows: chunks.rows)
        if let gradient = input.gradient {
            let task = ChannelGradientTask(
                chunks: chunks, map: map(pass), out: gradient.pointer, gradient: upstream,
                weights: sums + 2 * stride, kernels: engine.kernels)
            gradientRegion.run(task, multiplications: multiplications(pass))
        }
        if measures { moveAverages() }
        let update = pass.update!
        update.apply(to: shift, gradient: sums, engine.kernels)
        update.apply(to: scale, gradient: sums + stride, engine.kernels)
    }

    /// Not before the step is known to count.
    private func moveAverages() {
        let statistics = statistics.pointer!
        for channel in 0..<input.channels {
            let variance = statistics[2 * input.stride + channel]
            self.mean.values.pointer[channel] +=
                Self.momentum * (statistics[channel] - mean.values.pointer[channel])
            self.variance.values.pointer[channel] +=
                Self.momentum * (variance - self.variance.values.pointer[channel])
        }
    }

    /// Turns Σ g · (x − m) into scale's gradient, and writes the factors of the input's behind the sums: with r = 1 / √(v + ε)
    /// it is scale · r · (g − Σg / n − (x − m) · r² · Σ g (x − m) / n), of which only the first part remains where m and v do not
    /// come from the batch.
    private func setFactors(_ sums: UnsafeMutablePointer<Float>, rows: Int) {
        let (stride, share) = (input.stride, measures ? 1 / Float(rows) : 0)
        let factors = sums + 2 * stride
        for channel in 0..<stride {
            let root = statistics.pointer[stride + channel]
            let factor = scale.values.pointer[channel] * root
            let product = sums[stride + channel] * root
            factors[channel] = factor
            factors[stride + channel] = -factor * root * product * share
            factors[2 * stride + channel] = -factor * sums[channel] * share
            sums[stride + channel] = product
        }
    }

    private func map(_ pass: Pass) -> ChannelMap {
        ChannelMap(
            rows: input.rows(pass), x: input.values.pointer, means: statistics.pointer,
            factors: factors.pointer, shifts: shift.values.pointer, rectifies: rectifies)
    }

    private func chunks(_ pass: Pass) -> RowChunks {
        RowChunks(rows: pass.count * input.positions, stride: input.stride)
    }

    private func multiplications(_ pass: Pass) -> Int { pass.count * input.sampleStride * 2 }
}

/// How rows are cut: into chunks of about 16 KiB, which stay in the first-level cache. Whoever reads what was just written begins
/// with the last of them, which the second-level cache still has.
struct RowChunks {
    let rows: Int
    let stride: Int
    let count: Int

    init(rows: Int, stride: Int) {
        (self.rows, self.stride) = (rows, stride)
        let height = max(16, 4096 / stride)
        count = (rows + height - 1) / height
    }

    func chunk(_ index: Int) -> Range<Int> { part(index, of: count, count: rows, unit: 1) }
}

/// Finds the moments of each chunk of rows.
private struct MomentsTask: SharedTask {
    let chunks: RowChunks
    let x: UnsafePointer<Float>
    let moments: UnsafeMutablePointer<Float>
    let kernels: KernelTable
    var count: Int { chunks.count }

    func work(_ share: Range<Int>) {
        for chunk in share.reversed() {
            let rows = chunks.chunk(chunk)
            kernels.layers.findMoments(moments(chunk), x + rows.lowerBound * chunks.stride, chunks.stride)
        }
    }

    func moments(_ chunk: Int) -> ChannelMoments {
        let means = moments + chunk * 2 * chunks.stride
        return ChannelMoments(means: means, squares: means + chunks.stride, count: chunks.chunk(chunk).count)
    }
}

/// Maps the channels of each chunk of rows.
private struct ChannelMapTask: SharedTask {
    let chunks: RowChunks
    let map: ChannelMap
    let y: UnsafeMutablePointer<Float>
    let kernels: KernelTable
    var count: Int { chunks.count }

    func work(_ share: Range<Int>) {
        for chunk in share {
            let rows = chunks.chunk(chunk)
            kernels.layers.mapChannels(map.part(rows), y + rows.lowerBound * chunks.stride)
        }
    }
}

/// Sums of each chunk of rows.
private struct ChannelSumsTask: SharedTask {
    let chunks: RowChunks
    let map: ChannelMap
    let gradient: UnsafePointer<Float>
    let sums: UnsafeMutablePointer<Float>
    let kernels: KernelTable
    var count: Int { chunks.count }

    func work(_ share: Range<Int>) {
        for chunk in share.reversed() {
            let rows = chunks.chunk(chunk)
            kernels.layers.sumChannels(
                map.part(rows), gradient + rows.lowerBound * chunks.stride, sums + chunk * 2 * chunks.stride)
        }
    }
}

private struct ChannelGradientTask: SharedTask {
    let chunks: RowChunks
    let map: ChannelMap
    let out: UnsafeMutablePointer<Float>
    let gradient: UnsafePointer<Float>
    let weights: UnsafePointer<Float>
    let kernels: KernelTable
    var count: Int { chunks.count }

    func work(_ share: Range<Int>) {
        for chunk in share {
            let rows = chunks.chunk(chunk)
            let offset = rows.lowerBound * chunks.stride
            kernels.layers.combineChannels(map.part(rows), out + offset, gradient + offset, weights)
        }
    }
}

extension ChannelMap {
    /// The same map of some of its rows.
    func part(_ share: Range<Int>) -> ChannelMap {
        var part = self
        part.rows = rows.part(share)
        part.x += share.lowerBound * rows.stride
        return part
    }
}
