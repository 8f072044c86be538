import Tensors

/// A part of a model, made once for the largest batch: a step allocates nothing.
protocol Layer: AnyObject {
    var weights: [Weight] { get }
    var output: Activation { get }
    /// For one sample; none where there are few beside the values that pass.
    var multiplications: Multiplications { get }

    /// Writes the values of the output from those of the input; both stay as they are until `backward`.
    func forward(_ pass: Pass)

    /// Takes the gradient of the loss for the output of the last `forward`, brings the weights forward by `pass.update`,
    /// and writes the gradient for the input, where it has one, as it was before. It only reads the gradient for the output,
    /// which others may be given, too (see `Sum`).
    func backward(_ pass: Pass)
}

extension Layer {
    var multiplications: Multiplications { Multiplications() }
}

/// How many products a layer adds up, each a multiplication and an addition.
struct Multiplications {
    var forward = 0
    /// For the gradients of the weights, and for that of the input where somebody wants it.
    var backward = 0
}

extension Multiplications {
    /// Of a layer that multiplies its input with its weights: so many products forward, and as many for each of the gradients.
    init(products: Int, input: Activation, weights: [Weight]) {
        let gradients =
            (weights.contains(where: \.isTrained) ? 1 : 0) + (input.gradient == nil ? 0 : 1)
        self.init(forward: products, backward: gradients * products)
    }
}

/// What is the same for all layers of one pass over a batch.
struct Pass {
    /// How many samples there are.
    var count: Int
    /// The samples' addresses, and the epoch's, for draws.
    var ids: UnsafePointer<UInt64>
    var epoch: UInt32
    /// Nil in evaluation: nothing is dropped, nothing is changed.
    var update: WeightUpdate?
    /// How many places along the first axis of each sample are no padding; nil: all.
    var lengths: UnsafePointer<Int32>?
    /// What is hidden of each sample, in the shape of the model's input; nil: nothing.
    var mask: UnsafePointer<UInt8>?
}

extension Pass {
    init(_ batch: Batch, update: WeightUpdate?) {
        self.init(
            count: batch.count, ids: batch.ids, epoch: UInt32(batch.epoch), update: update,
            lengths: batch.lengths, mask: batch.mask)
    }
}
