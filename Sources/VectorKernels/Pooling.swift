/// Windows over pictures whose channels come last, from which an output pixel gets the largest value or the sum of each
/// channel. What lies outside the picture does not count.
public struct PoolingPass {
    /// `kernel` is the size of windows; no dilation.
    public var vertical: ConvolutionAxis
    public var horizontal: ConvolutionAxis
    /// From one pixel to the next, of the input and of the output: the channels padded to 16.
    public var stride: Int
    /// Samples `[height, width, channels]`, and what they become; backward the gradient of what they became, and theirs.
    public var source: UnsafePointer<Float>
    public var target: UnsafeMutablePointer<Float>

    public init(
        vertical: ConvolutionAxis, horizontal: ConvolutionAxis, stride: Int, source: UnsafePointer<Float>,
        target: UnsafeMutablePointer<Float>
    ) {
        (self.vertical, self.horizontal, self.stride) = (vertical, horizontal, stride)
        (self.source, self.target) = (source, target)
    }

    @inlinable @inline(__always)
    var inputCount: Int { vertical.input * horizontal.input * stride }
    @inlinable @inline(__always)
    var outputCount: Int { vertical.output * horizontal.output * stride }

    /// target = the largest of each window; winners = which of its places that was, row by row. The first of equals wins,
    /// and a NaN over all.
    @inlinable @inline(__always)
    func maximum<V: FloatVector>(winners: UnsafeMutablePointer<UInt32>, samples: Range<Int>, vector: V.Type) {
        for sample in samples {
            eachWindow { window in
                let source = source + sample * inputCount
                let place = sample * outputCount + window.output
                for lane in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                    var best = V(repeating: -.infinity)
                    var winner = V.Words(repeating: UInt32(window.firstPlace(self)))
                    for y in window.rows {
                        for x in window.columns {
                            let value = V(loading: source + window.input(self, y: y, x: x) + lane)
                            let isBetter = V.less(best, value) | V.notEqual(value, value)
                            best = V.select(isBetter, value, best)
                            let here = UInt32(truncatingIfNeeded: y &* horizontal.kernel &+ x)
                            winner = (isBetter & here) | (~isBetter & winner)
                        }
                    }
                    best.store(to: target + place + lane)
                    UnsafeMutableRawPointer(winners + place + lane).storeBytes(of: winner, as: V.Words.self)
                }
            }
        }
    }

    /// target = the gradients of the windows that each input has won, summed window by window.
    @inlinable @inline(__always)
    func maximumBackward<V: FloatVector>(
        winners: UnsafePointer<UInt32>, samples: Range<Int>, vector: V.Type
    ) {
        for sample in samples {
            let target = target + sample * inputCount
            clear(target, vector: V.self)
            eachWindow { window in
                let place = sample * outputCount + window.output
                for lane in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                    let gradient = V(loading: source + place + lane)
                    let winner = V(
                        signed: UnsafeRawPointer(winners + place + lane).loadUnaligned(as: V.Words.self))
                    for y in window.rows {
                        for x in window.columns {
                            let input = target + window.input(self, y: y, x: x) + lane
                            let isHere = V.equal(winner, V(repeating: Float(y &* horizontal.kernel &+ x)))
                            (V(loading: input) + V.select(isHere, gradient, V(repeating: 0))).store(to: input)
                        }
                    }
                }
            }
        }
    }

    /// target = the sum of each window, or its mean over the places that are in the picture.
    @inlinable @inline(__always)
    func sum<V: FloatVector>(isMean: Bool, samples: Range<Int>, vector: V.Type) {
        for sample in samples {
            let (source, target) = (source + sample * inputCount, target + sample * outputCount)
            eachWindow { window in
                let scale = isMean ? 1 / Float(window.count) : 1
                for lane in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                    var sum = V(repeating: 0)
                    for y in window.rows {
                        for x in window.columns {
                            sum = sum + V(loading: source + window.input(self, y: y, x: x) + lane)
                        }
                    }
                    (sum * scale).store(to: target + window.output + lane)
                }
            }
        }
    }

    /// target = what each input's windows hand back: their source, or for means their share of it. It is also what
    /// enlarging to the nearest pixel is: windows of one input pixel each.
    @inlinable @inline(__always)
    func spread<V: FloatVector>(isMean: Bool, samples: Range<Int>, vector: V.Type) {
        for sample in samples {
            let (source, target) = (source + sample * outputCount, target + sample * inputCount)
            clear(target, vector: V.self)
            eachWindow { window in
                let scale = isMean ? 1 / Float(window.count) : 1
                for lane in Swift.stride(from: 0, to: stride, by: V.scalarCount) {
                    let value = V(loading: source + window.output + lane) * scale
                    for y in window.rows {
                        for x in window.columns {
                            let input = target + window.input(self, y: y, x: x) + lane
                            (V(loading: input) + value).store(to: input)
                        }
                    }
                }
            }
        }
    }

    @inlinable @inline(__always)
    func clear<V: FloatVector>(_ target: UnsafeMutablePointer<Float>, vector: V.Type) {
        for i in Swift.stride(from: 0, to: inputCount, by: V.scalarCount) {
            V(repeating: 0).store(to: target + i)
        }
    }

    @inlinable @inline(__always)
    func eachWindow(_ body: (PoolingWindow) -> Void) {
        for y in 0..<vertical.output {
            for x in 0..<horizontal.output { body(PoolingWindow(self, y: y, x: x)) }
        }
    }
}

/// The places of one window that lie in the picture.
@frozen
public struct PoolingWindow {
    @usableFromInline let rows: Range<Int>
    @usableFromInline let columns: Range<Int>
    /// The offset of the window's first place, which may lie outside the picture.
    @usableFromInline let first: Int
    /// The offset of the output's pixel.
    @usableFromInline let output: Int

    @inlinable @inline(__always)
    init(_ pass: PoolingPass, y: Int, x: Int) {
        let top = y * pass.vertical.stride - pass.vertical.before
        let left = x * pass.horizontal.stride - pass.horizontal.before
        rows = max(0, -top)..<min(pass.vertical.kernel, pass.vertical.input - top)
        columns = max(0, -left)..<min(pass.horizontal.kernel, pass.horizontal.input - left)
        first = (top * pass.horizontal.input + left) * pass.stride
        output = (y * pass.horizontal.output + x) * pass.stride
    }

    @inlinable @inline(__always)
    var count: Int { rows.count * columns.count }

    @inlinable @inline(__always)
    func input(_ pass: PoolingPass, y: Int, x: Int) -> Int {
        first &+ (y &* pass.horizontal.input &+ x) &* pass.stride
    }

    @inlinable @inline(__always)
    func firstPlace(_ pass: PoolingPass) -> Int {
        rows.lowerBound * pass.horizontal.kernel + columns.lowerBound
    }
}
