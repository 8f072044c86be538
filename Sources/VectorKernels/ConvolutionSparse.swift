extension ConvolutionGeometry {
    /// Whether the gradients behind a pooled and rectified convolution run over lists of what is not zero, at most a quarter
    /// of the output. By shape only: the order of sums shows in the bits.
    @inlinable @inline(__always)
    public var isSparse: Bool {
        let (y, x) = (vertical, horizontal)
        let isPlain = y.dilation == 1 && x.dilation == 1 && groups == 1 && y.kernel == x.kernel
        return isPlain && (y.kernel == 3 || y.kernel == 5) && channels >= 8
    }

    @inlinable @inline(__always)
    var paddedPixels: Int { vertical.paddedInput * horizontal.paddedInput }

    /// Values of memory for `SparseGradient`.
    @inlinable @inline(__always)
    var sparseCount: Int {
        let stride = (channels + 15) & ~15
        return paddedPixels * stride + vertical.kernel * horizontal.kernel * stride * outputs + listsCount
    }
}

/// The gradients of a 2 × 2-pooled, rectified convolution, over lists of the winners' gradients: a list for each output, or,
/// for the input's gradient, one for each pixel.
///
/// Channels lie in blocks of one vector, so that lists run over a block that stays in the first-level cache, with a sum for
/// each tap in registers.
@frozen
public struct SparseGradient<V: ConvolutionVector> {
    @usableFromInline let geometry: ConvolutionGeometry
    /// A padded sample of the input or of its gradient, `[blocks, pixels, lanes]`.
    @usableFromInline let pixels: UnsafeMutablePointer<Float>
    /// The weights or their gradient, `[blocks, outputs, taps, lanes]`.
    @usableFromInline let weights: UnsafeMutablePointer<Float>
    @usableFromInline let lists: WinnerLists<V>

    @inlinable @inline(__always)
    init(_ geometry: ConvolutionGeometry, workspace: UnsafeMutablePointer<Float>) {
        let stride = (geometry.channels + 15) & ~15
        self.geometry = geometry
        pixels = workspace
        weights = pixels + geometry.paddedPixels * stride
        lists = WinnerLists(
            geometry,
            memory: weights + geometry.vertical.kernel * geometry.horizontal.kernel * stride
                * geometry.outputs)
    }

    @inlinable @inline(__always)
    var blocks: Int { (geometry.channels + V.scalarCount - 1) / V.scalarCount }
    @inlinable @inline(__always)
    var taps: Int { geometry.vertical.kernel * geometry.horizontal.kernel }
    @inlinable @inline(__always)
    var blockStride: Int { geometry.paddedPixels * V.scalarCount }

    /// Lays the sample out in blocks between zeros, which stay.
    @inlinable @inline(__always)
    func copy(_ sample: UnsafePointer<Float>) {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        for row in 0..<y.input {
            for column in 0..<x.input {
                let source = sample + (row * x.input + column) * geometry.inputStride
                let pixel = (row + y.before) * x.paddedInput + column + x.before
                for block in 0..<blocks {
                    V(loading: source + block * V.scalarCount)
                        .store(to: pixels + block * blockStride + pixel * V.scalarCount)
                }
            }
        }
    }

    /// Writes the sample from its blocks.
    @inlinable @inline(__always)
    func store(to sample: UnsafeMutablePointer<Float>) {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        for row in 0..<y.input {
            for column in 0..<x.input {
                let target = sample + (row * x.input + column) * geometry.inputStride
                let pixel = (row + y.before) * x.paddedInput + column + x.before
                for block in 0..<blocks {
                    V(loading: pixels + block * blockStride + pixel * V.scalarCount)
                        .store(to: target + block * V.scalarCount)
                }
                for lane in stride(from: blocks * V.scalarCount, to: geometry.inputStride, by: V.scalarCount)
                {
                    V(repeating: 0).store(to: target + lane)
                }
            }
        }
    }

    @inlinable @inline(__always)
    func clearPixels() { clear(pixels, count: blocks * blockStride) }
    @inlinable @inline(__always)
    func clearWeights() { clear(weights, count: blocks * geometry.outputs * taps * V.scalarCount) }

    @inlinable @inline(__always)
    func clear(_ values: UnsafeMutablePointer<Float>, count: Int) {
        for i in stride(from: 0, to: count, by: V.scalarCount) { V(repeating: 0).store(to: values + i) }
    }

    /// weights[block, output, tap] from `[taps, channels, outputs padded to 16]`.
    @inlinable @inline(__always)
    func pack(_ natural: UnsafePointer<Float>) {
        clearWeights()
        for tap in 0..<taps {
            for channel in 0..<geometry.channels {
                let row = natural + (tap * geometry.channels + channel) * geometry.outputStride
                for output in 0..<geometry.outputs {
                    weights[index(tap: tap, channel: channel, output: output)] = row[output]
                }
            }
        }
    }

    /// Some outputs' sums as `pack` has it the other way round.
    @inlinable @inline(__always)
    func unpack(to natural: UnsafeMutablePointer<Float>, outputs: Range<Int>) {
        for tap in 0..<taps {
            for channel in 0..<geometry.channels {
                let row = natural + (tap * geometry.channels + channel) * geometry.outputStride
                for output in outputs {
                    row[output] = weights[index(tap: tap, channel: channel, output: output)]
                }
            }
        }
    }

    @inlinable @inline(__always)
    func index(tap: Int, channel: Int, output: Int) -> Int {
        let (block, lane) = (channel / V.scalarCount, channel % V.scalarCount)
        return ((block &* geometry.outputs &+ output) &* taps &+ tap) &* V.scalarCount &+ lane
    }

    /// pixels[pixel + tap] += Σ weights[output, tap] · value, over the lists of all pixels.
    @inlinable @inline(__always)
    func scatter() {
        let row = geometry.horizontal.paddedInput * V.scalarCount
        for block in 0..<blocks {
            let weights = weights + block * geometry.outputs * taps * V.scalarCount
            lists.eachPixelList { place, list in
                let pixels = pixels + block * blockStride + place * V.scalarCount
                if taps == 9 {
                    SparseTaps<V, 3, 3>.scatter(
                        list, weights: weights, stride: taps, pixels: pixels, row: row)
                } else {
                    for tap in 0..<5 {
                        SparseTaps<V, 1, 5>.scatter(
                            list, weights: weights + tap * 5 * V.scalarCount, stride: taps,
                            pixels: pixels + tap * row, row: row)
                    }
                }
            }
        }
    }

    /// weights[output, tap] += Σ value · pixels[place + tap], over some lists.
    @inlinable @inline(__always)
    func sum(outputs: Range<Int>) {
        for block in 0..<blocks {
            let pixels = pixels + block * blockStride
            for output in outputs {
                let list = lists.list(output: output)
                let weights = weights + (block * geometry.outputs + output) * taps * V.scalarCount
                let row = geometry.horizontal.paddedInput * V.scalarCount
                if taps == 9 {
                    SparseTaps<V, 3, 3>.sum(list, weights: weights, pixels: pixels, row: row)
                } else {
                    for down in 0..<5 {
                        SparseTaps<V, 1, 5>.sum(
                            list, weights: weights + down * 5 * V.scalarCount,
                            pixels: pixels + down * row, row: row)
                    }
                }
            }
        }
    }
}

/// `down` × `across` neighbouring taps, one vector each, in registers while a list goes by.
@frozen
public enum SparseTaps<V: ConvolutionVector, let down: Int, let across: Int> {
    /// pixels[tap] += Σ weights[output, tap] · value over the list of one pixel; outputs are `stride` vectors apart.
    @inlinable @inline(__always)
    static func scatter(
        _ list: WinnerList, weights: UnsafePointer<Float>, stride: Int, pixels: UnsafeMutablePointer<Float>,
        row: Int
    ) {
        var sums = Tile<V, down, across>().sums
        for i in 0..<list.count {
            let value = V(repeating: list.values[i])
            let taps = weights + Int(list.places[i]) &* stride &* V.scalarCount
            for y in 0..<down {
                for x in 0..<across {
                    let tap = V(loading: taps + (y &* across &+ x) &* V.scalarCount)
                    sums[y][x] = V.multiplyAdd(value, tap, sums[y][x])
                }
            }
        }
        for y in 0..<down {
            for x in 0..<across {
                let target = pixels + (y * row + x * V.scalarCount)
                (V(loading: target) + sums[y][x]).store(to: target)
            }
        }
    }

    /// weights[tap] += Σ value · pixels[place + tap] over the list of one output.
    @inlinable @inline(__always)
    static func sum(
        _ list: WinnerList, weights: UnsafeMutablePointer<Float>, pixels: UnsafePointer<Float>, row: Int
    ) {
        var sums = Tile<V, down, across>().sums
        for i in 0..<list.count {
            let value = V(repeating: list.values[i])
            var pixel = pixels + Int(list.places[i]) &* V.scalarCount
            for y in 0..<down {
                for x in 0..<across {
                    sums[y][x] = V.multiplyAdd(value, V(loading: pixel + x &* V.scalarCount), sums[y][x])
                }
                pixel += row
            }
        }
        for y in 0..<down {
            for x in 0..<across {
                let target = weights + (y * across + x) * V.scalarCount
                (V(loading: target) + sums[y][x]).store(to: target)
            }
        }
    }
}
