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
    package let dataset: any Dataset
    package let batchSize: Int
    package let order: SampleOrder
    let program: Program
    let kernels: KernelSet
    let pool: WorkerPool
    /// How many batches are made at a time, which bounds the memory.
    let batchesInFlight: Int

    package init(
        dataset: any Dataset, program: Program, batchSize: Int, order: SampleOrder, kernels: KernelSet,
        pool: WorkerPool, batchesInFlight: Int = 4
    ) {
        precondition(program.shape == dataset.sampleShape, "the program is for \(program.shape)")
        precondition(batchSize > 0 && batchesInFlight > 0, "a batch wants at least one sample")
        (self.dataset, self.program, self.batchSize, self.order) = (dataset, program, batchSize, order)
        (self.kernels, self.pool, self.batchesInFlight) = (kernels, pool, batchesInFlight)
    }

    /// How many batches an epoch has; the last one may be partial.
    package var batchesPerEpoch: Int { (dataset.count + batchSize - 1) / batchSize }

    /// A stream of batches for one epoch after the other; it keeps its memory from epoch to epoch.
    package func stream() -> BatchStream { BatchStream(self) }
}
