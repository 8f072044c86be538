/// A convolution backward to its weights and its bias.
public struct ConvolutionWeightPass {
    public var geometry: ConvolutionGeometry
    public var samples: Range<Int>
    public var input: UnsafePointer<Float>
    /// Of the output; with winners, of the pooled output.
    public var gradient: UnsafePointer<Float>
    /// What the pooled convolution wrote.
    public var winners: UnsafePointer<UInt32>?
    /// Σ over samples, in order, of each sample's sum over pixels, in order. Shaped like the weights.
    public var weightGradient: UnsafeMutablePointer<Float>
    /// Likewise, `[outputs padded to 16]`; nil where there is no bias.
    public var biasGradient: UnsafeMutablePointer<Float>?
    /// The calling thread's, `geometry.workspaceCount` values.
    public var workspace: UnsafeMutablePointer<Float>
    /// What input and gradient are rounded to before they are multiplied, where the shape is one that gains by it.
    public var precision = Precision.fp32

    public init(
        geometry: ConvolutionGeometry, samples: Range<Int>, input: UnsafePointer<Float>,
        gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>? = nil,
        weightGradient: UnsafeMutablePointer<Float>,
        biasGradient: UnsafeMutablePointer<Float>?, workspace: UnsafeMutablePointer<Float>
    ) {
        (self.geometry, self.samples, self.input, self.gradient) = (geometry, samples, input, gradient)
        (self.weightGradient, self.biasGradient) = (weightGradient, biasGradient)
        (self.winners, self.workspace) = (winners, workspace)
    }

    /// What the work can be cut into: rows of the weights for 16 or 32 outputs after the other, or outputs where lists of
    /// winners go by.
    public var pieces: Int {
        isSparse
            ? geometry.outputs : geometry.outputStride / (16 * geometry.piecePanels) * geometry.weightRows
    }

    @inlinable @inline(__always)
    var isSparse: Bool { winners != nil && geometry.isSparse }

    /// Whether it is computed in bf16.
    @inlinable @inline(__always)
    var roundsFactors: Bool {
        precision == .bf16 && (isSparse ? geometry.joinsLists : !geometry.isDepthwise && !readsWindows)
    }

    /// Writes some pieces of the weights' gradient, and the bias's with the first ones. Each element is the same, however
    /// pieces are shared between calls.
    @inlinable @inline(__always)
    public func compute<V: ConvolutionVector>(pieces: Range<Int>, vector: V.Type) {
        precondition(V.roundsFactors == roundsFactors, "kernels for another precision")
        if isSparse { return sumWinners(outputs: pieces, vector: V.self) }
        if readsWindows { V.sumWindows(self, pieces: pieces) } else { sum(pieces, vector: V.self) }
    }

    @inlinable @inline(__always)
    var gradientPixels: Int {
        winners == nil ? geometry.vertical.output * geometry.horizontal.output : geometry.windows
    }

    @inlinable @inline(__always)
    func sumWinners<V: ConvolutionVector>(outputs: Range<Int>, vector: V.Type) {
        V.sumWinners(self, outputs: outputs)
        if outputs.lowerBound == 0 { sumWinnersBias(vector: V.self) }
        guard outputs.upperBound == geometry.outputs else { return }
        for row in 0..<geometry.weightRows {
            for output in geometry.outputs..<geometry.outputStride {
                weightGradient[row * geometry.outputStride + output] = 0
            }
        }
    }

    /// The winners' part of the weights' gradient.
    @inlinable @inline(__always)
    func sumLists<V: ConvolutionVector>(outputs: Range<Int>, vector: V.Type) {
        let sparse = SparseGradient<V>(geometry, workspace: workspace)
        sparse.clearPixels()
        sparse.clearWeights()
        sparse.lists.findCorners()
        for sample in samples {
            let offset = sample * gradientPixels * geometry.outputStride
            sparse.copy(input + sample * geometry.inputCount)
            sparse.lists.listByOutput(gradient + offset, winners: winners! + offset, outputs: outputs)
            sparse.sum(outputs: outputs)
        }
        sparse.unpack(to: weightGradient, outputs: outputs)
    }

    /// Where so many outputs after the other have their pieces, and which rows some pieces are of one such part.
    @inlinable @inline(__always)
    func parts(of pieces: Range<Int>) -> ClosedRange<Int> {
        pieces.lowerBound / geometry.weightRows...(pieces.upperBound - 1) / geometry.weightRows
    }
    @inlinable @inline(__always)
    func rows(of pieces: Range<Int>, part: Int) -> Range<Int> {
        let first = part * geometry.weightRows
        return max(0, pieces.lowerBound - first)..<min(geometry.weightRows, pieces.upperBound - first)
    }

    @inlinable @inline(__always)
    func sum<V: ConvolutionVector>(_ pieces: Range<Int>, vector: V.Type) {
        let padded = PaddedSample(geometry, .forward)
        let pixels = geometry.vertical.output * geometry.horizontal.output
        let copy = workspace + (padded.count + 15) & ~15
        padded.clear(workspace, vector: V.self)
        let panels = geometry.piecePanels
        if !isDirect {
            for i in stride(from: 0, to: panels * pixels * 16, by: V.scalarCount) {
                V(repeating: 0).store(to: copy + i)
            }
        }
        // Where factors are rounded, pixels side by side share a lane.
        let joinedSource = copy + (panels * pixels + 16) * 16
        let joinedColumns = joinedSource + (padded.count + 15) & ~15
        let joinedPixels = geometry.vertical.output * V.lanes(geometry.horizontal.output)
        for sample in samples {
            let isFirst = sample == samples.lowerBound
            let place = padded.place(
                of: input + sample * geometry.inputCount, copy: workspace, vector: V.self)
            if V.roundsFactors {
                let distance = geometry.horizontal.stride * geometry.channels
                V.joinValues(joinedSource, place, distance: distance, count: padded.count)
            }
            for part in parts(of: pieces) {
                let (column, rows) = (part * panels * 16, rows(of: pieces, part: part))
                var columns = GradientColumns(copy, pixelStride: 16, panelStride: pixels * 16)
                if isDirect {
                    columns = GradientColumns(
                        gradient + sample * geometry.outputCount, pixelStride: geometry.outputStride,
                        panelStride: 16)
                }
                for panel in 0..<panels {
                    let column = column + panel * 16
                    if !isDirect {
                        copyColumns(
                            column, sample: sample, to: copy + panel * columns.panelStride, vector: V.self)
                    }
                    if rows.lowerBound == 0 {
                        sumBias(
                            columns, panel: panel, pixels: pixels, column: column, isFirst: isFirst,
                            vector: V.self)
                    }
                }
                if V.roundsFactors {
                    for panel in 0..<panels {
                        V.joinPixels(
                            joinedColumns + panel * joinedPixels * 16,
                            columns.values + panel * columns.panelStride, pixelStride: columns.pixelStride,
                            rows: geometry.vertical.output, width: geometry.horizontal.output)
                    }
                    columns = GradientColumns(
                        joinedColumns, pixelStride: 16, panelStride: joinedPixels * 16)
                }
                if geometry.isDepthwise {
                    sumDepthwise(
                        place, rows: rows, column: column, columns: columns.values, padded: padded,
                        isFirst: isFirst, vector: V.self)
                    continue
                }
                let last = min(column + 16, geometry.outputs) - 1
                for group in column / geometry.groupOutputs...last / geometry.groupOutputs {
                    V.sumWeights(
                        ConvolutionWeightPanel(
                            geometry: geometry, source: V.roundsFactors ? UnsafePointer(joinedSource) : place,
                            sourceRow: padded.rowStride,
                            gradient: columns, target: weightGradient + column, rows: rows, group: group,
                            columns: laneRange(group: group, column: column), panels: panels,
                            isFirst: isFirst, scratch: copy + panels * pixels * 16))
                }
            }
        }
    }

    /// Whether all outputs are one piece's, so that the gradient is read where it lies.
    @inlinable @inline(__always)
    var isDirect: Bool {
        winners == nil && !geometry.isDepthwise && geometry.outputStride == 16 * geometry.piecePanels
    }

    /// The panel's columns that belong to a group; with the last outputs, the padding behind them too.
    @inlinable @inline(__always)
    func laneRange(group: Int, column: Int) -> Range<Int> {
        let begin = max(0, group * geometry.groupOutputs - column)
        let end = (group + 1) * geometry.groupOutputs - column
        return begin..<(group == geometry.groups - 1 && end <= 16 ? 16 : min(16, end))
    }

    /// 16 columns of a sample's gradient, `[pixels, 16]`; behind a pooling the winners get it, and what is in no window has
    /// zeros already.
    @inlinable @inline(__always)
    func copyColumns<V: FloatVector>(
        _ column: Int, sample: Int, to columns: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        let width = geometry.horizontal.output
        let offset = sample * gradientPixels * geometry.outputStride + column
        for pixel in 0..<gradientPixels {
            let place = offset + pixel * geometry.outputStride
            guard let winners else {
                for lane in stride(from: 0, to: 16, by: V.scalarCount) {
                    V(loading: gradient + place + lane).store(to: columns + pixel * 16 + lane)
                }
                continue
            }
            let (row, column) = pixel.quotientAndRemainder(dividingBy: width / 2)
            let target = columns + (2 * row * width + 2 * column) * 16
            for lane in stride(from: 0, to: 16, by: V.scalarCount) {
                let window = PooledWindow<V>(gradient + place + lane, winners: winners + place + lane)
                for index in 0..<4 {
                    window.gradient(index)
                        .store(to: target + (index / 2 * width + index % 2) * 16 + lane)
                }
            }
        }
    }

    @inlinable @inline(__always)
    func sumBias<V: FloatVector>(
        _ columns: GradientColumns, panel: Int, pixels: Int, column: Int, isFirst: Bool, vector: V.Type
    ) {
        let values = columns.values + panel * columns.panelStride
        guard let bias = biasGradient.map({ $0 + column }) else { return }
        for lane in stride(from: 0, to: 16, by: V.scalarCount) {
            var sum = V(repeating: 0)
            for pixel in 0..<pixels { sum = sum + V(loading: values + pixel * columns.pixelStride + lane) }
            (isFirst ? sum : V(loading: bias + lane) + sum).store(to: bias + lane)
        }
    }

    /// All outputs' bias, from the windows.
    @inlinable @inline(__always)
    func sumWinnersBias<V: FloatVector>(vector: V.Type) {
        guard let biasGradient, let winners else { return }
        for lane in stride(from: 0, to: geometry.outputStride, by: V.scalarCount) {
            var total = V(repeating: 0)
            for sample in samples {
                var sum = V(repeating: 0)
                for pixel in 0..<gradientPixels {
                    let place = (sample * gradientPixels + pixel) * geometry.outputStride + lane
                    sum = sum + PooledWindow<V>(gradient + place, winners: winners + place).sum
                }
                total = total + sum
            }
            total.store(to: biasGradient + lane)
        }
    }
}

/// Panels of 16 columns of a sample's output gradient.
@frozen
public struct GradientColumns {
    public var values: UnsafePointer<Float>
    /// Values between two pixels, and between two panels.
    public var pixelStride: Int
    public var panelStride: Int

    @inlinable @inline(__always)
    init(_ values: UnsafePointer<Float>, pixelStride: Int, panelStride: Int) {
        (self.values, self.pixelStride, self.panelStride) = (values, pixelStride, panelStride)
    }
}

extension ConvolutionGeometry {
    /// Where the first output pixel of the first group sees the input of a row of the weights.
    @inlinable @inline(__always)
    func sourceOffset(_ row: Int, sourceRow: Int) -> Int {
        let (tap, channel) = row.quotientAndRemainder(dividingBy: groupChannels)
        let (y, x) = tap.quotientAndRemainder(dividingBy: horizontal.kernel)
        return y * vertical.dilation * sourceRow + x * horizontal.dilation * channels + channel
    }
}

/// 16 columns of some rows of the weights' gradient, or those of several panels, for one sample and one group of channels.
@frozen
public struct ConvolutionWeightPanel {
    public var geometry: ConvolutionGeometry
    /// The padded input; where factors are rounded, each pixel with the one that the next output pixel sees in its place.
    public var source: UnsafePointer<Float>
    public var sourceRow: Int
    public var gradient: GradientColumns
    public var target: UnsafeMutablePointer<Float>
    public var rows: Range<Int>
    public var group: Int
    /// Those of the 16 that are the group's: all, where there are several panels.
    public var columns: Range<Int>
    public var panels: Int
    /// Whether the sums begin with this sample.
    public var isFirst: Bool
    /// Room for a tile.
    public var scratch: UnsafeMutablePointer<Float>

    @inlinable @inline(__always)
    init(
        geometry: ConvolutionGeometry, source: UnsafePointer<Float>, sourceRow: Int,
        gradient: GradientColumns, target: UnsafeMutablePointer<Float>, rows: Range<Int>, group: Int,
        columns: Range<Int>, panels: Int, isFirst: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        self.geometry = geometry
        self.source = source
        self.sourceRow = sourceRow
        self.gradient = gradient
        self.target = target
        self.rows = rows
        self.group = group
        self.columns = columns
        self.panels = panels
        self.isFirst = isFirst
        self.scratch = scratch
    }

    @inlinable @inline(__always)
    func sourceOffset(_ row: Int) -> Int {
        geometry.sourceOffset(row, sourceRow: sourceRow) + group * geometry.groupChannels
    }
}

extension ConvolutionTiles {
    @inlinable @inline(__always)
    static func sumWeights(_ panel: ConvolutionWeightPanel) {
        // A tile has the columns of some panels.
        for column in stride(from: 0, to: panel.panels * 16, by: vectors * Vector.scalarCount) {
            var panel = panel
            panel.gradient.values += panel.gradient.panelStride * (column / 16)
            panel.target += column
            sumPanels(panel)
        }
    }

    @inlinable @inline(__always)
    static func sumPanels(_ panel: ConvolutionWeightPanel) {
        let channels = panel.geometry.groupChannels
        var row = panel.rows.lowerBound
        while row < panel.rows.upperBound {
            // The channels of one tap lie side by side; few of them are no tile.
            let tapEnd = row - row % channels + channels
            let isRun = channels >= rows
            let height = height(
                remaining: (isRun ? min(tapEnd, panel.rows.upperBound) : panel.rows.upperBound) - row)
            switch height {
            case rows: Tile<Vector, rows, vectors>.sumWeights(panel, first: row, isRun: isRun)
            case second: Tile<Vector, second, vectors>.sumWeights(panel, first: row, isRun: isRun)
            case third: Tile<Vector, third, vectors>.sumWeights(panel, first: row, isRun: isRun)
            case fourth: Tile<Vector, fourth, vectors>.sumWeights(panel, first: row, isRun: isRun)
            default: Tile<Vector, 1, vectors>.sumWeights(panel, first: row, isRun: isRun)
            }
            row += height
        }
    }
}

extension Tile {
    /// - Parameter isRun: whether the sources of all rows lie side by side.
    @inlinable @inline(__always)
    static func sumWeights(_ panel: ConvolutionWeightPanel, first: Int, isRun: Bool) {
        let geometry = panel.geometry
        let pixels = ConvolutionDepth(
            down: geometry.vertical.output, downStep: geometry.vertical.stride * panel.sourceRow,
            count: Vector.lanes(geometry.horizontal.output),
            step: Vector.factorsPerLane * geometry.horizontal.stride * geometry.channels)
        let gradient = panel.gradient
        var tile: Tile
        if isRun {
            tile = Tile().adding(
                a: panel.source + panel.sourceOffset(first), depth: pixels, b: gradient.values,
                bStep: gradient.pixelStride, panelStride: gradient.panelStride
            ) { $0 }
        } else {
            var offsets = InlineArray<rows, Int>(repeating: 0)
            for row in 0..<rows { offsets[row] = panel.sourceOffset(first + row) }
            tile = Tile().adding(
                a: panel.source, depth: pixels, b: gradient.values, bStep: gradient.pixelStride,
                panelStride: gradient.panelStride
            ) { offsets[$0] }
        }
        let (target, stride) = (panel.target + first * geometry.outputStride, geometry.outputStride)
        if panel.columns.count == 16 {
            if !panel.isFirst { tile.add(left: Tile(loading: target, rowBytes: 4 &* stride)) }
            return tile.store(to: target, rowBytes: 4 &* stride)
        }
        tile.store(to: panel.scratch, rowBytes: 64)
        for row in 0..<rows {
            for column in panel.columns {
                let sum = panel.scratch[row * 16 + column]
                let index = row * stride + column
                target[index] = panel.isFirst ? sum : target[index] + sum
            }
        }
    }
}
