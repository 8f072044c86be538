/// Computes a product block after block.
public enum BlockedProduct<Vector: ProductVector> {
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct) {
        precondition(
            !product.transposesB || product.packing != nil && product.leaves == 1,
            "a product with a transposed B wants memory for packing, and one leaf")
        let packs = product.packing != nil && (product.wantsPackedA || product.wantsPackedB)
        let depthBlock = packs ? product.packedDepthBlock : product.unpackedDepthBlock
        var begin = 0
        repeat {
            let slice = product.slice(depth: begin..<min(begin + depthBlock, product.depth))
            if packs { pack(slice, of: product) } else { Vector.multiply(ProductBlock(slice)) }
            begin += depthBlock
        } while begin < product.depth
    }

    /// Computes a slice with copies of A and B where the whole product wants them.
    @inlinable @inline(__always)
    static func pack(_ slice: MatrixProduct, of product: MatrixProduct) {
        let (memoryOfA, memoryOfB) = (product.packing!, product.packing! + product.largestPackedA)
        let rowBlock = product.wantsPackedA ? product.rowBlock : max(slice.rows, 1)
        for column in stride(from: 0, to: slice.columns, by: product.columnBlock) {
            let columns = column..<min(column + product.columnBlock, slice.columns)
            var panels = ProductBlock(slice.part(rows: 0..<slice.rows, columns: columns))
            if product.wantsPackedB { panels.packB(into: memoryOfB, vector: Vector.self) }
            for row in stride(from: 0, to: slice.rows, by: rowBlock) {
                var block = panels.part(rows: row..<min(row + rowBlock, slice.rows))
                if product.wantsPackedA { block.packA(into: memoryOfA, vector: Vector.self) }
                Vector.multiply(block)
            }
        }
    }
}

extension MatrixProduct {
    /// What a part of the depth adds to the sums.
    @inlinable @inline(__always)
    func slice(depth range: Range<Int>) -> MatrixProduct {
        var slice = self
        slice.a += range.lowerBound * aDepthStride
        slice.b += range.lowerBound * (transposesB ? 1 : bStride)
        slice.depth = range.count
        slice.startsFromC = startsFromC || range.lowerBound > 0
        return slice
    }
}

/// One block of a product, whose A and B lie as they were given, or packed.
@frozen
public struct ProductBlock {
    public var product: MatrixProduct
    /// Whether the rows of A lie in strips as high as tiles, each `[depth, height]`.
    public var hasPackedA = false
    /// Whether the columns of B lie in panels as wide as tiles, each `[depth, width]`.
    public var hasPackedB = false

    @inlinable @inline(__always)
    init(_ product: MatrixProduct) { self.product = product }

    /// Some of its rows, while A is not packed.
    @inlinable @inline(__always)
    func part(rows: Range<Int>) -> ProductBlock {
        var part = self
        part.product.a += rows.lowerBound * product.aRowStride
        part.product.c += rows.lowerBound * product.cStride
        part.product.rows = rows.count
        return part
    }
}
