import CSystem
import Datasets
import Generators
import Tensors

/// One thread's part in making batches, with memory of its own.
///
/// What it does for a sample touches no object that other threads touch, too: threads that count references to the same
/// object wait for one another longer than they work.
final class StreamWorker {
    /// Where samples go; slot i belongs to the i-th place of `order`.
    struct Target {
        /// Ids of the samples to make.
        let order: UnsafePointer<UInt32>
        let values: UnsafeMutablePointer<Float>
        let mask: UnsafeMutablePointer<UInt8>?
        let labels: UnsafeMutablePointer<Int32>
        let ids: UnsafeMutablePointer<UInt64>
        let epoch: Int
    }

    /// What stopped the last `make`.
    var error: (any Error)?
    private let dataset: any Dataset
    private let workspace: Workspace
    private let sample: Buffer<Float>

    init(_ pipeline: Pipeline) {
        dataset = pipeline.dataset
        workspace = Workspace(pipeline.program, kernels: pipeline.kernels.noise)
        sample = Buffer(count: pipeline.dataset.sampleShape.count)
    }

    /// Makes the samples of some slots; stops at the first that cannot be read.
    func make(_ slots: Range<Int>, _ target: Target) {
        let (dataset, count) = (dataset, sample.count)
        do {
            for slot in slots {
                // A shuffled sample is somewhere in the data set: it comes while the one before it is made.
                if slot + 1 < slots.upperBound, let next = dataset.bytes(of: Int(target.order[slot + 1])) {
                    mottle_prefetch(next, count)
                }
                let id = Int(target.order[slot])
                workspace.run(
                    try values(of: id, dataset), id: UInt64(id), epoch: target.epoch,
                    values: target.values + slot * count, mask: target.mask.map { $0 + slot * count })
                target.labels[slot] = Int32(dataset.label(of: id))
                target.ids[slot] = UInt64(id)
            }
        } catch {
            self.error = error
        }
    }

    private func values(of id: Int, _ dataset: any Dataset) throws -> SampleValues {
        if let bytes = dataset.bytes(of: id) { return .bytes(bytes, scale: 1.0 / 255, low: 0) }
        try dataset.read(id, into: sample.pointer)
        return .floats(sample.pointer)
    }
}
