/// A convolution backward to its weights and its bias.
public struct ConvolutionWeightPass {
    public var geometry: ConvolutionGeometry
    public var samples: Int
    public var input: UnsafePointer<Float>
    /// Of the output.
    public var gradient: UnsafePointer<Float>
    /// Σ over samples, in order, of each sample's sum over pixels, in order. Shaped like the weights.
    public var weightGradient: UnsafeMutablePointer<Float>
    /// Likewise, `[outputs padded to 16]`; nil where there is no bias.
    public var biasGradient: UnsafeMutablePointer<Float>?
    /// The calling thread's, `geometry.workspaceCount` values.
    public var workspace: UnsafeMutablePointer<Float>

    public init(
        geometry: ConvolutionGeometry, samples: Int, input: UnsafePointer<Float>,
        gradient: UnsafePointer<Float>, weightGradient: UnsafeMutablePointer<Float>,
        biasGradient: UnsafeMutablePointer<Float>?, workspace: UnsafeMutablePointer<Float>
    ) {
        (self.geometry, self.samples, self.input, self.gradient) = (geometry, samples, input, gradient)
        (self.weightGradient, self.biasGradient) = (weightGradient, biasGradient)
        self.workspace = workspace
    }

    /// Writes some rows of the weights' gradient, and the bias's where `rows` begins at 0. Each element is the same, however
    /// rows are shared between calls.
    @inlinable @inline(__always)
    public func compute<V: ConvolutionVector>(rows: Range<Int>, vector: V.Type) {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        let padded = PaddedSample(
            height: y.input, width: x.input, channels: geometry.channels, stride: geometry.inputStride,
            top: y.before, left: x.before, paddedHeight: y.paddedInput, paddedWidth: x.paddedInput)
        padded.clear(workspace, vector: V.self)
        let gradients = workspace + (padded.count + 15) & ~15
        let scratch = gradients + geometry.outputCount
        for sample in 0..<samples {
            padded.copy(input + sample * geometry.inputCount, to: workspace, vector: V.self)
            let gradient = gradient + sample * geometry.outputCount
            for column in stride(from: 0, to: geometry.outputs, by: 16) {
                let pixels = y.output * x.output
                let columns = gradients + column * pixels
                copyColumns(gradient + column, pixels: pixels, to: columns, vector: V.self)
                let last = min(column + 16, geometry.outputs) - 1
                for group in column / geometry.groupOutputs...last / geometry.groupOutputs {
                    V.sumWeights(
                        ConvolutionWeightPanel(
                            geometry: geometry, source: workspace, sourceRow: padded.rowStride,
                            gradient: columns, target: weightGradient + column, rows: rows, group: group,
                            columns: laneRange(group: group, column: column), isFirst: sample == 0,
                            scratch: scratch))
                }
                if rows.lowerBound == 0, let biasGradient {
                    sumBias(
                        columns, pixels: pixels, into: biasGradient + column, isFirst: sample == 0, V.self)
                }
            }
        }
    }

    /// The panel's columns that belong to a group; with the last outputs, the padding behind them too.
    @inlinable @inline(__always)
    func laneRange(group: Int, column: Int) -> Range<Int> {
        let begin = max(0, group * geometry.groupOutputs - column)
        let end = (group + 1) * geometry.groupOutputs - column
        return begin..<(group == geometry.groups - 1 && end <= 16 ? 16 : min(16, end))
    }

    @inlinable @inline(__always)
    func copyColumns<V: FloatVector>(
        _ gradient: UnsafePointer<Float>, pixels: Int, to columns: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        for pixel in 0..<pixels {
            for lane in stride(from: 0, to: 16, by: V.scalarCount) {
                V(loading: gradient + pixel * geometry.outputStride + lane)
                    .store(to: columns + pixel * 16 + lane)
            }
        }
    }

    @inlinable @inline(__always)
    func sumBias<V: FloatVector>(
        _ columns: UnsafePointer<Float>, pixels: Int, into bias: UnsafeMutablePointer<Float>, isFirst: Bool,
        _ vector: V.Type
    ) {
        for lane in stride(from: 0, to: 16, by: V.scalarCount) {
            var sum = V(repeating: 0)
            for pixel in 0..<pixels { sum = sum + V(loading: columns + pixel * 16 + lane) }
            (isFirst ? sum : V(loading: bias + lane) + sum).store(to: bias + lane)
        }
    }
}

/// 16 columns of some rows of the weights' gradient, for one sample and one group of channels.
@frozen
public struct ConvolutionWeightPanel {
    public var geometry: ConvolutionGeometry
    /// The padded input.
    public var source: UnsafePointer<Float>
    public var sourceRow: Int
    /// Of the output, `[pixels, 16]`.
    public var gradient: UnsafePointer<Float>
    public var target: UnsafeMutablePointer<Float>
    public var rows: Range<Int>
    public var group: Int
    /// Those of the 16 that are the group's.
    public var columns: Range<Int>
    /// Whether the sums begin with this sample.
    public var isFirst: Bool
    /// Room for a tile.
    public var scratch: UnsafeMutablePointer<Float>

    @inlinable @inline(__always)
    init(
        geometry: ConvolutionGeometry, source: UnsafePointer<Float>, sourceRow: Int,
        gradient: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>, rows: Range<Int>, group: Int,
        columns: Range<Int>, isFirst: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        self.geometry = geometry
        self.source = source
        self.sourceRow = sourceRow
        self.gradient = gradient
        self.target = target
        self.rows = rows
        self.group = group
        self.columns = columns
        self.isFirst = isFirst
        self.scratch = scratch
    }

    /// Where the first output pixel sees a row's input.
    @inlinable @inline(__always)
    func sourceOffset(_ row: Int) -> Int {
        let (tap, channel) = row.quotientAndRemainder(dividingBy: geometry.groupChannels)
        let (y, x) = tap.quotientAndRemainder(dividingBy: geometry.horizontal.kernel)
        return y * geometry.vertical.dilation * sourceRow + x * geometry.horizontal.dilation
            * geometry.channels
            + group * geometry.groupChannels + channel
    }
}

extension ConvolutionTiles {
    @inlinable @inline(__always)
    static func sumWeights(_ panel: ConvolutionWeightPanel) {
        var row = panel.rows.lowerBound
        while panel.rows.upperBound - row >= rows {
            Tile<Vector, rows, vectors>.sumWeights(panel, first: row)
            row += rows
        }
        while panel.rows.upperBound - row >= fewerRows {
            Tile<Vector, fewerRows, vectors>.sumWeights(panel, first: row)
            row += fewerRows
        }
        while row < panel.rows.upperBound {
            Tile<Vector, 1, vectors>.sumWeights(panel, first: row)
            row += 1
        }
    }
}

extension Tile {
    @inlinable @inline(__always)
    static func sumWeights(_ panel: ConvolutionWeightPanel, first: Int) {
        let geometry = panel.geometry
        var offsets = InlineArray<rows, Int>(repeating: 0)
        for row in 0..<rows { offsets[row] = panel.sourceOffset(first + row) }
        let pixels = ConvolutionDepth(
            down: geometry.vertical.output, downStep: geometry.vertical.stride * panel.sourceRow,
            count: geometry.horizontal.output, step: geometry.horizontal.stride * geometry.channels)
        var tile = Tile().adding(a: panel.source, offsets: offsets, depth: pixels, b: panel.gradient)
        let (target, stride) = (panel.target + first * geometry.outputStride, geometry.outputStride)
        if panel.columns.count == 16 {
            if !panel.isFirst { tile.add(left: Tile(loading: target, stride: stride)) }
            return tile.store(to: target, stride: stride)
        }
        tile.store(to: panel.scratch, stride: 16)
        for row in 0..<rows {
            for column in panel.columns {
                let sum = panel.scratch[row * 16 + column]
                let index = row * stride + column
                target[index] = panel.isFirst ? sum : target[index] + sum
            }
        }
    }
}
