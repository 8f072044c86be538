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
        var (a, b) = (a, b)
        for _ in 0..<depth {
            var right = InlineArray<vectors, Vector>(repeating: Vector(repeating: 0))
            for index in 0..<vectors { right[index] = Vector(loading: b + index * Vector.scalarCount) }
            for row in 0..<rows {
                let left = Vector(repeating: a[row * rowStride])
                for index in 0..<vectors {
                    sums[row][index] = Vector.multiplyAdd(left, right[index], sums[row][index])
                }
            }
            a += depthStride
            b += bStride
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
