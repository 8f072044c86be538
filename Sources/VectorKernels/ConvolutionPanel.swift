/// 16 channels of all targets of one phase of one sample: each is a sum over taps and source channels, in this order.
@frozen
public struct ConvolutionPanel {
    /// The padded source at the first channel that is seen; pixels are `sourcePixel` values apart, rows `sourceRow`.
    public var source: UnsafePointer<Float>
    public var sourceRow: Int
    public var sourcePixel: Int
    /// The sample's target at the panel's first channel.
    public var target: UnsafeMutablePointer<Float>
    public var targetRow: Int
    public var targetPixel: Int
    public var vertical: ConvolutionWalk
    public var horizontal: ConvolutionWalk
    /// `[taps down, taps across, depth, 16]`.
    public var weights: UnsafePointer<Float>
    /// Source channels for each tap.
    public var depth: Int
    /// What sums start from, 16 values; nil: zero.
    public var bias: UnsafePointer<Float>?
    public var rectifies: Bool

    @inlinable @inline(__always)
    init(
        source: UnsafePointer<Float>, sourceRow: Int, sourcePixel: Int, target: UnsafeMutablePointer<Float>,
        targetRow: Int, targetPixel: Int, vertical: ConvolutionWalk, horizontal: ConvolutionWalk,
        weights: UnsafePointer<Float>, depth: Int, bias: UnsafePointer<Float>?, rectifies: Bool
    ) {
        self.source = source
        self.sourceRow = sourceRow
        self.sourcePixel = sourcePixel
        self.target = target
        self.targetRow = targetRow
        self.targetPixel = targetPixel
        self.vertical = vertical
        self.horizontal = horizontal
        self.weights = weights
        self.depth = depth
        self.bias = bias
        self.rectifies = rectifies
    }

    /// Taps and source channels; neighbouring taps whose channels follow each other are one run.
    @inlinable @inline(__always)
    var taps: ConvolutionDepth {
        let (downStep, acrossStep) = (vertical.tapStep * sourceRow, horizontal.tapStep * sourcePixel)
        return acrossStep == depth
            ? ConvolutionDepth(
                down: vertical.taps, downStep: downStep, count: horizontal.taps * depth, step: 1)
            : ConvolutionDepth(
                down: vertical.taps, downStep: downStep, across: horizontal.taps, acrossStep: acrossStep,
                count: depth, step: 1)
    }

    /// The source place of target i, counted over rows of targets.
    @inlinable @inline(__always)
    func sourceOffset(_ i: Int) -> Int {
        let (y, x) = i.quotientAndRemainder(dividingBy: horizontal.count)
        return (vertical.source + y * vertical.sourceStep) * sourceRow
            + (horizontal.source + x * horizontal.sourceStep) * sourcePixel
    }

    @inlinable @inline(__always)
    func targetOffset(_ i: Int) -> Int {
        let (y, x) = i.quotientAndRemainder(dividingBy: horizontal.count)
        return (vertical.target + y * vertical.targetStep) * targetRow
            + (horizontal.target + x * horizontal.targetStep) * targetPixel
    }
}

extension ConvolutionTiles {
    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel) {
        let count = panel.vertical.count * panel.horizontal.count
        var first = 0
        while count - first >= rows {
            Tile<Vector, rows, vectors>.gather(panel, first: first)
            first += rows
        }
        while count - first >= fewerRows {
            Tile<Vector, fewerRows, vectors>.gather(panel, first: first)
            first += fewerRows
        }
        while first < count {
            Tile<Vector, 1, vectors>.gather(panel, first: first)
            first += 1
        }
    }
}

extension Tile {
    /// Targets `first` ..< `first` + rows, which may lie in several rows of pixels.
    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel, first: Int) {
        var offsets = InlineArray<rows, Int>(repeating: 0)
        for row in 0..<rows { offsets[row] = panel.sourceOffset(first + row) }
        let start = if let bias = panel.bias { Tile(eachRow: bias) } else { Tile() }
        let tile = start.adding(a: panel.source, offsets: offsets, depth: panel.taps, b: panel.weights)
        for row in 0..<rows {
            tile.storeRow(
                row, to: panel.target + panel.targetOffset(first + row), rectifies: panel.rectifies)
        }
    }
}
