/// How a product is cut into blocks that stay in the caches: by its shape alone.
///
/// A packed block of B is `packedDepthBlock` × `columnBlock`, and lies in panels, of which one at a time stays in the
/// first-level cache while all tiles of a packed block of A, in the second-level cache, pass over it (Goto & van de Geijn
/// 2008, "Anatomy of high-performance matrix multiplication").
extension MatrixProduct {
    @inlinable @inline(__always)
    static var packedDepthBlock: Int { 256 }
    @inlinable @inline(__always)
    static var rowBlock: Int { 96 }
    @inlinable @inline(__always)
    static var columnBlock: Int { 1024 }

    /// How many values `packing` has room for.
    public var packingCount: Int {
        min(depth, Self.packedDepthBlock) * (min(columns, Self.columnBlock) + min(rows, Self.rowBlock))
    }

    /// A copy of A pays where many panels of B read it.
    @inlinable @inline(__always)
    var packsA: Bool { packing != nil && leaves == 1 && columns >= 512 }
    /// A copy of B pays where many tiles read it, unless the part of its columns that one panel reads fits the first-level
    /// cache as it lies.
    @inlinable @inline(__always)
    var packsB: Bool {
        packing != nil && leaves == 1 && (transposesB || rows >= 48 && (depth > 64 || bStride >= 512))
    }
    /// A block of B as it lies, at most 64 × 64 values, stays in the first-level cache while all rows of A pass over it.
    @inlinable @inline(__always)
    var depthBlock: Int { leaves > 1 ? max(depth, 1) : packsA || packsB ? Self.packedDepthBlock : 64 }
}

/// A and B of one block of a product, as they lie or packed.
///
/// Packed, the rows of A lie in strips as high as tiles, `[depth, height]`, and the columns of B in panels as wide as tiles,
/// `[depth, width]`.
@frozen
public struct ProductBlock {
    @usableFromInline var product: MatrixProduct
    @usableFromInline var packsA: Bool
    @usableFromInline var packsB: Bool

    @inlinable @inline(__always)
    init(_ product: MatrixProduct) {
        self.product = product
        (packsA, packsB) = (false, false)
    }
}

/// Computes a product block after block.
public enum BlockedProduct<Vector: ProductVector> {
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct) {
        precondition(
            !product.transposesB || product.packing != nil && product.leaves == 1,
            "a product with a transposed B wants memory for packing and one leaf")
        let depthBlock = product.depthBlock
        var begin = 0
        repeat {
            let end = min(begin + depthBlock, product.depth)
            multiplySlice(product.slice(depth: begin..<end), of: product)
            begin = end
        } while begin < product.depth
    }

    @inlinable @inline(__always)
    static func multiplySlice(_ slice: MatrixProduct, of product: MatrixProduct) {
        let (packsA, packsB) = (product.packsA, product.packsB)
        guard packsA || packsB else { return Vector.multiply(ProductBlock(slice)) }
        let (rowBlock, columnBlock) = (
            packsA ? MatrixProduct.rowBlock : max(slice.rows, 1), MatrixProduct.columnBlock
        )
        for column in stride(from: 0, to: slice.columns, by: columnBlock) {
            let columns = column..<min(column + columnBlock, slice.columns)
            var panels = ProductBlock(slice.part(rows: 0..<slice.rows, columns: columns))
            if packsB { panels.packB(vector: Vector.self) }
            for row in stride(from: 0, to: slice.rows, by: rowBlock) {
                var block = panels.part(rows: row..<min(row + rowBlock, slice.rows))
                if packsA { block.packA(vector: Vector.self) }
                Vector.multiply(block)
            }
        }
    }
}

extension MatrixProduct {
    /// What a part of the depth adds; the first one begins the sums.
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

extension ProductBlock {
    /// Some of its rows, before A is packed.
    @inlinable @inline(__always)
    func part(rows: Range<Int>) -> ProductBlock {
        var part = self
        part.product.a += rows.lowerBound * product.aRowStride
        part.product.c += rows.lowerBound * product.cStride
        part.product.rows = rows.count
        return part
    }
    @inlinable @inline(__always)
    mutating func packB<V: ProductVector>(vector: V.Type) {
        let packed = product.packing! + product.depth * min(product.rows, MatrixProduct.rowBlock)
        V.eachPanel(columns: product.columns) { column, width in
            let target = packed + column * product.depth
            if product.transposesB {
                packAcross(
                    vector: V.self, to: target, width: width, from: product.b + column * product.bStride,
                    stride: product.bStride, depth: product.depth)
            } else {
                packAlong(
                    vector: V.self, to: target, width: width, from: product.b + column,
                    stride: product.bStride,
                    depth: product.depth)
            }
        }
        product.b = UnsafePointer(packed)
        packsB = true
    }

    @inlinable @inline(__always)
    mutating func packA<V: ProductVector>(vector: V.Type) {
        let packed = product.packing!
        var row = 0
        while row < product.rows {
            let height = V.tileHeight(product.rows - row, columns: product.columns)
            let source = product.a + row * product.aRowStride
            let target = packed + row * product.depth
            if product.aRowStride == 1 {
                packAlong(
                    vector: V.self, to: target, width: height, from: source, stride: product.aDepthStride,
                    depth: product.depth)
            } else {
                packAcross(
                    vector: V.self, to: target, width: height, from: source, stride: product.aRowStride,
                    depth: product.depth)
            }
            row += height
        }
        product.a = UnsafePointer(packed)
        packsA = true
    }
}

/// out[k · width + n] = x[k · stride + n].
@inlinable @inline(__always)
func packAlong<V: ProductVector>(
    vector: V.Type, to out: UnsafeMutablePointer<Float>, width: Int, from x: UnsafePointer<Float>,
    stride: Int,
    depth: Int
) {
    if width % V.scalarCount == 0 {
        for k in 0..<depth {
            for n in Swift.stride(from: 0, to: width, by: V.scalarCount) {
                V(loading: x + k * stride + n).store(to: out + k * width + n)
            }
        }
    } else if width >= 4 {
        for k in 0..<depth {
            // The last vector may overlap the one before.
            for n in Swift.stride(from: 0, to: width, by: 4) {
                let begin = min(n, width - 4)
                SIMD4<Float>(loading: x + k * stride + begin).store(to: out + k * width + begin)
            }
        }
    } else {
        for k in 0..<depth {
            for n in 0..<width { out[k * width + n] = x[k * stride + n] }
        }
    }
}

/// out[k · width + n] = x[n · stride + k].
@inlinable @inline(__always)
func packAcross<V: ProductVector>(
    vector: V.Type, to out: UnsafeMutablePointer<Float>, width: Int, from x: UnsafePointer<Float>,
    stride: Int,
    depth: Int
) {
    let whole = depth & ~3
    for k in Swift.stride(from: 0, to: whole, by: 4) {
        for n in Swift.stride(from: 0, to: width, by: 4) {
            let source = x + n * stride + k
            let last = width - n - 1
            let a = SIMD4<Float>(loading: source)
            let b = SIMD4<Float>(loading: source + min(1, last) * stride)
            let c = SIMD4<Float>(loading: source + min(2, last) * stride)
            let d = SIMD4<Float>(loading: source + min(3, last) * stride)
            let target = out + k * width + n
            if n + 4 <= width {
                SIMD4(a[0], b[0], c[0], d[0]).store(to: target)
                SIMD4(a[1], b[1], c[1], d[1]).store(to: target + width)
                SIMD4(a[2], b[2], c[2], d[2]).store(to: target + 2 * width)
                SIMD4(a[3], b[3], c[3], d[3]).store(to: target + 3 * width)
            } else {
                for i in 0..<4 {
                    target[i * width] = a[i]
                    if last > 0 { target[i * width + 1] = b[i] }
                    if last > 1 { target[i * width + 2] = c[i] }
                }
            }
        }
    }
    for k in whole..<depth {
        for n in 0..<width { out[k * width + n] = x[n * stride + k] }
    }
}
