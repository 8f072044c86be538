/// Attention of one head within one sample: out[i] = Σⱼ softmaxⱼ(scale · q[i] · k[j]) · v[j] (Vaswani et al. 2017, §3.2.1),
/// with scale = 1 / √size.
///
/// Scores are computed for a block of queries at a time, in a thread's workspace, and never stored: `forward` leaves only
/// log₂ Σⱼ e^(scale · q[i] · k[j]) of each query, from which `backward` makes them again (Dao et al. 2022, without the blocks
/// of keys). They lie as `[keys, queries]`: then a vector holds as many queries, and sums over keys never cross its lanes.
/// Bits do not depend on how queries are cut into blocks.
///
/// Tokens from `length` on are padding: nothing reads them, and zeros are written for them.
public struct AttentionHead {
    /// The head's queries, keys and values: columns of rows that lie `stride` values apart, one for each token. Up to 15
    /// values behind a head's last column are read and not used.
    public var query: UnsafePointer<Float>
    public var key: UnsafePointer<Float>
    public var value: UnsafePointer<Float>
    public var stride: Int
    /// The head's columns of the output, with a stride of their own.
    public var output: UnsafeMutablePointer<Float>
    public var outputStride: Int
    /// `[tokens]`: the logarithm to base 2 of the sum of each row's exponentials.
    public var logSums: UnsafeMutablePointer<Float>
    /// How many rows there are, and how many of them, from the first on, are no padding.
    public var tokens: Int
    public var length: Int
    /// Columns of a head.
    public var size: Int
    /// `AttentionHead.workspaceCount` values, 64-byte aligned.
    public var workspace: UnsafeMutablePointer<Float>

    public init(
        query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>, stride: Int,
        output: UnsafeMutablePointer<Float>, outputStride: Int, logSums: UnsafeMutablePointer<Float>,
        tokens: Int, length: Int, size: Int, workspace: UnsafeMutablePointer<Float>
    ) {
        (self.query, self.key, self.value, self.stride) = (query, key, value, stride)
        (self.output, self.outputStride, self.logSums) = (output, outputStride, logSums)
        (self.tokens, self.length, self.size, self.workspace) = (tokens, length, size, workspace)
    }

    /// What `forward` and `backward` need for up to so many tokens.
    public static func workspaceCount(tokens: Int, size: Int) -> Int {
        let (width, height, block) = (padded(size), padded(tokens), blockColumns(tokens))
        // Queries and gradients transposed, sums of a block; scores and their gradient; sums of keys and values; two rows.
        return 3 * width * block + 2 * height * block + 2 * height * width + 2 * block
    }

    /// Queries of a block: their scores, and as many gradients of these, take 64 KiB where tokens are not too many.
    @inlinable @inline(__always)
    static func blockColumns(_ tokens: Int) -> Int {
        min(padded(tokens), max(16, 8192 / padded(tokens) / 16 * 16))
    }

    @inlinable @inline(__always)
    static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    @inlinable @inline(__always) var scale: Float { 1 / Float(size).squareRoot() }
    /// e^(scale · x) = 2^(binaryScale · x).
    @inlinable @inline(__always) var binaryScale: Float { scale * 1.44269504088896341 }

    /// Writes the output and `logSums`.
    @inlinable @inline(__always)
    func forward<V: ProductVector>(_ multiply: (MatrixProduct) -> Void, vector: V.Type) {
        let (width, block) = (Self.padded(size), Self.blockColumns(tokens))
        let queries = workspace  // [size, columns]
        let scores = queries + width * block  // [length, columns]
        let sums = scores + Self.padded(length) * block  // [columns, width]
        let factors = sums + block * width  // [columns]
        let logs = factors + block  // [columns]
        for begin in Swift.stride(from: 0, to: length, by: block) {
            let count = min(block, length - begin)
            let columns = Self.padded(count)
            transposeBlocks(vector: V.self, queries, columns, query + begin * stride, stride, count, size)
            multiply(
                MatrixProduct(
                    a: key, aRowStride: stride, aDepthStride: 1, b: queries, bStride: columns, c: scores,
                    cStride: columns, rows: length, columns: columns, depth: size))
            for i in Swift.stride(from: 0, to: count, by: V.scalarCount) {
                let (sum, log) = exponentiate(scores + i, columns, vector: V.self)
                (V(repeating: 1) / sum).store(to: factors + i)
                log.store(to: logs + i)
            }
            for i in 0..<count { logSums[begin + i] = logs[i] }
            multiply(
                MatrixProduct(
                    a: scores, aRowStride: 1, aDepthStride: columns, b: value, bStride: stride, c: sums,
                    cStride: width, rows: count, columns: width, depth: length))
            copy(
                sums, rows: count, to: output + begin * outputStride, outputStride, times: { factors[$0] },
                vector: V.self)
        }
        clearPadding(output, outputStride)
    }

    /// Turns a few queries' scores into e^(scale · (score − largest)), and returns their sums and the logarithms to base 2 of
    /// what these would be without the largest taken away.
    @inlinable @inline(__always)
    func exponentiate<V: ProductVector>(
        _ scores: UnsafeMutablePointer<Float>, _ columns: Int, vector: V.Type
    ) -> (sum: V, log: V) {
        // Not read in the loop: it would be computed again for each row.
        let scale = V(repeating: binaryScale)
        // Taking the largest away changes nothing but keeps the exponentials from overflowing.
        let top = largest(scores, columns, vector: V.self) * scale
        let offset = V(repeating: 0) - top
        var sum = V(repeating: 0)
        var place = scores
        for _ in 0..<length {
            let power = V.powerOf2(V.multiplyAdd(V(loading: place), scale, offset))
            power.store(to: place)
            sum = sum + power
            place += columns
        }
        return (sum, top + V.log(sum) * 1.44269504088896341)
    }

    /// Of each of a few queries' scores the largest.
    @inlinable @inline(__always)
    func largest<V: ProductVector>(_ scores: UnsafePointer<Float>, _ columns: Int, vector: V.Type) -> V {
        // Two, which do not wait for one another.
        var even = V(repeating: -.infinity)
        var odd = even
        var place = scores
        for _ in 0..<length / 2 {
            let (a, b) = (V(loading: place), V(loading: place + columns))
            even = V.select(V.less(even, a), a, even)
            odd = V.select(V.less(odd, b), b, odd)
            place += 2 * columns
        }
        if length % 2 == 1 {
            let last = V(loading: place)
            even = V.select(V.less(even, last), last, even)
        }
        return V.select(V.less(even, odd), odd, even)
    }

    /// Writes the gradients of the head's queries, keys and values, which lie as these do, from the output's, which lies
    /// as the output does.
    @inlinable @inline(__always)
    func backward<V: ProductVector>(
        _ gradient: UnsafePointer<Float>, query queryGradient: UnsafeMutablePointer<Float>,
        key keyGradient: UnsafeMutablePointer<Float>, value valueGradient: UnsafeMutablePointer<Float>,
        _ multiply: (MatrixProduct) -> Void, vector: V.Type
    ) {
        let (width, block) = (Self.padded(size), Self.blockColumns(tokens))
        let height = Self.padded(length)
        let queries = workspace  // [size, columns]
        let gradients = queries + width * block  // [size, columns]
        let shares = gradients + width * block  // [length, columns]
        let slopes = shares + height * block  // [length, columns]
        let sums = slopes + height * block  // [columns, width]
        let keySums = sums + block * width  // [length, width]
        let valueSums = keySums + height * width  // [length, width]
        let logs = valueSums + height * width  // [columns]
        // Products write whole groups of 16 columns: where these are the head's own, to where they belong.
        let isWhole = size == width
        let (keys, values) = (isWhole ? keyGradient : keySums, isWhole ? valueGradient : valueSums)
        let sumStride = isWhole ? stride : width
        for begin in Swift.stride(from: 0, to: length, by: block) {
            let count = min(block, length - begin)
            let columns = Self.padded(count)
            let (query, gradient) = (query + begin * stride, gradient + begin * outputStride)
            transposeBlocks(vector: V.self, queries, columns, query, stride, count, size)
            transposeBlocks(vector: V.self, gradients, columns, gradient, outputStride, count, size)
            var product = MatrixProduct(
                a: key, aRowStride: stride, aDepthStride: 1, b: queries, bStride: columns, c: shares,
                cStride: columns, rows: length, columns: columns, depth: size)
            multiply(product)
            (product.a, product.b, product.c) = (value, UnsafePointer(gradients), slopes)
            multiply(product)
            for i in 0..<count { logs[i] = logSums[begin + i] }
            for i in Swift.stride(from: 0, to: count, by: V.scalarCount) {
                differentiate(shares + i, slopes + i, columns, logSum: V(loading: logs + i))
            }
            // Σ over the queries: what earlier blocks began goes on.
            product = MatrixProduct(
                a: shares, aRowStride: columns, aDepthStride: 1, b: gradient, bStride: outputStride,
                c: values, cStride: sumStride, rows: length, columns: width, depth: count)
            product.startsFromC = begin > 0
            multiply(product)
            (product.a, product.b, product.bStride, product.c) = (UnsafePointer(slopes), query, stride, keys)
            multiply(product)
            let target = queryGradient + begin * stride
            multiply(
                MatrixProduct(
                    a: slopes, aRowStride: 1, aDepthStride: columns, b: key, bStride: stride,
                    c: isWhole ? target : sums, cStride: sumStride, rows: count, columns: width,
                    depth: length))
            if !isWhole { copy(sums, rows: count, to: target, stride, vector: V.self) }
        }
        if !isWhole {
            copy(keySums, rows: length, to: keyGradient, stride, vector: V.self)
            copy(valueSums, rows: length, to: valueGradient, stride, vector: V.self)
        }
        clearPadding(queryGradient, stride)
        clearPadding(keyGradient, stride)
        clearPadding(valueGradient, stride)
    }

    /// Turns a few queries' scores into their softmax p, and the gradients g of p into scale · p · (g − Σ p · g), those of
    /// the scores.
    @inlinable @inline(__always)
    func differentiate<V: ProductVector>(
        _ shares: UnsafeMutablePointer<Float>, _ slopes: UnsafeMutablePointer<Float>, _ columns: Int,
        logSum: V
    ) {
        let (scale, offset) = (V(repeating: binaryScale), V(repeating: 0) - logSum)
        var level = V(repeating: 0)
        var row = 0
        for _ in 0..<length {
            let share = V.powerOf2(V.multiplyAdd(V(loading: shares + row), scale, offset))
            share.store(to: shares + row)
            level = V.multiplyAdd(share, V(loading: slopes + row), level)
            row &+= columns
        }
        row = 0
        let outer = V(repeating: self.scale)
        for _ in 0..<length {
            (V(loading: shares + row) * outer * (V(loading: slopes + row) - level)).store(to: slopes + row)
            row &+= columns
        }
    }

    /// Writes rows of the head's columns, and nothing behind them. The source's are `padded(size)` apart.
    @inlinable @inline(__always)
    func copy<V: ProductVector>(
        _ source: UnsafePointer<Float>, rows: Int, to target: UnsafeMutablePointer<Float>, _ stride: Int,
        times factor: (_ row: Int) -> Float = { _ in 1 }, vector: V.Type
    ) {
        let (width, whole) = (Self.padded(size), size / V.scalarCount &* V.scalarCount)
        for row in 0..<rows {
            let (source, target, factor) = (source + row &* width, target + row &* stride, factor(row))
            for i in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
                (V(loading: source + i) * factor).store(to: target + i)
            }
            for i in whole..<size { target[i] = source[i] * factor }
        }
    }

    /// Zeros for the tokens that are padding.
    @inlinable @inline(__always)
    func clearPadding(_ rows: UnsafeMutablePointer<Float>, _ stride: Int) {
        for row in length..<max(tokens, length) {
            for column in 0..<size { rows[row * stride + column] = 0 }
        }
    }
}
