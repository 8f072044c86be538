/// A convolution forward, or backward to its input.
public struct ConvolutionPass {
    public enum Direction: Sendable {
        /// target[o] = bias + Σ weights[k, c, o] · source[o · stride + k · dilation − before, c].
        case forward
        /// The gradient of the input (target) from the one of the output (source); also a transposed convolution.
        case backward
    }

    public var geometry: ConvolutionGeometry
    public var direction: Direction
    /// Samples of the input; backward: of the output.
    public var source: UnsafePointer<Float>
    public var weights: UnsafePointer<Float>
    /// What each target pixel starts from, padded to 16 with zeros; nil: zero.
    public var bias: UnsafePointer<Float>?
    /// Samples of the output; backward: of the input. Overlaps nothing else.
    public var target: UnsafeMutablePointer<Float>
    /// Whether negative sums become zero.
    public var rectifies: Bool
    /// Where the output is rectified and pooled, 2 × 2 with stride 2: which of a window's four pixels is the largest, 4 where
    /// none is above zero; shaped as the pooled output, `[height / 2, width / 2, outputs padded to 16]`. Forward writes it,
    /// backward reads it, and its source is the pooled output's gradient. Nil: no pooling.
    public var winners: UnsafeMutablePointer<UInt32>?
    /// The calling thread's, `geometry.workspaceCount` values.
    public var workspace: UnsafeMutablePointer<Float>

    public init(
        geometry: ConvolutionGeometry, direction: Direction, source: UnsafePointer<Float>,
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
        target: UnsafeMutablePointer<Float>, rectifies: Bool = false,
        winners: UnsafeMutablePointer<UInt32>? = nil, workspace: UnsafeMutablePointer<Float>
    ) {
        (self.geometry, self.direction, self.source, self.weights) = (geometry, direction, source, weights)
        (self.bias, self.target, self.rectifies) = (bias, target, rectifies)
        (self.winners, self.workspace) = (winners, workspace)
    }

    /// Channels of the source and of the target, and the places of a pixel's neighbours.
    @inlinable @inline(__always)
    var isForward: Bool { direction == .forward }
    @inlinable @inline(__always)
    var sources: Int { isForward ? geometry.channels : geometry.outputs }
    @inlinable @inline(__always)
    var targets: Int { isForward ? geometry.outputs : geometry.channels }
    @inlinable @inline(__always)
    var targetStride: Int { isForward ? geometry.outputStride : geometry.inputStride }

    /// Where the source lies among the zeros of its padded copy.
    @inlinable @inline(__always)
    var padded: PaddedSample { PaddedSample(geometry, direction) }

    /// Writes the targets of some samples. Each is the same, whichever call it is in.
    @inlinable @inline(__always)
    public func compute<V: ConvolutionVector>(samples: Range<Int>, vector: V.Type) {
        if !isForward && winners != nil && geometry.isSparse {
            return scatterWinners(samples: samples, vector: V.self)
        }
        let padded = padded
        let packed = workspace + (padded.count + 31) & ~15
        let panels = (targets + 15) / 16
        let usesWinograd = geometry.usesWinograd(direction)
        let winograd = Winograd<V>(
            workspace: packed + geometry.packedCount(sources: sources, targets: targets), channels: sources,
            panels: panels)
        padded.clear(workspace, vector: V.self)
        pack(into: packed)
        if usesWinograd { winograd.transformWeights(packed, panels: panels) }
        for sample in samples {
            let offset = sample * sourceCount
            if !isForward, let winners {
                padded.expand(source + offset, winners: winners + offset, to: workspace, vector: V.self)
            } else {
                padded.copy(source + offset, to: workspace, vector: V.self)
            }
            if usesWinograd {
                winograd.compute(panel(0, phase: 0, sample: sample, packed: packed), panels: panels)
            } else {
                gather(sample: sample, packed: packed, vector: V.self)
            }
        }
    }

    /// Values of one sample's source.
    @inlinable @inline(__always)
    var sourceCount: Int {
        if isForward { return geometry.inputCount }
        return winners == nil ? geometry.outputCount : geometry.windows * geometry.outputStride
    }

    @inlinable @inline(__always)
    func scatterWinners<V: ConvolutionVector>(samples: Range<Int>, vector: V.Type) {
        let sparse = SparseGradient<V>(geometry, workspace: workspace)
        sparse.pack(weights)
        for sample in samples {
            let offset = sample * sourceCount
            sparse.clearPixels()
            sparse.listByPixel(source + offset, winners: winners! + offset)
            sparse.scatter()
            sparse.store(to: target + sample * geometry.inputCount)
        }
    }

    @inlinable @inline(__always)
    func gather<V: ConvolutionVector>(sample: Int, packed: UnsafePointer<Float>, vector: V.Type) {
        var packed = packed
        for first in stride(from: 0, to: targets, by: 16) {
            for phase in 0..<phases(geometry.vertical) * phases(geometry.horizontal) {
                let panel = panel(first, phase: phase, sample: sample, packed: packed)
                V.gather(panel)
                packed += panel.vertical.taps * panel.horizontal.taps * panel.depth * 16
            }
        }
    }

    /// 16 channels of one sample's target.
    @inlinable @inline(__always)
    func panel(_ first: Int, phase: Int, sample: Int, packed: UnsafePointer<Float>) -> ConvolutionPanel {
        let channels = sourceRange(of: first)
        let (padded, walks) = (padded, walks(phase: phase))
        let (y, x) = (geometry.vertical, geometry.horizontal)
        var (height, width) = isForward ? (y.output, x.output) : (y.input, x.input)
        let winners = isForward ? winners : nil
        if winners != nil { (height, width) = (height / 2, width / 2) }
        let offset = sample * height * width * targetStride + first
        return ConvolutionPanel(
            source: workspace + channels.lowerBound, sourceRow: padded.rowStride,
            sourcePixel: padded.channels, target: target + offset, targetRow: width * targetStride,
            targetPixel: targetStride, vertical: walks.vertical, horizontal: walks.horizontal,
            weights: packed, depth: channels.count, bias: bias.map { $0 + first }, rectifies: rectifies,
            winners: winners.map { $0 + offset })
    }

    @inlinable @inline(__always)
    func sourceRange(of first: Int) -> Range<Int> {
        ConvolutionGeometry.sources(
            of: first, targets: targets, groupSources: sources / geometry.groups,
            groupTargets: targets / geometry.groups)
    }

    /// Phases of one axis; together those of both axes reach every target once.
    @inlinable @inline(__always)
    func phases(_ axis: ConvolutionAxis) -> Int { isForward ? 1 : axis.stride }

    @inlinable @inline(__always)
    func walk(_ axis: ConvolutionAxis, phase: Int) -> ConvolutionWalk {
        isForward ? ConvolutionWalk(forward: axis) : ConvolutionWalk(backward: axis, phase: phase)
    }

    @inlinable @inline(__always)
    func walks(phase: Int) -> (vertical: ConvolutionWalk, horizontal: ConvolutionWalk) {
        let (down, across) = phase.quotientAndRemainder(dividingBy: phases(geometry.horizontal))
        return (walk(geometry.vertical, phase: down), walk(geometry.horizontal, phase: across))
    }

    /// Lays the weights out as panels of 16 targets in the order in which `gather` reads them, with zeros between groups.
    @inlinable @inline(__always)
    func pack(into packed: UnsafeMutablePointer<Float>) {
        var packed = packed
        for first in stride(from: 0, to: targets, by: 16) {
            let channels = sourceRange(of: first)
            for phase in 0..<phases(geometry.vertical) * phases(geometry.horizontal) {
                let (vertical, horizontal) = walks(phase: phase)
                for down in 0..<vertical.taps {
                    let y = vertical.tap + down * vertical.tapIncrement
                    for across in 0..<horizontal.taps {
                        let x = horizontal.tap + across * horizontal.tapIncrement
                        let tap = y * geometry.horizontal.kernel + x
                        pack(tap: tap, channels: channels, first: first, into: packed)
                        packed += channels.count * 16
                    }
                }
            }
        }
    }

    @inlinable @inline(__always)
    func pack(tap: Int, channels: Range<Int>, first: Int, into packed: UnsafeMutablePointer<Float>) {
        let (groupChannels, groupOutputs) = (geometry.groupChannels, geometry.groupOutputs)
        for lane in 0..<16 {
            let target = first + lane
            let group = target / (isForward ? groupOutputs : groupChannels)
            for source in channels {
                let channel = isForward ? source : target
                let output = isForward ? target : source
                let isSeen =
                    target < targets && channel / groupChannels == group && output / groupOutputs == group
                let row = tap * groupChannels + channel % groupChannels
                packed[(source - channels.lowerBound) * 16 + lane] =
                    isSeen ? weights[row * geometry.outputStride + output] : 0
            }
        }
    }
}

/// A sample's place in a copy of it with zeros around, channels side by side without padding.
@frozen
public struct PaddedSample {
    public var height: Int
    public var width: Int
    public var channels: Int
    public var stride: Int
    public var top: Int
    public var left: Int
    public var paddedHeight: Int
    public var paddedWidth: Int

    @inlinable @inline(__always)
    init(
        height: Int, width: Int, channels: Int, stride: Int, top: Int, left: Int, paddedHeight: Int,
        paddedWidth: Int
    ) {
        self.height = height
        self.width = width
        self.channels = channels
        self.stride = stride
        self.top = top
        self.left = left
        self.paddedHeight = paddedHeight
        self.paddedWidth = paddedWidth
    }

    /// The source of a pass. Winograd's last tiles see a row and a column more where the targets are odd.
    @inlinable @inline(__always)
    init(_ geometry: ConvolutionGeometry, _ direction: ConvolutionPass.Direction) {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        let more = geometry.usesWinograd(direction) ? 1 : 0
        switch direction {
        case .forward:
            (height, width, channels, stride) = (y.input, x.input, geometry.channels, geometry.inputStride)
            (top, left) = (y.before, x.before)
            (paddedHeight, paddedWidth) = (y.paddedInput + more, x.paddedInput + more)
        case .backward:
            (height, width, channels, stride) = (
                y.output, x.output, geometry.outputs, geometry.outputStride
            )
            (top, left) = (y.gradientBorder, x.gradientBorder)
            (paddedHeight, paddedWidth) = (y.paddedGradient + more, x.paddedGradient + more)
        }
    }

    @inlinable @inline(__always)
    var rowStride: Int { paddedWidth * channels }
    @inlinable @inline(__always)
    var count: Int { paddedHeight * rowStride }

    /// Writes zeros, up to 15 values behind the copy too.
    @inlinable @inline(__always)
    func clear<V: FloatVector>(_ copy: UnsafeMutablePointer<Float>, vector: V.Type) {
        for i in Swift.stride(from: 0, to: count, by: V.scalarCount) { V(repeating: 0).store(to: copy + i) }
    }

    /// Writes the sample between the zeros, which stay.
    @inlinable @inline(__always)
    func copy<V: FloatVector>(
        _ sample: UnsafePointer<Float>, to copy: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        for y in 0..<height {
            let source = sample + y * width * stride
            let target = copy + (y + top) * rowStride + left * channels
            if stride == channels {
                Self.copy(source, to: target, count: width * channels, vector: V.self)
            } else {
                for x in 0..<width {
                    Self.copy(source + x * stride, to: target + x * channels, count: channels, vector: V.self)
                }
            }
        }
    }

    /// Writes the winners' gradients between the zeros; `gradient` is that of the pooled sample.
    @inlinable @inline(__always)
    func expand<V: FloatVector>(
        _ gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>,
        to copy: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        let whole = channels - channels % V.scalarCount
        for row in 0..<height / 2 {
            for column in 0..<width / 2 {
                let window = (row * (width / 2) + column) * stride
                for index in 0..<4 {
                    let (y, x) = (top + 2 * row + index / 2, left + 2 * column + index % 2)
                    let target = copy + y * rowStride + x * channels
                    for lane in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
                        PooledWindow<V>(gradient + window + lane, winners: winners + window + lane)
                            .gradient(index).store(to: target + lane)
                    }
                    for lane in whole..<channels {
                        target[lane] = winners[window + lane] == UInt32(index) ? gradient[window + lane] : 0
                    }
                }
            }
        }
    }

    @inlinable @inline(__always)
    static func copy<V: FloatVector>(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, vector: V.Type
    ) {
        let whole = count - count % V.scalarCount
        for i in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
            V(loading: source + i).store(to: target + i)
        }
        for i in whole..<count { target[i] = source[i] }
    }
}
