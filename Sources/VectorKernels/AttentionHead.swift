/// Attention of one head within one sample: out[i] = Σⱼ softmaxⱼ(scale · q[i] · k[j]) · v[j] (Vaswani et al. 2017, §3.2.1),
/// with scale = 1 / √size.
///
/// Scores are computed for a block of queries at a time, in a thread's workspace, and never stored: `forward` leaves only
/// ln Σⱼ e^(scale · q[i] · k[j]) of each row, from which `backward` makes them again (Dao et al. 2022, without the blocks
/// of keys: a row of scores fits the cache). Bits do not depend on how queries are cut into blocks.
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
    /// `[tokens]`: the logarithm of the sum of each row's exponentials.
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
        let (width, height, block) = (padded(size), padded(tokens), blockRows(tokens))
        // Keys and values transposed; scores and their gradient; sums of a block, of keys and of values; factors.
        return 2 * width * height + 2 * block * height + width * (block + 2 * height) + block
    }

    /// Queries of a block: a multiple of 12, which all tiles' heights divide, unless all fit one. Their scores, and as
    /// many gradients of these, take 64 KiB.
    @inlinable @inline(__always)
    static func blockRows(_ tokens: Int) -> Int {
        min(padded(tokens), max(12, 8192 / padded(tokens) / 12 * 12))
    }

    @inlinable @inline(__always)
    static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    @inlinable @inline(__always) var scale: Float { 1 / Float(size).squareRoot() }

    /// Writes the output and `logSums`.
    @inlinable @inline(__always)
    func forward<V: ProductVector>(_ training: TrainingKernels, vector: V.Type) {
        let (width, columns, block) = (Self.padded(size), Self.padded(length), Self.blockRows(tokens))
        let keys = workspace  // [size, columns]
        let scores = keys + width * columns  // [block, columns]
        let sums = scores + block * columns  // [block, width]
        let factors = sums + block * width  // [block]
        training.transpose(keys, columns, key, stride, length, size)
        for begin in Swift.stride(from: 0, to: length, by: block) {
            let rows = min(block, length - begin)
            training.multiply(
                MatrixProduct(
                    a: query + begin * stride, aRowStride: stride, aDepthStride: 1, b: keys,
                    bStride: columns, c: scores, cStride: columns, rows: rows, columns: columns, depth: size))
            for row in 0..<rows {
                let (sum, logSum) = exponentiate(scores + row * columns, vector: V.self)
                (factors[row], logSums[begin + row]) = (1 / sum, logSum)
            }
            training.multiply(
                MatrixProduct(
                    a: scores, aRowStride: columns, aDepthStride: 1, b: value, bStride: stride, c: sums,
                    cStride: width, rows: rows, columns: width, depth: length))
            for row in 0..<rows {
                let target = output + (begin + row) * outputStride
                copy(sums + row * width, to: target, times: factors[row], vector: V.self)
            }
        }
        clearPadding(output, outputStride)
    }

    /// Turns a row of scores into e^(scale · (score − largest)), and returns the sum and the logarithm of what it would be
    /// without the largest taken away.
    @inlinable @inline(__always)
    func exponentiate<V: ProductVector>(
        _ scores: UnsafeMutablePointer<Float>, vector: V.Type
    ) -> (sum: Float, logSum: Float) {
        var largest = V(repeating: -.infinity)
        let whole = length / V.scalarCount * V.scalarCount
        for i in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
            let score = V(loading: scores + i)
            largest = V.select(V.less(largest, score), score, largest)
        }
        var top = V.largest(largest)
        for i in whole..<length where scores[i] > top { top = scores[i] }
        // Taking the largest away changes nothing but keeps the exponentials from overflowing.
        let offset = V(repeating: -top * scale)
        var sums = V(repeating: 0)
        for i in Swift.stride(from: 0, to: length, by: V.scalarCount) {
            let power = V.expBelow88(V.multiplyAdd(V(loading: scores + i), V(repeating: scale), offset))
            let counted = V.first(length - i, of: power)
            counted.store(to: scores + i)
            sums = sums + counted
        }
        let sum = V.sum(sums)
        return (sum, top * scale + V.log(V(repeating: sum))[0])
    }

    /// Writes the gradients of the head's queries, keys and values, which lie as these do, from the output's, which lies
    /// as the output does.
    @inlinable @inline(__always)
    func backward<V: ProductVector>(
        _ gradient: UnsafePointer<Float>, query queryGradient: UnsafeMutablePointer<Float>,
        key keyGradient: UnsafeMutablePointer<Float>, value valueGradient: UnsafeMutablePointer<Float>,
        _ training: TrainingKernels, vector: V.Type
    ) {
        let (width, columns, block) = (Self.padded(size), Self.padded(length), Self.blockRows(tokens))
        let keys = workspace  // [size, columns]
        let values = keys + width * columns  // [size, columns]
        let shares = values + width * columns  // [block, columns]
        let slopes = shares + block * columns  // [block, columns]
        let sums = slopes + block * columns  // [block, width]
        let keySums = sums + block * width  // [length, width]
        let valueSums = keySums + columns * width  // [length, width]
        training.transpose(keys, columns, key, stride, length, size)
        training.transpose(values, columns, value, stride, length, size)
        for begin in Swift.stride(from: 0, to: length, by: block) {
            let rows = min(block, length - begin)
            let (query, gradient) = (query + begin * stride, gradient + begin * outputStride)
            var product = MatrixProduct(
                a: query, aRowStride: stride, aDepthStride: 1, b: keys, bStride: columns, c: shares,
                cStride: columns, rows: rows, columns: columns, depth: size)
            training.multiply(product)
            (product.a, product.aRowStride, product.b, product.c) = (
                gradient, outputStride, UnsafePointer(values), slopes
            )
            training.multiply(product)
            for row in 0..<rows {
                let offset = (begin + row) * outputStride
                differentiate(
                    shares + row * columns, slopes + row * columns, logSum: logSums[begin + row],
                    level: dot(gradient + row * outputStride, output + offset, vector: V.self),
                    vector: V.self)
            }
            // Σ over the queries: what earlier blocks began goes on.
            product = MatrixProduct(
                a: shares, aRowStride: 1, aDepthStride: columns, b: gradient, bStride: outputStride,
                c: valueSums, cStride: width, rows: length, columns: width, depth: rows)
            product.startsFromC = begin > 0
            training.multiply(product)
            (product.a, product.b, product.bStride, product.c) = (
                UnsafePointer(slopes), query, stride, keySums
            )
            training.multiply(product)
            training.multiply(
                MatrixProduct(
                    a: slopes, aRowStride: columns, aDepthStride: 1, b: key, bStride: stride, c: sums,
                    cStride: width, rows: rows, columns: width, depth: length))
            for row in 0..<rows {
                let target = queryGradient + (begin + row) * stride
                copy(sums + row * width, to: target, times: scale, vector: V.self)
            }
        }
        for row in 0..<length {
            copy(keySums + row * width, to: keyGradient + row * stride, times: scale, vector: V.self)
            copy(valueSums + row * width, to: valueGradient + row * stride, times: 1, vector: V.self)
        }
        clearPadding(queryGradient, stride)
        clearPadding(keyGradient, stride)
        clearPadding(valueGradient, stride)
    }

    /// Turns a row of scores into their softmax p, and the gradient g of p into p · (g − level), the gradient of
    /// scale · score. `level` is Σ p · g.
    @inlinable @inline(__always)
    func differentiate<V: ProductVector>(
        _ shares: UnsafeMutablePointer<Float>, _ slopes: UnsafeMutablePointer<Float>, logSum: Float,
        level: Float, vector: V.Type
    ) {
        for i in Swift.stride(from: 0, to: length, by: V.scalarCount) {
            let power = V.multiplyAdd(V(loading: shares + i), V(repeating: scale), V(repeating: -logSum))
            let share = V.expBelow88(power)
            share.store(to: shares + i)
            (share * (V(loading: slopes + i) - level)).store(to: slopes + i)
        }
    }

    /// Σ a · b over the head's columns: of a row's gradient and its output it is Σ p · g, since the output is Σ p · v.
    @inlinable @inline(__always)
    func dot<V: ProductVector>(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, vector: V.Type) -> Float
    {
        var sums = V(repeating: 0)
        for i in Swift.stride(from: 0, to: size, by: V.scalarCount) {
            sums = sums + V.first(size - i, of: V(loading: a + i) * V(loading: b + i))
        }
        return V.sum(sums)
    }

    /// Writes a row of the head's columns, and nothing behind them.
    @inlinable @inline(__always)
    func copy<V: ProductVector>(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, times factor: Float,
        vector: V.Type
    ) {
        let whole = size / V.scalarCount * V.scalarCount
        for i in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
            (V(loading: source + i) * factor).store(to: target + i)
        }
        for i in whole..<size { target[i] = source[i] * factor }
    }

    /// Zeros for the tokens that are padding.
    @inlinable @inline(__always)
    func clearPadding(_ rows: UnsafeMutablePointer<Float>, _ stride: Int) {
        for row in length..<max(tokens, length) {
            for column in 0..<size { rows[row * stride + column] = 0 }
        }
    }
}

extension ProductVector {
    /// eˣ for x ≤ 88, within 2 ulp where the result is a normal number; below −87.3 it stays at the least of these. NaN
    /// gives NaN. With fewer steps than `exp`, and fused ones where there are any.
    @inlinable @inline(__always)
    static func expBelow88(_ x: Self) -> Self {
        let low = Self(repeating: -87.3)
        let clamped = select(less(x, low), low, x)
        let shift = Self(repeating: 0x1.8p23)
        let shifted = multiplyAdd(clamped, Self(repeating: 1.44269504088896341), shift)
        let n = shifted - shift
        let near = multiplyAdd(n, Self(repeating: -0.693359375), clamped)
        let r = multiplyAdd(n, Self(repeating: 2.12194440e-4), near)
        var p = multiplyAdd(r, Self(repeating: 1.9875691500e-4), Self(repeating: 1.3981999507e-3))
        p = multiplyAdd(p, r, Self(repeating: 8.3334519073e-3))
        p = multiplyAdd(p, r, Self(repeating: 4.1665795894e-2))
        p = multiplyAdd(p, r, Self(repeating: 1.6666665459e-1))
        p = multiplyAdd(p, r, Self(repeating: 5.0000001201e-1))
        let value = multiplyAdd(p, r * r, r) + 1
        // 1.5 · 2²³ has zeros where its lowest nine bits are shifted out to.
        return Self(bits: value.bits &+ (shifted.bits &<< 23))
    }
}
