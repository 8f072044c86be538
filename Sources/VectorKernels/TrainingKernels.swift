/// What layers, losses and optimisers run on; one table for each instruction set.
///
/// Bits may differ between instruction sets (some fuse a multiplication with an addition), but never depend on how work
/// is shared between calls. Counts of elements are multiples of 16: rows are padded with zeros.
public struct TrainingKernels: Sendable {
    /// Multiplies and adds in registers alone, in so many rounds, and returns how many operations on single values that
    /// were, of which a multiply-add is two: the ceiling of what products can reach, for measurements.
    /// Reads and writes 16 values, so that nobody can leave the work out.
    public var multiplyAddPeak:
        @Sendable (_ values: UnsafeMutablePointer<Float>, _ rounds: Int, _ precision: Precision) -> Int

    public var multiply: @Sendable (MatrixProduct) -> Void

    /// Lists some columns of a matrix, which is given as its transpose; up to 15 values behind each column are read.
    public let listNonZeros:
        @Sendable (NonZeroLists, _ transposed: UnsafePointer<Float>, _ stride: Int, _ columns: Range<Int>) ->
            Void
    /// How many of the values are not zero.
    public let countNonZeros: @Sendable (_ x: UnsafePointer<Float>, _ count: Int) -> Int
    public let multiplySparse: @Sendable (SparseProduct) -> Void
    /// The most rows that `multiplySparse` takes.
    public let sparseRows: Int

    /// out[c · outStride + r] = x[r · stride + c] for c < columns and r < rows rounded up to 4, zeros beyond `rows`.
    /// Rows of x are readable up to `columns` rounded up to 4. `out` does not overlap x.
    public let transpose:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>, _ stride: Int,
            _ rows: Int, _ columns: Int
        ) -> Void

    /// out = max(x, 0); a NaN stays one. `out` may be x.
    public let rectify:
        @Sendable (_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ count: Int) -> Void
    /// out = y > 0 ? gradient : 0, where y is what `rectify` wrote. `out` may be one of the others.
    public let rectifyBackward:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
            _ count: Int
        ) -> Void

    /// scales = draws < rate ? 0 : 1 / (1 − rate), out = x · scales (Srivastava et al. 2014, in its inverted form).
    /// Draws are uniform in [0, 1). `scales` is what the gradient is multiplied with.
    public let dropOut:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ scales: UnsafeMutablePointer<Float>,
            _ x: UnsafePointer<Float>,
            _ draws: UnsafePointer<Float>, _ rate: Float, _ count: Int
        ) -> Void
    /// out = a · b. `out` may be one of them.
    public let multiplyElements:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
            _ count: Int
        ) -> Void

    /// out = a + b. `out` may be one of them.
    public let addElements:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
            _ count: Int
        ) -> Void
    /// out = max(a + b, 0); a NaN stays one. `out` may be one of them.
    public let addAndRectify:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
            _ count: Int
        ) -> Void

    public let losses: LossKernels

    public let adam: @Sendable (WeightPanel, AdamStep) -> Void
    public let momentum: @Sendable (WeightPanel, MomentumStep) -> Void
    public let lion: @Sendable (WeightPanel, LionStep) -> Void
    public let rmsProp: @Sendable (WeightPanel, RMSPropStep) -> Void
    /// Adds the gradient of a panel to what is collected; the first one replaces it.
    public let collect: @Sendable (WeightPanel, _ isFirst: Bool) -> Void

    /// Adds to `lanes[i mod 16]`, in order, the square of each x[row, i]; x has `rows` of `columns`, `stride` apart. The
    /// bits are the same on every instruction set.
    public let addSquares:
        @Sendable (
            _ lanes: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int,
            _ columns: Int
        ) -> Void
    /// average ← average + share · (x − average): with share 1 − decay the exponential moving average.
    public let approach:
        @Sendable (
            _ average: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ share: Float, _ count: Int
        ) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ProductVector>(vector: V.Type) {
        multiplyAddPeak = { values, rounds, _ in multiplyAddRounds(vector: V.self, values, rounds) }
        multiply = { BlockedProduct<V>.multiply($0) }
        listNonZeros = { $0.list($1, stride: $2, columns: $3, vector: V.self) }
        countNonZeros = { x, count in
            // Words of ones, which is −1.
            var found = V.Words(repeating: 0)
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                found = found &- V.notEqual(V(loading: x + i), V(repeating: 0))
            }
            var total = 0
            for lane in 0..<V.scalarCount { total &+= Int(found[lane]) }
            return total
        }
        multiplySparse = { $0.compute(vector: V.self) }
        sparseRows = SparseProduct.vectors &* V.scalarCount
        transpose = { transposeBlocks(vector: V.self, $0, $1, $2, $3, $4, $5) }
        rectify = { out, x, count in
            let zero = V(repeating: 0)
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                let value = V(loading: x + i)
                V.select(V.less(value, zero), zero, value).store(to: out + i)
            }
        }
        rectifyBackward = { out, y, gradient, count in
            let zero = V(repeating: 0)
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                let passes = V.less(zero, V(loading: y + i))
                V.select(passes, V(loading: gradient + i), zero).store(to: out + i)
            }
        }
        dropOut = { out, scales, x, draws, rate, count in
            let (zero, kept) = (V(repeating: 0), V(repeating: 1 / (1 - rate)))
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                let scale = V.select(V.less(V(loading: draws + i), V(repeating: rate)), zero, kept)
                scale.store(to: scales + i)
                (V(loading: x + i) * scale).store(to: out + i)
            }
        }
        multiplyElements = { out, a, b, count in
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                (V(loading: a + i) * V(loading: b + i)).store(to: out + i)
            }
        }
        addElements = { out, a, b, count in
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                (V(loading: a + i) + V(loading: b + i)).store(to: out + i)
            }
        }
        addAndRectify = { out, a, b, count in
            let zero = V(repeating: 0)
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                let sum = V(loading: a + i) + V(loading: b + i)
                V.select(V.less(sum, zero), zero, sum).store(to: out + i)
            }
        }
        losses = LossKernels(vector: V.self)
        adam = { $1.apply(to: $0, vector: V.self) }
        momentum = { $1.apply(to: $0, vector: V.self) }
        lion = { $1.apply(to: $0, vector: V.self) }
        rmsProp = { $1.apply(to: $0, vector: V.self) }
        collect = { $0.collect(isFirst: $1, vector: V.self) }
        addSquares = { lanes, x, stride, rows, columns in
            for row in 0..<rows {
                reduce(
                    vector: V.self, lanes, x + row * stride, columns, combine: { $0 + $1 * $1 },
                    combineScalar: { $0 + $1 * $1 })
            }
        }
        approach = { average, x, share, count in
            let share = V(repeating: share)
            for i in stride(from: 0, to: count, by: V.scalarCount) {
                let old = V(loading: average + i)
                V.multiplyAdd(share, V(loading: x + i) - old, old).store(to: average + i)
            }
        }
    }
}
