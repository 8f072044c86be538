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
    /// The calling thread's, `geometry.workspaceCount` values.
    public var workspace: UnsafeMutablePointer<Float>

    public init(
        geometry: ConvolutionGeometry, direction: Direction, source: UnsafePointer<Float>,
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
        target: UnsafeMutablePointer<Float>, rectifies: Bool = false, workspace: UnsafeMutablePointer<Float>
    ) {
        (self.geometry, self.direction, self.source, self.weights) = (geometry, direction, source, weights)
        (self.bias, self.target, self.rectifies, self.workspace) = (bias, target, rectifies, workspace)
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
    var padded: PaddedSample {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        return isForward
            ? PaddedSample(
                height: y.input, width: x.input, channels: geometry.channels, stride: geometry.inputStride,
                top: y.before, left: x.before, paddedHeight: y.paddedInput, paddedWidth: x.paddedInput)
            : PaddedSample(
                height: y.output, width: x.output, channels: geometry.outputs,
                stride: geometry.outputStride, top: y.gradientBorder, left: x.gradientBorder,
                paddedHeight: y.paddedGradient, paddedWidth: x.paddedGradient)
    }

    /// Writes the targets of some samples. Each is the same, whichever call it is in.
    @inlinable @inline(__always)
    public func compute<V: ConvolutionVector>(samples: Range<Int>, vector: V.Type) {
        let padded = padded
        let packed = workspace + (padded.count + 15) & ~15
        padded.clear(workspace, vector: V.self)
        pack(into: packed)
        let sourceCount = isForward ? geometry.inputCount : geometry.outputCount
        let targetCount = isForward ? geometry.outputCount : geometry.inputCount
        for sample in samples {
            padded.copy(source + sample * sourceCount, to: workspace, vector: V.self)
            gather(into: target + sample * targetCount, packed: packed, padded: padded, vector: V.self)
        }
    }

    @inlinable @inline(__always)
    func gather<V: ConvolutionVector>(
        into target: UnsafeMutablePointer<Float>, packed: UnsafePointer<Float>, padded: PaddedSample,
        vector: V.Type
    ) {
        var packed = packed
        let targetWidth = isForward ? geometry.horizontal.output : geometry.horizontal.input
        for first in stride(from: 0, to: targets, by: 16) {
            let channels = sourceRange(of: first)
            for phase in 0..<phases(geometry.vertical) * phases(geometry.horizontal) {
                let (vertical, horizontal) = walks(phase: phase)
                V.gather(
                    ConvolutionPanel(
                        source: workspace + channels.lowerBound, sourceRow: padded.rowStride,
                        sourcePixel: padded.channels, target: target + first,
                        targetRow: targetWidth * targetStride, targetPixel: targetStride,
                        vertical: vertical, horizontal: horizontal, weights: packed,
                        depth: channels.count, bias: bias.map { $0 + first }, rectifies: rectifies))
                packed += vertical.taps * horizontal.taps * channels.count * 16
            }
        }
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
