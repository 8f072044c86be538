/// A vector type that matrix products are made of: what differs between instruction sets.
public protocol ProductVector: FloatVector {
    /// a · b + sum: fused, with one rounding, where the instruction set has that; otherwise rounded twice.
    static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self

    /// Calls `body` with the first column and the width of each panel that so many columns are cut into.
    static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void)
    /// The height of tiles that read packed rows of A.
    static var packedRows: Int { get }
    /// Computes one block of a product, panel by panel, with tiles that fit the registers.
    static func multiply(_ block: ProductBlock)
}

extension SIMD16: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        var column = 0
        while column < columns {
            let width = columns - column >= 64 ? 64 : columns - column >= 32 ? 32 : 16
            body(column, width)
            column += width
        }
    }

    @inlinable @inline(__always)
    public static var packedRows: Int { 4 }

    /// 32 registers: sixteen sums, so that two units with four cycles of latency never wait; in narrow panels that takes
    /// more rows than are packed together.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) {
        eachPanel(columns: block.product.columns) { column, width in
            switch width {
            case 64: Panel<Self, 4, 4>.multiply(block, column: column)
            case 32 where block.hasPackedA: Panel<Self, 2, 4>.multiply(block, column: column)
            case 32: Panel<Self, 2, 8>.multiply(block, column: column)
            case _ where block.hasPackedA: Panel<Self, 1, 4>.multiply(block, column: column)
            default: Panel<Self, 1, 8>.multiply(block, column: column)
            }
        }
    }
}

extension SIMD8: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        for column in stride(from: 0, to: columns, by: 16) { body(column, 16) }
    }

    @inlinable @inline(__always)
    public static var packedRows: Int { 6 }

    /// 16 registers: twelve sums, two vectors of B and one of A.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) {
        eachPanel(columns: block.product.columns) { column, _ in
            Panel<Self, 2, 6>.multiply(block, column: column)
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

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        for column in stride(from: 0, to: columns, by: 8) { body(column, 8) }
    }

    @inlinable @inline(__always)
    public static var packedRows: Int { 4 }

    /// 16 registers, one of them for the product before it is added.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) {
        eachPanel(columns: block.product.columns) { column, _ in
            Panel<Self, 2, 4>.multiply(block, column: column)
        }
    }
}
