import Datasets
import Generators
import Kernels
import Tensors
import VectorKernels

/// One thread's part in making batches, with memory of its own.
///
/// What it does for a sample touches no object that other threads touch, too: threads that count references to the same
/// object wait for one another longer than they work.
final class StreamWorker {
    /// Samples that could not be made, by slot, in ascending order.
    private(set) var failures: [(slot: Int, error: any Error)] = []
    private let source: DatasetSamples
    private let views: [WorkerView]
    private let scratch: Buffer<Float>
    private let hasher: DigestHasher?
    private let kernels: NoiseKernels
    private let skips: Bool
    private let batchSize: Int
    private let batchesPerEpoch: Int

    // Where samples go.
    private let ids: UnsafePointer<UInt64>
    private let positions: UnsafePointer<Int>
    private let labels: UnsafeMutablePointer<Int32>
    private let lengths: UnsafeMutablePointer<Int32>
    private let clean: UnsafeMutablePointer<Float>?
    private let digests: UnsafeMutablePointer<Digest>?

    init(_ pipeline: Pipeline, _ memory: StreamMemory) {
        let source = DatasetSamples(pipeline.samples)
        self.source = source
        views = zip(pipeline.programs, memory.views).map { program, view in
            WorkerView(program, view, source, pipeline.kernels.noise)
        }
        scratch = Buffer(count: pipeline.samples.dataset.sampleShape.count)
        kernels = pipeline.kernels.noise
        hasher = pipeline.makesDigests ? DigestHasher(pipeline.kernels.noise) : nil
        skips = pipeline.samples.skipsUnreadable
        (batchSize, batchesPerEpoch) = (pipeline.batchSize, pipeline.batchesPerEpoch)
        (ids, positions) = (UnsafePointer(memory.ids.pointer), UnsafePointer(memory.positions.pointer))
        (labels, lengths) = (memory.labels.pointer, memory.lengths.pointer)
        (clean, digests) = (memory.clean?.pointer, memory.digests?.pointer)
    }

    func begin() { failures.removeAll(keepingCapacity: true) }

    /// Makes the samples of some slots.
    ///
    /// - Returns: false if one failed that may not be left out; those behind it are not made then.
    func make(_ slots: Range<Int>, epoch: Int) -> Bool {
        for slot in slots {
            if slot + 1 < slots.upperBound { source.prefetch(ids[slot + 1]) }
            do {
                try make(slot, epoch: epoch)
            } catch {
                failures.append((slot, error))
                guard skips, error is any DataError else { return false }
            }
        }
        return true
    }

    private func make(_ slot: Int, epoch: Int) throws {
        let (id, count) = (ids[slot], scratch.count)
        let sample = try source.sample(id, scratch: scratch.pointer)
        let label = source.label(id)
        labels[slot] = Int32(label)
        lengths[slot] = Int32(truncatingIfNeeded: sample.length ?? Int(Int32.max))
        if let clean { sample.values.decode(first: 0, count: count, to: clean + slot * count, kernels) }
        hasher?.begin()
        hasher?.absorb(id)
        hasher?.absorb(UInt64(label))
        hasher?.absorb(UInt64(truncatingIfNeeded: sample.length ?? -1))
        let step = epoch * batchesPerEpoch + positions[slot] / batchSize
        for view in views {
            try view.make(slot, sample, id: id, label: label, epoch: epoch, step: step)
            if let hasher { view.absorb(slot, into: hasher) }
        }
        if let hasher { digests?[slot] = hasher.digest }
    }
}

/// What a worker runs for one program, and where the results go.
private struct WorkerView {
    let workspace: Workspace
    let count: Int
    let classes: Int
    let values: UnsafeMutablePointer<Float>
    let mask: UnsafeMutablePointer<UInt8>?
    let targets: UnsafeMutablePointer<Float>?
    let extras: [(target: UnsafeMutablePointer<Float>, count: Int)]

    init(_ program: Program, _ view: StreamMemory.View, _ source: DatasetSamples, _ kernels: NoiseKernels) {
        workspace = Workspace(program, kernels: kernels, source: source)
        (count, classes) = (program.shape.count, source.samples.dataset.classes)
        (values, mask, targets) = (view.values.pointer, view.mask?.pointer, view.targets?.pointer)
        extras = zip(view.extras, program.extras).map { ($0.pointer, $1.shape.count) }
    }

    func make(_ slot: Int, _ sample: CleanSample, id: UInt64, label: Int, epoch: Int, step: Int) throws {
        try workspace.run(
            sample, id: id, epoch: epoch, step: step, values: values + slot * count, mask: mask.map { $0 + slot * count })
        if let targets {
            workspace.writeTarget(label: label, classes: classes, to: targets + slot * classes)
        }
        for (place, extra) in extras.enumerated() {
            workspace.copyExtra(place, to: extra.target + slot * extra.count)
        }
    }

    func absorb(_ slot: Int, into hasher: DigestHasher) {
        hasher.absorb(values + slot * count, count: count * MemoryLayout<Float>.size)
        if let mask { hasher.absorb(mask + slot * count, count: count) }
        if let targets { hasher.absorb(targets + slot * classes, count: classes * MemoryLayout<Float>.size) }
        for extra in extras {
            hasher.absorb(extra.target + slot * extra.count, count: extra.count * MemoryLayout<Float>.size)
        }
    }
}
