/// One panel of a block's columns, `vectors` wide, computed in tiles of up to `rows` rows.
public enum Panel<Vector: ProductVector, let vectors: Int, let rows: Int> {
    @inlinable @inline(__always)
    static var width: Int { vectors * Vector.scalarCount }

    /// The height of the next tile: the last two share what is left evenly, since small tiles wait for the latency of
    /// their few sums.
    @inlinable @inline(__always)
    static func height(remaining: Int) -> Int {
        remaining >= 2 * rows ? rows : remaining > rows ? (remaining + 1) / 2 : remaining
    }

    /// Computes the panel that begins at `column`.
    @inlinable @inline(__always)
    static func multiply(_ block: ProductBlock, column: Int) {
        var row = 0
        while row < block.product.rows {
            let height = height(remaining: block.product.rows - row)
            switch height {
            case rows: Tile<Vector, rows, vectors>.compute(block, row: row, column: column)
            case 7 where rows > 7: Tile<Vector, 7, vectors>.compute(block, row: row, column: column)
            case 6 where rows > 6: Tile<Vector, 6, vectors>.compute(block, row: row, column: column)
            case 5 where rows > 5: Tile<Vector, 5, vectors>.compute(block, row: row, column: column)
            case 4 where rows > 4: Tile<Vector, 4, vectors>.compute(block, row: row, column: column)
            case 3: Tile<Vector, 3, vectors>.compute(block, row: row, column: column)
            case 2: Tile<Vector, 2, vectors>.compute(block, row: row, column: column)
            default: Tile<Vector, 1, vectors>.compute(block, row: row, column: column)
            }
            row += height
        }
    }
}

extension Tile {
    /// Computes one tile of C: its running sum, or all leaves.
    @inlinable @inline(__always)
    static func compute(_ block: ProductBlock, row: Int, column: Int) {
        let product = block.product
        let target = product.c + row * product.cStride + column
        if product.leaves == 1 {
            var tile =
                product.startsFromC
                ? Tile(loading: target, stride: product.cStride) : start(product, column: column)
            tile.accumulate(block, row: row, column: column, depth: 0..<product.depth)
            return tile.store(to: target, stride: product.cStride)
        }
        for leaf in 0..<product.leaves {
            var tile = leaf == 0 ? start(product, column: column) : Tile()
            let begin = product.depth * leaf / product.leaves
            let end = product.depth * (leaf + 1) / product.leaves
            tile.accumulate(block, row: row, column: column, depth: begin..<end)
            tile.combine(leaf: leaf, product, target: target)
        }
    }

    /// Adds the leaves that wait on the left of this one, as far up the tree as it completes pairs, and keeps the sum.
    @inlinable @inline(__always)
    mutating func combine(leaf: Int, _ product: MatrixProduct, target: UnsafeMutablePointer<Float>) {
        let (width, size) = (vectors * Vector.scalarCount, rows * vectors * Vector.scalarCount)
        var level = 0
        while leaf >> level & 1 == 1 {
            add(left: Tile(loading: product.partialSums! + level * size, stride: width))
            level += 1
        }
        if leaf == product.leaves - 1 {
            store(to: target, stride: product.cStride)
        } else {
            store(to: product.partialSums! + level * size, stride: width)
        }
    }

    @inlinable @inline(__always)
    static func start(_ product: MatrixProduct, column: Int) -> Tile {
        if let bias = product.bias { Tile(eachRow: bias + column) } else { Tile() }
    }

    @inlinable @inline(__always)
    mutating func accumulate(_ block: ProductBlock, row: Int, column: Int, depth: Range<Int>) {
        let (product, width) = (block.product, vectors * Vector.scalarCount)
        let bStride = block.packsB ? width : product.bStride
        let b = product.b + column * (block.packsB ? product.depth : 1) + depth.lowerBound * bStride
        if block.packsA {
            accumulate(
                a: product.a + row * product.depth + depth.lowerBound * rows, rowStride: 1, depthStride: rows,
                b: b, bStride: bStride, depth: depth.count)
        } else {
            accumulate(
                a: product.a + row * product.aRowStride + depth.lowerBound * product.aDepthStride,
                rowStride: product.aRowStride, depthStride: product.aDepthStride, b: b, bStride: bStride,
                depth: depth.count)
        }
    }
}
