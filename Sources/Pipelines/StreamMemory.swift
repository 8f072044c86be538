import Generators
import Tensors

/// Room for the samples in flight, slot by slot; every sample of a slot is written by one worker.
final class StreamMemory {
    let capacity: Int
    let ids: Buffer<UInt64>
    /// Where each sample comes in its epoch.
    let positions: Buffer<Int>
    let labels: Buffer<Int32>
    let lengths: Buffer<Int32>
    let clean: Buffer<Float>?
    let digests: Buffer<Digest>?
    /// By program.
    let views: [View]
    private let sampleCount: Int

    /// What one program makes of the samples.
    final class View {
        let values: Buffer<Float>
        let mask: Buffer<UInt8>?
        let targets: Buffer<Float>?
        let extras: [Buffer<Float>]

        init(_ program: Program, capacity: Int, classes: Int) {
            values = Buffer(count: capacity * program.shape.count)
            mask = program.writesMask ? Buffer(count: capacity * program.shape.count) : nil
            targets = program.mixesLabels ? Buffer(count: capacity * classes) : nil
            extras = program.extras.map { Buffer(count: capacity * $0.shape.count) }
        }

        func move(from: Int, to: Int, count: Int) {
            values.move(from: from, to: to, each: count)
            mask?.move(from: from, to: to, each: count)
            targets?.move(from: from, to: to, each: targets!.count / (values.count / count))
            for extra in extras { extra.move(from: from, to: to, each: extra.count / (values.count / count)) }
        }
    }

    init(_ pipeline: Pipeline) {
        capacity = min(pipeline.batchSize * pipeline.batchesInFlight, pipeline.samplesPerEpoch)
        sampleCount = pipeline.samples.dataset.sampleShape.count
        (ids, positions) = (Buffer(count: capacity), Buffer(count: capacity))
        (labels, lengths) = (Buffer(count: capacity), Buffer(count: capacity))
        clean = pipeline.keepsClean ? Buffer(count: capacity * sampleCount) : nil
        digests = pipeline.makesDigests ? Buffer(count: capacity) : nil
        views = pipeline.programs.map { [capacity] in
            View($0, capacity: capacity, classes: pipeline.samples.dataset.classes)
        }
    }

    /// Puts a sample into another slot.
    func move(from: Int, to: Int) {
        guard from != to else { return }
        ids.move(from: from, to: to, each: 1)
        positions.move(from: from, to: to, each: 1)
        labels.move(from: from, to: to, each: 1)
        lengths.move(from: from, to: to, each: 1)
        clean?.move(from: from, to: to, each: sampleCount)
        digests?.move(from: from, to: to, each: 1)
        for view in views { view.move(from: from, to: to, count: sampleCount) }
    }

    /// The samples in some slots.
    func batch(_ slots: Range<Int>, _ pipeline: Pipeline, epoch: Int) -> Batch {
        let (start, view, program) = (slots.lowerBound, views[0], pipeline.programs[0])
        var batch = Batch(
            count: slots.count, shape: program.shape, values: view.values.pointer + start * sampleCount,
            labels: labels.pointer + start, ids: ids.pointer + start, epoch: epoch,
            mask: view.mask.map { UnsafePointer($0.pointer + start * sampleCount) })
        let classes = pipeline.samples.dataset.classes
        batch.targets = view.targets.map { UnsafePointer($0.pointer + start * classes) }
        for (extra, values) in zip(program.extras, view.extras) {
            batch.extras.append(
                BatchExtra(
                    name: extra.name, shape: extra.shape, isMask: extra.type == .mask,
                    values: values.pointer + start * extra.shape.count))
        }
        batch.lengths = UnsafePointer(lengths.pointer + start)
        batch.clean = clean.map { UnsafePointer($0.pointer + start * sampleCount) }
        batch.furtherViews = views.dropFirst().map { view in
            BatchView(
                values: view.values.pointer + start * sampleCount,
                mask: view.mask.map { UnsafePointer($0.pointer + start * sampleCount) })
        }
        batch.digests = digests.map { UnsafePointer($0.pointer + start) }
        batch.nextPosition = positions[slots.upperBound - 1] + 1
        return batch
    }
}

extension Buffer {
    /// Copies one item of `count` values to another's place.
    fileprivate func move(from: Int, to: Int, each count: Int) {
        (pointer + to * count).update(from: pointer + from * count, count: count)
    }
}
