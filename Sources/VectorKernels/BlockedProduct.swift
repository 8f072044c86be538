/// Computes a product block after block.
public enum BlockedProduct<Vector: ProductVector> {
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct) {
        precondition(
            !product.transposesB || product.packing != nil && product.leaves == 1,
            "a product with a transposed B wants memory for packing, and one leaf")
        precondition(
            Vector.roundsFactors == (product.precision == .bf16),
            "kernels for another precision than \(product.precision)")
        precondition(
            !Vector.roundsFactors
                || product.packing != nil && product.leaves == 1 && !product.transposesB
                    && (product.aDepthStride == 1 || product.aRowStride == 1),
            "a product in bf16 wants memory for packing, one leaf, no transposed B, and an A with a stride of 1"
        )
        let canPack = product.packing != nil
        let packsA = Vector.roundsFactors || canPack && product.wantsPackedA
        let packsB = Vector.roundsFactors || canPack && product.wantsPackedB
        let depthBlock =
            packsA || packsB
            ? product.packedDepthBlock(factors: Vector.factorsPerLane)
            : product.unpackedDepthBlock(panelWidth: Vector.panelWidth)
        var begin = 0
        repeat {
            let slice = product.slice(depth: begin..<min(begin + depthBlock, product.depth))
            if packsA || packsB || slice.rows > MatrixProduct.largestRowBlock {
                multiplyBlocks(
                    of: slice, packsA: packsA, packsB: packsB, packedCountOfA: product.packedCountOfA)
            } else {
                Vector.multiply(ProductBlock(slice))
            }
            begin += depthBlock
        } while begin < product.depth
    }

    /// Computes a slice in blocks of rows, which stay in the second-level cache while all panels of B pass over them.
    @inlinable @inline(__always)
    static func multiplyBlocks(of slice: MatrixProduct, packsA: Bool, packsB: Bool, packedCountOfA: Int) {
        let (blocks, columnBlock) = (MatrixProduct.rowBlocks(slice.rows), MatrixProduct.columnBlock)
        for column in stride(from: 0, to: slice.columns, by: columnBlock) {
            let columns = column..<min(column + columnBlock, slice.columns)
            var panels = ProductBlock(slice.part(rows: 0..<slice.rows, columns: columns))
            if packsB { Vector.packB(&panels, into: slice.packing! + packedCountOfA) }
            for index in 0..<blocks {
                var block = panels.part(
                    rows: MatrixProduct.rowBlock(index, of: blocks, rows: slice.rows))
                if packsA { Vector.packA(&block, into: slice.packing!) }
                block.product.depth = Vector.lanes(slice.depth)
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
    /// Whether the rows of A lie in strips as high as tiles, each `[depth, height]`. Rounded ones do not.
    public var hasPackedA = false
    /// Whether the columns of B lie in panels as wide as tiles, each `[depth, width]`. Where factors are rounded, depth is
    /// counted in lanes.
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
