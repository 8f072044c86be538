extension Tile {
    /// sums[r, n] += Σₖ a[offsets[r] + k · depthStride] · b[k · bStride + n], k = 0 ..< depth, one after another.
    @inlinable @inline(__always)
    mutating func accumulate(
        a: UnsafePointer<Float>, offsets: InlineArray<rows, Int>, depthStride: Int, b: UnsafePointer<Float>,
        bStride: Int, depth: Int
    ) {
        // A copy: what lives in memory through `self` would be stored in every turn.
        var sums = self.sums
        var (a, b) = (a, b)
        for _ in 0..<depth {
            var right = InlineArray<vectors, Vector>(repeating: Vector(repeating: 0))
            for index in 0..<vectors { right[index] = Vector(loading: b + index * Vector.scalarCount) }
            for row in 0..<rows {
                let left = Vector(repeating: a[offsets[row]])
                for index in 0..<vectors {
                    sums[row][index] = Vector.multiplyAdd(left, right[index], sums[row][index])
                }
            }
            a += depthStride
            b += bStride
        }
        self.sums = sums
    }

    /// max(sum, 0); a NaN stays one.
    @inlinable @inline(__always)
    mutating func rectify() {
        let zero = Vector(repeating: 0)
        for row in 0..<rows {
            for index in 0..<vectors {
                let value = sums[row][index]
                sums[row][index] = Vector.select(Vector.less(value, zero), zero, value)
            }
        }
    }

    @inlinable @inline(__always)
    func storeRow(_ row: Int, to target: UnsafeMutablePointer<Float>) {
        for index in 0..<vectors { sums[row][index].store(to: target + index * Vector.scalarCount) }
    }
}

/// How a convolution's tiles of 16 columns fit the registers.
public protocol ConvolutionVector: ProductVector {
    /// Gathers 16 channels of the targets of one phase.
    static func gather(_ panel: ConvolutionPanel)
    /// Sums 16 columns of the weights' gradient over one sample.
    static func sumWeights(_ panel: ConvolutionWeightPanel)
}

extension SIMD16: ConvolutionVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) { ConvolutionTiles<Self, 1, 8, 4>.gather(panel) }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) {
        ConvolutionTiles<Self, 1, 8, 4>.sumWeights(panel)
    }
}

extension SIMD8: ConvolutionVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) { ConvolutionTiles<Self, 2, 6, 3>.gather(panel) }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) {
        ConvolutionTiles<Self, 2, 6, 3>.sumWeights(panel)
    }
}

extension SIMD4: ConvolutionVector where Scalar == Float {
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) { ConvolutionTiles<Self, 4, 2, 1>.gather(panel) }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) {
        ConvolutionTiles<Self, 4, 2, 1>.sumWeights(panel)
    }
}

/// Tiles of `rows` × 16 values, then of `fewerRows`, then of single rows.
@frozen
public enum ConvolutionTiles<Vector: ConvolutionVector, let vectors: Int, let rows: Int, let fewerRows: Int> {
}
