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
    /// One for each view.
    private let workspaces: [Workspace]
    /// The same, as what every sample asks for: nothing is counted.
    private let plainWorkspaces: Buffer<Unmanaged<Workspace>>
    /// Whether samples are features of sounds that the chain changes first, in each view in another way.
    private let changesSounds: Bool
    private let scratch: Buffer<Float>
    private let hasher: DigestHasher
    private let makesDigests: Bool
    private let kernels: NoiseKernels
    private let skips: Bool
    private let (batchSize, batchesPerEpoch): (Int, Int)
    private let (classes, size): (Int, Int)

    // Where samples go: by slot, and with a row for each view of it.
    private let positions: UnsafePointer<Int>
    private let clean: UnsafeMutablePointer<Float>?
    private let digests: UnsafeMutablePointer<Digest>?
    private let ids: UnsafeMutablePointer<UInt64>
    private let labels: UnsafeMutablePointer<Int32>
    private let lengths: UnsafeMutablePointer<Int32>
    private let values: UnsafeMutablePointer<Float>
    private let mask: UnsafeMutablePointer<UInt8>?
    private let targets: UnsafeMutablePointer<Float>?
    private let extras: [(target: UnsafeMutablePointer<Float>, count: Int)]

    init(_ pipeline: Pipeline, _ memory: StreamMemory) {
        let source = DatasetSamples(pipeline.samples)
        self.source = source
        kernels = pipeline.kernels.noise
        workspaces = pipeline.programs.map {
            Workspace($0, kernels: pipeline.kernels.noise, source: source)
        }
        plainWorkspaces = Buffer(workspaces.map(Unmanaged.passUnretained))
        let program = pipeline.programs[0]
        (size, classes) = (program.shape.count, pipeline.samples.dataset.classes)
        changesSounds = program.sound != nil
        scratch = Buffer(count: size)
        (hasher, makesDigests) = (DigestHasher(pipeline.kernels.noise), pipeline.makesDigests)
        skips = pipeline.samples.skipsUnreadable
        (batchSize, batchesPerEpoch) = (pipeline.batchSize, pipeline.batchesPerEpoch)
        positions = UnsafePointer(memory.positions.pointer)
        (clean, digests) = (memory.clean?.pointer, memory.digests?.pointer)
        (ids, labels, lengths) = (memory.ids.pointer, memory.labels.pointer, memory.lengths.pointer)
        (values, mask, targets) = (memory.values.pointer, memory.mask?.pointer, memory.targets?.pointer)
        extras = zip(memory.extras, program.extras).map { ($0.pointer, $1.shape.count) }
    }

    func begin() { failures.removeAll(keepingCapacity: true) }

    /// Makes the samples of some slots, whose ids stand in their first rows.
    ///
    /// - Returns: false if one failed that may not be left out; those behind it are not made then.
    func make(_ slots: Range<Int>, epoch: Int) -> Bool {
        let views = plainWorkspaces.count
        for slot in slots {
            if slot + 1 < slots.upperBound { source.prefetch(ids[(slot + 1) * views]) }
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
        let views = plainWorkspaces.count
        let id = ids[slot * views]
        let step = epoch * batchesPerEpoch + positions[slot] / batchSize
        if let clean, changesSounds {
            let sample = try source.sample(id, scratch: scratch.pointer)
            sample.values.decode(first: 0, count: size, to: clean + slot * size, kernels)
        }
        var sample = try sample(id, view: 0, epoch: epoch, step: step)
        let label = source.label(id)
        if let clean, !changesSounds {
            sample.values.decode(first: 0, count: size, to: clean + slot * size, kernels)
        }
        if makesDigests {
            hasher.begin()
            hasher.absorb(id)
            hasher.absorb(UInt64(label))
            hasher.absorb(UInt64(truncatingIfNeeded: sample.length ?? -1))
        }
        for view in 0..<views {
            if view > 0, changesSounds { sample = try self.sample(id, view: view, epoch: epoch, step: step) }
            let row = slot * views + view
            (ids[row], labels[row]) = (id, Int32(label))
            lengths[row] = Int32(truncatingIfNeeded: sample.length ?? Int(Int32.max))
            try plainWorkspaces.pointer[view]._withUnsafeGuaranteedRef { workspace in
                try make(row, sample, in: workspace, label, epoch: epoch, step: step)
            }
            if makesDigests { absorb(row) }
        }
        if makesDigests { digests?[slot] = hasher.digest }
    }

    /// What the program of a view begins with.
    private func sample(_ id: UInt64, view: Int, epoch: Int, step: Int) throws -> CleanSample {
        guard changesSounds else { return try source.sample(id, scratch: scratch.pointer) }
        return try plainWorkspaces.pointer[view]._withUnsafeGuaranteedRef { workspace in
            try workspace.sample(id, epoch: epoch, step: step, scratch: scratch.pointer)
        }
    }

    private func make(
        _ row: Int, _ sample: CleanSample, in workspace: Workspace, _ label: Int, epoch: Int, step: Int
    ) throws {
        try workspace.run(
            sample, id: ids[row], epoch: epoch, step: step, values: values + row * size,
            mask: mask.map { $0 + row * size })
        if let targets {
            workspace.writeTarget(label: label, classes: classes, to: targets + row * classes)
        }
        for (place, extra) in extras.enumerated() {
            workspace.copyExtra(place, to: extra.target + row * extra.count)
        }
    }

    private func absorb(_ row: Int) {
        func absorb(_ floats: UnsafePointer<Float>, _ count: Int) {
            hasher.absorb(floats + row * count, count: count * MemoryLayout<Float>.size)
        }
        absorb(values, size)
        if let mask { hasher.absorb(mask + row * size, count: size) }
        if let targets { absorb(targets, classes) }
        for extra in extras { absorb(extra.target, extra.count) }
    }
}
