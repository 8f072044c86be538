import Tensors

/// A part of a model. Its buffers are planned once for the largest batch, so a step allocates nothing.
protocol Layer: AnyObject {
    var weights: [Weight] { get }

    /// Writes and returns the outputs, and keeps what `backward` needs; `input` stays as it is until then.
    func forward(_ input: Rows, _ pass: Pass) -> Rows

    /// Takes the gradient of the loss for the outputs of the last `forward`, brings the weights forward by
    /// `pass.update`, and returns the gradient for the input as it was before. Where nothing before this layer has
    /// weights, `wantsInputGradient` is false, and what is returned is not used.
    func backward(_ gradient: Rows, _ pass: Pass, wantsInputGradient: Bool) -> Rows
}

/// A batch's values between two layers: a row for each sample, with `stride` from one to the next.
///
/// Rows are padded with zeros to a multiple of 16, and there is memory for whole groups of 16 rows.
struct Rows {
    var values: UnsafePointer<Float>
    var stride: Int
}

/// What is the same for all layers of one pass over a batch.
struct Pass {
    /// How many rows there are.
    var count: Int
    /// The samples' addresses, and the epoch's, for draws.
    var ids: UnsafePointer<UInt64>
    var epoch: UInt32
    /// Nil in evaluation: nothing is dropped, nothing is changed.
    var update: WeightUpdate?
}

extension Buffer where Value == Float {
    /// Room for a batch's rows: see `Rows`.
    static func rows(_ count: Int, stride: Int) -> Buffer<Float> {
        Buffer(count: paddedTo16(count) * stride)
    }
}
