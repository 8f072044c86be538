/// A sample's place in a copy of it with zeros around.
@frozen
public struct PaddedSample {
    @usableFromInline let height: Int
    @usableFromInline let width: Int
    @usableFromInline let channels: Int
    /// From one pixel of the sample to the next.
    @usableFromInline let stride: Int
    /// Where the sample begins in the copy.
    @usableFromInline let top: Int
    @usableFromInline let left: Int
    @usableFromInline let paddedHeight: Int
    @usableFromInline let paddedWidth: Int
    /// From one pixel of the copy to the next: the channels, so that those of neighbours follow each other; where channels
    /// are lanes that do not mix, padded to 16.
    @usableFromInline let pixelStride: Int

    /// The source of a pass. Winograd's last tiles see a row and a column more where the targets are odd.
    @inlinable @inline(__always)
    init(_ geometry: ConvolutionGeometry, _ direction: ConvolutionPass.Direction) {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        let more = geometry.usesWinograd(direction) ? 1 : 0
        switch direction {
        case .forward:
            (height, width, channels, stride) = (y.input, x.input, geometry.channels, geometry.inputStride)
            (top, left) = (y.before, x.before)
            (paddedHeight, paddedWidth) = (y.paddedInput + more, x.paddedInput + more)
        case .backward:
            (height, width) = (y.output, x.output)
            (channels, stride) = (geometry.outputs, geometry.outputStride)
            (top, left) = (y.gradientBorder, x.gradientBorder)
            (paddedHeight, paddedWidth) = (y.paddedGradient + more, x.paddedGradient + more)
        }
        pixelStride = geometry.isDepthwise ? geometry.outputStride : channels
    }

    /// Whether the sample is its own copy: nothing is around it.
    @inlinable @inline(__always)
    var isWhole: Bool {
        paddedHeight == height && paddedWidth == width && top == 0 && left == 0 && stride == pixelStride
    }

    @inlinable @inline(__always)
    var rowStride: Int { paddedWidth * pixelStride }
    @inlinable @inline(__always)
    var count: Int { paddedHeight * rowStride }

    /// Writes zeros, up to 15 values behind the copy too.
    @inlinable @inline(__always)
    func clear<V: FloatVector>(_ copy: UnsafeMutablePointer<Float>, vector: V.Type) {
        for i in Swift.stride(from: 0, to: count, by: V.scalarCount) { V(repeating: 0).store(to: copy + i) }
    }

    /// Writes the sample between the zeros, which stay.
    @inlinable @inline(__always)
    func copy<V: FloatVector>(
        _ sample: UnsafePointer<Float>, to copy: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        for y in 0..<height {
            let source = sample + y * width * stride
            let target = copy + (y + top) * rowStride + left * pixelStride
            if stride == pixelStride {
                Self.copy(source, to: target, count: width * stride, vector: V.self)
            } else {
                for x in 0..<width {
                    Self.copy(
                        source + x * stride, to: target + x * pixelStride, count: channels, vector: V.self)
                }
            }
        }
    }

    @inlinable @inline(__always)
    static func copy<V: FloatVector>(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, vector: V.Type
    ) {
        let whole = count - count % V.scalarCount
        for i in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
            V(loading: source + i).store(to: target + i)
        }
        for i in whole..<count { target[i] = source[i] }
    }

    /// The sample between its zeros: where it lies, if nothing is around it, and otherwise its copy, which is written.
    @inlinable @inline(__always)
    func place<V: FloatVector>(
        of sample: UnsafePointer<Float>, copy: UnsafeMutablePointer<Float>, vector: V.Type
    ) -> UnsafePointer<Float> {
        if isWhole { return sample }
        self.copy(sample, to: copy, vector: V.self)
        return UnsafePointer(copy)
    }

    /// Writes the winners' gradients between the zeros; `gradient` is that of the pooled sample.
    @inlinable @inline(__always)
    func expand<V: FloatVector>(
        _ gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>,
        to copy: UnsafeMutablePointer<Float>, vector: V.Type
    ) {
        let whole = channels - channels % V.scalarCount
        for row in 0..<height / 2 {
            for column in 0..<width / 2 {
                let window = (row * (width / 2) + column) * stride
                for index in 0..<4 {
                    let (y, x) = (top + 2 * row + index / 2, left + 2 * column + index % 2)
                    let target = copy + y * rowStride + x * pixelStride
                    for lane in Swift.stride(from: 0, to: whole, by: V.scalarCount) {
                        PooledWindow<V>(gradient + window + lane, winners: winners + window + lane)
                            .gradient(index).store(to: target + lane)
                    }
                    for lane in whole..<channels {
                        target[lane] = winners[window + lane] == UInt32(index) ? gradient[window + lane] : 0
                    }
                }
            }
        }
    }
}

/// The gradient of some channels of a window, and which of its four pixels had won it.
@frozen
public struct PooledWindow<V: FloatVector> {
    @usableFromInline let value: V
    /// 4 where none had.
    @usableFromInline let winner: V

    @inlinable @inline(__always)
    init(_ gradient: UnsafePointer<Float>, winners: UnsafePointer<UInt32>) {
        value = V(loading: gradient)
        winner = V(signed: UnsafeRawPointer(winners).loadUnaligned(as: V.Words.self))
    }

    /// What pixel `index` of the window gets.
    @inlinable @inline(__always)
    func gradient(_ index: Int) -> V {
        V.select(V.equal(winner, V(repeating: Float(index))), value, V(repeating: 0))
    }

    @inlinable @inline(__always)
    var sum: V { V.select(V.less(winner, V(repeating: 4)), value, V(repeating: 0)) }
}
