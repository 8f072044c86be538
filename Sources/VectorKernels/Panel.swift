import CSIMD

/// One panel of a block's columns, `vectors` wide, computed in tiles of up to `rows` rows.
public enum Panel<Vector: ProductVector, let vectors: Int, let rows: Int> {
    /// Computes the panel that begins at `column`.
    @inlinable @inline(__always)
    static func multiply(_ block: ProductBlock, column: Int) {
        let heights = TileHeights(rows: block.product.rows, largest: rows)
        var place = TilePlace(block, column: column, width: vectors &* Vector.scalarCount)
        compute(block, place, height: heights.low &+ 1, count: heights.tallerCount)
        place.advance(rows: heights.tallerRows)
        compute(block, place, height: heights.low, count: heights.lowCount)
    }

    /// Computes so many tiles of one height.
    @inlinable @inline(__always)
    static func compute(_ block: ProductBlock, _ place: TilePlace, height: Int, count: Int) {
        if count == 0 { return }
        switch height {
        case rows: Tile<Vector, rows, vectors>.compute(block, place, count: count)
        case 7 where rows > 7: Tile<Vector, 7, vectors>.compute(block, place, count: count)
        case 6 where rows > 6: Tile<Vector, 6, vectors>.compute(block, place, count: count)
        case 5 where rows > 5: Tile<Vector, 5, vectors>.compute(block, place, count: count)
        case 4 where rows > 4: Tile<Vector, 4, vectors>.compute(block, place, count: count)
        case 3 where rows > 3: Tile<Vector, 3, vectors>.compute(block, place, count: count)
        case 2 where rows > 2: Tile<Vector, 2, vectors>.compute(block, place, count: count)
        default: Tile<Vector, 1, vectors>.compute(block, place, count: count)
        }
    }
}

/// How a block's rows are shared among tiles: evenly, among as few as can be, since small ones wait for the latency of their few
/// sums. The first are higher by one than the others.
@frozen
public struct TileHeights {
    @usableFromInline let low: Int
    @usableFromInline let lowCount: Int
    @usableFromInline let tallerCount: Int

    @inlinable @inline(__always)
    init(rows: Int, largest: Int) {
        let count = max(1, (rows &+ largest &- 1) / largest)
        low = rows / count
        tallerCount = rows &- low &* count
        lowCount = low == 0 ? 0 : count &- tallerCount
    }

    @inlinable @inline(__always)
    var tallerRows: Int { tallerCount &* (low &+ 1) }
}

/// Where a tile finds its values. Distances are in bytes: counted in values, each address would be checked for overflow.
@frozen
public struct TilePlace {
    public var a: UnsafeRawPointer
    /// From one row of a tile to the next.
    public let aRowBytes: Int
    public let aDepthBytes: Int
    /// From one row of the whole block to the next, where tiles begin.
    public let aTileBytes: Int
    public var b: UnsafeRawPointer
    public let bDepthBytes: Int
    public var c: UnsafeMutableRawPointer
    public let cRowBytes: Int
    public let bias: UnsafePointer<Float>?

    /// The first tile of a panel.
    @inlinable @inline(__always)
    init(_ block: ProductBlock, column: Int, width: Int) {
        let product = block.product
        (a, b) = (UnsafeRawPointer(product.a), UnsafeRawPointer(product.b))
        (aRowBytes, aDepthBytes) = (product.aRowStride &* 4, product.aDepthStride &* 4)
        aTileBytes = block.hasPackedA ? product.depth &* 4 : aRowBytes
        b += (block.hasPackedB ? column &* product.depth : column) &* 4
        bDepthBytes = (block.hasPackedB ? width : product.bStride) &* 4
        c = UnsafeMutableRawPointer(product.c) + column &* 4
        cRowBytes = product.cStride &* 4
        bias = product.bias.map { $0 + column }
    }

    @inlinable @inline(__always)
    mutating func advance(rows: Int) {
        a += rows &* aTileBytes
        c += rows &* cRowBytes
    }
}

extension Tile {
    /// Computes so many tiles of C, one below the other.
    ///
    /// A function of its own: among others the compiler has too few registers for where things lie.
    @inlinable @inline(never)
    static func compute(_ block: ProductBlock, _ place: TilePlace, count: Int) {
        let isScattered = !block.hasPackedA && place.aRowBytes == 4 && place.aDepthBytes >= 512
        var (place, turn) = (place, 0)
        for _ in 0..<count {
            fetchNext(place)
            if isScattered {
                fetchScattered(place, depth: block.product.depth, turn: turn)
                turn = turn &+ 1 == turns ? 0 : turn &+ 1
            }
            compute(block, place)
            place.advance(rows: rows)
        }
    }

    /// Tiles that read the same cache lines of a transposed A.
    @inlinable @inline(__always)
    static var turns: Int { max(1, 16 / rows) }

    /// Asks for the cache lines of a transposed A behind those that tiles read now, a part with each turn: each is on
    /// another page, or far from the one before, so the processor does not expect them.
    @inlinable @inline(__always)
    static func fetchScattered(_ place: TilePlace, depth: Int, turn: Int) {
        let share = (depth &+ turns &- 1) / turns
        var source = place.a + (64 &+ turn &* share &* place.aDepthBytes)
        for _ in 0..<min(share, max(0, depth &- turn &* share)) {
            mottle_prefetch(source)
            source += place.aDepthBytes
        }
    }

    /// Asks for the part of C that the next tile begins with: its rows lie too far apart for the processor to expect them.
    @inlinable @inline(__always)
    static func fetchNext(_ place: TilePlace) {
        var target = UnsafeRawPointer(place.c) + rows &* place.cRowBytes
        for _ in 0..<rows {
            for line in 0..<max((vectors &* Vector.scalarCount) / 16, 1) {
                mottle_prefetch(target + line &* 64)
            }
            target += place.cRowBytes
        }
    }

    /// Computes one tile of C: its running sum, or all leaves.
    @inlinable @inline(__always)
    static func compute(_ block: ProductBlock, _ place: TilePlace) {
        if block.product.leaves > 1 { return computeLeaves(block.product, place) }
        var tile =
            block.product.startsFromC ? Tile(loading: place.c, rowBytes: place.cRowBytes) : start(place)
        if block.hasPackedA {
            tile.accumulate(
                a: place.a, rowPlaces: Self.packedRowPlaces, depthBytes: rows &* 4, b: place.b,
                bDepthBytes: place.bDepthBytes, depth: block.product.depth)
        } else {
            tile.accumulate(place, depth: 0..<block.product.depth)
        }
        tile.store(to: place.c, rowBytes: place.cRowBytes)
    }

    @inlinable @inline(__always)
    static func computeLeaves(_ product: MatrixProduct, _ place: TilePlace) {
        for leaf in 0..<product.leaves {
            var tile = leaf == 0 ? start(place) : Tile()
            let begin = product.depth &* leaf / product.leaves
            let end = product.depth &* (leaf &+ 1) / product.leaves
            tile.accumulate(place, depth: begin..<end)
            tile.combine(leaf: leaf, product, place)
        }
    }

    /// Adds the leaves that wait on the left of this one, as far up the tree as it completes pairs, and keeps the sum.
    @inlinable @inline(__always)
    mutating func combine(leaf: Int, _ product: MatrixProduct, _ place: TilePlace) {
        let rowBytes = vectors &* Vector.scalarCount &* 4
        var waiting = UnsafeMutableRawPointer(product.partialSums!)
        var level = 0
        while leaf >> level & 1 == 1 {
            add(left: Tile(loading: waiting, rowBytes: rowBytes))
            level &+= 1
            waiting += rows &* rowBytes
        }
        if leaf == product.leaves - 1 {
            store(to: place.c, rowBytes: place.cRowBytes)
        } else {
            store(to: waiting, rowBytes: rowBytes)
        }
    }

    @inlinable @inline(__always)
    static func start(_ place: TilePlace) -> Tile {
        if let bias = place.bias { Tile(eachRow: bias) } else { Tile() }
    }

    @inlinable @inline(__always)
    mutating func accumulate(_ place: TilePlace, depth: Range<Int>) {
        accumulate(
            a: place.a + depth.lowerBound &* place.aDepthBytes, rowPlaces: Self.rowPlaces(place.aRowBytes),
            depthBytes: place.aDepthBytes, b: place.b + depth.lowerBound &* place.bDepthBytes,
            bDepthBytes: place.bDepthBytes, depth: depth.upperBound &- depth.lowerBound)
    }
}
