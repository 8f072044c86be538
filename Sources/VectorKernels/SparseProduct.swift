/// What is not zero of a matrix `[depth, columns]`, listed for each column in the order of the rows.
///
/// The depth is cut into blocks, so that what a product reads of its other factor for one stays in a near cache.
@frozen
public struct NonZeroLists {
    /// Rows of a block.
    @usableFromInline static let blockRows = 64

    /// `[blocks, columns]`: where each list begins and ends.
    @usableFromInline let ends: UnsafeMutablePointer<(begin: Int32, end: Int32)>
    /// The row of each value in its block; lists that were made together lie one behind the other.
    @usableFromInline let rows: UnsafeMutablePointer<Int32>
    /// The values, as the rows.
    @usableFromInline let values: UnsafeMutablePointer<Float>
    public let depth: Int
    public let columns: Int

    /// - Parameter memory: room for `count` values.
    public init(depth: Int, columns: Int, memory: UnsafeMutablePointer<Float>) {
        (self.depth, self.columns) = (depth, columns)
        let lists = Self.blocks(depth) * columns
        let count = lists * Self.listCount(depth)
        precondition(count <= Int(Int32.max), "\(depth) rows of \(columns) columns are too many to be listed")
        values = memory
        let words = UnsafeMutableRawPointer(memory + count)
        rows = words.bindMemory(to: Int32.self, capacity: count)
        ends = (words + 4 * count).bindMemory(to: (begin: Int32, end: Int32).self, capacity: lists)
    }

    /// How many values the lists take.
    public static func count(depth: Int, columns: Int) -> Int {
        blocks(depth) * columns * 2 * (listCount(depth) + 1)
    }

    @inlinable @inline(__always)
    static func blocks(_ depth: Int) -> Int { (depth &+ blockRows &- 1) / blockRows }

    /// The most that a list takes: whole vectors are written.
    @inlinable @inline(__always)
    static func listCount(_ depth: Int) -> Int { min(blockRows, (depth &+ 15) & ~15) }

    /// Lists some of the columns. The matrix is given as its transpose, `[columns, depth]`, of which up to 15 values behind the depth
    /// are read.
    @inlinable @inline(__always)
    func list<V: ProductVector>(
        _ transposed: UnsafePointer<Float>, stride: Int, columns some: Range<Int>, vector: V.Type
    ) {
        let (lanes, ramp) = (V.scalarCount, V.ramp)
        let places = V.Words.ramp
        for block in 0..<Self.blocks(depth) {
            let height = min(Self.blockRows, depth &- block &* Self.blockRows)
            var end = (block &* columns &+ some.lowerBound) &* Self.listCount(depth)
            for column in some {
                let source = transposed + (column &* stride &+ block &* Self.blockRows)
                let begin = end
                var row = 0
                while row < height {
                    let value = V(loading: source + row)
                    var kept = V.notEqual(value, V(repeating: 0))
                    if row &+ lanes > height {
                        kept = kept & V.less(ramp, V(repeating: Float(height &- row)))
                    }
                    let place = places &+ V.Words(repeating: UInt32(truncatingIfNeeded: row))
                    V.storeKept(place, where: kept, to: rows + end)
                    end &+= V.storeKept(value, where: kept, to: values + end)
                    row &+= lanes
                }
                ends[block &* columns &+ column] = (
                    Int32(truncatingIfNeeded: begin), Int32(truncatingIfNeeded: end)
                )
            }
        }
    }
}

/// Some rows and columns of a product Aᵀ · B, of which B `[depth, columns]` has few values that are not zero.
///
/// Bits: those of `MatrixProduct` where A is finite, but for the sign of a zero. Each sum adds the same products in the same
/// order, without those that are zero.
public struct SparseProduct {
    /// Aᵀ[m, k] lies at a + m + k · aDepthStride. Up to 15 values behind the last row are read.
    public var a: UnsafePointer<Float>
    public var aDepthStride: Int
    public var b: NonZeroLists
    /// Of B.
    public var columns: Range<Int>
    /// At most as many as `TrainingKernels.sparseRows`.
    public var rows: Int
    /// Its transpose, `[columns, cStride]`, where `cStride` is `rows` rounded up to a multiple of 16.
    public var c: UnsafeMutablePointer<Float>
    public var cStride: Int { (rows &+ 15) & ~15 }

    public init(
        a: UnsafePointer<Float>, aDepthStride: Int, b: NonZeroLists, columns: Range<Int>, rows: Int,
        c: UnsafeMutablePointer<Float>
    ) {
        (self.a, self.aDepthStride, self.b, self.columns) = (a, aDepthStride, b, columns)
        (self.rows, self.c) = (rows, c)
    }

    /// Sums of a column that are held in registers: as many vectors as the smallest instruction set has room for.
    @inlinable @inline(__always)
    static var vectors: Int { 12 }

    @inlinable @inline(__always)
    func compute<V: ProductVector>(vector: V.Type) {
        let height = (rows &+ V.scalarCount &- 1) / V.scalarCount
        precondition(height <= Self.vectors, "a sparse product has too many rows")
        switch height {
        case 12: sum(Tile<V, 1, 12>.self)
        case 11: sum(Tile<V, 1, 11>.self)
        case 10: sum(Tile<V, 1, 10>.self)
        case 9: sum(Tile<V, 1, 9>.self)
        case 8: sum(Tile<V, 1, 8>.self)
        case 7: sum(Tile<V, 1, 7>.self)
        case 6: sum(Tile<V, 1, 6>.self)
        case 5: sum(Tile<V, 1, 5>.self)
        case 4: sum(Tile<V, 1, 4>.self)
        case 3: sum(Tile<V, 1, 3>.self)
        case 2: sum(Tile<V, 1, 2>.self)
        default: sum(Tile<V, 1, 1>.self)
        }
    }

    @inlinable @inline(__always)
    func sum<V: ProductVector, let vectors: Int>(_ tile: Tile<V, 1, vectors>.Type) {
        let stride = cStride
        for block in 0..<NonZeroLists.blocks(b.depth) {
            var target = c
            let source = a + block &* NonZeroLists.blockRows &* aDepthStride
            for column in columns {
                let (begin, end) = b.ends[block &* b.columns &+ column]
                var sums = block == 0 ? Tile<V, 1, vectors>() : Tile(loading: target, stride: stride)
                sums.accumulate(
                    b.values + Int(begin), rows: b.rows + Int(begin), count: Int(end &- begin), of: source,
                    stride: aDepthStride)
                sums.store(to: target, stride: stride)
                target += stride
            }
        }
    }
}

extension Tile {
    /// Adds to its only row, one after another, values times rows of `a`, which are `stride` apart.
    @inlinable @inline(__always)
    mutating func accumulate(
        _ values: UnsafePointer<Float>, rows places: UnsafePointer<Int32>, count: Int,
        of a: UnsafePointer<Float>, stride: Int
    ) {
        // A copy, as for whole products.
        var sums = self.sums
        var index = 0
        while index < count {
            let source = UnsafeRawPointer(a + Int(places[index]) &* stride)
            let value = Vector(repeating: values[index])
            for vector in 0..<vectors {
                sums[0][vector] = Vector.multiplyAdd(value, Self.vector(at: source, vector), sums[0][vector])
            }
            index &+= 1
        }
        self.sums = sums
    }
}
