import CSystem
import Datasets
import Kernels
import Pipelines
import Synchronization
import Tensors
import Workers

/// Samples put through a chain, batch by batch.
///
/// ```swift
/// let plugins = PluginLibrary(folders: ["plugins"])
/// let items = [
///     ChainItem(try plugins.load("gaussian"), ["sigma": .uniform(0, 0.3)]),
///     ChainItem(try plugins.load("cutout"), ["size": 2], probability: 0.5, fill: .mean),
/// ]
/// let pixels = (0..<5 * 6 * 7).map { UInt8($0) }
/// let samples = try Samples(bytes: pixels, shape: [6, 7, 1], labels: [0, 1, 2, 1, 0])
/// let chain = try Chain(items, seed: 7, shape: samples.shape, range: samples.range)
/// let pipeline = try Pipeline(samples, chain, batchSize: 2)
/// var batches: [Batch] = []
/// for try await batch in pipeline.epoch(3) {
///     batches.append(batch)  // batch.values, batch.labels, batch.mask, batch.ids …
/// }
/// let first = batches[0]
/// let clean = pixels[first.ids[0] * 42..<(first.ids[0] + 1) * 42].map { Float($0) / 255 }
/// let again = try chain.apply(to: clean, id: first.ids[0], epoch: 3)
/// // again.values are the first 42 of first.values.
/// ```
///
/// What a sample becomes depends on its id, the epoch and the chain alone, never on the batch it is in, on the number of
/// threads or on what was streamed before. The work runs on plain threads, which are made when the first batch is asked for
/// and end with the pipeline. Any number of epochs may be iterated side by side; they take turns.
public final class Pipeline: Sendable {
    /// In which order an epoch goes through the samples.
    public enum Order: Sendable {
        /// 0, 1, 2 …
        case inOrder
        /// Every order equally likely: a pure function of the seed and the epoch.
        case shuffled(seed: UInt64)
    }

    public let batchSize: Int
    /// How many batches an epoch has; the last one may hold fewer samples.
    public let batchesPerEpoch: Int
    /// One stream at a time uses the pool.
    let streams: Mutex<Pipelines.Pipeline>
    /// Where asynchronous iteration waits for batches, so that no thread of Swift's own is blocked.
    let thread = PlainThread()

    /// - Parameters:
    ///   - chain: compiled for the samples' shape.
    ///   - keepsClean: whether batches have the samples before the chain, too.
    ///   - threads: how many make batches; nil takes one for each processor that the process may use.
    /// - Throws: a ``MottleError`` of the kind `argument` for a chain of another shape.
    public init(
        _ samples: Samples, _ chain: Chain, batchSize: Int, order: Order = .shuffled(seed: 0),
        keepsClean: Bool = false, threads: Int? = nil
    ) throws(MottleError) {
        guard chain.shape == samples.shape else {
            throw MottleError(
                .argument, "the chain is for samples of \(chain.shape), the samples are \(samples.shape)")
        }
        guard batchSize > 0, threads ?? 1 > 0 else {
            throw MottleError(.argument, "a pipeline wants at least one thread and one sample a batch")
        }
        let sampleOrder =
            switch order {
            case .inOrder: SampleOrder(.sequential, seed: 0)
            case .shuffled(let seed): SampleOrder(.shuffled, seed: seed)
            }
        let pipeline = Pipelines.Pipeline(
            SampleSet(samples.dataset), programs: chain.programs, batchSize: batchSize, order: sampleOrder,
            kernels: KernelSet.current, pool: WorkerPool(threads: threads ?? Int(mottle_processor_count())), keepsClean: keepsClean)
        (self.batchSize, batchesPerEpoch) = (batchSize, pipeline.batchesPerEpoch)
        streams = Mutex(pipeline)
    }

    /// The batches of an epoch (0 … 2³² − 1), for `for try await`. Iterating throws what reading samples throws, and
    /// `CancellationError` in a cancelled task.
    public func epoch(_ epoch: Int) -> Epoch { Epoch(pipeline: self, epoch: epoch) }

    /// The batches of an epoch (0 … 2³² − 1), for threads that may wait:
    /// `while let batch = try batches.next() { … }`.
    public func batches(epoch: Int) -> Batches { Batches(self, epoch: epoch) }
}

/// The batches of one epoch; every iteration starts anew.
public struct Epoch: AsyncSequence, Sendable {
    public typealias Element = Batch
    let pipeline: Pipeline
    let epoch: Int

    public func makeAsyncIterator() -> Iterator { Iterator(batches: pipeline.batches(epoch: epoch)) }

    public struct Iterator: AsyncIteratorProtocol {
        let batches: Batches

        public func next() async throws -> Batch? {
            try Task.checkCancellation()
            return try await batches.thread.run { [batches] in try batches.next() }
        }
    }
}
