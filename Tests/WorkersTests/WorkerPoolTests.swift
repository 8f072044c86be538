import CAllocations
import Glibc
import Testing
import Workers

@Suite(.serialized) struct WorkerPoolTests {
    @Test(arguments: 1...8)
    func `every thread number runs once in each region, under load too`(threads: Int) {
        let pool = WorkerPool(threads: threads)
        let regions = 800
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: threads)
        counts.initialize(repeating: 0, count: threads)
        defer { counts.deallocate() }
        var wrong = 0
        for region in 1...regions {
            pool.run { thread, of in
                // Uneven lengths: now the caller waits, now the others, now long enough to fall asleep.
                spin((thread * 37 + region * 11) % 97 == 0 ? 20_000 : (thread * 13 + region) % 50)
                counts[thread] += of == threads ? 1 : regions
            }
            // All are done with this region when `run` returns, and nobody has begun another.
            for thread in 0..<threads where counts[thread] != region { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func `threads wake again after they fell asleep`() {
        let pool = WorkerPool(threads: 3)
        let sums = UnsafeMutablePointer<Int>.allocate(capacity: 3)
        sums.initialize(repeating: 0, count: 3)
        defer { sums.deallocate() }
        for pause in [0, 2000, 0, 5000, 100] as [UInt32] {
            usleep(pause)  // longer than the pool spins
            pool.run { thread, _ in
                if thread == 2 { usleep(3000) }  // the caller falls asleep too
                sums[thread] += thread + 1
            }
        }
        #expect(Array(UnsafeBufferPointer(start: sums, count: 3)) == [5, 10, 15])
    }

    @Test func `two pools work at the same time`() {
        let (first, second) = (WorkerPool(threads: 3), WorkerPool(threads: 2))
        let totals = UnsafeMutablePointer<Int>.allocate(capacity: 8)
        totals.initialize(repeating: 0, count: 8)
        defer { totals.deallocate() }
        for _ in 0..<500 {
            first.run { thread, _ in
                if thread == 1 { second.run { inner, _ in totals[4 + inner] += 1 } }
                totals[thread] += 1
            }
        }
        #expect(Array(UnsafeBufferPointer(start: totals, count: 8)) == [500, 500, 500, 0, 500, 500, 0, 0])
    }

    @Test func `a pool that never ran, and one that just ran, end without hanging`() {
        for threads in [1, 2, 5] {
            _ = WorkerPool(threads: threads)
            let pool = WorkerPool(threads: threads)
            pool.run { _, _ in }
        }
    }

    @Test func `a region allocates nothing`() {
        let pool = WorkerPool(threads: 2)
        let sums = UnsafeMutablePointer<Int>.allocate(capacity: 2)
        defer { sums.deallocate() }
        sums.initialize(repeating: 0, count: 2)
        let body = { (thread: Int, _: Int) in sums[thread] += 1 }
        pool.run(body)  // makes the threads
        let before = allocations_of_this_thread()
        for _ in 0..<100 { pool.run(body) }
        #expect(allocations_of_this_thread() == before)
        #expect(sums[0] == 101 && sums[1] == 101)
    }

    @Test func `the counter of allocations counts`() {
        let before = allocations_of_this_thread()
        free(malloc(24))
        let array = Array(repeating: UInt64(before), count: 1000)
        #expect(allocations_of_this_thread() >= before + 2, "\(array.count)")
    }
}

/// Takes time that grows with `rounds`.
private func spin(_ rounds: Int) {
    var state: UInt32 = 1
    for _ in 0..<rounds { state = state &* 1_664_525 &+ 1_013_904_223 }
    withExtendedLifetime(state) {}
}
