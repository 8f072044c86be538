/// What `SparseGradient` computes, with factors in bf16: two entries of a list at a time.
///
/// Channels lie in blocks of 32, as factors in one vector. Its order lets two of them, interleaved four by four, give the pairs
/// of the lower and of the upper sixteen channels.
@frozen
public struct JoinedGradient<V: RoundingVector> {
    /// Of a block.
    @inlinable @inline(__always)
    static var channels: Int { 32 }
    /// Values of a vector.
    @inlinable @inline(__always)
    static var lanes: Int { 16 }

    @usableFromInline let sparse: SparseGradient<V>

    @inlinable @inline(__always)
    init(_ geometry: ConvolutionGeometry, workspace: UnsafeMutablePointer<Float>) {
        sparse = SparseGradient(geometry, workspace: workspace)
    }

    @inlinable @inline(__always)
    var geometry: ConvolutionGeometry { sparse.geometry }
    @inlinable @inline(__always)
    var blocks: Int { geometry.channels / Self.channels }

    /// Where the factors of 32 channels lie.
    @inlinable @inline(__always)
    func pixelFactors(block: Int) -> UnsafeMutablePointer<Float> {
        sparse.pixels + block * geometry.paddedPixels * Self.lanes
    }
    @inlinable @inline(__always)
    func weightFactors(block: Int, output: Int) -> UnsafeMutablePointer<Float> {
        sparse.weights + (block &* geometry.outputs &+ output) &* sparse.taps &* Self.lanes
    }
    /// Where their sums lie.
    @inlinable @inline(__always)
    func pixelSums(block: Int) -> UnsafeMutablePointer<Float> {
        sparse.pixels + block * geometry.paddedPixels * Self.channels
    }
    @inlinable @inline(__always)
    func weightSums(block: Int, output: Int) -> UnsafeMutablePointer<Float> {
        sparse.weights + (block &* geometry.outputs &+ output) &* sparse.taps &* Self.channels
    }

    /// Calls `body` for the pixels of a sample with their place between the zeros.
    @inlinable @inline(__always)
    func eachPixel(_ body: (_ offset: Int, _ pixel: Int) -> Void) {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        for row in 0..<y.input {
            for column in 0..<x.input {
                body(
                    (row * x.input + column) * geometry.inputStride,
                    (row + y.before) * x.paddedInput + column + x.before)
            }
        }
    }

    /// Rounds the sample into blocks between zeros, which stay.
    @inlinable @inline(__always)
    func round(_ sample: UnsafePointer<Float>) {
        eachPixel { offset, pixel in
            for block in 0..<blocks {
                Self.round(
                    sample + offset + block * Self.channels,
                    to: pixelFactors(block: block) + pixel * Self.lanes)
            }
        }
    }

    @inlinable @inline(__always)
    static func round(_ values: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
        V.fours(V(loading: values), V(loading: values + lanes)).store(to: target)
    }

    /// Writes the sample from its sums; behind the channels there is nothing.
    @inlinable @inline(__always)
    func store(to sample: UnsafeMutablePointer<Float>) {
        eachPixel { offset, pixel in
            for block in 0..<blocks {
                let sums = pixelSums(block: block) + pixel * Self.channels
                let target = sample + offset + block * Self.channels
                V(loading: sums).store(to: target)
                V(loading: sums + Self.lanes).store(to: target + Self.lanes)
            }
        }
    }

    /// Rounds the weights, `[taps, channels, outputs padded to 16]`.
    @inlinable @inline(__always)
    func round(weights: UnsafePointer<Float>) {
        for block in 0..<blocks {
            for output in 0..<geometry.outputs {
                for tap in 0..<sparse.taps {
                    var values = InlineArray<32, Float>(repeating: 0)
                    for lane in 0..<Self.channels {
                        values[lane] = weights[index(tap, block &* Self.channels &+ lane, output)]
                    }
                    let target = weightFactors(block: block, output: output) + tap * Self.lanes
                    withUnsafePointer(to: &values) {
                        Self.round(UnsafeRawPointer($0).assumingMemoryBound(to: Float.self), to: target)
                    }
                }
            }
        }
    }

    /// Writes some outputs' sums as the weights lie.
    @inlinable @inline(__always)
    func store(weights: UnsafeMutablePointer<Float>, outputs: Range<Int>) {
        for block in 0..<blocks {
            for output in outputs {
                let sums = weightSums(block: block, output: output)
                for tap in 0..<sparse.taps {
                    for lane in 0..<Self.channels {
                        weights[index(tap, block &* Self.channels &+ lane, output)] =
                            sums[tap &* Self.channels &+ lane]
                    }
                }
            }
        }
    }

    @inlinable @inline(__always)
    func index(_ tap: Int, _ channel: Int, _ output: Int) -> Int {
        (tap &* geometry.channels &+ channel) &* geometry.outputStride &+ output
    }

    /// pixels[pixel + tap] += Σ weights[output, tap] · value, over the lists of all pixels.
    @inlinable @inline(__always)
    func scatter() {
        let row = geometry.horizontal.paddedInput * Self.channels
        let outputStride = sparse.taps * Self.lanes
        for block in 0..<blocks {
            let weights = UnsafePointer(weightFactors(block: block, output: 0))
            sparse.lists.eachPixelList { place, list in
                let sums = pixelSums(block: block) + place * Self.channels
                if sparse.taps == 9 {
                    JoinedTaps<V, 3, 3>.add(
                        list, of: weights, entryStride: outputStride, rowStride: 3 * Self.lanes, to: sums,
                        sumRow: row)
                } else {
                    for tap in 0..<5 {
                        JoinedTaps<V, 1, 5>.add(
                            list, of: weights + tap * 5 * Self.lanes, entryStride: outputStride,
                            rowStride: 0, to: sums + tap * row, sumRow: row)
                    }
                }
            }
        }
    }

    /// weights[output, tap] += Σ value · pixels[place + tap], over some lists.
    @inlinable @inline(__always)
    func sum(outputs: Range<Int>) {
        let row = geometry.horizontal.paddedInput * Self.lanes
        for block in 0..<blocks {
            let pixels = UnsafePointer(pixelFactors(block: block))
            for output in outputs {
                let list = sparse.lists.list(output: output)
                let sums = weightSums(block: block, output: output)
                if sparse.taps == 9 {
                    JoinedTaps<V, 3, 3>.add(
                        list, of: pixels, entryStride: Self.lanes, rowStride: row, to: sums,
                        sumRow: 3 * Self.channels)
                } else {
                    for down in 0..<5 {
                        JoinedTaps<V, 1, 5>.add(
                            list, of: pixels + down * row, entryStride: Self.lanes, rowStride: row,
                            to: sums + down * 5 * Self.channels, sumRow: 0)
                    }
                }
            }
        }
    }
}

/// `down` × `across` neighbouring taps of 32 channels each, in registers while a list goes by.
@frozen
public enum JoinedTaps<V: RoundingVector, let down: Int, let across: Int> {
    /// sums[tap] += Σ value · factors[place, tap] over a list; places lie `entryStride` values apart, rows of taps `rowStride`.
    @inlinable @inline(__always)
    static func add(
        _ list: WinnerList, of factors: UnsafePointer<Float>, entryStride: Int, rowStride: Int,
        to sums: UnsafeMutablePointer<Float>, sumRow: Int
    ) {
        let lanes = JoinedGradient<V>.lanes
        var (lower, upper) = (Tile<V, down, across>().sums, Tile<V, down, across>().sums)
        for i in stride(from: 0, to: list.count, by: 2) {
            // The last one of an odd number is alone.
            let isPair = i &+ 1 < list.count
            let next = isPair ? i &+ 1 : i
            let value = V.pairs(V(repeating: list.values[i]), V(repeating: isPair ? list.values[next] : 0))
            var (a, b) = (
                factors + Int(list.places[i]) &* entryStride, factors + Int(list.places[next]) &* entryStride
            )
            for y in 0..<down {
                for x in 0..<across {
                    let (one, other) = (V(loading: a + x &* lanes), V(loading: b + x &* lanes))
                    lower[y][x] = V.multiplyAdd(value, V.interleaveLow(one, other), lower[y][x])
                    upper[y][x] = V.multiplyAdd(value, V.interleaveHigh(one, other), upper[y][x])
                }
                a += rowStride
                b += rowStride
            }
        }
        for y in 0..<down {
            for x in 0..<across {
                let target = sums + (y * sumRow + x * JoinedGradient<V>.channels)
                (V(loading: target) + lower[y][x]).store(to: target)
                (V(loading: target + lanes) + upper[y][x]).store(to: target + lanes)
            }
        }
    }
}

extension ConvolutionPass {
    @inlinable @inline(__always)
    func scatterJoinedWinners<V: RoundingVector>(samples: Range<Int>, vector: V.Type) {
        let joined = JoinedGradient<V>(geometry, workspace: workspace)
        joined.round(weights: weights)
        for sample in samples {
            let offset = sample * sourceCount
            joined.sparse.clearPixels()
            joined.sparse.lists.listByPixel(source + offset, winners: winners! + offset)
            joined.scatter()
            joined.store(to: target + sample * geometry.inputCount)
        }
    }
}

extension ConvolutionWeightPass {
    @inlinable @inline(__always)
    func sumJoinedLists<V: RoundingVector>(outputs: Range<Int>, vector: V.Type) {
        let joined = JoinedGradient<V>(geometry, workspace: workspace)
        joined.sparse.clearPixels()
        joined.sparse.clearWeights()
        joined.sparse.lists.findCorners()
        for sample in samples {
            let offset = sample * gradientPixels * geometry.outputStride
            joined.round(input + sample * geometry.inputCount)
            joined.sparse.lists.listByOutput(gradient + offset, winners: winners! + offset, outputs: outputs)
            joined.sum(outputs: outputs)
        }
        joined.store(weights: weightGradient, outputs: outputs)
    }
}
