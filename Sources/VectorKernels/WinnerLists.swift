/// Some values of a pooled output's gradient, each at the pixel that had won its window.
@frozen
public struct WinnerList {
    /// In an output's list: where the pixel sees its first input pixel, in padded pixels. In a pixel's list: the output.
    @usableFromInline let places: UnsafePointer<Int32>
    @usableFromInline let values: UnsafePointer<Float>
    @usableFromInline let count: Int

    @inlinable @inline(__always)
    init(places: UnsafePointer<Int32>, values: UnsafePointer<Float>, count: Int) {
        (self.places, self.values, self.count) = (places, values, count)
    }
}

/// What one sample's winners get: a list for each output, or one for each pixel.
@frozen
public struct WinnerLists<V: FloatVector> {
    @usableFromInline let geometry: ConvolutionGeometry
    /// Of all lists: outputs' lie `listStride` apart, pixels' one behind the other.
    @usableFromInline let places: UnsafeMutablePointer<Int32>
    @usableFromInline let values: UnsafeMutablePointer<Float>
    /// Of each list.
    @usableFromInline let counts: UnsafeMutablePointer<Int32>
    /// `[windows]`: where a window's first pixel sees its first input pixel.
    @usableFromInline let corners: UnsafeMutablePointer<UInt32>
    /// Two squares as wide as a vector, of the gradient and of the winners, and one from which these are turned.
    @usableFromInline let squares: UnsafeMutablePointer<Float>

    @inlinable @inline(__always)
    init(_ geometry: ConvolutionGeometry, memory: UnsafeMutablePointer<Float>) {
        let room = geometry.outputs * geometry.listStride
        let words = UnsafeMutableRawPointer(memory)
        self.geometry = geometry
        values = memory
        places = (words + 4 * room).assumingMemoryBound(to: Int32.self)
        corners = (words + 8 * room).assumingMemoryBound(to: UInt32.self)
        squares = memory + 2 * room + geometry.listStride
        let counts = squares + 3 * ConvolutionGeometry.squareCount
        self.counts = UnsafeMutableRawPointer(counts).assumingMemoryBound(to: Int32.self)
    }

    @inlinable @inline(__always)
    func list(output: Int) -> WinnerList {
        let begin = output &* geometry.listStride
        return WinnerList(places: places + begin, values: values + begin, count: Int(counts[output]))
    }

    /// From one output pixel's first input pixel to the next one's, in padded pixels.
    @inlinable @inline(__always)
    var steps: (down: Int, right: Int) {
        (geometry.vertical.stride * geometry.horizontal.paddedInput, geometry.horizontal.stride)
    }

    /// Makes ready what `listByOutput` needs for all samples.
    @inlinable @inline(__always)
    func findCorners() {
        let columns = geometry.horizontal.output / 2
        for window in 0..<geometry.windows {
            let (row, column) = window.quotientAndRemainder(dividingBy: columns)
            corners[window] = UInt32(truncatingIfNeeded: 2 * (row * steps.down + column * steps.right))
        }
    }

    /// Lists what some outputs of one sample have to say, window after window.
    @inlinable @inline(__always)
    func listByOutput(_ gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>, outputs: Range<Int>) {
        let (lanes, zero) = (V.scalarCount, V.Words(repeating: 0))
        let (down, right) = (UInt32(truncatingIfNeeded: steps.down), UInt32(truncatingIfNeeded: steps.right))
        // Bits, to be turned like the gradient.
        let words = UnsafeRawPointer(winners).assumingMemoryBound(to: Float.self)
        for output in outputs { counts[output] = 0 }
        for first in stride(from: 0, to: geometry.windows, by: lanes) {
            let rows = min(lanes, geometry.windows &- first)
            let corners = UnsafeRawPointer(corners + first).loadUnaligned(as: V.Words.self)
            for column in stride(
                from: outputs.lowerBound / lanes &* lanes, to: outputs.upperBound, by: lanes)
            {
                let offset = first &* geometry.outputStride &+ column
                turn(gradient + offset, rows: rows, to: squares, fill: 0)
                turn(words + offset, rows: rows, to: squares + ConvolutionGeometry.squareCount, fill: 4)
                for output in max(column, outputs.lowerBound)..<min(column &+ lanes, outputs.upperBound) {
                    let square = squares + (output &- column) &* lanes
                    let winner = V(loading: square + ConvolutionGeometry.squareCount).bits
                    let kept = V.less(V(signed: winner), V(repeating: 4))
                    let place =
                        corners &+ ((zero &- (winner &>> 1)) & down) &+ ((zero &- (winner & 1)) & right)
                    let end = output &* geometry.listStride &+ Int(counts[output])
                    V.storeKept(place, where: kept, to: places + end)
                    let added = V.storeKept(V(loading: square), where: kept, to: values + end)
                    counts[output] &+= Int32(truncatingIfNeeded: added)
                }
            }
        }
    }

    /// Turns a square of windows and outputs, of which there may be fewer windows: the others get words of `fill`.
    @inlinable @inline(__always)
    func turn(
        _ source: UnsafePointer<Float>, rows: Int, to square: UnsafeMutablePointer<Float>, fill: UInt32
    ) {
        let lanes = V.scalarCount
        if rows == lanes { return V.transposeSquare(square, lanes, source, geometry.outputStride) }
        let whole = squares + 2 &* ConvolutionGeometry.squareCount
        for row in 0..<rows {
            V(loading: source + row &* geometry.outputStride).store(to: whole + row &* lanes)
        }
        for row in rows..<lanes { V(bits: V.Words(repeating: fill)).store(to: whole + row &* lanes) }
        V.transposeSquare(square, lanes, whole, lanes)
    }

    /// Lists what all outputs of one sample have to say, pixel after pixel: the four of each window.
    @inlinable @inline(__always)
    func listByPixel(_ gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>) {
        let (lanes, ramp) = (V.scalarCount, V.Words.ramp)
        let outputs = V(repeating: Float(geometry.outputs))
        var end = 0
        for window in 0..<geometry.windows {
            for pixel in 0..<4 {
                let begin = end
                for column in stride(from: 0, to: geometry.outputs, by: lanes) {
                    let offset = window &* geometry.outputStride &+ column
                    let winner = UnsafeRawPointer(winners + offset).loadUnaligned(as: V.Words.self)
                    let place = ramp &+ V.Words(repeating: UInt32(truncatingIfNeeded: column))
                    // What lies behind the outputs may say anything.
                    let kept =
                        V.equal(V(signed: winner), V(repeating: Float(pixel)))
                        & V.less(V(signed: place), outputs)
                    V.storeKept(place, where: kept, to: places + end)
                    end &+= V.storeKept(V(loading: gradient + offset), where: kept, to: values + end)
                }
                counts[4 &* window &+ pixel] = Int32(truncatingIfNeeded: end &- begin)
            }
        }
    }

    /// Calls `body` for each pixel's list that is not empty, with where the pixel sees its first input pixel, in padded pixels.
    @inlinable @inline(__always)
    func eachPixelList(_ body: (_ place: Int, _ list: WinnerList) -> Void) {
        let columns = geometry.horizontal.output / 2
        var begin = 0
        for index in 0..<4 * geometry.windows {
            let count = Int(counts[index])
            if count > 0 {
                let (y, x) = (index / 4).quotientAndRemainder(dividingBy: columns)
                let (row, column) = (2 * y + (index & 3) >> 1, 2 * x + index & 1)
                body(
                    row * steps.down + column * steps.right,
                    WinnerList(places: places + begin, values: values + begin, count: count))
            }
            begin += count
        }
    }
}

extension ConvolutionGeometry {
    @inlinable @inline(__always)
    var windows: Int { (vertical.output / 2) * (horizontal.output / 2) }

    /// Room for an output's list: whole vectors are written behind what is listed.
    @inlinable @inline(__always)
    var listStride: Int { (windows + 15) & ~15 + 16 }

    /// Values of a square of the widest vectors.
    @inlinable @inline(__always)
    static var squareCount: Int { 256 }

    /// Values of memory for `WinnerLists`.
    @inlinable @inline(__always)
    var listsCount: Int { (2 * outputs + 1) * listStride + 3 * Self.squareCount + max(outputs, 4 * windows) }
}
