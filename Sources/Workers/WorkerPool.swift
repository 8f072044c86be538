import Glibc
import Synchronization

/// A fixed number of plain threads that run parallel regions together with the thread that asks.
///
/// The threads are made at the first region that wants them, and joined when the pool is freed. Between regions they
/// spin for a few microseconds and then sleep. `run` allocates nothing, except the threads at its first call; a closure
/// literal that captures is allocated by whoever writes it, so a hot loop makes its closure once and keeps it.
package final class WorkerPool: Sendable {
    package let threads: Int
    private let crew: Crew
    /// Set while a region runs: regions neither nest nor run side by side.
    private let isBusy = Atomic(false)

    package init(threads: Int) {
        precondition(threads > 0, "a pool wants at least one thread, got \(threads)")
        self.threads = threads
        crew = Crew(threads: threads)
    }

    deinit { crew.leave() }

    /// Calls `body(thread, threads)` once for each thread number 0 ..< threads, at the same time, and returns when all
    /// are done. Number 0 is the caller. What the caller wrote before is seen by all, what they wrote by the caller.
    package func run(_ body: @escaping (_ thread: Int, _ threads: Int) -> Void) {
        if threads == 1 { return body(0, 1) }
        let wasBusy = isBusy.exchange(true, ordering: .acquiring)
        precondition(!wasBusy, "a region of a WorkerPool runs already: regions neither nest nor overlap")
        crew.run(body)
        isBusy.store(false, ordering: .releasing)
    }
}

/// What the threads of a pool share; they keep it alive until they have left.
///
/// Safety of `@unchecked Sendable`: `body` is written before a region starts and read after (both by `region`);
/// `handles` is touched only by the thread that asks, one at a time (`WorkerPool.isBusy`).
private final class Crew: @unchecked Sendable {
    private static let leaving: UInt32 = 0x7fff_ffff

    private let threads: Int
    /// Which region runs, counted from 1; `leaving` ends the threads.
    private let region = WakeWord()
    /// How many of the other threads have not finished the region.
    private let unfinished = WakeWord()
    private var body: ((Int, Int) -> Void)?
    private var handles: [pthread_t] = []
    private var lastRegion: UInt32 = 0

    init(threads: Int) { self.threads = threads }

    func run(_ body: @escaping (Int, Int) -> Void) {
        if handles.isEmpty { startThreads() }
        self.body = body
        unfinished.set(UInt32(threads - 1))
        // Wraps long before `leaving`; only that it differs from the last number matters.
        lastRegion = (lastRegion + 1) & 0xffff
        region.set(lastRegion)
        body(0, threads)
        _ = unfinished.wait { $0 == 0 }
        self.body = nil
    }

    func leave() {
        region.set(Self.leaving)
        for handle in handles { pthread_join(handle, nil) }
    }

    private func startThreads() {
        for thread in 1..<threads {
            let start = Unmanaged.passRetained(ThreadStart(crew: self, thread: thread))
            var handle = pthread_t()
            let status = pthread_create(&handle, nil, { runThread($0!) }, start.toOpaque())
            precondition(status == 0, "pthread_create failed: \(String(cString: strerror(status)))")
            handles.append(handle)
        }
    }

    fileprivate func work(thread: Int) {
        var seen: UInt32 = 0
        while true {
            seen = region.wait { $0 != seen }
            if seen == Self.leaving { return }
            body!(thread, threads)
            unfinished.countDown()
        }
    }
}

/// What a new thread is told.
private final class ThreadStart {
    let crew: Crew
    let thread: Int

    init(crew: Crew, thread: Int) { (self.crew, self.thread) = (crew, thread) }
}

private func runThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    start.crew.work(thread: start.thread)
    return nil
}
