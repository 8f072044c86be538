/// A vector type that matrix products are made of: what differs between instruction sets.
public protocol ProductVector: FloatVector {
    /// a · b + sum: fused, with one rounding, where the instruction set has that; otherwise rounded twice.
    static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self
    /// How many neighbours along the depth a lane of a factor holds: two where factors are rounded to bf16, see `RoundingVector`.
    static var factorsPerLane: Int { get }
    /// Writes the values as factors, in lanes of neighbours.
    func storeFactors(to target: UnsafeMutablePointer<Float>)
    /// Joins rows of 16 values, in their place, to rows of lanes; there are as many as whole lanes have.
    static func joinRows(_ values: UnsafeMutablePointer<Float>, rows: Int)
    /// Joins neighbours to lanes; those of `out` lie anywhere else.
    static func joinNeighbours(_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int)
    /// Joins each value and the one `distance` behind it, zero behind the last, to a lane of `out`, which lies elsewhere.
    static func joinValues(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, distance: Int, count: Int)
    /// Joins neighbours in rows of so many pixels of 16 values, the last one of an odd row with zeros.
    static func joinPixels(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, pixelStride: Int, rows: Int, width: Int
    )
    /// Copies the factors of a block.
    static func packA(_ block: inout ProductBlock, into memory: UnsafeMutablePointer<Float>)
    static func packB(_ block: inout ProductBlock, into memory: UnsafeMutablePointer<Float>)

    /// Calls `body` with the first column and the width of each panel that so many columns are cut into.
    static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void)
    /// The width of the widest panel.
    static var panelWidth: Int { get }
    /// The height of tiles that read packed rows of A.
    static var packedRows: Int { get }
    /// Computes one block of a product, panel by panel, with tiles that fit the registers.
    static func multiply(_ block: ProductBlock)
}

/// A lane holds one factor, as it is.
extension ProductVector {
    @inlinable @inline(__always)
    public static var factorsPerLane: Int { 1 }
    @inlinable @inline(__always)
    public func storeFactors(to target: UnsafeMutablePointer<Float>) { store(to: target) }
    @inlinable @inline(__always)
    public static func joinRows(_ values: UnsafeMutablePointer<Float>, rows: Int) {}
    @inlinable @inline(__always)
    public static func joinNeighbours(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int
    ) {
        out.update(from: x, count: count)
    }
    @inlinable @inline(__always)
    public static func joinValues(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, distance: Int, count: Int
    ) {
        out.update(from: x, count: count)
    }
    @inlinable @inline(__always)
    public static func joinPixels(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, pixelStride: Int, rows: Int, width: Int
    ) {
        for pixel in 0..<rows * width { (out + pixel * 16).update(from: x + pixel * pixelStride, count: 16) }
    }
    @inlinable @inline(__always)
    public static func packA(_ block: inout ProductBlock, into memory: UnsafeMutablePointer<Float>) {
        block.packA(into: memory, vector: Self.self)
    }
    @inlinable @inline(__always)
    public static func packB(_ block: inout ProductBlock, into memory: UnsafeMutablePointer<Float>) {
        block.packB(into: memory, vector: Self.self)
    }
}

extension ProductVector {
    @inlinable @inline(__always)
    static var roundsFactors: Bool { factorsPerLane > 1 }

    /// How many lanes so many factors take.
    @inlinable @inline(__always)
    static func lanes(_ factors: Int) -> Int { (factors &+ factorsPerLane &- 1) / factorsPerLane }
}

extension SIMD16: ProductVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self { sum.addingProduct(a, b) }

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        var column = 0
        while column < columns {
            let width = columns - column >= panelWidth ? panelWidth : columns - column >= 32 ? 32 : 16
            body(column, width)
            column += width
        }
    }

    @inlinable @inline(__always)
    public static var panelWidth: Int { 64 }

    @inlinable @inline(__always)
    public static var packedRows: Int { 4 }

    /// 32 registers: sixteen sums, so that two units with four cycles of latency never wait; in narrow panels that takes
    /// more rows than are packed together.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) { multiplyWide(block) }
}

extension ProductVector {
    /// With vectors of 16 values.
    @inlinable @inline(__always)
    static func multiplyWide(_ block: ProductBlock) {
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
        for column in stride(from: 0, to: columns, by: panelWidth) { body(column, panelWidth) }
    }

    @inlinable @inline(__always)
    public static var panelWidth: Int { 16 }

    @inlinable @inline(__always)
    public static var packedRows: Int { 6 }

    /// 16 registers: twelve sums, two vectors of B and one of A. A single row, such as the sum of many, has sums beside one another.
    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) {
        let columns = block.product.columns
        let wide = block.product.rows == 1 && !block.hasPackedB ? columns / 64 &* 64 : 0
        for column in stride(from: 0, to: wide, by: 64) { Panel<Self, 8, 1>.multiply(block, column: column) }
        for column in stride(from: wide, to: columns, by: panelWidth) {
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
        for column in stride(from: 0, to: columns, by: panelWidth) { body(column, panelWidth) }
    }

    @inlinable @inline(__always)
    public static var panelWidth: Int { 8 }

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
