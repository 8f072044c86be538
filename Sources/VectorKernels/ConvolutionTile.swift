extension Tile {
    @inlinable @inline(__always)
    init(sums: InlineArray<rows, InlineArray<vectors, Vector>>) { self.sums = sums }

    /// Returns sums[r, n] + Σ a[offsets[r] + place] · b[k · 16 + n] over the places of `depth` in order, k = 0, 1 …, where
    /// columns from 16 on are those of further panels, `panelStride` values behind one another.
    @inlinable @inline(__always)
    func adding(
        a: UnsafePointer<Float>, offsets: InlineArray<rows, Int>, depth: ConvolutionDepth,
        b: UnsafePointer<Float>, panelStride: Int
    ) -> Tile {
        adding(a: a, depth: depth, b: b, bStep: 16, panelStride: panelStride) { offsets[$0] }
    }

    /// - Parameter offset: of a row. Where it is known when this is compiled, rows need no registers for their addresses.
    @inlinable @inline(__always)
    func adding(
        a: UnsafePointer<Float>, depth: ConvolutionDepth, b: UnsafePointer<Float>, bStep: Int,
        panelStride: Int, offset: (Int) -> Int
    ) -> Tile {
        // A copy, and all loops in one place: what lives in memory through `self` would be stored in every turn, and so
        // would sums that three loops carry.
        var sums = self.sums
        var (a, b, across) = (a, b, 0)
        for _ in 0..<depth.down &* depth.across {
            var place = a
            for _ in 0..<depth.count {
                var right = InlineArray<vectors, Vector>(repeating: Vector(repeating: 0))
                for index in 0..<vectors {
                    right[index] = Vector(loading: b + Self.offset(index, panelStride: panelStride))
                }
                for row in 0..<rows {
                    let left = Vector(repeating: place[offset(row)])
                    for index in 0..<vectors {
                        sums[row][index] = Vector.multiplyAdd(left, right[index], sums[row][index])
                    }
                }
                place += depth.step
                b += bStep
            }
            (a, across) = (a + depth.acrossStep, across &+ 1)
            if across == depth.across { (a, across) = (a + depth.turnStep, 0) }
        }
        return Tile(sums: sums)
    }

    /// Where vector `index` of a row lies, whose columns are in panels of 16.
    @inlinable @inline(__always)
    static func offset(_ index: Int, panelStride: Int) -> Int {
        let column = index &* Vector.scalarCount
        return column / 16 &* panelStride &+ column % 16
    }

    /// Writes rows of panels of 16 columns.
    @inlinable @inline(__always)
    func store(toPanels target: UnsafeMutablePointer<Float>, panelStride: Int) {
        for row in 0..<rows {
            for index in 0..<vectors {
                sums[row][index].store(
                    to: target + (row &* 16 &+ Self.offset(index, panelStride: panelStride)))
            }
        }
    }

    @inlinable @inline(__always)
    func storeRow(_ row: Int, to target: UnsafeMutablePointer<Float>, rectifies: Bool) {
        for index in 0..<vectors {
            var value = sums[row][index]
            // Not `max`: a NaN stays one.
            if rectifies {
                value = Vector.select(Vector.less(value, Vector(repeating: 0)), Vector(repeating: 0), value)
            }
            value.store(to: target + index * Vector.scalarCount)
        }
    }
}

/// The depth of a convolution's sums: `down` × `across` × `count` places, which lie `downStep`, `acrossStep` and `step` apart.
@frozen
public struct ConvolutionDepth {
    @usableFromInline var down: Int
    @usableFromInline var downStep: Int
    @usableFromInline var across: Int
    @usableFromInline var acrossStep: Int
    @usableFromInline var count: Int
    @usableFromInline var step: Int

    @inlinable @inline(__always)
    init(down: Int, downStep: Int, across: Int = 1, acrossStep: Int = 0, count: Int, step: Int) {
        (self.down, self.downStep, self.across, self.acrossStep) = (down, downStep, across, acrossStep)
        (self.count, self.step) = (count, step)
    }

    /// From behind the last place across to the first one of the next row.
    @inlinable @inline(__always)
    var turnStep: Int { downStep &- across &* acrossStep }
}

/// How a convolution's tiles of 16 columns fit the registers.
public protocol ConvolutionVector: ProductVector {
    /// The most panels of 16 columns that a tile has.
    static var panels: Int { get }
    /// Gathers a panel's channels of the targets of one phase.
    static func gather(_ panel: ConvolutionPanel)
    /// The products of transformed tiles and transformed weights.
    static func multiply(_ product: WinogradProduct)
    /// Sums some columns of the weights' gradient over one sample.
    static func sumWeights(_ panel: ConvolutionWeightPanel)
    /// Sums some pieces of the weights' gradient over all samples where `readsWindows`.
    static func sumWindows(_ pass: ConvolutionWeightPass, pieces: Range<Int>)
    /// The gradients behind a pooled convolution, by lists of its winners: of the input, and of some outputs' weights.
    static func scatterWinners(_ pass: ConvolutionPass, samples: Range<Int>)
    static func sumWinners(_ pass: ConvolutionWeightPass, outputs: Range<Int>)
}

/// A single vector is 16 columns; two of them share what is loaded of the source.
extension SIMD16: ConvolutionVector where Scalar == Float {
    @inlinable @inline(__always)
    public static var panels: Int { 2 }
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) { gatherWide(panel) }
    @inlinable @inline(__always)
    public static func multiply(_ product: WinogradProduct) { multiplyWide(product) }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) { sumWeightsWide(panel) }
    @inlinable @inline(__always)
    public static func sumWindows(_ pass: ConvolutionWeightPass, pieces: Range<Int>) {
        if pass.geometry.piecePanels == 2 {
            return pass.sumWindows(pieces, by: ConvolutionTiles<Self, 2, 9, 8, 6, 4>.self)
        }
        pass.sumWindows(pieces, by: ConvolutionTiles<Self, 1, 9, 8, 6, 4>.self)
    }
}

extension ConvolutionVector {
    /// From a copy, where registers are too few for a tile beside what its pixels get.
    @inlinable @inline(__always)
    public static func sumWindows(_ pass: ConvolutionWeightPass, pieces: Range<Int>) {
        pass.sum(pieces, vector: Self.self)
    }
    @inlinable @inline(__always)
    public static func scatterWinners(_ pass: ConvolutionPass, samples: Range<Int>) {
        pass.scatterWinners(samples: samples, vector: Self.self)
    }
    @inlinable @inline(__always)
    public static func sumWinners(_ pass: ConvolutionWeightPass, outputs: Range<Int>) {
        pass.sumLists(outputs: outputs, vector: Self.self)
    }
}

extension ConvolutionVector {
    // With vectors of 16 values.

    @inlinable @inline(__always)
    static func gatherWide(_ panel: ConvolutionPanel) {
        if panel.panels == 2 { return ConvolutionTiles<Self, 2, 8, 7, 6, 4>.gather(panel) }
        ConvolutionTiles<Self, 1, 8, 7, 6, 4>.gather(panel)
    }
    @inlinable @inline(__always)
    static func multiplyWide(_ product: WinogradProduct) {
        if product.panels == 2 { return ConvolutionTiles<Self, 2, 8, 7, 6, 4>.multiply(product) }
        ConvolutionTiles<Self, 1, 8, 7, 6, 4>.multiply(product)
    }
    @inlinable @inline(__always)
    static func sumWeightsWide(_ panel: ConvolutionWeightPanel) {
        if panel.panels == 2 { return ConvolutionTiles<Self, 2, 8, 7, 6, 4>.sumWeights(panel) }
        ConvolutionTiles<Self, 1, 16, 12, 8, 4>.sumWeights(panel)
    }
}

/// 16 registers: twelve sums, two vectors of weights and one of values; or ten sums, what two pixels get and a value.
extension SIMD8: ConvolutionVector where Scalar == Float {
    @inlinable @inline(__always)
    public static var panels: Int { 1 }
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) {
        ConvolutionTiles<Self, 2, 6, 5, 4, 3>.gather(panel)
    }
    @inlinable @inline(__always)
    public static func multiply(_ product: WinogradProduct) {
        ConvolutionTiles<Self, 2, 6, 5, 4, 3>.multiply(product)
    }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) {
        ConvolutionTiles<Self, 2, 6, 5, 4, 3>.sumWeights(panel)
    }
    @inlinable @inline(__always)
    public static func sumWindows(_ pass: ConvolutionWeightPass, pieces: Range<Int>) {
        pass.sumWindows(pieces, by: ConvolutionTiles<Self, 2, 5, 4, 3, 2>.self)
    }
}

/// 16 registers: eight sums, four vectors of weights, a value and its product.
extension SIMD4: ConvolutionVector where Scalar == Float {
    @inlinable @inline(__always)
    public static var panels: Int { 1 }
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) {
        ConvolutionTiles<Self, 4, 2, 2, 2, 2>.gather(panel)
    }
    @inlinable @inline(__always)
    public static func multiply(_ product: WinogradProduct) {
        ConvolutionTiles<Self, 4, 2, 2, 2, 2>.multiply(product)
    }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) {
        ConvolutionTiles<Self, 4, 2, 2, 2, 2>.sumWeights(panel)
    }
}

/// Tiles of at most `rows` × 16 values; the smaller sizes, from the largest, share what does not fill a tile.
@frozen
public enum ConvolutionTiles<
    Vector: ConvolutionVector, let vectors: Int, let rows: Int, let second: Int, let third: Int,
    let fourth: Int
> {
    /// The size of the first of the tiles that `remaining` rows are cut into, all about equally high: a low tile has too
    /// few sums to hide the latency of its multiply-adds.
    @inlinable @inline(__always)
    static func height(remaining: Int) -> Int {
        let tiles = (remaining + rows - 1) / rows
        let height = (remaining + tiles - 1) / tiles
        return height >= rows
            ? rows
            : height >= second ? second : height >= third ? third : height >= fourth ? fourth : 1
    }
}
