/// Samples that train together: a view into memory of the pipeline, valid until its next batch is asked for.
package struct Batch {
    /// How many rows there are, at least one; the last batch of an epoch may hold fewer than the others. A row is a sample,
    /// or one of its views: then those of a sample follow one another, with the same id and label.
    package var count: Int
    /// How many rows each sample has.
    package var views = 1
    /// The shape of one sample, for instance `[28, 28, 1]`.
    package var shape: Shape
    /// `[count] + shape`, row-major, without gaps.
    package var values: UnsafePointer<Float>
    /// `[count]`, each 0 ..< classes.
    package var labels: UnsafePointer<Int32>
    /// `[count]`: each sample's place in the data set, from which draws take their address.
    package var ids: UnsafePointer<UInt64>
    package var epoch: Int
    /// `[count] + shape`, 1 hidden and 0 visible; nil when the chain has no masks.
    package var mask: UnsafePointer<UInt8>?
    /// `[count, classes]`, the share of each class in a label, where the chain blends samples; nil where every sample has its
    /// label alone.
    package var targets: UnsafePointer<Float>?
    /// What generators give beside the samples.
    package var extras: [BatchExtra] = []
    /// `[count]`: how many places along the first axis of a sample are real; nil where all are.
    package var lengths: UnsafePointer<Int32>?
    /// `[count / views] + shape`: the samples before the chain; nil where nobody asked for them.
    package var clean: UnsafePointer<Float>?
    /// `[count / views]`: what tells whether another stream delivered the same; nil where nobody asked for them.
    package var digests: UnsafePointer<Digest>?
    /// The position in the epoch's order behind the last sample, where a stream can take up.
    package var nextPosition = 0

    package init(
        count: Int, shape: Shape, values: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        ids: UnsafePointer<UInt64>, epoch: Int, mask: UnsafePointer<UInt8>? = nil
    ) {
        (self.count, self.shape, self.values) = (count, shape, values)
        (self.labels, self.ids, self.epoch, self.mask) = (labels, ids, epoch, mask)
    }

    /// Puts the batch's samples behind those that `digest` stands for.
    package func append(to digest: inout Digest) {
        guard let digests else { preconditionFailure("the pipeline makes no digests") }
        // A copy, which stays in registers: each waits for the one before, and memory would make that longer.
        var whole = digest
        for place in 0..<count / views { whole.append(digests[place]) }
        digest = whole
    }
}

/// A value that a generator gives beside the samples, for each of a batch.
package struct BatchExtra {
    /// The generator's name in the chain and the value's own: `mae_patches.grid`.
    package var name: String
    /// Of one sample.
    package var shape: Shape
    /// True if values are masks: 1 or 0.
    package var isMask: Bool
    /// `[count] + shape`.
    package var values: UnsafePointer<Float>

    package init(name: String, shape: Shape, isMask: Bool, values: UnsafePointer<Float>) {
        (self.name, self.shape, self.isMask, self.values) = (name, shape, isMask, values)
    }
}
