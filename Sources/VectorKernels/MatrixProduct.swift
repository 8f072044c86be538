/// What factors are rounded to; sums are fp32 always.
public enum Precision: String, CaseIterable, Sendable {
    case fp32
    /// The upper half of a float, rounded to the nearest, halves to even (Kalamkar et al. 2019, "A study of BFLOAT16 for
    /// deep learning training").
    case bf16
}

/// A matrix product: C[m, n] = start + Σₖ A[m, k] · B[k, n].
///
/// All matrices are row-major, A and B or their transposes; blocks of them may be packed on the way (see `packing`).
/// `columns` is a multiple of 16, so kernels have no column tails: layers keep their columns padded to 16 with zeros.
/// C overlaps neither A nor B.
///
/// Bits: each element of C is summed over k in order, by itself; in bf16 two factors at a time, of which the second is added
/// first. How rows and columns are shared between calls, cut into
/// tiles and blocks, or packed, changes no bit.
public struct MatrixProduct {
    /// The most leaves that a product's depth may be cut into.
    public static let maximumLeaves = 64
    /// How many values `partialSums` has room for: one tile of any instruction set for each level of the tree.
    public static let partialSumsCount = 6 * 256

    public var a: UnsafePointer<Float>
    /// Where A[m, k] lies: m · aRowStride + k · aDepthStride. A transposed A is only other strides.
    public var aRowStride: Int
    public var aDepthStride: Int
    public var b: UnsafePointer<Float>
    /// Where B[k, n] lies: k · bStride + n; where `transposesB`, k + n · bStride.
    public var bStride: Int
    /// Whether B is given as its transpose, `[columns, depth]`. Wants `packing`.
    public var transposesB = false
    public var c: UnsafeMutablePointer<Float>
    public var cStride: Int
    public var rows: Int
    public var columns: Int
    public var depth: Int
    /// What each row starts from, `[columns]`; nil: zero.
    public var bias: UnsafePointer<Float>?
    /// Whether each element starts from what C holds, instead of from bias or zero: the sum that an earlier product began
    /// goes on, with the same bits as in one product, in bf16 from an even place. Not with more than one leaf.
    public var startsFromC = false
    /// The depth is summed in this many contiguous leaves (a power of two; leaf i ends at depth · (i + 1) / leaves),
    /// which are combined by a binary tree; the first one starts from the bias. 1: one running sum.
    public var leaves: Int
    /// Memory for finished leaves that wait for their neighbour, wanted when there is more than one.
    public var partialSums: UnsafeMutablePointer<Float>?
    /// Memory for `packingCount` values, used while the product is computed: blocks of A and B are copied to it where that
    /// pays. nil: they are read where they lie. Changes no bit. In bf16 all of them is rounded into it.
    public var packing: UnsafeMutablePointer<Float>?
    /// What A and B are rounded to before they are multiplied. bf16 wants `packing`, one leaf, a B that is not transposed,
    /// and an A whose row stride or depth stride is 1.
    public var precision = Precision.fp32

    public init(
        a: UnsafePointer<Float>, aRowStride: Int, aDepthStride: Int, b: UnsafePointer<Float>, bStride: Int,
        c: UnsafeMutablePointer<Float>, cStride: Int, rows: Int, columns: Int, depth: Int,
        bias: UnsafePointer<Float>? = nil, leaves: Int = 1, partialSums: UnsafeMutablePointer<Float>? = nil
    ) {
        (self.a, self.aRowStride, self.aDepthStride) = (a, aRowStride, aDepthStride)
        (self.b, self.bStride, self.c, self.cStride) = (b, bStride, c, cStride)
        (self.rows, self.columns, self.depth, self.bias) = (rows, columns, depth, bias)
        (self.leaves, self.partialSums) = (leaves, partialSums)
    }

    /// The same product for some of C's rows and columns, which begin at a multiple of 16.
    public func part(rows: Range<Int>, columns: Range<Int>) -> MatrixProduct {
        var part = self
        part.a += rows.lowerBound * aRowStride
        part.b += columns.lowerBound * (transposesB ? bStride : 1)
        part.c += rows.lowerBound * cStride + columns.lowerBound
        part.bias = bias.map { $0 + columns.lowerBound }
        (part.rows, part.columns) = (rows.count, columns.count)
        return part
    }

    /// One of `parts` parts of about the same size, for as many threads; some are empty where there is little to share.
    ///
    /// The longer side of C is cut, rows at multiples of 4 or columns at multiples of 16: then the matrix that all threads
    /// read is the smaller one.
    public func part(_ part: Int, of parts: Int) -> MatrixProduct {
        let cutsRows = rows >= columns
        let (count, unit) = cutsRows ? (rows, 4) : (columns, 16)
        let units = (count + unit - 1) / unit
        let range =
            min(units * part / parts * unit, count)..<min(units * (part + 1) / parts * unit, count)
        return self.part(rows: cutsRows ? range : 0..<rows, columns: cutsRows ? 0..<columns : range)
    }
}
