import Tensors
import Training

/// A window along one axis: which input place each of its taps sees at each output place, what is beside the input left out
/// (Dumoulin & Visin 2016, §2).
struct DoubleAxis {
    let (taps, outputs): (Int, Int)
    private(set) var steps: [(place: Int, tap: Int, source: Int)] = []

    /// - Parameter padding: zeros on either side; nil: as many as make an output for every `stride` places, the odd one behind.
    init(input: Int, taps: Int, stride: Int = 1, padding: Int? = 0, dilation: Int = 1) {
        self.taps = taps
        let extent = (taps - 1) * dilation + 1
        let before: Int
        if let padding {
            outputs = (input + 2 * padding - extent) / stride + 1
            before = padding
        } else {
            outputs = (input + stride - 1) / stride
            before = max(0, (outputs - 1) * stride + extent - input) / 2
        }
        for place in 0..<outputs {
            for tap in 0..<taps {
                let source = place * stride + tap * dilation - before
                if 0..<input ~= source { steps.append((place, tap, source)) }
            }
        }
    }
}

/// `[height, width, channels]`, or `[length, channels]` as a picture of height 1.
private struct Places {
    let (height, width, channels): (Int, Int, Int)

    init(_ height: Int, _ width: Int, _ channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    init(_ shape: Shape) {
        self.init(shape.rank == 2 ? 1 : shape[0], shape[shape.rank - 2], shape[shape.rank - 1])
    }

    /// Where the channels of a place begin.
    func index(_ sample: Int, _ y: Int, _ x: Int) -> Int { ((sample * height + y) * width + x) * channels }

    func shape(rank: Int) -> Shape { rank == 2 ? [width, channels] : [height, width, channels] }

    /// Of so many samples, all places alike.
    func filled(with row: [Double], samples: Int) -> [Double] {
        (0..<samples * height * width).flatMap { _ in row }
    }
}

extension WindowConfig {
    /// One number for all axes, or one for each.
    private func number(_ numbers: [Int], _ axis: Int) -> Int {
        numbers.count == 1 ? numbers[0] : numbers[axis]
    }

    private func padding(_ axis: Int) -> Int? {
        if case .zeros(let zeros) = padding { number(zeros, axis) } else { nil }
    }

    /// Vertical and horizontal.
    fileprivate func axes(over shape: Shape) -> (v: DoubleAxis, h: DoubleAxis) {
        let axes = (0..<shape.rank - 1).map { axis in
            DoubleAxis(
                input: shape[axis], taps: number(size, axis), stride: number(stride, axis),
                padding: padding(axis), dilation: number(dilation, axis))
        }
        return (axes.count == 2 ? axes[0] : DoubleAxis(input: 1, taps: 1), axes.last!)
    }

    /// The smallest shape over which this window gives the places of `shape`; with padding `same` `stride` times as many.
    fileprivate func shape(leadingTo shape: Shape, channels: Int) -> Shape {
        let sizes = (0..<shape.rank - 1).map { axis in
            let stride = number(stride, axis)
            guard let padding = padding(axis) else { return shape[axis] * stride }
            let extent = (number(size, axis) - 1) * number(dilation, axis) + 1
            return max(1, (shape[axis] - 1) * stride + extent - 2 * padding)
        }
        return Shape(sizes + [channels])
    }
}

extension DoubleBatch {
    /// y[place, o] = b[o] + Σ W[tap, c, o] · x[source, c] over the taps and the channels of o's group, with W `[kernel height,
    /// kernel width, channels / groups, outputs]`.
    func convolved(_ weight: [Double], _ bias: [Double], _ window: WindowConfig, groups: Int) -> DoubleBatch {
        let (axes, outputs, values) = (window.axes(over: shape), bias.count, values)
        let (x, y) = (Places(shape), Places(axes.v.outputs, axes.h.outputs, outputs))
        let (groupChannels, groupOutputs) = (channels / groups, outputs / groups)
        var sums = y.filled(with: bias, samples: samples)
        for sample in 0..<samples {
            for v in axes.v.steps {
                for h in axes.h.steps {
                    let source = x.index(sample, v.source, h.source)
                    let place = y.index(sample, v.place, h.place)
                    let tap = (v.tap * axes.h.taps + h.tap) * groupChannels
                    for o in 0..<outputs {
                        let first = source + o / groupOutputs * groupChannels
                        var sum = 0.0
                        for c in 0..<groupChannels {
                            sum += weight[(tap + c) * outputs + o] * values[first + c]
                        }
                        sums[place + o] += sum
                    }
                }
            }
        }
        return DoubleBatch(y.shape(rank: shape.rank), sums)
    }

    /// y[source, c] = b[c] + Σ W[tap, c, i] · x[place, i] over the taps and the channels i of c's group: each place of x gives to
    /// what it would see, with W `[kernel height, kernel width, outputs / groups, channels]` (Dumoulin & Visin 2016, §4).
    func transposed(_ weight: [Double], _ bias: [Double], _ window: WindowConfig, groups: Int) -> DoubleBatch
    {
        let larger = window.shape(leadingTo: shape, channels: bias.count)
        let (axes, x, y) = (window.axes(over: larger), Places(shape), Places(larger))
        let (groupChannels, groupOutputs) = (channels / groups, bias.count / groups)
        var sums = y.filled(with: bias, samples: samples)
        for sample in 0..<samples {
            for v in axes.v.steps {
                for h in axes.h.steps {
                    let place = x.index(sample, v.place, h.place)
                    let source = y.index(sample, v.source, h.source)
                    let tap = (v.tap * axes.h.taps + h.tap) * groupOutputs
                    for i in 0..<channels {
                        let first = source + i / groupChannels * groupOutputs
                        for c in 0..<groupOutputs {
                            sums[first + c] += weight[(tap + c) * channels + i] * values[place + i]
                        }
                    }
                }
            }
        }
        return DoubleBatch(larger, sums)
    }

    /// The largest value of each window, or the mean over its places in the picture, channel by channel.
    func pooled(_ config: PoolingConfig) -> DoubleBatch {
        let whole = WindowConfig(size: Array(shape.sizes.dropLast()), padding: .zeros([0]))
        let axes = (config.window ?? whole).axes(over: shape)
        let (x, y) = (Places(shape), Places(axes.v.outputs, axes.h.outputs, channels))
        var seen = [[Double]](repeating: [], count: samples * axes.v.outputs * axes.h.outputs * channels)
        for sample in 0..<samples {
            for v in axes.v.steps {
                for h in axes.h.steps {
                    let source = x.index(sample, v.source, h.source)
                    let place = y.index(sample, v.place, h.place)
                    for channel in 0..<channels { seen[place + channel].append(values[source + channel]) }
                }
            }
        }
        let isMaximum = config.kind == .maximum || config.kind == .globalMaximum
        let pooled = seen.map { isMaximum ? $0.max()! : $0.reduce(0, +) / Double($0.count) }
        return DoubleBatch(config.window == nil ? [channels] : y.shape(rank: shape.rank), pooled)
    }

    /// Each place as a square of so many, or of many by so many.
    func upsampled(_ factors: [Int]) -> DoubleBatch {
        let (down, across) = (shape.rank == 2 ? 1 : factors[0], factors.last!)
        let x = Places(shape)
        let y = Places(x.height * down, x.width * across, channels)
        var copied: [Double] = []
        for sample in 0..<samples {
            for row in 0..<y.height {
                for column in 0..<y.width {
                    let source = x.index(sample, row / down, column / across)
                    copied += values[source..<source + channels]
                }
            }
        }
        return DoubleBatch(y.shape(rank: shape.rank), copied)
    }
}
