extension ConvolutionGeometry {
    /// Each output sees one channel, its own: channels are lanes that do not mix.
    @inlinable @inline(__always)
    public var isDepthwise: Bool { groups > 1 && groups == channels && groups == outputs }
}

/// Sums of products lane by lane, one vector wide: what a depthwise convolution is made of.
@frozen
public struct LaneTile<V: ProductVector, let rows: Int> {
    @usableFromInline let sums: InlineArray<rows, V>

    /// start + Σ a[offsets[r] + place] · b[k · bStride], vectors, over the places of `depth` in order, k = 0, 1 ….
    @inlinable @inline(__always)
    init(
        start: V, a: UnsafePointer<Float>, offsets: InlineArray<rows, Int>, depth: ConvolutionDepth,
        b: UnsafePointer<Float>, bStride: Int
    ) {
        var sums = InlineArray<rows, V>(repeating: start)
        var b = b
        for down in 0..<depth.down {
            var a = a + down &* depth.downStep
            for _ in 0..<depth.count {
                let right = V(loading: b)
                for row in 0..<rows {
                    sums[row] = V.multiplyAdd(V(loading: a + offsets[row]), right, sums[row])
                }
                a += depth.step
                b += bStride
            }
        }
        self.sums = sums
    }

    /// Some lanes of the targets whose sources lie at `offsets`.
    @inlinable @inline(__always)
    init(_ panel: ConvolutionPanel, offsets: InlineArray<rows, Int>, lane: Int) {
        let (vertical, horizontal) = (panel.vertical, panel.horizontal)
        let taps = ConvolutionDepth(
            down: vertical.taps, downStep: vertical.tapStep * panel.sourceRow, count: horizontal.taps,
            step: horizontal.tapStep * panel.sourcePixel)
        self.init(
            start: panel.bias.map { V(loading: $0 + lane) } ?? V(repeating: 0), a: panel.source + lane,
            offsets: offsets, depth: taps, b: panel.weights + lane, bStride: panel.sourcePixel)
    }

    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel, first: Int, lane: Int) {
        let (sources, targets): (InlineArray<rows, Int>, InlineArray<rows, Int>) = panel.offsets(from: first)
        let (tile, zero) = (LaneTile(panel, offsets: sources, lane: lane), V(repeating: 0))
        for row in 0..<rows {
            let value = tile.sums[row]
            (panel.rectifies ? V.select(V.less(value, zero), zero, value) : value)
                .store(to: panel.target + targets[row] + lane)
        }
    }

    @inlinable @inline(__always)
    static func sumWeights(_ panel: DepthwiseWeightPanel, first: Int, lane: Int) {
        var offsets = InlineArray<rows, Int>(repeating: 0)
        for row in 0..<rows { offsets[row] = panel.sourceOffset(first + row) }
        let tile = LaneTile(
            start: V(repeating: 0), a: panel.source + lane, offsets: offsets, depth: panel.pixels,
            b: panel.gradient + lane, bStride: 16)
        for row in 0..<rows {
            let target = panel.target + (first + row) * panel.targetStride + lane
            (panel.isFirst ? tile.sums[row] : V(loading: target) + tile.sums[row]).store(to: target)
        }
    }
}

/// How many rows of lanes are summed side by side: the nine taps of 3 × 3, or as many pixels, hide the latency.
@frozen
public enum LaneTiles<V: ProductVector> {
    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel) {
        let count = panel.vertical.count * panel.horizontal.count
        for lane in stride(from: 0, to: 16, by: V.scalarCount) {
            if panel.winners != nil {
                gatherWindows(panel, lane: lane)
                continue
            }
            var first = 0
            while count - first >= 9 {
                LaneTile<V, 9>.gather(panel, first: first, lane: lane)
                first += 9
            }
            while count - first >= 3 {
                LaneTile<V, 3>.gather(panel, first: first, lane: lane)
                first += 3
            }
            while first < count {
                LaneTile<V, 1>.gather(panel, first: first, lane: lane)
                first += 1
            }
        }
    }

    @inlinable @inline(__always)
    static func gatherWindows(_ panel: ConvolutionPanel, lane: Int) {
        for row in 0..<panel.windowRows {
            for column in 0..<panel.windowColumns {
                var offsets = InlineArray<4, Int>(repeating: 0)
                for index in 0..<4 {
                    offsets[index] = panel.sourceOffset(2 * row + index / 2, 2 * column + index % 2)
                }
                let tile = LaneTile<V, 4>(panel, offsets: offsets, lane: lane)
                panel.storeWindow(tile.sums, row: row, column: column, lane: lane)
            }
        }
    }

    @inlinable @inline(__always)
    static func sumWeights(_ panel: DepthwiseWeightPanel, rows: Range<Int>) {
        for lane in stride(from: 0, to: 16, by: V.scalarCount) {
            var first = rows.lowerBound
            while rows.upperBound - first >= 9 {
                LaneTile<V, 9>.sumWeights(panel, first: first, lane: lane)
                first += 9
            }
            while rows.upperBound - first >= 3 {
                LaneTile<V, 3>.sumWeights(panel, first: first, lane: lane)
                first += 3
            }
            while first < rows.upperBound {
                LaneTile<V, 1>.sumWeights(panel, first: first, lane: lane)
                first += 1
            }
        }
    }
}

/// 16 columns of a depthwise convolution's weights' gradient, for one sample.
@frozen
public struct DepthwiseWeightPanel {
    @usableFromInline let geometry: ConvolutionGeometry
    /// The padded input at the first of the 16 channels.
    @usableFromInline let source: UnsafePointer<Float>
    @usableFromInline let padded: PaddedSample
    /// Of the output, `[pixels, 16]`.
    @usableFromInline let gradient: UnsafePointer<Float>
    @usableFromInline let target: UnsafeMutablePointer<Float>
    /// Whether the sums begin with this sample.
    @usableFromInline let isFirst: Bool

    @inlinable @inline(__always)
    init(
        geometry: ConvolutionGeometry, source: UnsafePointer<Float>, padded: PaddedSample,
        gradient: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>, isFirst: Bool
    ) {
        (self.geometry, self.source, self.padded) = (geometry, source, padded)
        (self.gradient, self.target, self.isFirst) = (gradient, target, isFirst)
    }

    @inlinable @inline(__always)
    var targetStride: Int { geometry.outputStride }

    @inlinable @inline(__always)
    var pixels: ConvolutionDepth {
        ConvolutionDepth(
            down: geometry.vertical.output, downStep: geometry.vertical.stride * padded.rowStride,
            count: geometry.horizontal.output, step: geometry.horizontal.stride * padded.pixelStride)
    }

    /// Where the first output pixel sees a tap's input.
    @inlinable @inline(__always)
    func sourceOffset(_ tap: Int) -> Int {
        let (y, x) = tap.quotientAndRemainder(dividingBy: geometry.horizontal.kernel)
        return y * geometry.vertical.dilation * padded.rowStride
            + x * geometry.horizontal.dilation * padded.pixelStride
    }
}

extension ConvolutionPass {
    /// Lays the weights out tap after tap, in the order in which each phase reads them.
    @inlinable @inline(__always)
    func packDepthwise(into packed: UnsafeMutablePointer<Float>) {
        var packed = packed
        for phase in 0..<phases(geometry.vertical) * phases(geometry.horizontal) {
            let (vertical, horizontal) = walks(phase: phase)
            for down in 0..<vertical.taps {
                let row = (vertical.tap + down * vertical.tapIncrement) * geometry.horizontal.kernel
                for across in 0..<horizontal.taps {
                    let tap = row + horizontal.tap + across * horizontal.tapIncrement
                    let source = weights + tap * geometry.outputStride
                    for output in 0..<geometry.outputStride { packed[output] = source[output] }
                    packed += geometry.outputStride
                }
            }
        }
    }

    @inlinable @inline(__always)
    func gatherDepthwise<V: ConvolutionVector>(
        _ place: UnsafePointer<Float>, sample: Int, packed: UnsafePointer<Float>, vector: V.Type
    ) {
        for first in stride(from: 0, to: targets, by: 16) {
            var packed = packed + first
            for phase in 0..<phases(geometry.vertical) * phases(geometry.horizontal) {
                let panel = panel(first, phase: phase, of: place, sample: sample, packed: packed)
                LaneTiles<V>.gather(panel)
                packed += panel.vertical.taps * panel.horizontal.taps * geometry.outputStride
            }
        }
    }
}

extension ConvolutionWeightPass {
    @inlinable @inline(__always)
    func sumDepthwise<V: ConvolutionVector>(
        _ place: UnsafePointer<Float>, rows: Range<Int>, column: Int, columns: UnsafePointer<Float>,
        padded: PaddedSample, isFirst: Bool, vector: V.Type
    ) {
        let panel = DepthwiseWeightPanel(
            geometry: geometry, source: place + column, padded: padded, gradient: columns,
            target: weightGradient + column, isFirst: isFirst)
        LaneTiles<V>.sumWeights(panel, rows: rows)
    }
}
