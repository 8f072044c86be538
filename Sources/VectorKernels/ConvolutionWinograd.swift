/// The products of one panel, or of several, for a block of Winograd tiles: m[point, tile] = v[point, tile] · u[point], for 16
/// points.
@frozen
public struct WinogradProduct {
    /// Transformed source, `[16, block, rowStride]`, in lanes of factors.
    public var v: UnsafePointer<Float>
    public var rowStride: Int
    public var tiles: Int
    /// Transformed weights, `[panels, 16, depth, 16]`.
    public var u: UnsafePointer<Float>
    /// Lanes of channels.
    public var depth: Int
    /// `[panels, 16, block, 16]`.
    public var m: UnsafeMutablePointer<Float>
    public var panels: Int

    @inlinable @inline(__always)
    init(
        v: UnsafePointer<Float>, rowStride: Int, tiles: Int, u: UnsafePointer<Float>, depth: Int,
        m: UnsafeMutablePointer<Float>, panels: Int
    ) {
        (self.v, self.rowStride, self.tiles, self.u, self.depth, self.m) = (v, rowStride, tiles, u, depth, m)
        self.panels = panels
    }

    /// The most tiles of a block.
    @inlinable @inline(__always)
    static var block: Int { 24 }

    /// Values of one panel's products.
    @inlinable @inline(__always)
    static var panelStride: Int { 16 * block * 16 }

    /// Values of memory for `Winograd`.
    @inlinable @inline(__always)
    static func memoryCount(channels: Int, panels: Int) -> Int {
        16 * (panels * channels * 16 + block * (((channels + 15) & ~15) + 2 * 16))
    }
}

extension ConvolutionTiles {
    @inlinable @inline(__always)
    static func multiply(_ product: WinogradProduct) {
        for point in 0..<16 {
            var product = product
            product.v += point * WinogradProduct.block * product.rowStride
            product.u += point * product.depth * 16
            product.m += point * WinogradProduct.block * 16
            var row = 0
            while row < product.tiles {
                let height = height(remaining: product.tiles - row)
                switch height {
                case rows: Tile<Vector, rows, vectors>.multiply(product, first: row)
                case second: Tile<Vector, second, vectors>.multiply(product, first: row)
                case third: Tile<Vector, third, vectors>.multiply(product, first: row)
                case fourth: Tile<Vector, fourth, vectors>.multiply(product, first: row)
                default: Tile<Vector, 1, vectors>.multiply(product, first: row)
                }
                row += height
            }
        }
    }
}

extension Tile {
    @inlinable @inline(__always)
    static func multiply(_ product: WinogradProduct, first: Int) {
        var offsets = InlineArray<rows, Int>(repeating: 0)
        for row in 0..<rows { offsets[row] = (first + row) * product.rowStride }
        let tile = Tile().adding(
            a: product.v, offsets: offsets,
            depth: ConvolutionDepth(down: 1, downStep: 0, count: product.depth, step: 1), b: product.u,
            panelStride: 16 * product.depth * 16)
        tile.store(toPanels: product.m + first * 16, panelStride: WinogradProduct.panelStride)
    }
}

/// A 3 × 3 convolution with stride 1 by F(2 × 2, 3 × 3): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A (Lavin & Gray 2016, eq. 8), 16
/// products where the direct way has 36. A tile's 2 × 2 targets are a pooling window.
@frozen
public struct Winograd<V: ConvolutionVector> {
    /// Transformed weights of all panels, `[panels, 16, channels, 16]`, or half as many lanes of channels.
    @usableFromInline var u: UnsafeMutablePointer<Float>
    @usableFromInline var v: UnsafeMutablePointer<Float>
    @usableFromInline var m: UnsafeMutablePointer<Float>
    @usableFromInline var channels: Int
    @usableFromInline var channelStride: Int

    @inlinable @inline(__always)
    init(workspace: UnsafeMutablePointer<Float>, channels: Int, panels: Int) {
        self.channels = channels
        channelStride = (channels + 15) & ~15
        u = workspace
        v = u + panels * 16 * channels * 16
        m = v + 16 * WinogradProduct.block * channelStride
    }

    /// Lanes of a tile's channels, and from one tile to the next.
    @inlinable @inline(__always)
    var depth: Int { V.lanes(channels) }
    @inlinable @inline(__always)
    var rowStride: Int { V.lanes(channelStride) }

    /// U = G g Gᵀ of packed panels, `[panels, 9, channels, 16]`.
    @inlinable @inline(__always)
    func transformWeights(_ packed: UnsafePointer<Float>, panels: Int) {
        let half = V(repeating: 0.5)
        for place in 0..<panels * channels {
            let (panel, channel) = place.quotientAndRemainder(dividingBy: channels)
            for lane in stride(from: 0, to: 16, by: V.scalarCount) {
                let source = packed + (panel * 9 * channels + channel) * 16 + lane
                let target = u + (panel * 16 * channels + channel) * 16 + lane
                var rows = InlineArray<4, InlineArray<3, V>>(repeating: InlineArray(repeating: half))
                for x in 0..<3 {
                    let (top, bottom) = (
                        V(loading: source + x * channels * 16), V(loading: source + (6 + x) * channels * 16)
                    )
                    let (outer, middle) = (top + bottom, V(loading: source + (3 + x) * channels * 16))
                    rows[0][x] = top
                    rows[1][x] = (outer + middle) * half
                    rows[2][x] = (outer - middle) * half
                    rows[3][x] = bottom
                }
                for y in 0..<4 {
                    let outer = rows[y][0] + rows[y][2]
                    let point = target + 4 * y * channels * 16
                    rows[y][0].store(to: point)
                    ((outer + rows[y][1]) * half).store(to: point + channels * 16)
                    ((outer - rows[y][1]) * half).store(to: point + 2 * channels * 16)
                    rows[y][2].store(to: point + 3 * channels * 16)
                }
            }
        }
        V.joinRows(u, rows: panels * 16 * channels)
    }

    /// V = Bᵀ d B of one tile, whose 4 × 4 pixels begin at `source`; up to 15 values behind a pixel's channels are read.
    @inlinable @inline(__always)
    func transformSource(_ source: UnsafePointer<Float>, row: Int, pixel: Int, tile: Int) {
        let pointStride = WinogradProduct.block * rowStride
        for channel in stride(from: 0, to: channels, by: V.scalarCount) {
            let target = v + tile * rowStride + V.lanes(channel)
            var rows = InlineArray<4, InlineArray<4, V>>(repeating: InlineArray(repeating: V(repeating: 0)))
            for x in 0..<4 {
                let column = source + x * pixel + channel
                let (a, b) = (V(loading: column), V(loading: column + row))
                let (c, d) = (V(loading: column + 2 * row), V(loading: column + 3 * row))
                rows[0][x] = a - c
                rows[1][x] = b + c
                rows[2][x] = c - b
                rows[3][x] = b - d
            }
            for y in 0..<4 {
                let point = target + 4 * y * pointStride
                (rows[y][0] - rows[y][2]).storeFactors(to: point)
                (rows[y][1] + rows[y][2]).storeFactors(to: point + pointStride)
                (rows[y][2] - rows[y][1]).storeFactors(to: point + 2 * pointStride)
                (rows[y][1] - rows[y][3]).storeFactors(to: point + 3 * pointStride)
            }
        }
    }

    /// Y = Aᵀ M A of some lanes of one tile, whose products `m` are a panel's.
    @inlinable @inline(__always)
    func transformProducts(
        _ m: UnsafePointer<Float>, tile: Int, lane: Int, bias: V
    ) -> InlineArray<4, V> {
        var rows = InlineArray<2, InlineArray<4, V>>(repeating: InlineArray(repeating: bias))
        for x in 0..<4 {
            let point = m + (x * WinogradProduct.block + tile) * 16 + lane
            let rowStride = 4 * WinogradProduct.block * 16
            let (b, c) = (V(loading: point + rowStride), V(loading: point + 2 * rowStride))
            rows[0][x] = V(loading: point) + (b + c)
            rows[1][x] = (b - c) - V(loading: point + 3 * rowStride)
        }
        var values = InlineArray<4, V>(repeating: bias)
        for y in 0..<2 {
            values[2 * y] = bias + (rows[y][0] + (rows[y][1] + rows[y][2]))
            values[2 * y + 1] = bias + ((rows[y][1] - rows[y][2]) - rows[y][3])
        }
        return values
    }

    /// Writes one sample's targets; `panel` is its first 16 channels.
    @inlinable @inline(__always)
    func compute(_ panel: ConvolutionPanel, panels: Int) {
        let columns = panel.windowColumns
        let tiles = panel.windowRows * columns
        let blocks = (tiles + WinogradProduct.block - 1) / WinogradProduct.block
        for block in 0..<blocks {
            let (first, end) = (tiles * block / blocks, tiles * (block + 1) / blocks)
            for tile in first..<end {
                let (row, column) = tile.quotientAndRemainder(dividingBy: columns)
                transformSource(
                    panel.source + panel.sourceOffset(2 * row, 2 * column), row: panel.sourceRow,
                    pixel: panel.sourcePixel, tile: tile - first)
            }
            for index in stride(from: 0, to: panels, by: V.panels) {
                let count = min(V.panels, panels - index)
                V.multiply(
                    WinogradProduct(
                        v: v, rowStride: rowStride, tiles: end - first, u: u + index * 16 * depth * 16,
                        depth: depth, m: m, panels: count))
                for place in 0..<count {
                    store(
                        panel.advanced(by: index + place), m + place * WinogradProduct.panelStride,
                        tiles: first..<end)
                }
            }
        }
    }

    @inlinable @inline(__always)
    func store(_ panel: ConvolutionPanel, _ m: UnsafePointer<Float>, tiles: Range<Int>) {
        for tile in tiles {
            let (row, column) = tile.quotientAndRemainder(dividingBy: panel.windowColumns)
            for lane in stride(from: 0, to: 16, by: V.scalarCount) {
                let bias = panel.bias.map { V(loading: $0 + lane) } ?? V(repeating: 0)
                let values = transformProducts(
                    m, tile: tile - tiles.lowerBound, lane: lane, bias: bias)
                panel.storeWindow(values, row: row, column: column, lane: lane)
            }
        }
    }
}

extension ConvolutionPanel {
    /// The panel `index` × 16 channels further.
    @inlinable @inline(__always)
    func advanced(by index: Int) -> ConvolutionPanel {
        var panel = self
        panel.target += index * 16
        panel.bias = bias.map { $0 + index * 16 }
        panel.winners = winners.map { $0 + index * 16 }
        return panel
    }
}
