import Datasets
import Generators
import Kernels
import Tensors
import Workers

/// Samples of a data set, put through a chain, batch by batch.
///
/// What a sample becomes depends on its id, the epoch and the chain alone: never on the batch it is in, on how many
/// threads there are or on what was streamed before.
package final class Pipeline {
    package let samples: SampleSet
    package let batchSize: Int
    package let order: SampleOrder
    /// One for each view of a sample: the same chain with draws of its own. A batch has a row for each.
    let programs: [Program]
    let kernels: KernelSet
    let pool: WorkerPool
    /// How many batches are made at a time, which bounds the memory.
    let batchesInFlight: Int
    let keepsClean: Bool
    let makesDigests: Bool

    /// - Parameters:
    ///   - programs: all for the shape of the samples; the first one's results are a batch's `values`.
    ///   - keepsClean: whether batches have the samples before the chain, too.
    ///   - makesDigests: whether batches have what tells them from others.
    package init(
        _ samples: SampleSet, programs: [Program], batchSize: Int, order: SampleOrder, kernels: KernelSet,
        pool: WorkerPool, batchesInFlight: Int? = nil, keepsClean: Bool = false, makesDigests: Bool = false
    ) {
        let shape = samples.dataset.sampleShape
        precondition(
            !programs.isEmpty && programs.allSatisfy { $0.shape == shape }, "samples are \(shape)")
        let batchesInFlight =
            batchesInFlight ?? Self.batchesInFlight(batchSize * shape.count * programs.count)
        precondition(batchSize > 0 && batchesInFlight > 0, "a batch wants at least one sample")
        (self.samples, self.programs, self.batchSize, self.order) = (samples, programs, batchSize, order)
        (self.kernels, self.pool, self.batchesInFlight) = (kernels, pool, batchesInFlight)
        (self.keepsClean, self.makesDigests) = (keepsClean, makesDigests)
        samplesPerEpoch = order.samplesPerEpoch(samples)
    }

    /// As many batches as stay in a cache together until they are read, at least one and no more than keep threads busy.
    private static func batchesInFlight(_ batchCount: Int) -> Int {
        max(1, min(8, (1 << 17) / max(1, batchCount)))
    }

    /// How many samples an epoch has, if all can be read.
    package let samplesPerEpoch: Int

    /// How many batches an epoch has; the last one may be partial.
    package var batchesPerEpoch: Int { (samplesPerEpoch + batchSize - 1) / batchSize }

    /// A stream of batches for one epoch after the other; it keeps its memory from epoch to epoch.
    package func stream() -> BatchStream { BatchStream(self) }
}
