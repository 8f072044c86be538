/// One axis of a walk over target places, each of which gathers source places through taps.
///
/// Target place target + i · targetStep gathers source places source + i · sourceStep + t · tapStep, t < taps, through the
/// kernel's taps tap + t · tapIncrement.
@frozen
public struct ConvolutionWalk {
    public var count: Int
    public var source: Int
    public var sourceStep: Int
    public var target: Int
    public var targetStep: Int
    public var taps: Int
    public var tapStep: Int
    public var tap: Int
    public var tapIncrement: Int

    /// Output places gather input places; the source has its zeros around it.
    @inlinable @inline(__always)
    public init(forward axis: ConvolutionAxis) {
        (count, source, sourceStep, target, targetStep) = (axis.output, 0, axis.stride, 0, 1)
        (taps, tapStep, tap, tapIncrement) = (axis.kernel, axis.dilation, 0, 1)
    }

    /// Input places whose padded place is `phase` modulo the stride gather output places: only taps with the same
    /// remainder reach them, so that no zero is multiplied. The source has `gradientBorder` zeros before it.
    @inlinable @inline(__always)
    public init(backward axis: ConvolutionAxis, phase: Int) {
        let first = ((phase - axis.before) % axis.stride + axis.stride) % axis.stride
        count = first < axis.input ? (axis.input - 1 - first) / axis.stride + 1 : 0
        (target, targetStep, sourceStep) = (first, axis.stride, 1)
        (taps, tap, source, tapIncrement, tapStep) = (0, 0, 0, 0, 1)
        // From the last tap to the first, since later taps see earlier output places.
        var (previous, tapCount) = (0, 0)
        for k in 0..<axis.kernel where (k * axis.dilation - phase) % axis.stride == 0 {
            if tapCount > 0 {
                tapIncrement = previous - k
                tapStep = (k - previous) * axis.dilation / axis.stride
            }
            previous = k
            tapCount += 1
        }
        taps = tapCount
        tap = previous
        if tapCount > 0 {
            source = (first + axis.before - previous * axis.dilation) / axis.stride + axis.gradientBorder
        }
    }
}

extension ConvolutionAxis {
    /// Zeros before the output's gradient that the input's gradient may gather.
    @inlinable @inline(__always)
    public var gradientBorder: Int { max(0, (extent - 1 - before + stride - 1) / stride) }

    /// Places of the output's gradient with all zeros that may be gathered.
    @inlinable @inline(__always)
    public var paddedGradient: Int { gradientBorder + max(output, (input - 1 + before) / stride + 1) }

    /// Places of the input with its zeros.
    @inlinable @inline(__always)
    public var paddedInput: Int { before + input + after }
}

extension ConvolutionGeometry {
    /// Whether Winograd's way is the faster one, by shape only: the way of computing shows in the bits.
    @inlinable @inline(__always)
    func usesWinograd(_ direction: ConvolutionPass.Direction) -> Bool {
        let (y, x) = (vertical, horizontal)
        let isPlain = y.stride == 1 && x.stride == 1 && y.dilation == 1 && x.dilation == 1 && groups == 1
        let targets = direction == .forward ? y.output * x.output : y.input * x.input
        // Few channels are not worth the transforms, and few tiles not the larger weights.
        return isPlain && y.kernel == 3 && x.kernel == 3 && min(channels, outputs) >= 16 && targets >= 48
    }

    /// Whether two neighbouring channels, or outputs on the way back, share a lane where factors are bf16.
    @inlinable @inline(__always)
    var joinsChannels: Bool { !isDepthwise && groupChannels % 2 == 0 && groupOutputs % 2 == 0 }

    /// Whether two neighbouring values of a row of taps, whose pixels lie one behind the other, share a lane forward where factors are
    /// bf16: of an odd number of channels, such as a first layer has.
    @inlinable @inline(__always)
    var joinsRuns: Bool {
        groups == 1 && channels % 2 == 1 && horizontal.dilation == 1 && !usesWinograd(.forward)
    }

    /// Whether gradients behind a pooled convolution join two entries of a list, over blocks of 32 channels.
    @inlinable @inline(__always)
    var joinsLists: Bool { channels % 32 == 0 }

    /// Panels of 16 outputs in a piece of the weights' gradient.
    @inlinable @inline(__always)
    var piecePanels: Int { groups == 1 && outputStride % 32 == 0 ? 2 : 1 }

    /// The source channels that targets `first` ..< `first` + 16 see, where groups have `sources` and `targets` each.
    @inlinable @inline(__always)
    static func sources(of first: Int, targets: Int, groupSources: Int, groupTargets: Int) -> Range<Int> {
        let last = min(first + 16, targets) - 1
        return first / groupTargets * groupSources..<(last / groupTargets + 1) * groupSources
    }

    /// Values of packed panels in one direction: 16 targets and the sources that they see, for each tap.
    @inlinable @inline(__always)
    func packedCount(sources: Int, targets: Int) -> Int {
        var rows = 0
        for first in stride(from: 0, to: targets, by: 16) {
            rows +=
                Self.sources(
                    of: first, targets: targets, groupSources: sources / groups,
                    groupTargets: targets / groups
                ).count
        }
        // Each row of taps may end with a row of zeros.
        let ends = joinsRuns ? (targets + 15) / 16 * vertical.kernel : 0
        return (rows * vertical.kernel * horizontal.kernel + ends) * 16
    }

    /// How many values of memory a thread needs for any of the convolution's three passes.
    public var workspaceCount: Int {
        let (padded, columns) = (
            PaddedSample(self, .forward).count, 16 * piecePanels * vertical.output * horizontal.output
        )
        let joined = padded + 16 * piecePanels * vertical.output * ((horizontal.output + 1) / 2)
        let count = max(
            passCount(.forward), passCount(.backward), padded + columns + 16 * 16 + joined + 128,
            isSparse ? sparseCount : 0)
        // Whole cache lines: two threads' memories share none.
        return (count + 15) & ~15
    }

    func passCount(_ direction: ConvolutionPass.Direction) -> Int {
        let (sources, targets) = direction == .forward ? (channels, outputs) : (outputs, channels)
        let winograd =
            usesWinograd(direction)
            ? WinogradProduct.memoryCount(channels: sources, panels: (targets + 15) / 16) : 0
        let padded = PaddedSample(self, direction).count
        // Winograd's transforms, or the padded sample in bf16.
        let rounded = (joinsRuns ? padded : padded / 2) + 32
        return padded + packedCount(sources: sources, targets: targets) + max(winograd, rounded) + 64
    }
}
