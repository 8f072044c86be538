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
        let targets: UnsafeMutablePointer<Float>?
        /// In the order of the program's extra outputs.
        let extras: UnsafePointer<UnsafeMutablePointer<Float>>
        let labels: UnsafeMutablePointer<Int32>
        let ids: UnsafeMutablePointer<UInt64>
        let epoch: Int
        /// The place in the epoch of the first slot.
        let first: Int
    }

    /// What stopped the last `make`.
    var error: (any Error)?
    private let source: DatasetSamples
    private let workspace: Workspace
    private let sample: Buffer<Float>
    private let extras: [(type: ValueType, count: Int)]
    private let (batchSize, batchesPerEpoch): (Int, Int)

    init(_ pipeline: Pipeline) {
        source = DatasetSamples(pipeline.dataset)
        workspace = Workspace(pipeline.program, kernels: pipeline.kernels.noise, source: source)
        sample = Buffer(count: pipeline.dataset.sampleShape.count)
        extras = pipeline.program.extras.map { ($0.type, $0.shape.count) }
        (batchSize, batchesPerEpoch) = (pipeline.batchSize, pipeline.batchesPerEpoch)
    }

    /// Makes the samples of some slots; stops at the first that cannot be read.
    func make(_ slots: Range<Int>, _ target: Target) {
        let (dataset, count) = (source.dataset, sample.count)
        do {
            for slot in slots {
                // A shuffled sample is somewhere in the data set: it comes while the one before it is made.
                if slot + 1 < slots.upperBound, let next = dataset.bytes(of: Int(target.order[slot + 1])) {
                    mottle_prefetch(next, count)
                }
                let id = Int(target.order[slot])
                try workspace.run(
                    try source.sample(UInt64(id), scratch: sample.pointer), id: UInt64(id),
                    epoch: target.epoch,
                    step: target.epoch * batchesPerEpoch + (target.first + slot) / batchSize,
                    values: target.values + slot * count, mask: target.mask.map { $0 + slot * count })
                let label = dataset.label(of: id)
                target.labels[slot] = Int32(label)
                target.ids[slot] = UInt64(id)
                if let targets = target.targets {
                    workspace.writeTarget(
                        label: label, classes: dataset.classes, to: targets + slot * dataset.classes)
                }
                for (place, extra) in extras.enumerated() {
                    workspace.copyExtra(place, to: target.extras[place] + slot * extra.count)
                }
            }
        } catch {
            self.error = error
        }
    }
}

/// A data set as programs see it; one belongs to each worker.
package final class DatasetSamples: SampleSource {
    let dataset: any Dataset
    package let ids: Range<UInt64>
    private let (scale, low): (Double, Double)

    package init(_ dataset: any Dataset) {
        self.dataset = dataset
        ids = 0..<UInt64(dataset.count)
        (scale, low) = StoredArray.byteScale(dataset.range)
    }

    package func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        if let bytes = dataset.bytes(of: Int(id)) {
            return CleanSample(.bytes(bytes, scale: scale, low: low))
        }
        try dataset.read(Int(id), into: scratch)
        return CleanSample(.floats(scratch))
    }

    package func label(_ id: UInt64) -> Int { dataset.label(of: Int(id)) }
}
