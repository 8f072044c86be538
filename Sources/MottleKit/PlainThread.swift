import Glibc

/// One thread of the system that runs jobs in order, so that what waits never holds a thread of Swift's own.
///
/// The thread is made at the first job and ends behind the last one when the owner lets go.
///
/// Safety of `@unchecked Sendable`: all state is the queue's, which only the lock's holder touches.
final class PlainThread: Sendable {
    private let queue = JobQueue()

    deinit { queue.close() }

    /// Runs `work` on the thread and returns, or throws, what it does.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.add { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }
}

/// Jobs that wait for a thread, which keeps the queue alive until it has left.
private final class JobQueue: @unchecked Sendable {
    private var jobs: [() -> Void] = []
    private var (isStarted, isClosed) = (false, false)
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let isChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(isChanged, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(isChanged)
        lock.deallocate()
        isChanged.deallocate()
    }

    func add(_ job: @escaping () -> Void) {
        pthread_mutex_lock(lock)
        jobs.append(job)
        if !isStarted {
            isStarted = true
            start()
        }
        pthread_cond_signal(isChanged)
        pthread_mutex_unlock(lock)
    }

    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_signal(isChanged)
        pthread_mutex_unlock(lock)
    }

    /// The next job, nil when there will be none.
    private func next() -> (() -> Void)? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while jobs.isEmpty && !isClosed { pthread_cond_wait(isChanged, lock) }
        return jobs.isEmpty ? nil : jobs.removeFirst()
    }

    private func start() {
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { queue in
                let queue = Unmanaged<JobQueue>.fromOpaque(queue!).takeRetainedValue()
                while let job = queue.next() { job() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(status == 0, "pthread_create failed: \(String(cString: strerror(status)))")
        pthread_detach(handle)
    }
}
