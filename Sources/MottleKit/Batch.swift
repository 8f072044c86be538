import Pipelines
import Synchronization
import Tensors

/// Samples that belong together, copied out of the pipeline's memory: yours for as long as you keep it.
public struct Batch: Sendable, Equatable {
    /// How many rows there are, at least one; the last batch of an epoch may hold fewer than the others. A row is a sample, or
    /// one of its views: then those of a sample follow one another.
    public let count: Int
    /// How many rows each sample has.
    public let views: Int
    /// The shape of one sample.
    public let shape: [Int]
    /// `[count] + shape`, row-major.
    public let values: [Float]
    /// `[count]`: each sample's class.
    public let labels: [Int]
    /// `[count]`: each sample's place in the data set, with which `Chain.apply` makes it again.
    public let ids: [Int]
    public let epoch: Int
    /// `[count] + shape`, 1 hidden and 0 visible; nil if the chain has no mask.
    public let mask: [UInt8]?
    /// `[count / views] + shape`: the samples before the chain; nil if the pipeline does not keep them.
    public let clean: [Float]?
    /// `[count, classes]`, the share of each class in a label, which add up to 1; nil if the chain blends no samples.
    public let targets: [Float]?
    /// What generators give beside the samples, by the generator's name in the chain and the output's own:
    /// `mae_patches.grid`.
    public let extras: [String: Extra]

    /// A value that a generator gives for each sample.
    public struct Extra: Sendable, Equatable {
        /// Of one sample; `[]` for one number.
        public let shape: [Int]
        /// `[count] + shape`; of masks 1 and 0.
        public let values: [Float]
    }

    init(_ batch: Tensors.Batch, classes: Int) {
        func copy<Value>(_ start: UnsafePointer<Value>, _ count: Int) -> [Value] {
            Array(UnsafeBufferPointer(start: start, count: count))
        }
        let elements = batch.count * batch.shape.count
        (count, views, shape, epoch) = (batch.count, batch.views, batch.shape.sizes, batch.epoch)
        clean = batch.clean.map { copy($0, elements / batch.views) }
        values = copy(batch.values, elements)
        labels = copy(batch.labels, batch.count).map { Int($0) }
        ids = copy(batch.ids, batch.count).map { Int($0) }
        mask = batch.mask.map { copy($0, elements) }
        targets = batch.targets.map { copy($0, batch.count * classes) }
        extras = Dictionary(
            uniqueKeysWithValues: batch.extras.map { extra in
                (
                    extra.name,
                    Extra(
                        shape: extra.shape.sizes, values: copy(extra.values, batch.count * extra.shape.count))
                )
            })
    }
}

/// The batches of one epoch, made when they are asked for.
///
/// Safety of `@unchecked Sendable`: `stream` is used under the pipeline's lock only.
public final class Batches: @unchecked Sendable {
    private let pipeline: Pipeline
    private let epoch: Int
    private var stream: BatchStream?
    var thread: PlainThread { pipeline.thread }

    init(_ pipeline: Pipeline, epoch: Int) {
        precondition(UInt32(exactly: epoch) != nil, "an epoch is 0 … 2³² − 1, got \(epoch)")
        (self.pipeline, self.epoch) = (pipeline, epoch)
    }

    /// The next batch, nil behind the last one. Blocks while it is made.
    ///
    /// - Throws: a ``MottleError`` of the kind `data` if a sample cannot be read; calling again tries again.
    public func next() throws(MottleError) -> Batch? {
        do {
            return try pipeline.streams.withLock { whole in
                let classes = whole.samples.dataset.classes
                return try begun(whole).nextBatch().map { Batch($0, classes: classes) }
            }
        } catch {
            throw MottleError(.data, "\(error)")
        }
    }

    private func begun(_ pipeline: Pipelines.Pipeline) -> BatchStream {
        if let stream { return stream }
        let stream = pipeline.stream()
        stream.begin(epoch: epoch)
        self.stream = stream
        return stream
    }
}
