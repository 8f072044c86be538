import Tensors

/// What a batch is between two layers, and the gradient of the loss for it.
///
/// Each sample has `positions` rows (pixels, tokens, frames, or one for a plain vector) of `channels` values, sample after
/// sample, position after position. Rows are padded with zeros to a multiple of 16, and who writes a row writes its
/// padding; only the model's input may lie as the pipeline made it.
struct Activation {
    /// Of one sample.
    let shape: Shape
    let positions: Int
    let channels: Int
    /// From one row to the next.
    let stride: Int
    let values: PlannedMemory
    /// Nil where nothing before has weights, so that nobody wants it.
    let gradient: PlannedMemory?
    /// Where positions are tokens of which a batch's samples have different numbers (`Pass.lengths`): how many there are in
    /// front of those that the batch counts. Nil: all positions count.
    var leadingTokens: Int?

    init(shape: Shape, stride: Int, values: PlannedMemory, gradient: PlannedMemory?) {
        (self.shape, self.stride, self.values, self.gradient) = (shape, stride, values, gradient)
        channels = shape.sizes.last ?? 1
        positions = shape.sizes.dropLast().reduce(1, *)
    }

    /// Values of one sample with the padding of its rows.
    var sampleStride: Int { positions * stride }

    /// How many positions of a sample are no padding.
    func length(_ sample: Int, _ pass: Pass) -> Int {
        guard let leadingTokens, let lengths = pass.lengths else { return positions }
        return min(positions, Int(lengths[sample]) + leadingTokens)
    }

    /// The same memory in another shape, whose rows are padded where these are.
    func viewed(as shape: Shape, stride: Int) -> Activation {
        Activation(shape: shape, stride: stride, values: values, gradient: gradient)
    }
}
