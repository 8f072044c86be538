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
    /// What source and weights are rounded to before they are multiplied, where the shape is one that gains by it.
    public var precision = Precision.fp32

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
        precondition(V.roundsFactors == roundsFactors, "kernels for another precision")
        if isSparse { return V.scatterWinners(self, samples: samples) }
        let padded = padded
        let packed = workspace + (padded.count + 31) & ~15
        let packedCount = geometry.packedCount(sources: sources, targets: targets)
        let panels = (targets + 15) / 16
        let usesWinograd = geometry.usesWinograd(direction)
        let winograd = Winograd<V>(workspace: packed + packedCount, channels: sources, panels: panels)
        // Winograd's way rounds what it has transformed.
        let rounded = V.roundsFactors && !usesWinograd ? packed + packedCount : nil
        padded.clear(workspace, vector: V.self)
        if geometry.isDepthwise { packDepthwise(into: packed) } else { pack(into: packed) }
        if usesWinograd { winograd.transformWeights(packed, panels: panels) }
        if rounded != nil { V.joinRows(packed, rows: packedCount / 16) }
        for sample in samples {
            let values = source + sample * sourceCount
            var place = UnsafePointer(workspace)
            if !isForward, let winners {
                padded.expand(
                    values, winners: winners + sample * sourceCount, to: workspace, vector: V.self)
            } else {
                place = padded.place(of: values, copy: workspace, vector: V.self)
            }
            if usesWinograd {
                let panel = panel(0, phase: 0, of: place, sample: sample, packed: packed)
                winograd.compute(panel, panels: panels)
            } else if let rounded {
                if joinsRuns {
                    V.joinValues(rounded, place, distance: 1, count: padded.count)
                } else {
                    V.joinNeighbours(rounded, place, count: padded.count)
                }
                gather(place, sample: sample, packed: packed, rounded: rounded, vector: V.self)
            } else if geometry.isDepthwise {
                gatherDepthwise(place, sample: sample, packed: packed, vector: V.self)
            } else {
                gather(place, sample: sample, packed: packed, vector: V.self)
            }
        }
    }

    /// Values of one sample's source.
    @inlinable @inline(__always)
    var sourceCount: Int {
        if isForward { return geometry.inputCount }
        return winners == nil ? geometry.outputCount : geometry.windows * geometry.outputStride
    }

    /// Whether it is computed in bf16.
    @inlinable @inline(__always)
    var roundsFactors: Bool {
        precision == .bf16 && (isSparse ? geometry.joinsLists : geometry.joinsChannels || joinsRuns)
    }

    /// Whether a lane holds two neighbours of a row of taps.
    @inlinable @inline(__always)
    var joinsRuns: Bool { precision == .bf16 && isForward && geometry.joinsRuns }

    /// Whether it goes by lists of winners.
    @inlinable @inline(__always)
    var isSparse: Bool { !isForward && winners != nil && geometry.isSparse }

    @inlinable @inline(__always)
    func scatterWinners<V: ConvolutionVector>(samples: Range<Int>, vector: V.Type) {
        let sparse = SparseGradient<V>(geometry, workspace: workspace)
        sparse.pack(weights)
        for sample in samples {
            let offset = sample * sourceCount
            sparse.clearPixels()
            sparse.lists.listByPixel(source + offset, winners: winners! + offset)
            sparse.scatter()
            sparse.store(to: target + sample * geometry.inputCount)
        }
    }

    /// - Parameter place: the padded sample.
    @inlinable @inline(__always)
    func gather<V: ConvolutionVector>(
        _ place: UnsafePointer<Float>, sample: Int, packed: UnsafePointer<Float>,
        rounded: UnsafePointer<Float>? = nil, vector: V.Type
    ) {
        var (packed, first) = (packed, 0)
        while first < targets {
            let begin = packed
            // Panels of one group see the same channels, and their weights take as much memory.
            let panels = geometry.groups == 1 ? min(V.panels, (targets - first + 15) / 16) : 1
            for phase in 0..<phases(geometry.vertical) * phases(geometry.horizontal) {
                var panel = panel(first, phase: phase, of: place, sample: sample, packed: packed)
                if let rounded {
                    if joinsRuns {
                        panel.joinRuns(rounded + (panel.source - place))
                    } else {
                        panel.joinChannels(rounded + (panel.source - place) / 2)
                    }
                }
                (panel.panels, panel.weightStride) = (
                    panels, joinsRuns ? panel.weightCount : taps * panel.depth * 16
                )
                V.gather(panel)
                packed += panel.weightCount
            }
            packed += (panels - 1) * (packed - begin)
            first += panels * 16
        }
    }

    @inlinable @inline(__always)
    var taps: Int { geometry.vertical.kernel * geometry.horizontal.kernel }

    /// A panel of one sample's target.
    @inlinable @inline(__always)
    func panel(
        _ first: Int, phase: Int, of place: UnsafePointer<Float>, sample: Int, packed: UnsafePointer<Float>
    ) -> ConvolutionPanel {
        let channels = sourceRange(of: first)
        let (padded, walks) = (padded, walks(phase: phase))
        let (y, x) = (geometry.vertical, geometry.horizontal)
        var (height, width) = isForward ? (y.output, x.output) : (y.input, x.input)
        let winners = isForward ? winners : nil
        if winners != nil { (height, width) = (height / 2, width / 2) }
        let offset = sample * height * width * targetStride + first
        return ConvolutionPanel(
            source: place + channels.lowerBound, sourceRow: padded.rowStride,
            sourcePixel: padded.pixelStride, target: target + offset, targetRow: width * targetStride,
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
                    if joinsRuns && horizontal.taps * channels.count % 2 == 1 {
                        packed.update(repeating: 0, count: 16)
                        packed += 16
                    }
                }
            }
        }
    }

    @inlinable @inline(__always)
    func pack(tap: Int, channels: Range<Int>, first: Int, into packed: UnsafeMutablePointer<Float>) {
        let (groupSources, groupTargets) = (sources / geometry.groups, targets / geometry.groups)
        let (rows, stride) = (tap &* geometry.groupChannels, geometry.outputStride)
        for lane in 0..<16 {
            let target = first &+ lane
            let group = target / groupTargets
            // The sources of the target's group, of those of the panel; none behind the last target.
            let begin = target < targets ? group &* groupSources &- channels.lowerBound : channels.count
            let end = min(begin &+ groupSources, channels.count)
            let (row, step) = isForward ? (rows, stride) : (rows &+ target &- group &* groupTargets, 1)
            let column = isForward ? target : group &* groupSources
            for source in 0..<begin { packed[source &* 16 &+ lane] = 0 }
            for source in begin..<end {
                packed[source &* 16 &+ lane] = weights[row &* stride &+ column &+ (source &- begin) &* step]
            }
            for source in end..<channels.count { packed[source &* 16 &+ lane] = 0 }
        }
    }
}
