/// A vector type that matrix products are made of: what differs between instruction sets.
public protocol ProductVector: FloatVector {
    /// a · b + sum: fused, with one rounding, where the instruction set has that; otherwise rounded twice.
    static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self

    /// Computes a whole product with tiles that fit the registers.
    static func multiply(_ product: MatrixProduct)
}

extension SIMD16: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    /// 32 registers: sixteen sums, so that two units with four cycles of latency never wait, whatever the columns.
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct) {
        var column = 0
        while product.columns - column >= 64 {
            Panel<Self, 4, 4, 1>.multiply(product, column: column)
            column += 64
        }
        if product.columns - column >= 32 {
            Panel<Self, 2, 8, 2>.multiply(product, column: column)
            column += 32
        }
        if column < product.columns { Panel<Self, 1, 8, 4>.multiply(product, column: column) }
    }
}

extension SIMD8: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    /// 16 registers: twelve sums, two vectors of B and one of A.
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct) {
        for column in stride(from: 0, to: product.columns, by: 16) {
            Panel<Self, 2, 6, 4>.multiply(product, column: column)
        }
    }
}

extension SIMD4: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self {
        #if arch(arm64)
            sum.addingProduct(a, b)
        #else
            // Baseline x86-64 has no fused instruction: `addingProduct` would call fmaf for each lane.
            sum + a * b
        #endif
    }

    /// 16 registers, one of them for the product before it is added.
    @inlinable @inline(__always)
    public static func multiply(_ product: MatrixProduct) {
        for column in stride(from: 0, to: product.columns, by: 8) {
            Panel<Self, 2, 4, 2>.multiply(product, column: column)
        }
    }
}
