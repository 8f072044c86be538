/// What activations, norms, attention and embeddings run on; one table for each instruction set. As of
/// `TrainingKernels`, bits do not depend on how work is shared between calls.
public struct LayerKernels: Sendable {
    /// y = f(x) and slopes = f′(x) for rows of x, with zeros in the padding; nil: not wanted. Either may be x.
    public let activate:
        @Sendable (
            _ function: ActivationFunction, _ y: UnsafeMutablePointer<Float>,
            _ slopes: UnsafeMutablePointer<Float>?, _ x: UnsafePointer<Float>, _ rows: Rows
        ) -> Void

    /// Writes y, which may be the norm's x, and the norm's statistics.
    public let normaliseRows: @Sendable (RowNorm, _ y: UnsafeMutablePointer<Float>) -> Void
    /// Writes the gradients of x (which may be `gradient`; nil: not wanted), scale and shift from those of y; the last two
    /// are sums over these rows alone.
    public let normaliseRowsBackward:
        @Sendable (
            RowNorm, _ gradient: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>?,
            _ scale: UnsafeMutablePointer<Float>, _ shift: UnsafeMutablePointer<Float>?
        ) -> Void

    /// out[c] = Σ x[r · stride + c] over the rows in order, for c < columns, a multiple of 16: partial sums of a fixed
    /// number of chunks become one. `out` may be x.
    public let sumRows:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ rows: Int, _ stride: Int,
            _ columns: Int
        ) -> Void

    /// Writes the head's output and `logSums`.
    public let attend: @Sendable (AttentionHead) -> Void
    /// Writes the gradients of the head's queries, keys and values, which lie as these do, from the output's, which lies
    /// as the output does. No two of them overlap.
    public let attendBackward:
        @Sendable (
            AttentionHead, _ gradient: UnsafePointer<Float>, _ query: UnsafeMutablePointer<Float>,
            _ key: UnsafeMutablePointer<Float>, _ value: UnsafeMutablePointer<Float>
        ) -> Void

    /// y = softmax(x) over the channels of each row. `y` may be x.
    public let softmax:
        @Sendable (_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ rows: Rows) -> Void
    /// The gradient of x from y and its gradient. `out` may be one of the others.
    public let softmaxBackward:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
            _ rows: Rows
        ) -> Void

    /// Writes the moments of `count` rows of x, which have `stride` values.
    public let findMoments: @Sendable (ChannelMoments, _ x: UnsafePointer<Float>, _ stride: Int) -> Void
    /// Adds the moments of other rows to the first.
    public let addMoments: @Sendable (ChannelMoments, _ other: ChannelMoments, _ stride: Int) -> Void
    /// y = (x − mean) · factor + shift in each channel, and its ReLU. `y` may be x.
    public let mapChannels: @Sendable (ChannelMap, _ y: UnsafeMutablePointer<Float>) -> Void
    /// Writes Σ gradient, then Σ gradient · (x − mean), `[2, stride]`, over the rows in order, of the gradients that ReLU
    /// lets through.
    public let sumChannels:
        @Sendable (ChannelMap, _ gradient: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>) -> Void
    /// out = gradient · a + (x − mean) · b + c, with a, b and c `[3, stride]`, of the gradients that ReLU lets through.
    /// `out` may be `gradient` or x.
    public let combineChannels:
        @Sendable (
            ChannelMap, _ out: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
            _ weights: UnsafePointer<Float>
        ) -> Void

    /// out = x · factor. `out` may be x.
    public let scale:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ factor: Float, _ count: Int
        ) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set, of which
    /// `multiply` is too. (Not a whole table: the code that copies one would be a symbol of several modules.)
    @inlinable @inline(__always)
    public init<V: ProductVector>(vector: V.Type, multiply: @escaping @Sendable (MatrixProduct) -> Void) {
        activate = { $0.apply($1, slopes: $2, $3, $4, vector: V.self) }
        normaliseRows = { $0.forward($1, vector: V.self) }
        normaliseRowsBackward = { $0.backward($1, x: $2, scale: $3, shift: $4, vector: V.self) }
        attend = { $0.forward(multiply, vector: V.self) }
        attendBackward = { $0.backward($1, query: $2, key: $3, value: $4, multiply, vector: V.self) }
        softmax = { $2.softmax($0, $1, vector: V.self) }
        softmaxBackward = { $3.softmaxBackward($0, $1, $2, vector: V.self) }
        findMoments = { $0.find($1, stride: $2, vector: V.self) }
        addMoments = { $0.add($1, stride: $2, vector: V.self) }
        mapChannels = { $0.apply($1, vector: V.self) }
        sumChannels = { $0.sum($1, sums: $2, products: $2 + $0.rows.stride, vector: V.self) }
        combineChannels = { $0.combine($1, $2, with: $3, vector: V.self) }
        scale = { out, x, factor, count in
            for i in Swift.stride(from: 0, to: count, by: V.scalarCount) {
                (V(loading: x + i) * factor).store(to: out + i)
            }
        }
        sumRows = { out, x, rows, stride, columns in
            for i in Swift.stride(from: 0, to: columns, by: V.scalarCount) {
                var sum = V(repeating: 0)
                for row in 0..<rows { sum = sum + V(loading: x + row * stride + i) }
                sum.store(to: out + i)
            }
        }
    }
}
