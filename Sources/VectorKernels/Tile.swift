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
    public init(loading source: UnsafePointer<Float>, stride: Int) {
        self.init()
        for row in 0..<rows {
            for index in 0..<vectors {
                sums[row][index] = Vector(loading: source + row * stride + index * Vector.scalarCount)
            }
        }
    }

    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>, stride: Int) {
        for row in 0..<rows {
            for index in 0..<vectors {
                sums[row][index].store(to: target + row * stride + index * Vector.scalarCount)
            }
        }
    }

    /// sums[r, n] += Σₖ a[r · rowStride + k · depthStride] · b[k · bStride + n], k = 0 ..< depth, one after another.
    @inlinable @inline(__always)
    public mutating func accumulate(
        a: UnsafePointer<Float>, rowStride: Int, depthStride: Int, b: UnsafePointer<Float>, bStride: Int,
        depth: Int
    ) {
        // A copy: what lives in memory through `self` would be stored in every turn.
        var sums = self.sums
        // In bytes: counted in values, every address would be checked for overflow in the loop.
        let (rowBytes, depthBytes, bBytes) = (rowStride &* 4, depthStride &* 4, bStride &* 4)
        var (a, b) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
        var left = depth
        while left > 0 {
            var right = InlineArray<vectors, Vector>(repeating: Vector(repeating: 0))
            for index in 0..<vectors {
                right[index] = Vector(
                    loading: (b + index &* (Vector.scalarCount &* 4)).assumingMemoryBound(to: Float.self))
            }
            for row in 0..<rows {
                let value = (a + row &* rowBytes).assumingMemoryBound(to: Float.self).pointee
                let left = Vector(repeating: value)
                for index in 0..<vectors {
                    sums[row][index] = Vector.multiplyAdd(left, right[index], sums[row][index])
                }
            }
            a += depthBytes
            b += bBytes
            left &-= 1
        }
        self.sums = sums
    }

    /// Adds another tile, which is on the left of the sum.
    @inlinable @inline(__always)
    public mutating func add(left: Tile) {
        for row in 0..<rows {
            for index in 0..<vectors { sums[row][index] = left.sums[row][index] + sums[row][index] }
        }
    }
}
