/// A vector type that matrix products are made of: what differs between instruction sets.
public protocol ProductVector: FloatVector {
    /// a · b + sum: fused, with one rounding, where the instruction set has that; otherwise rounded twice.
    static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self

    /// Computes one block of a product with tiles that fit the registers.
    static func multiply(_ block: ProductBlock)
    /// Calls `body` with the first column and the width of each panel that `multiply` cuts so many columns into.
    static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void)
    /// The height of the tile that `multiply` begins with where so many rows are left.
    static func tileHeight(_ remaining: Int, columns: Int) -> Int
}

extension SIMD16: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    /// 32 registers: sixteen sums, so that two units with four cycles of latency never wait, whatever the columns.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) {
        eachPanel(columns: block.product.columns) { column, width in
            switch width {
            case 64: Panel<Self, 4, 4>.multiply(block, column: column)
            case 32: Panel<Self, 2, 4>.multiply(block, column: column)
            default: Panel<Self, 1, 4>.multiply(block, column: column)
            }
        }
    }

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
    public static func tileHeight(_ remaining: Int, columns: Int) -> Int {
        Panel<Self, 4, 4>.height(remaining: remaining)
    }
}

extension SIMD8: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    /// 16 registers: twelve sums, two vectors of B and one of A.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) {
        eachPanel(columns: block.product.columns) { column, _ in
            Panel<Self, 2, 6>.multiply(block, column: column)
        }
    }

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        for column in stride(from: 0, to: columns, by: 16) { body(column, 16) }
    }

    @inlinable @inline(__always)
    public static func tileHeight(_ remaining: Int, columns: Int) -> Int {
        Panel<Self, 2, 6>.height(remaining: remaining)
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
    public static func multiply(_ block: ProductBlock) {
        eachPanel(columns: block.product.columns) { column, _ in
            Panel<Self, 2, 4>.multiply(block, column: column)
        }
    }

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        for column in stride(from: 0, to: columns, by: 8) { body(column, 8) }
    }

    @inlinable @inline(__always)
    public static func tileHeight(_ remaining: Int, columns: Int) -> Int {
        Panel<Self, 2, 4>.height(remaining: remaining)
    }
}
