import Datasets
import Synchronization
import Tensors

/// The batches of a pipeline in order.
///
/// The pool's threads make a few batches at a time, straight into the memory that the consumer reads; that memory is used
/// again when the consumer has asked for the batch behind the last of them. Threads take a few samples after the other, so
/// that one with large files does not keep the others waiting.
package final class BatchStream {
    private let pipeline: Pipeline
    private let memory: StreamMemory
    private let workers: [StreamWorker]

    private var epoch = 0
    private var order: EpochOrder?
    /// The epoch's order is read up to here.
    private var position = 0
    /// Slots that hold samples which are not handed out yet.
    private var ready = 0..<0
    /// Slots that the next region fills, of which `nextSlot` is the first that nobody has taken.
    private var unfilled = 0..<0
    private let nextSlot = Atomic(0)
    private var piece = 1
    /// Kept, because a closure literal in a hot loop is allocated each time.
    private var fill: ((Int, Int) -> Void)!

    /// Samples that were left out because they cannot be read, with the reasons.
    package private(set) var skipped: [Int: String] = [:]

    init(_ pipeline: Pipeline) {
        self.pipeline = pipeline
        let memory = StreamMemory(pipeline)
        self.memory = memory
        workers = (0..<pipeline.pool.threads).map { _ in StreamWorker(pipeline, memory) }
        fill = { [unowned self] thread, _ in
            let worker = workers[thread]
            while true {
                let first = nextSlot.wrappingAdd(piece, ordering: .relaxed).oldValue
                guard first < unfilled.upperBound else { return }
                let end = min(first + piece, unfilled.upperBound)
                guard worker.make(first..<end, epoch: epoch) else { return }
            }
        }
    }

    /// Starts an epoch, whatever was streamed before.
    ///
    /// - Parameter position: where in the epoch's order; another than 0 takes up behind a batch (`Batch.nextPosition`).
    package func begin(epoch: Int, at position: Int = 0) {
        (self.epoch, self.position, ready) = (epoch, position, 0..<0)
        order = pipeline.order.epoch(epoch, of: pipeline.samples)
    }

    /// The next batch of the epoch, nil behind the last one. It is valid until the next call.
    ///
    /// - Throws: what reading the data set or running the chain throws; the error of the earliest sample, if several fail.
    ///   Calling again tries the same batch again.
    package func nextBatch() throws -> Batch? {
        guard let order else { preconditionFailure("a stream begins with an epoch") }
        while ready.count < pipeline.batchSize, position < order.count { try makeMore(order) }
        guard !ready.isEmpty else { return nil }
        let slots = ready.prefix(pipeline.batchSize)
        ready = slots.upperBound..<ready.upperBound
        return memory.batch(slots, epoch: epoch)
    }

    /// Fills the memory behind the samples that are left over, which go to its start.
    private func makeMore(_ order: EpochOrder) throws {
        let kept = ready.count
        for offset in 0..<kept { memory.move(from: ready.lowerBound + offset, to: offset) }
        ready = 0..<kept
        let count = min(memory.capacity - kept, order.count - position)
        for offset in 0..<count {
            memory.ids.pointer[(kept + offset) * memory.views] = order[position + offset]
            memory.positions.pointer[kept + offset] = position + offset
        }
        unfilled = kept..<kept + count
        piece = max(1, count / (8 * pipeline.pool.threads))
        nextSlot.store(kept, ordering: .relaxed)
        for worker in workers { worker.begin() }
        pipeline.pool.run(fill)
        try closeGaps()
        position += count
    }

    /// Takes out the samples that could not be read, or throws the first one's error.
    private func closeGaps() throws {
        if workers.allSatisfy({ $0.failures.isEmpty }) {
            ready = 0..<unfilled.upperBound
            return
        }
        let failures = workers.flatMap(\.failures).sorted { $0.slot < $1.slot }
        for failure in failures {
            guard pipeline.samples.skipsUnreadable, let error = failure.error as? any DataError else {
                throw failure.error
            }
            skipped[Int(memory.ids[failure.slot * memory.views])] = error.description
        }
        var (kept, gaps) = (ready.upperBound, failures[...])
        for slot in unfilled {
            if gaps.first?.slot == slot {
                gaps.removeFirst()
            } else {
                memory.move(from: slot, to: kept)
                kept += 1
            }
        }
        ready = 0..<kept
    }
}
