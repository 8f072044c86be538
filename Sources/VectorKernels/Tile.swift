import CSIMD

/// `rows` × `vectors` sums of a matrix product, held in registers.
@frozen
public struct Tile<Vector: ProductVector, let rows: Int, let vectors: Int> {
    @usableFromInline var sums: InlineArray<rows, InlineArray<vectors, Vector>>

    @inlinable @inline(__always)
    public init() {
        sums = InlineArray(repeating: InlineArray(repeating: Vector(repeating: 0)))
    }

    /// Every row starts as the same `vectors` vectors.
    @inlinable @inline(__always)
    public init(eachRow source: UnsafePointer<Float>) {
        self.init()
        for row in 0..<rows {
            for index in 0..<vectors {
                sums[row][index] = Vector(loading: source + index * Vector.scalarCount)
            }
        }
    }

    @inlinable @inline(__always)
    public init(loading source: UnsafeRawPointer, rowBytes: Int) {
        self.init()
        for row in 0..<rows {
            for index in 0..<vectors {
                sums[row][index] = Self.vector(at: source + row &* rowBytes, index)
            }
        }
    }

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>, stride: Int) {
        self.init(loading: UnsafeRawPointer(source), rowBytes: stride &* 4)
    }

    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>, stride: Int) {
        store(to: UnsafeMutableRawPointer(target), rowBytes: stride &* 4)
    }

    @inlinable @inline(__always)
    public func store(to target: UnsafeMutableRawPointer, rowBytes: Int) {
        for row in 0..<rows {
            for index in 0..<vectors {
                let place = target + (row &* rowBytes &+ index &* Vector.scalarCount &* 4)
                sums[row][index].store(to: place.assumingMemoryBound(to: Float.self))
            }
        }
    }

    @inlinable @inline(__always)
    static func vector(at row: UnsafeRawPointer, _ index: Int) -> Vector {
        Vector(loading: (row + index &* Vector.scalarCount &* 4).assumingMemoryBound(to: Float.self))
    }

    /// sums[r, n] += Σₖ A[r, k] · B[k, n], k = 0 ..< depth, one after another. A[r, k] lies at a + rowPlaces[r] +
    /// k · depthBytes, the row B[k] at b + k · bDepthBytes.
    @inlinable @inline(__always)
    public mutating func accumulate(
        a: UnsafeRawPointer, rowPlaces: InlineArray<rows, Int>, depthBytes: Int, b: UnsafeRawPointer,
        bDepthBytes: Int, depth: Int
    ) {
        // A copy: what lives in memory through `self` would be stored in every turn.
        var sums = self.sums
        var (a, b, remaining) = (a, b, depth)
        while remaining > 0 {
            var right = InlineArray<vectors, Vector>(repeating: Vector(repeating: 0))
            for index in 0..<vectors { right[index] = Self.vector(at: b, index) }
            for row in 0..<rows {
                let left = Vector(
                    repeating: (a + rowPlaces[row]).assumingMemoryBound(to: Float.self).pointee)
                for index in 0..<vectors {
                    sums[row][index] = Vector.multiplyAdd(left, right[index], sums[row][index])
                }
            }
            a += depthBytes
            b += bDepthBytes
            remaining &-= 1
        }
        self.sums = sums
    }

    /// Where rows of A lie, in packed A.
    @inlinable @inline(__always)
    static var packedRowPlaces: InlineArray<rows, Int> { InlineArray { $0 &* 4 } }

    /// Where rows of A lie that are `rowBytes` apart, for the processor to keep: left to itself the compiler finds each row by an
    /// addition to the one before, a chain that is as long as the products take.
    @inlinable @inline(__always)
    static func rowPlaces(_ rowBytes: Int) -> InlineArray<rows, Int> {
        InlineArray { $0 == 0 ? 0 : mottle_opaque($0 &* rowBytes) }
    }

    /// Adds another tile, which is on the left of the sum.
    @inlinable @inline(__always)
    public mutating func add(left: Tile) {
        for row in 0..<rows {
            for index in 0..<vectors { sums[row][index] = left.sums[row][index] + sums[row][index] }
        }
    }
}
