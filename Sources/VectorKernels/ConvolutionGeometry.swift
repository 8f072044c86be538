/// One axis of a convolution's picture: how output places and kernel taps meet input places.
///
/// Output place o sees input place o · stride + k · dilation − before through tap k (Dumoulin & Visin 2016).
public struct ConvolutionAxis: Equatable, Sendable {
    /// Places of the input.
    public var input: Int
    /// Taps of the kernel.
    public var kernel: Int
    public var stride: Int
    /// Zeros before the first input place and behind the last one.
    public var before: Int
    public var after: Int
    public var dilation: Int

    public init(
        input: Int, kernel: Int, stride: Int = 1, before: Int = 0, after: Int = 0, dilation: Int = 1
    ) {
        (self.input, self.kernel, self.stride) = (input, kernel, stride)
        (self.before, self.after, self.dilation) = (before, after, dilation)
    }

    /// From the first to the last input place that one output place sees.
    @inlinable @inline(__always)
    public var extent: Int { (kernel - 1) * dilation + 1 }

    /// Places of the output.
    @inlinable @inline(__always)
    public var output: Int { (input + before + after - extent) / stride + 1 }
}

/// The shapes of a convolution over pictures whose channels come last; a 1-D one has height 1.
///
/// - Input: `[height, width, channels]`, pixels `inputStride` values apart.
/// - Output: `[height, width, outputs]`, pixels `outputStride` values apart, zeros behind `outputs`.
/// - Weights: `[kernel height, kernel width, channels / groups, outputs]`, rows `outputStride` values apart.
public struct ConvolutionGeometry: Equatable, Sendable {
    public var vertical: ConvolutionAxis
    public var horizontal: ConvolutionAxis
    public var channels: Int
    public var inputStride: Int
    public var outputs: Int
    /// Divides `channels` and `outputs`: outputs of group g see only the channels of group g.
    public var groups: Int

    /// - Parameter inputStride: nil: channels rounded up to 16.
    public init(
        vertical: ConvolutionAxis, horizontal: ConvolutionAxis, channels: Int, inputStride: Int? = nil,
        outputs: Int, groups: Int = 1
    ) {
        (self.vertical, self.horizontal) = (vertical, horizontal)
        (self.channels, self.outputs, self.groups) = (channels, outputs, groups)
        self.inputStride = inputStride ?? (channels + 15) & ~15
    }

    @inlinable @inline(__always)
    public var outputStride: Int { (outputs + 15) & ~15 }
    /// Values of one sample's input and output.
    @inlinable @inline(__always)
    public var inputCount: Int { vertical.input * horizontal.input * inputStride }
    @inlinable @inline(__always)
    public var outputCount: Int { vertical.output * horizontal.output * outputStride }
    @inlinable @inline(__always)
    public var groupChannels: Int { channels / groups }
    @inlinable @inline(__always)
    public var groupOutputs: Int { outputs / groups }
    /// Rows of the weights.
    @inlinable @inline(__always)
    public var weightRows: Int { vertical.kernel * horizontal.kernel * groupChannels }
    @inlinable @inline(__always)
    public var weightCount: Int { weightRows * outputStride }
}
