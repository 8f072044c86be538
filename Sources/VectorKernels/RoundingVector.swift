/// A vector whose lanes hold two factors each, rounded to bf16; it has 16 lanes.
///
/// What rounds is generic in it, though there is one: code that is not generic could be compiled without the instructions.
public protocol RoundingVector: ConvolutionVector {
    /// Lane i: low[i], then high[i].
    static func pairs(_ low: Self, _ high: Self) -> Self
    /// Neighbours share a lane, those of `first`, then those of `second`.
    static func neighbours(_ first: Self, _ second: Self) -> Self
    /// Four of low, four of high, the next four of low and so on; neighbours share a lane.
    static func fours(_ low: Self, _ high: Self) -> Self
    /// The pairs of `low`, or of `high`, of two vectors that `fours` made.
    static func interleaveLow(_ a: Self, _ b: Self) -> Self
    static func interleaveHigh(_ a: Self, _ b: Self) -> Self
}

extension RoundingVector {
    /// out[i] = x[2i] and x[2i + 1]; behind the last value zeros up to a whole vector.
    @inlinable @inline(__always)
    static func join(_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int) {
        var i = 0
        while i &+ 32 <= count {
            neighbours(Self(loading: x + i), Self(loading: x + (i &+ 16))).store(to: out + i / 2)
            i &+= 32
        }
        if i == count { return }
        neighbours(prefix(count &- i, of: x + i), prefix(count &- i &- 16, of: x + (i &+ 16)))
            .store(to: out + i / 2)
    }

    /// out[i] = low[i] and high[i], or zero where there is no `high`; behind the last value zeros up to a whole vector. `out`
    /// may be one of them.
    @inlinable @inline(__always)
    static func join(
        _ out: UnsafeMutablePointer<Float>, low: UnsafePointer<Float>, high: UnsafePointer<Float>?, count: Int
    ) {
        var i = 0
        while i < count {
            let left = count &- i
            let second = high.map { prefix(left, of: $0 + i) } ?? Self(repeating: 0)
            pairs(prefix(left, of: low + i), second).store(to: out + i)
            i &+= 16
        }
    }

    /// Makes one row of each two rows of 16 values, in their place; there is an even number of them.
    @inlinable @inline(__always)
    static func joinPairs(_ values: UnsafeMutablePointer<Float>, rows: Int) {
        for row in 0..<rows / 2 {
            join(values + row * 16, low: values + 2 * row * 16, high: values + (2 * row + 1) * 16, count: 16)
        }
    }

    /// See `ProductVector.joinPixels`.
    @inlinable @inline(__always)
    static func joinPixelPairs(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, pixelStride: Int, rows: Int, width: Int
    ) {
        var out = out
        for row in 0..<rows {
            for column in stride(from: 0, to: width, by: 2) {
                let pixel = x + (row &* width &+ column) &* pixelStride
                let next = column &+ 1 < width ? Self(loading: pixel + pixelStride) : Self(repeating: 0)
                pairs(Self(loading: pixel), next).store(to: out)
                out += 16
            }
        }
    }

    /// The first `count` values of `x`, and zeros; nothing behind them is read.
    @inlinable @inline(__always)
    static func prefix(_ count: Int, of x: UnsafePointer<Float>) -> Self {
        if count >= 16 { return Self(loading: x) }
        var v = Self(repeating: 0)
        for lane in 0..<Swift.max(count, 0) { v[lane] = x[lane] }
        return v
    }
}

extension ProductBlock {
    /// Rounds B into panels, `[lanes, width]` each.
    @inlinable @inline(__always)
    mutating func roundB<V: RoundingVector>(into memory: UnsafeMutablePointer<Float>, vector: V.Type) {
        let lanes = V.lanes(product.depth)
        for lane in 0..<lanes {
            let low = product.b + 2 * lane * product.bStride
            let high = 2 * lane + 1 < product.depth ? low + product.bStride : nil
            V.eachPanel(columns: product.columns) { column, width in
                V.join(
                    memory + (column * lanes + lane * width), low: low + column,
                    high: high.map { $0 + column },
                    count: width)
            }
        }
        product.b = UnsafePointer(memory)
        hasPackedB = true
    }

    /// Rounds A: its rows as they are where they lie along the depth, otherwise `[lanes, rows]`.
    @inlinable @inline(__always)
    mutating func roundA<V: RoundingVector>(into memory: UnsafeMutablePointer<Float>, vector: V.Type) {
        let lanes = V.lanes(product.depth)
        if product.aDepthStride == 1 {
            let stride = (lanes + 15) & ~15
            for row in 0..<product.rows {
                V.join(memory + row * stride, product.a + row * product.aRowStride, count: product.depth)
            }
            product.aRowStride = stride
        } else {
            let stride = (product.rows + 15) & ~15
            for lane in 0..<lanes {
                let low = product.a + 2 * lane * product.aDepthStride
                let high = 2 * lane + 1 < product.depth ? low + product.aDepthStride : nil
                V.join(memory + lane * stride, low: low, high: high, count: product.rows)
            }
            product.aDepthStride = stride
        }
        product.a = UnsafePointer(memory)
    }
}
