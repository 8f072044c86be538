/// How a product is cut into blocks that stay in the caches: by its shape alone.
///
/// A packed block of B lies in panels, of which one at a time stays in the first-level cache while all tiles of a packed
/// block of A, in the second-level cache, pass over it (Goto & van de Geijn 2008, "Anatomy of high-performance matrix
/// multiplication"). The numbers are the best of many on a Zen 3, whose cores have 32 and 512 KiB.
extension MatrixProduct {
    /// How many values `packing` has room for; enough for any part of this product too.
    public var packingCount: Int { Self.packingCount(rows: rows, columns: columns, depth: depth) }

    /// The same for products up to this size.
    public static func packingCount(rows: Int, columns: Int, depth: Int) -> Int {
        packedCountOfA(rows: rows, columns: columns, depth: depth)
            + min(depth, packedDepthLimit(columns: columns)) * min(columns, columnBlock)
    }

    /// Of packed A, which lies before packed B.
    @inlinable @inline(__always)
    var packedCountOfA: Int { Self.packedCountOfA(rows: rows, columns: columns, depth: depth) }

    /// In whole vectors either way, as A lies where it is rounded.
    @inlinable @inline(__always)
    static func packedCountOfA(rows: Int, columns: Int, depth: Int) -> Int {
        ((min(depth, packedDepthLimit(columns: columns)) + 15) & ~15)
            * ((min(rows, largestRowBlock) + 15) & ~15)
    }

    /// A copy of A pays where many panels of B read it: sooner where it is transposed, since the few values of a tile's
    /// rows then lie on another cache line for each step of the depth.
    @inlinable @inline(__always)
    var wantsPackedA: Bool {
        leaves == 1 && (aDepthStride == 1 ? columns >= 512 : aRowStride == 1 && columns >= 128 && depth > 64)
    }

    /// A copy of B pays where many tiles read it, unless what one panel reads fits the first-level cache as it lies. It takes more
    /// tiles where rows of B lie eight lines apart: the second-level cache hands these out in time.
    @inlinable @inline(__always)
    var wantsPackedB: Bool {
        if transposesB || leaves > 1 { return transposesB }
        return bStride >= 256 ? rows >= 96 : depth > 64 && rows >= (bStride < 128 ? 96 : 512)
    }

    /// - Parameter factors: of a lane.
    @inlinable @inline(__always)
    func packedDepthBlock(factors: Int) -> Int {
        depthBlock(atMost: factors * Self.packedDepthLimit(columns: columns))
    }

    /// Large products have deeper blocks, since C is read and written once for each.
    @inlinable @inline(__always)
    static func packedDepthLimit(columns: Int) -> Int { columns >= 512 ? 512 : 256 }

    /// A panel of B of 4,096 values stays in the first-level cache while all rows of A pass over it; so many lines of a
    /// transposed A would not.
    @inlinable @inline(__always)
    func unpackedDepthBlock(panelWidth: Int) -> Int {
        if leaves > 1 { return max(depth, 1) }
        return depthBlock(atMost: aDepthStride == 1 ? 4096 / panelWidth : 64)
    }

    /// Blocks of about 192 rows.
    @inlinable @inline(__always)
    static func rowBlocks(_ rows: Int) -> Int { max(1, (rows + 96) / 192) }

    /// The rows of a block: all but the last have a multiple of what tiles have.
    @inlinable @inline(__always)
    static func rowBlock(_ index: Int, of blocks: Int, rows: Int) -> Range<Int> {
        func begin(_ index: Int) -> Int { index == blocks ? rows : (rows * index / blocks + 12) / 24 * 24 }
        return begin(index)..<begin(index + 1)
    }

    /// What that is at most: of fewer than 288 rows all.
    @inlinable @inline(__always)
    static var largestRowBlock: Int { 288 }

    @inlinable @inline(__always)
    static var columnBlock: Int { 1024 }

    /// Blocks of about equal depth, in the fours that are packed at a time.
    @inlinable @inline(__always)
    func depthBlock(atMost largest: Int) -> Int {
        if depth <= largest { return max(depth, 1) }
        let blocks = (depth + largest - 1) / largest
        return ((depth + blocks - 1) / blocks + 3) / 4 * 4
    }
}
