// A pooled gradient that is read window by window where it lies, for convolutions whose weights have few rows.

extension ConvolutionWeightPass {
    /// Whether rows of the weights are too few to be worth a copy of the gradient in which each pixel has its own.
    @inlinable @inline(__always)
    var readsWindows: Bool {
        winners != nil && geometry.groups == 1 && geometry.weightRows <= Self.mostWindowRows
    }

    /// More are many tiles, each of which would find the winners again.
    @usableFromInline static let mostWindowRows = 12

    /// As `sum`: products are added in the same order, without those with the zeros of an odd last row or column.
    @inlinable @inline(__always)
    func sumWindows<
        V: ConvolutionVector, let vectors: Int, let rows: Int, let second: Int, let third: Int,
        let fourth: Int
    >(_ pieces: Range<Int>, by tiles: ConvolutionTiles<V, vectors, rows, second, third, fourth>.Type) {
        let padded = PaddedSample(geometry, .forward)
        padded.clear(workspace, vector: V.self)
        let panels = geometry.piecePanels
        for sample in samples {
            let isFirst = sample == samples.lowerBound
            let place = padded.place(
                of: input + sample * geometry.inputCount, copy: workspace, vector: V.self)
            let offset = sample * gradientPixels * geometry.outputStride
            for part in parts(of: pieces) {
                let (column, rows) = (part * panels * 16, self.rows(of: pieces, part: part))
                let windows = WindowedGradient(
                    geometry: geometry, source: place, sourceRow: padded.rowStride,
                    gradient: gradient + offset + column, winners: winners! + offset + column)
                for lane in stride(from: 0, to: panels * 16, by: vectors * V.scalarCount) {
                    tiles.sum(
                        windows, rows: rows, lane: lane, to: weightGradient + column + lane, isFirst: isFirst)
                }
                guard let biasGradient, rows.lowerBound == 0 else { continue }
                for lane in stride(from: 0, to: panels * 16, by: V.scalarCount) {
                    let (bias, sum) = (biasGradient + column + lane, windows.biasSum(lane, vector: V.self))
                    (isFirst ? sum : V(loading: bias) + sum).store(to: bias)
                }
            }
        }
    }
}

/// One sample's pooled gradient for some outputs, and the padded input that their weights see.
@frozen
public struct WindowedGradient {
    @usableFromInline let geometry: ConvolutionGeometry
    @usableFromInline let source: UnsafePointer<Float>
    @usableFromInline let sourceRow: Int
    /// `[windows, outputs padded to 16]`, like `winners`.
    @usableFromInline let gradient: UnsafePointer<Float>
    @usableFromInline let winners: UnsafePointer<UInt32>

    @inlinable @inline(__always)
    init(
        geometry: ConvolutionGeometry, source: UnsafePointer<Float>, sourceRow: Int,
        gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>
    ) {
        (self.geometry, self.source, self.sourceRow) = (geometry, source, sourceRow)
        (self.gradient, self.winners) = (gradient, winners)
    }

    /// Rows of pixels that lie in windows, and windows in each.
    @inlinable @inline(__always)
    var pixelRows: Int { geometry.vertical.output / 2 &* 2 }
    @inlinable @inline(__always)
    var columns: Int { geometry.horizontal.output / 2 }

    /// What the two pixels of a window get that are in a row of pixels.
    @inlinable @inline(__always)
    func pixels<V: FloatVector>(row: Int, column: Int, lane: Int, vector: V.Type) -> (V, V) {
        let place = (row / 2 &* columns &+ column) &* geometry.outputStride &+ lane
        let window = PooledWindow<V>(gradient + place, winners: winners + place)
        return (window.gradient(2 &* (row & 1)), window.gradient(2 &* (row & 1) &+ 1))
    }

    /// The sum over all pixels, row after row.
    @inlinable @inline(__always)
    func biasSum<V: FloatVector>(_ lane: Int, vector: V.Type) -> V {
        var sum = V(repeating: 0)
        for row in 0..<pixelRows {
            for column in 0..<columns {
                let (left, right) = pixels(row: row, column: column, lane: lane, vector: V.self)
                sum = sum + left + right
            }
        }
        return sum
    }
}

extension ConvolutionTiles {
    @inlinable @inline(__always)
    static func sum(
        _ windows: WindowedGradient, rows some: Range<Int>, lane: Int, to target: UnsafeMutablePointer<Float>,
        isFirst: Bool
    ) {
        var row = some.lowerBound
        while row < some.upperBound {
            let height = height(remaining: some.upperBound - row)
            let target = target + row * windows.geometry.outputStride
            switch height {
            case rows: Tile<Vector, rows, vectors>.sum(windows, row, lane, to: target, isFirst)
            case second: Tile<Vector, second, vectors>.sum(windows, row, lane, to: target, isFirst)
            case third: Tile<Vector, third, vectors>.sum(windows, row, lane, to: target, isFirst)
            case fourth: Tile<Vector, fourth, vectors>.sum(windows, row, lane, to: target, isFirst)
            default: Tile<Vector, 1, vectors>.sum(windows, row, lane, to: target, isFirst)
            }
            row += height
        }
    }
}

extension Tile {
    /// The gradient of the weights' rows `first` ..< `first` + rows.
    @inlinable @inline(__always)
    static func sum(
        _ windows: WindowedGradient, _ first: Int, _ lane: Int, to target: UnsafeMutablePointer<Float>,
        _ isFirst: Bool
    ) {
        let geometry = windows.geometry
        var offsets = InlineArray<rows, Int>(repeating: 0)
        for row in 0..<rows {
            offsets[row] = geometry.sourceOffset(first + row, sourceRow: windows.sourceRow)
        }
        let right = geometry.horizontal.stride * geometry.channels
        let down = geometry.vertical.stride * windows.sourceRow
        var sums = Tile().sums
        for y in 0..<windows.pixelRows {
            var place = windows.source + y &* down
            for x in 0..<windows.columns {
                var pixels = InlineArray<vectors, (Vector, Vector)>(
                    repeating: (Vector(repeating: 0), Vector(repeating: 0)))
                for index in 0..<vectors {
                    pixels[index] = windows.pixels(
                        row: y, column: x, lane: lane &+ index &* Vector.scalarCount, vector: Vector.self)
                }
                for row in 0..<rows {
                    let value = Vector(repeating: place[offsets[row]])
                    for index in 0..<vectors {
                        sums[row][index] = Vector.multiplyAdd(value, pixels[index].0, sums[row][index])
                    }
                }
                place += right
                for row in 0..<rows {
                    let value = Vector(repeating: place[offsets[row]])
                    for index in 0..<vectors {
                        sums[row][index] = Vector.multiplyAdd(value, pixels[index].1, sums[row][index])
                    }
                }
                place += right
            }
        }
        var tile = Tile(sums: sums)
        let rowBytes = 4 &* geometry.outputStride
        if !isFirst { tile.add(left: Tile(loading: target, rowBytes: rowBytes)) }
        tile.store(to: target, rowBytes: rowBytes)
    }
}
