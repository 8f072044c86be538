import Workers

/// What threads do together: each its part of one task.
///
/// A task is a struct of pointers. Threads that reached into shared objects instead would all write to their reference
/// counts, and wait for one another longer than they work.
protocol ParallelTask {
    func work(thread: Int, threads: Int)
}

/// Runs tasks of one kind without an allocation: its closure is made once, and looks at the task of the moment.
final class Region<Task: ParallelTask> {
    // Initialised only while the region runs.
    private let task: UnsafeMutablePointer<Task>
    private let body: (Int, Int) -> Void
    private let pool: WorkerPool

    init(_ pool: WorkerPool) {
        let task = UnsafeMutablePointer<Task>.allocate(capacity: 1)
        body = { thread, threads in withoutDenormals { task.pointee.work(thread: thread, threads: threads) } }
        (self.task, self.pool) = (task, pool)
    }

    deinit { task.deallocate() }

    /// `multiplications` is the size of the task. A region costs about a microsecond, and takes what the caller has in
    /// its cache elsewhere, so a small task is done by the caller alone.
    func run(_ task: Task, multiplications: Int) {
        if multiplications < 1 << 18 { return task.work(thread: 0, threads: 1) }
        self.task.initialize(to: task)
        pool.run(body)
        self.task.deinitialize(count: 1)
    }
}

/// A task over things in a row (samples, rows, groups of columns), of which each thread takes a contiguous share.
protocol SharedTask: ParallelTask {
    var count: Int { get }
    /// Never called for an empty share.
    func work(_ share: Range<Int>)
}

extension SharedTask {
    func work(thread: Int, threads: Int) {
        let share = part(thread, of: threads, count: count, unit: 1)
        if !share.isEmpty { work(share) }
    }
}
