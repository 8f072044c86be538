import Tensors

/// The batches of a pipeline in order.
///
/// The pool's threads make a few batches at a time, each thread its share of the samples, straight into the memory that
/// the consumer reads; that memory is used again when the consumer has asked for the batch behind the last of them.
package final class BatchStream {
    private let pipeline: Pipeline
    private let sampleCount: Int
    private let values: Buffer<Float>
    private let mask: Buffer<UInt8>?
    private let targets: Buffer<Float>?
    private let extras: [Buffer<Float>]
    private let extraPointers: Buffer<UnsafeMutablePointer<Float>>
    private let labels: Buffer<Int32>
    private let ids: Buffer<UInt64>
    private let order: Buffer<UInt32>
    private let workers: [StreamWorker]

    private var epoch = 0
    /// The samples in memory are places `first ..< end` of the epoch's order; the next batch starts at `next`.
    private var (first, next, end) = (0, 0, 0)
    /// Kept, because a closure literal in a hot loop is allocated each time.
    private var fill: ((Int, Int) -> Void)!

    init(_ pipeline: Pipeline) {
        self.pipeline = pipeline
        sampleCount = pipeline.dataset.sampleShape.count
        let samples = min(pipeline.batchSize * pipeline.batchesInFlight, pipeline.dataset.count)
        values = Buffer(count: samples * sampleCount)
        mask = pipeline.program.writesMask ? Buffer(count: samples * sampleCount) : nil
        targets = pipeline.program.mixesLabels ? Buffer(count: samples * pipeline.dataset.classes) : nil
        extras = pipeline.program.extras.map { Buffer(count: samples * $0.shape.count) }
        extraPointers = Buffer(extras.map(\.pointer))
        labels = Buffer(count: samples)
        ids = Buffer(count: samples)
        order = Buffer(count: pipeline.dataset.count)
        workers = (0..<pipeline.pool.threads).map { _ in StreamWorker(pipeline) }
        fill = { [unowned self] thread, threads in
            let count = end - first
            let share = (count * thread / threads)..<(count * (thread + 1) / threads)
            let target = StreamWorker.Target(
                order: order.pointer + first, values: values.pointer, mask: mask?.pointer,
                targets: targets?.pointer, extras: extraPointers.pointer, labels: labels.pointer,
                ids: ids.pointer, epoch: epoch, first: first)
            workers[thread].make(share, target)
        }
    }

    /// Starts an epoch, whatever was streamed before.
    package func begin(epoch: Int) {
        self.epoch = epoch
        (first, next, end) = (0, 0, 0)
        pipeline.order.write(epoch: epoch, count: pipeline.dataset.count, to: order.pointer)
    }

    /// The next batch of the epoch, nil behind the last one. It is valid until the next call.
    ///
    /// - Throws: what reading the data set throws; the error of the earliest sample, if several fail. Calling again tries
    ///   the same batch again.
    package func nextBatch() throws -> Batch? {
        if next == end {
            guard end < pipeline.dataset.count else { return nil }
            first = end
            end = min(first + pipeline.batchSize * pipeline.batchesInFlight, pipeline.dataset.count)
            pipeline.pool.run(fill)
            // Shares are in order, and each stops at its first error.
            for worker in workers {
                if let error = worker.error { throw reset(after: error) }
            }
        }
        let start = next - first
        let count = min(pipeline.batchSize, end - next)
        next += count
        var batch = Batch(
            count: count, shape: pipeline.dataset.sampleShape, values: values.pointer + start * sampleCount,
            labels: labels.pointer + start, ids: ids.pointer + start, epoch: epoch,
            mask: mask.map { UnsafePointer($0.pointer + start * sampleCount) })
        batch.targets = targets.map { UnsafePointer($0.pointer + start * pipeline.dataset.classes) }
        for (extra, values) in zip(pipeline.program.extras, extras) {
            batch.extras.append(
                BatchExtra(
                    name: extra.name, shape: extra.shape, isMask: extra.type == .mask,
                    values: values.pointer + start * extra.shape.count))
        }
        return batch
    }

    /// Forgets a failed attempt to fill the memory.
    private func reset(after error: any Error) -> any Error {
        for worker in workers { worker.error = nil }
        end = first
        return error
    }
}
