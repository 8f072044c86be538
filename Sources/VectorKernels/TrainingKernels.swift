/// A matrix product: C[m, n] = start + Σₖ A[m, k] · B[k, n].
///
/// `columns` is a multiple of 16 and rows of B and C are as long in memory as their strides say, so kernels have no
/// column tails: layers keep their columns padded to 16 with zeros.
public struct MatrixProduct {
    public var a: UnsafePointer<Float>
    /// Where A[m, k] lies: m · aRowStride + k · aDepthStride. A transposed A is only other strides.
    public var aRowStride: Int
    public var aDepthStride: Int
    public var b: UnsafePointer<Float>
    public var bStride: Int
    public var c: UnsafeMutablePointer<Float>
    public var cStride: Int
    public var rows: Int
    public var columns: Int
    public var depth: Int
    /// Added to each row; nil: C starts at zero.
    public var bias: UnsafePointer<Float>?
    /// The depth is summed in this many contiguous leaves (a power of two; leaf i ends at depth · (i + 1) / leaves),
    /// which are combined by a binary tree. 1: one running sum.
    public var leaves: Int

    public init(
        a: UnsafePointer<Float>, aRowStride: Int, aDepthStride: Int, b: UnsafePointer<Float>, bStride: Int,
        c: UnsafeMutablePointer<Float>, cStride: Int, rows: Int, columns: Int, depth: Int,
        bias: UnsafePointer<Float>? = nil, leaves: Int = 1
    ) {
        (self.a, self.aRowStride, self.aDepthStride) = (a, aRowStride, aDepthStride)
        (self.b, self.bStride, self.c, self.cStride) = (b, bStride, c, cStride)
        (self.rows, self.columns, self.depth, self.bias, self.leaves) = (rows, columns, depth, bias, leaves)
    }
}
