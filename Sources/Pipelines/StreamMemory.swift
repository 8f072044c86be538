import Generators
import Tensors

/// Room for the samples in flight, slot by slot. A slot has a row for each view of its sample; every slot is written by one
/// worker.
final class StreamMemory {
    /// Slots.
    let capacity: Int
    let views: Int
    let ids: Buffer<UInt64>
    let labels: Buffer<Int32>
    let lengths: Buffer<Int32>
    let values: Buffer<Float>
    let mask: Buffer<UInt8>?
    let targets: Buffer<Float>?
    let extras: [Buffer<Float>]
    /// By slot: where the sample comes in its epoch.
    let positions: Buffer<Int>
    let clean: Buffer<Float>?
    let digests: Buffer<Digest>?

    private let program: Program
    private let classes: Int

    init(_ pipeline: Pipeline) {
        let (capacity, views) = (
            min(pipeline.batchSize * pipeline.batchesInFlight, pipeline.samplesPerEpoch),
            pipeline.programs.count
        )
        let (rows, program) = (capacity * views, pipeline.programs[0])
        let (size, classes) = (program.shape.count, pipeline.samples.dataset.classes)
        (self.capacity, self.views, self.program, self.classes) = (capacity, views, program, classes)
        (ids, labels, lengths) = (Buffer(count: rows), Buffer(count: rows), Buffer(count: rows))
        values = Buffer(count: rows * size)
        mask = program.writesMask ? Buffer(count: rows * size) : nil
        targets = program.mixesLabels ? Buffer(count: rows * classes) : nil
        extras = program.extras.map { Buffer(count: rows * $0.shape.count) }
        positions = Buffer(count: capacity)
        clean = pipeline.keepsClean ? Buffer(count: capacity * size) : nil
        digests = pipeline.makesDigests ? Buffer(count: capacity) : nil
    }

    /// Puts a sample into another slot.
    func move(from: Int, to: Int) {
        guard from != to else { return }
        let size = program.shape.count
        func moveRows<Value>(_ buffer: Buffer<Value>, _ count: Int = 1) {
            buffer.move(from: from, to: to, each: views * count)
        }
        moveRows(ids)
        moveRows(labels)
        moveRows(lengths)
        moveRows(values, size)
        if let mask { moveRows(mask, size) }
        if let targets { moveRows(targets, classes) }
        for (buffer, extra) in zip(extras, program.extras) { moveRows(buffer, extra.shape.count) }
        positions.move(from: from, to: to, each: 1)
        clean?.move(from: from, to: to, each: size)
        digests?.move(from: from, to: to, each: 1)
    }

    /// The samples in some slots.
    func batch(_ slots: Range<Int>, epoch: Int) -> Batch {
        let (size, row) = (program.shape.count, slots.lowerBound * views)
        var batch = Batch(
            count: slots.count * views, shape: program.shape, values: values.pointer + row * size,
            labels: labels.pointer + row, ids: ids.pointer + row, epoch: epoch,
            mask: mask.map { UnsafePointer($0.pointer + row * size) })
        batch.views = views
        batch.targets = targets.map { UnsafePointer($0.pointer + row * classes) }
        for (extra, values) in zip(program.extras, extras) {
            batch.extras.append(
                BatchExtra(
                    name: extra.name, shape: extra.shape, isMask: extra.type == .mask,
                    values: values.pointer + row * extra.shape.count))
        }
        batch.lengths = UnsafePointer(lengths.pointer + row)
        batch.clean = clean.map { UnsafePointer($0.pointer + slots.lowerBound * size) }
        batch.digests = digests.map { UnsafePointer($0.pointer + slots.lowerBound) }
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
