import CSIMD

extension ProductBlock {
    /// Of a matrix that lies along its panels, so many steps of the depth are packed at a time: each page and each stream
    /// that the processor fetches ahead is then used for as long as it is remembered.
    @inlinable @inline(__always)
    static var stepsAtATime: Int { 8 }

    /// Copies B into panels.
    @inlinable @inline(__always)
    mutating func packB<V: ProductVector>(into memory: UnsafeMutablePointer<Float>, vector: V.Type) {
        let product = product
        if product.transposesB {
            V.eachPanel(columns: product.columns) { column, width in
                packAcross(
                    vector: V.self, to: memory + column * product.depth, width: width,
                    from: product.b + column * product.bStride, stride: product.bStride, depth: product.depth)
            }
        } else {
            for step in stride(from: 0, to: product.depth, by: Self.stepsAtATime) {
                V.eachPanel(columns: product.columns) { column, width in
                    packAlong(
                        vector: V.self, to: memory + column * product.depth + step * width, width: width,
                        from: product.b + column + step * product.bStride, stride: product.bStride,
                        depth: min(Self.stepsAtATime, product.depth - step))
                }
            }
        }
        self.product.b = UnsafePointer(memory)
        hasPackedB = true
    }

    /// Copies A into strips.
    @inlinable @inline(__always)
    mutating func packA<V: ProductVector>(into memory: UnsafeMutablePointer<Float>, vector: V.Type) {
        if product.aDepthStride == 1 {
            eachStrip(vector: V.self) { row, height in
                packAcross(
                    vector: V.self, to: memory + row * product.depth, width: height,
                    from: product.a + row * product.aRowStride, stride: product.aRowStride,
                    depth: product.depth)
            }
        } else {
            for step in stride(from: 0, to: product.depth, by: Self.stepsAtATime) {
                eachStrip(vector: V.self) { row, height in
                    packAlong(
                        vector: V.self, to: memory + row * product.depth + step * height, width: height,
                        from: product.a + row + step * product.aDepthStride, stride: product.aDepthStride,
                        depth: min(Self.stepsAtATime, product.depth - step))
                }
            }
        }
        product.a = UnsafePointer(memory)
        hasPackedA = true
    }

    @inlinable @inline(__always)
    func eachStrip<V: ProductVector>(vector: V.Type, _ body: (_ row: Int, _ height: Int) -> Void) {
        let heights = TileHeights(rows: product.rows, largest: V.packedRows)
        for index in 0..<heights.tallerCount { body(index * (heights.low + 1), heights.low + 1) }
        for index in 0..<heights.lowCount { body(heights.tallerRows + index * heights.low, heights.low) }
    }
}

/// out[k · width + n] = x[k · stride + n].
@inlinable @inline(__always)
func packAlong<V: ProductVector>(
    vector: V.Type, to out: UnsafeMutablePointer<Float>, width: Int, from x: UnsafePointer<Float>,
    stride: Int,
    depth: Int
) {
    var (source, target) = (UnsafeRawPointer(x), UnsafeMutableRawPointer(out))
    for _ in 0..<depth {
        // The step after the next ones of this panel.
        mottle_prefetch(source + (2 &* ProductBlock.stepsAtATime) &* stride &* 4)
        let (from, to) = (
            source.assumingMemoryBound(to: Float.self), target.assumingMemoryBound(to: Float.self)
        )
        if width % V.scalarCount == 0 {
            for n in Swift.stride(from: 0, to: width, by: V.scalarCount) {
                V(loading: from + n).store(to: to + n)
            }
        } else if width >= 4 {
            for n in Swift.stride(from: 0, to: width, by: 4) {
                // The last vector may overlap the one before.
                let begin = min(n, width - 4)
                SIMD4<Float>(loading: from + begin).store(to: to + begin)
            }
        } else {
            for n in 0..<width { to[n] = from[n] }
        }
        source += stride &* 4
        target += width &* 4
    }
}

/// out[k · width + n] = x[n · stride + k], in blocks of 4 × 4.
@inlinable @inline(__always)
func packAcross<V: ProductVector>(
    vector: V.Type, to out: UnsafeMutablePointer<Float>, width: Int, from x: UnsafePointer<Float>,
    stride: Int,
    depth: Int
) {
    let whole = width < 4 ? 0 : depth & ~3
    for k in Swift.stride(from: 0, to: whole, by: 4) {
        if k % 16 == 0 {
            for n in 0..<width { mottle_prefetch(x + (width + n) * stride + k) }
        }
        for n in Swift.stride(from: 0, to: width, by: 4) {
            // The last block may overlap the one before.
            let begin = min(n, width - 4)
            let source = x + begin * stride + k
            let a = SIMD4<Float>(loading: source)
            let b = SIMD4<Float>(loading: source + stride)
            let c = SIMD4<Float>(loading: source + 2 * stride)
            let d = SIMD4<Float>(loading: source + 3 * stride)
            let target = out + k * width + begin
            SIMD4(a[0], b[0], c[0], d[0]).store(to: target)
            SIMD4(a[1], b[1], c[1], d[1]).store(to: target + width)
            SIMD4(a[2], b[2], c[2], d[2]).store(to: target + 2 * width)
            SIMD4(a[3], b[3], c[3], d[3]).store(to: target + 3 * width)
        }
    }
    for k in whole..<depth {
        for n in 0..<width { out[k * width + n] = x[n * stride + k] }
    }
}
