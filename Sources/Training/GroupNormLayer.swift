import Tensors
import VectorKernels

/// Group norm (Wu & He 2018): y = (x − m) / √(v + ε) · scale + shift, with the mean and the variance of each sample by itself,
/// over all positions and a group of neighbouring channels. ε is 1e-5. Where a model has ReLU behind it, it is done in the same
/// pass.
///
/// - Weights: `scale` and `shift` `[channels]`, which start at one and zero.
/// - Threads: a sample is one piece; the samples' gradients of scale and shift are added in order.
final class GroupNormLayer: Layer {
    let (scale, shift): (Weight, Weight)
    var weights: [Weight] { [scale, shift] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    private let groups: Int
    private let rectifies: Bool
    /// `[samples, 2, stride]`: means and 1 / √(v + ε) of each channel's group.
    private let statistics: PlannedMemory
    /// `[samples, 5, stride]`: sums, then what `combineChannels` wants.
    private let sums: PlannedMemory
    /// `[2, stride]`, of all samples.
    private let gradients: PlannedMemory
    /// `[samples, stride]`.
    private let factors: PlannedMemory
    private let forwardRegion: Region<GroupNormTask>
    private let backwardRegion: Region<GroupNormGradientTask>

    init(name: String, _ input: Activation, groups: Int, rectifies: Bool = false, engine: Engine) {
        precondition(input.channels % groups == 0, "\(input.channels) channels in \(groups) groups")
        (self.engine, self.input, self.groups, self.rectifies) = (engine, input, groups, rectifies)
        let (channels, memory) = (input.channels, engine.memory)
        scale = engine.weight("\(name).scale", [channels])
        shift = engine.weight("\(name).shift", [channels])
        scale.unpadded = [Float](repeating: 1, count: channels)
        memory.use(input)
        output = engine.output(input.shape, of: input, [scale, shift])
        statistics = memory.scratch(memory.capacity * 2 * input.stride, in: .forwardToBackward)
        factors = memory.scratch(memory.capacity * input.stride, in: .forwardToBackward)
        sums = memory.scratch(memory.capacity * 5 * input.stride, in: .backward)
        gradients = memory.scratch(2 * input.stride, in: .backward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    func forward(_ pass: Pass) {
        let task = GroupNormTask(norm: norm(pass), y: output.values.pointer)
        forwardRegion.run(task, multiplications: pass.count * input.sampleStride * 4)
    }

    func backward(_ pass: Pass) {
        let stride = input.stride
        let task = GroupNormGradientTask(
            norm: norm(pass), gradient: output.gradient!.pointer, inputGradient: input.gradient?.pointer,
            sums: sums.pointer)
        backwardRegion.run(task, multiplications: pass.count * input.sampleStride * 4)
        engine.kernels.layers.sumRows(gradients.pointer, sums.pointer, pass.count, 5 * stride, 2 * stride)
        let update = pass.update!
        update.apply(to: shift, gradient: gradients.pointer, engine.kernels)
        update.apply(to: scale, gradient: gradients.pointer + stride, engine.kernels)
    }

    private func norm(_ pass: Pass) -> GroupNorm {
        GroupNorm(
            samples: pass.count, groups: groups,
            rows: Rows(count: input.positions, channels: input.channels, stride: input.stride),
            x: input.values.pointer, scale: scale.values.pointer, shift: shift.values.pointer,
            statistics: statistics.pointer, factors: factors.pointer, rectifies: rectifies,
            kernels: engine.kernels)
    }
}

/// What forward and backward share.
private struct GroupNorm {
    let samples: Int
    let groups: Int
    /// Of one sample.
    let rows: Rows
    let x: UnsafePointer<Float>
    let scale: UnsafePointer<Float>
    let shift: UnsafePointer<Float>
    let statistics: UnsafeMutablePointer<Float>
    let factors: UnsafeMutablePointer<Float>
    let rectifies: Bool
    let kernels: KernelTable

    static let epsilon: Float = 1e-5

    /// Values of one sample.
    var sampleStride: Int { rows.count * rows.stride }
    /// Channels of a group.
    var width: Int { rows.channels / groups }

    func means(_ sample: Int) -> UnsafeMutablePointer<Float> { statistics + sample * 2 * rows.stride }

    func map(_ sample: Int) -> ChannelMap {
        ChannelMap(
            rows: rows, x: x + sample * sampleStride, means: means(sample),
            factors: factors + sample * rows.stride, shifts: shift, rectifies: rectifies)
    }

    /// Turns the moments of a sample's channels into those of their groups: each channel's mean and 1 / √(v + ε).
    func pool(_ means: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>) {
        for group in 0..<groups {
            let channels = group * width..<(group + 1) * width
            var mean: Float = 0
            for channel in channels { mean += means[channel] }
            mean /= Float(width)
            var sum: Float = 0
            for channel in channels {
                let difference = means[channel] - mean
                sum += squares[channel] + Float(rows.count) * (difference * difference)
            }
            let root = 1 / (sum / Float(rows.count * width) + Self.epsilon).squareRoot()
            for channel in channels { (means[channel], squares[channel]) = (mean, root) }
        }
        for channel in rows.channels..<max(rows.stride, rows.channels) {
            (means[channel], squares[channel]) = (0, 0)
        }
    }
}

private struct GroupNormTask: SharedTask {
    let norm: GroupNorm
    let y: UnsafeMutablePointer<Float>
    var count: Int { norm.samples }

    func work(_ share: Range<Int>) {
        let stride = norm.rows.stride
        for sample in share {
            let (means, factors) = (norm.means(sample), norm.factors + sample * stride)
            let roots = means + stride
            let moments = ChannelMoments(means: means, squares: roots, count: norm.rows.count)
            norm.kernels.layers.findMoments(moments, norm.x + sample * norm.sampleStride, stride)
            norm.pool(means, roots)
            for channel in 0..<stride { factors[channel] = roots[channel] * norm.scale[channel] }
            norm.kernels.layers.mapChannels(norm.map(sample), y + sample * norm.sampleStride)
        }
    }
}

private struct GroupNormGradientTask: SharedTask {
    let norm: GroupNorm
    let gradient: UnsafePointer<Float>
    let inputGradient: UnsafeMutablePointer<Float>?
    let sums: UnsafeMutablePointer<Float>
    var count: Int { norm.samples }

    func work(_ share: Range<Int>) {
        let stride = norm.rows.stride
        for sample in share {
            let (offset, sums) = (sample * norm.sampleStride, sums + sample * 5 * stride)
            norm.kernels.layers.sumChannels(norm.map(sample), gradient + offset, sums)
            setFactors(sums, roots: norm.means(sample) + stride)
            guard let inputGradient else { continue }
            norm.kernels.layers.combineChannels(
                norm.map(sample), inputGradient + offset, gradient + offset, sums + 2 * stride)
        }
    }

    /// Turns Σ g · (x − m) into scale's gradient, and writes the factors of the input's behind the sums. With r = 1 / √(v + ε),
    /// h = g · scale and sums over the group's n values it is r · (h − Σh / n − (x − m) · r² · Σ h (x − m) / n).
    private func setFactors(_ sums: UnsafeMutablePointer<Float>, roots: UnsafePointer<Float>) {
        let (stride, width, scale) = (norm.rows.stride, norm.width, norm.scale)
        let factors = sums + 2 * stride
        let share = 1 / Float(norm.rows.count * width)
        for group in 0..<norm.groups {
            let channels = group * width..<(group + 1) * width
            var (level, slant): (Float, Float) = (0, 0)
            for channel in channels {
                level += scale[channel] * sums[channel]
                slant += scale[channel] * sums[stride + channel]
            }
            for channel in channels {
                let root = roots[channel]
                factors[channel] = root * scale[channel]
                factors[stride + channel] = -(root * root * root) * slant * share
                factors[2 * stride + channel] = -root * level * share
                sums[stride + channel] *= root
            }
        }
        for channel in norm.rows.channels..<max(stride, norm.rows.channels) {
            for part in 0..<3 { factors[part * stride + channel] = 0 }
        }
    }
}
