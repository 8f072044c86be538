import Tensors

/// What a batch is between two layers, and the gradient of the loss for it.
///
/// Each sample has `positions` rows (pixels, tokens, frames, or one for a plain vector) of `channels` values, sample after
/// sample, position after position. Rows are padded with zeros to a multiple of 16, and who writes a row writes its
/// padding; only the model's input may lie as the pipeline made it.
struct Activation {
    /// Of one sample; behind `visible_tokens` with as many positions as there are at most.
    let shape: Shape
    private let rows: Int
    let channels: Int
    /// From one row to the next.
    let stride: Int
    let values: PlannedMemory
    /// Nil where nothing before has weights, so that nobody wants it.
    let gradient: PlannedMemory?
    /// Nil where positions are no tokens.
    var tokens: Tokens?
    /// Nil where all of a sample's tokens are there.
    var visible: VisibleTokens?

    init(shape: Shape, stride: Int, values: PlannedMemory, gradient: PlannedMemory?) {
        (self.shape, self.stride, self.values, self.gradient) = (shape, stride, values, gradient)
        channels = shape.sizes.last ?? 1
        rows = shape.sizes.dropLast().reduce(1, *)
    }

    /// Of each sample of a batch. Behind `visible_tokens` batches have different numbers; memory is planned for the most.
    var positions: Int {
        guard let visible, let tokens else { return rows }
        return tokens.leading + visible.most
    }

    /// Values of one sample with the padding of its rows.
    var sampleStride: Int { positions * stride }

    /// How many positions of a sample are no padding.
    func length(_ sample: Int, _ pass: Pass) -> Int {
        guard let lengths = lengths(pass), let tokens else { return positions }
        return min(positions, Int(lengths[sample]) + tokens.leading)
    }

    /// How many tokens each sample has that are no padding, but for the leading ones; nil: all positions are such.
    func lengths(_ pass: Pass) -> UnsafePointer<Int32>? {
        if let visible { return UnsafePointer(visible.lengths.pointer) }
        return tokens?.haveLengths == true ? pass.lengths : nil
    }

    /// The same memory in another shape, whose rows are padded where these are.
    func viewed(as shape: Shape, stride: Int) -> Activation {
        Activation(shape: shape, stride: stride, values: values, gradient: gradient)
    }
}
