/// 16 channels, or those of several panels of 16, of all targets of one phase of one sample: each is a sum over taps and
/// source channels, in this order.
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
    /// `[taps down, taps across, depth, 16]`; those of the next panel lie `weightStride` values further.
    public var weights: UnsafePointer<Float>
    public var panels = 1
    public var weightStride = 0
    /// Source channels for each tap.
    public var depth: Int
    /// Whether each source value and the one behind it share a lane; a row of taps is read every other value then.
    public var joinsRuns = false
    /// What sums start from, 16 values for each panel; nil: zero.
    public var bias: UnsafePointer<Float>?
    public var rectifies: Bool
    /// For each pooled pixel and channel which of the window's four pixels is its largest, in order, 4 where none is above
    /// zero; laid out as the target, which gets only the largest values, rectified. Nil: no pooling.
    public var winners: UnsafeMutablePointer<UInt32>?

    @inlinable @inline(__always)
    init(
        source: UnsafePointer<Float>, sourceRow: Int, sourcePixel: Int, target: UnsafeMutablePointer<Float>,
        targetRow: Int, targetPixel: Int, vertical: ConvolutionWalk, horizontal: ConvolutionWalk,
        weights: UnsafePointer<Float>, depth: Int, bias: UnsafePointer<Float>?, rectifies: Bool,
        winners: UnsafeMutablePointer<UInt32>?
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
        self.winners = winners
    }

    /// Takes the source from where two channels share a lane.
    @inlinable @inline(__always)
    mutating func joinChannels(_ source: UnsafePointer<Float>) {
        self.source = source
        (sourceRow, sourcePixel, depth) = (sourceRow / 2, sourcePixel / 2, depth / 2)
    }

    /// Takes the source from where each value has the one behind it in its lane.
    @inlinable @inline(__always)
    mutating func joinRuns(_ source: UnsafePointer<Float>) { (self.source, joinsRuns) = (source, true) }

    /// Lanes of a row of taps, where values share them.
    @inlinable @inline(__always)
    var runLanes: Int { (horizontal.taps * depth + 1) / 2 }

    /// Values of the weights of 16 targets.
    @inlinable @inline(__always)
    var weightCount: Int { vertical.taps * (joinsRuns ? runLanes : horizontal.taps * depth) * 16 }

    /// Taps and source channels; neighbouring taps whose channels follow each other are one run.
    @inlinable @inline(__always)
    var taps: ConvolutionDepth {
        let (downStep, acrossStep) = (vertical.tapStep * sourceRow, horizontal.tapStep * sourcePixel)
        if joinsRuns {
            return ConvolutionDepth(down: vertical.taps, downStep: downStep, count: runLanes, step: 2)
        }
        return acrossStep == depth
            ? ConvolutionDepth(
                down: vertical.taps, downStep: downStep, count: horizontal.taps * depth, step: 1)
            : ConvolutionDepth(
                down: vertical.taps, downStep: downStep, across: horizontal.taps, acrossStep: acrossStep,
                count: depth, step: 1)
    }

    /// Where the sources and the targets of some targets lie, counted over rows of them. Known before the sums are made: a
    /// loop around the stores that is too long to be unrolled would keep the sums in memory.
    @inlinable @inline(__always)
    func offsets<let count: Int>(from first: Int) -> (InlineArray<count, Int>, InlineArray<count, Int>) {
        var (sources, targets) = (
            InlineArray<count, Int>(repeating: 0), InlineArray<count, Int>(repeating: 0)
        )
        var (y, x) = first.quotientAndRemainder(dividingBy: horizontal.count)
        for index in 0..<count {
            (sources[index], targets[index]) = (sourceOffset(y, x), targetOffset(y, x))
            x &+= 1
            if x == horizontal.count { (y, x) = (y &+ 1, 0) }
        }
        return (sources, targets)
    }

    @inlinable @inline(__always)
    func sourceOffset(_ y: Int, _ x: Int) -> Int {
        (vertical.source &+ y &* vertical.sourceStep) &* sourceRow
            &+ (horizontal.source &+ x &* horizontal.sourceStep) &* sourcePixel
    }

    @inlinable @inline(__always)
    func targetOffset(_ y: Int, _ x: Int) -> Int {
        (vertical.target &+ y &* vertical.targetStep) &* targetRow
            &+ (horizontal.target &+ x &* horizontal.targetStep) &* targetPixel
    }
}

extension ConvolutionPanel {
    /// Windows of 2 × 2 targets in a row, and rows of them: whole ones where they are pooled.
    @inlinable @inline(__always)
    var windowColumns: Int { winners == nil ? (horizontal.count + 1) / 2 : horizontal.count / 2 }
    @inlinable @inline(__always)
    var windowRows: Int { winners == nil ? (vertical.count + 1) / 2 : vertical.count / 2 }

    /// Stores some channels of a window's four targets, or pools them. Beyond the target's edge nothing is stored.
    @inlinable @inline(__always)
    func storeWindow<V: FloatVector>(_ values: InlineArray<4, V>, row: Int, column: Int, lane: Int) {
        let zero = V(repeating: 0)
        guard let winners else {
            for index in 0..<4 {
                let (y, x) = (2 * row + index / 2, 2 * column + index % 2)
                guard y < vertical.count, x < horizontal.count else { continue }
                let value = values[index]
                (rectifies ? V.select(V.less(value, zero), zero, value) : value)
                    .store(to: target + y * targetRow + x * targetPixel + lane)
            }
            return
        }
        var (best, place) = (values[0], V.Words(repeating: 0))
        for index in 1..<4 {
            let value = values[index]
            // The first of equals wins, and a NaN wins over all.
            let isBetter = V.less(best, value) | V.notEqual(value, value)
            best = V.select(isBetter, value, best)
            place = (isBetter & UInt32(index)) | (~isBetter & place)
        }
        let passes = V.less(zero, best)
        place = (passes & place) | (~passes & 4)
        let offset = row * targetRow + column * targetPixel + lane
        V.select(V.less(best, zero), zero, best).store(to: target + offset)
        UnsafeMutableRawPointer(winners + offset).storeBytes(of: place, as: V.Words.self)
    }
}

extension ConvolutionTiles {
    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel) {
        if panel.winners != nil {
            for row in 0..<panel.windowRows {
                for column in 0..<panel.windowColumns {
                    Tile<Vector, 4, vectors>.gather(panel, row: row, column: column)
                }
            }
            return
        }
        let count = panel.vertical.count * panel.horizontal.count
        var row = 0
        while row < count {
            let height = height(remaining: count - row)
            switch height {
            case rows: Tile<Vector, rows, vectors>.gather(panel, first: row)
            case second: Tile<Vector, second, vectors>.gather(panel, first: row)
            case third: Tile<Vector, third, vectors>.gather(panel, first: row)
            case fourth: Tile<Vector, fourth, vectors>.gather(panel, first: row)
            default: Tile<Vector, 1, vectors>.gather(panel, first: row)
            }
            row += height
        }
    }
}

extension Tile {
    /// Targets `first` ..< `first` + rows, which may lie in several rows of pixels.
    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel, first: Int) {
        let (sources, targets): (InlineArray<rows, Int>, InlineArray<rows, Int>) = panel.offsets(from: first)
        let tile = start(panel).adding(
            a: panel.source, offsets: sources, depth: panel.taps, b: panel.weights,
            panelStride: panel.weightStride)
        for row in 0..<rows {
            tile.storeRow(row, to: panel.target + targets[row], rectifies: panel.rectifies)
        }
    }

    /// The four targets of a window.
    @inlinable @inline(__always)
    static func gather(_ panel: ConvolutionPanel, row: Int, column: Int) {
        var offsets = InlineArray<rows, Int>(repeating: 0)
        for index in 0..<rows {
            offsets[index] = panel.sourceOffset(2 * row + index / 2, 2 * column + index % 2)
        }
        let tile = start(panel).adding(
            a: panel.source, offsets: offsets, depth: panel.taps, b: panel.weights,
            panelStride: panel.weightStride)
        for index in 0..<vectors {
            var values = InlineArray<4, Vector>(repeating: Vector(repeating: 0))
            for place in 0..<4 { values[place] = tile.sums[place][index] }
            panel.storeWindow(values, row: row, column: column, lane: index * Vector.scalarCount)
        }
    }

    @inlinable @inline(__always)
    static func start(_ panel: ConvolutionPanel) -> Tile {
        if let bias = panel.bias { Tile(eachRow: bias) } else { Tile() }
    }
}
