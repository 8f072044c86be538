/// One panel of a product's columns, `vectors` wide, computed in tiles of `rows` rows, then `fewerRows`, then single ones.
public enum Panel<Vector: ProductVector, let vectors: Int, let rows: Int, let fewerRows: Int> {
    // A block of B, at most 64 × 64 values, stays in the first-level cache while all rows of A pass over it.
    @inlinable @inline(__always)
    static var depthBlock: Int { 64 }

    /// Computes the panel that begins at `column`.
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct, column: Int) {
        if product.leaves > 1 { return eachTile(product, column: column, depth: 0..<product.depth) }
        var begin = 0
        repeat {
            let end = min(begin + depthBlock, product.depth)
            eachTile(product, column: column, depth: begin..<end)
            begin = end
        } while begin < product.depth
    }

    @inlinable @inline(__always)
    static func eachTile(_ product: MatrixProduct, column: Int, depth: Range<Int>) {
        var row = 0
        while product.rows - row >= rows {
            // Two tiles of `fewerRows` use the units better than one of `rows` and a small rest.
            if product.rows - row == 2 * fewerRows && rows < 2 * fewerRows { break }
            Tile<Vector, rows, vectors>.compute(product, row: row, column: column, depth: depth)
            row += rows
        }
        while product.rows - row >= fewerRows {
            Tile<Vector, fewerRows, vectors>.compute(product, row: row, column: column, depth: depth)
            row += fewerRows
        }
        while row < product.rows {
            Tile<Vector, 1, vectors>.compute(product, row: row, column: column, depth: depth)
            row += 1
        }
    }
}

extension Tile {
    /// Brings one tile of C forward by a range of the depth: the next part of its running sum, or all leaves.
    @inlinable @inline(__always)
    static func compute(_ product: MatrixProduct, row: Int, column: Int, depth: Range<Int>) {
        let target = product.c + row * product.cStride + column
        if product.leaves == 1 {
            var tile =
                depth.lowerBound == 0 && !product.startsFromC
                ? start(product, column: column) : Tile(loading: target, stride: product.cStride)
            tile.accumulate(product, row: row, column: column, depth: depth)
            return tile.store(to: target, stride: product.cStride)
        }
        for leaf in 0..<product.leaves {
            var tile = leaf == 0 ? start(product, column: column) : Tile()
            let begin = product.depth * leaf / product.leaves
            let end = product.depth * (leaf + 1) / product.leaves
            tile.accumulate(product, row: row, column: column, depth: begin..<end)
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
    mutating func accumulate(_ product: MatrixProduct, row: Int, column: Int, depth: Range<Int>) {
        accumulate(
            a: product.a + row * product.aRowStride + depth.lowerBound * product.aDepthStride,
            rowStride: product.aRowStride, depthStride: product.aDepthStride,
            b: product.b + depth.lowerBound * product.bStride + column, bStride: product.bStride,
            depth: depth.count)
    }
}
