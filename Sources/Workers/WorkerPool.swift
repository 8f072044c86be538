import Glibc
import Synchronization

/// A fixed number of plain threads that run parallel regions together with the thread that asks.
///
/// The threads are made at the first region that wants them, and joined when the pool is freed. Between regions they
/// spin for some microseconds and then sleep (see `Patience`). `run` allocates nothing, except the threads at its first call; a closure
/// literal that captures is allocated by whoever writes it, so a hot loop makes its closure once and keeps it.
///
/// A part of a region that its own thread has not begun, because it sleeps or a neighbour has its core, is taken by
/// whoever is done first. So a region never waits for a thread that does not run, and costs little more than the same
/// work on one thread at worst.
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
    /// are done. Number 0 is the caller, another number is a thread of its own or one that has finished: parts must not
    /// wait for one another. What the caller wrote before is seen by all, what they wrote by the caller.
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
/// Safety of `@unchecked Sendable`: `body` is written before a region starts (`region`), and read only by who has claimed a
/// part of it, which the region waits for (`unfinished`); `handles`, `lastRegion` and `patience` are touched only by
/// the thread that asks, one at a time (`WorkerPool.isBusy`).
private final class Crew: @unchecked Sendable {
    private static let leaving: UInt32 = 0x7fff_ffff

    private let threads: Int
    /// Which region runs; `leaving` ends the threads.
    private let region = WakeWord()
    /// How many parts but the caller's are not finished.
    private let unfinished = WakeWord()
    /// By part: the last region that somebody has taken it of.
    private let claims: Claims
    private var body: ((Int, Int) -> Void)?
    private var handles: [pthread_t] = []
    private var lastRegion: UInt32 = 0
    /// Of the thread that asks.
    private var patience = Patience()

    init(threads: Int) {
        self.threads = threads
        claims = Claims(count: threads)
    }

    func run(_ body: @escaping (Int, Int) -> Void) {
        if handles.isEmpty { startThreads() }
        self.body = body
        unfinished.set(UInt32(threads - 1))
        lastRegion = Self.next(lastRegion)
        region.set(lastRegion)
        body(0, threads)
        takeParts(of: lastRegion, first: 1)
        _ = unfinished.wait(&patience) { $0 == 0 }
        self.body = nil
    }

    /// Numbers stay below `leaving`.
    private static func next(_ region: UInt32) -> UInt32 { (region + 1) & 0x3fff_ffff }

    /// Does every part that nobody has taken, beginning with part `first`.
    private func takeParts(of region: UInt32, first: Int) {
        for offset in 0..<threads - 1 {
            let part = (first - 1 + offset) % (threads - 1) + 1
            if claims.take(part, of: region) {
                body!(part, threads)
                unfinished.countDown()
            }
        }
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
        var (seen, patience): (UInt32, Patience) = (0, Patience())
        while true {
            seen = region.wait(&patience) { $0 != seen }
            if seen == Self.leaving { return }
            takeParts(of: seen, first: thread)
        }
    }
}

/// Who does a part of a region: exactly one of those who try.
private struct Claims: ~Copyable {
    // A cache line for each, since its own thread looks at it in every region and others rarely.
    private static let lineLength = 64
    private let memory: UnsafeMutableRawPointer
    private let count: Int

    init(count: Int) {
        self.count = count
        memory = .allocate(byteCount: count * Self.lineLength, alignment: Self.lineLength)
        for part in 0..<count { claim(part).initialize(to: Atomic(0)) }
    }

    deinit {
        for part in 0..<count { claim(part).deinitialize(count: 1) }
        memory.deallocate()
    }

    /// Whether `part` of `region` now belongs to the caller of this. A thread that comes late, when the region has ended
    /// and others have begun, gets none: their numbers are higher.
    func take(_ part: Int, of region: UInt32) -> Bool {
        let before = (region &- 1) & 0x3fff_ffff
        // Looked at first, since an exchange would take the line away from its thread.
        guard claim(part).pointee.load(ordering: .relaxed) == before else { return false }
        return claim(part).pointee.compareExchange(
            expected: before, desired: region, ordering: .acquiringAndReleasing
        ).exchanged
    }

    private func claim(_ part: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        (memory + part * Self.lineLength).assumingMemoryBound(to: Atomic<UInt32>.self)
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
