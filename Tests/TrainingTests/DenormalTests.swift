import Testing
import Workers

@testable import Training

/// Each thread halves the smallest normal number.
private struct HalvingTask: ParallelTask {
    let smallest: UnsafeMutablePointer<Float>
    let found: UnsafeMutablePointer<Float>

    func work(thread: Int, threads: Int) { found[thread] = smallest.pointee * 0.5 }
}

struct DenormalTests {
    private let smallest = Fixture.smallest

    @Test(arguments: [1 << 30, 1])
    func `every thread of a region takes denormal numbers for zero, and the caller no more behind it`(
        size: Int
    ) {
        let found = UnsafeMutablePointer<Float>.allocate(capacity: 3)
        found.initialize(repeating: 1, count: 3)
        defer { found.deallocate() }
        let region = Region<HalvingTask>(WorkerPool(threads: 3))
        withoutDenormals {
            region.run(HalvingTask(smallest: smallest, found: found), multiplications: size)
        }
        let threads = size > 1 ? 3 : 1
        #expect((0..<threads).allSatisfy { found[$0] == 0 }, "\((0..<threads).map { found[$0] })")
        #expect(smallest.pointee * 0.5 > 0)
    }

    @Test func `moments of weights that learn nothing more become zero`() throws {
        let model = try Fixture.model([.flatten, .dense(6)], input: [5, 3, 1], classes: 6)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let samples = Samples(count: 9, shape: [5, 3, 1], classes: 6)
        _ = try trainer.step(samples.batch(0..<9))
        let first = try #require(model.weights[0].first)
        #expect((0..<6).allSatisfy { first.pointer[$0] != 0 })
        // From now on the first feature is 0.
        for sample in 0..<9 { samples.values.pointer[sample * 15] = 0 }
        for _ in 0..<1_000 { _ = try trainer.step(samples.batch(0..<9)) }
        #expect((0..<6).allSatisfy { first.pointer[$0] == 0 }, "\((0..<6).map { first.pointer[$0] })")
        #expect((16..<22).allSatisfy { first.pointer[$0] != 0 })
        #expect(smallest.pointee * 0.5 > 0)
    }
}

extension Fixture {
    /// Holds the smallest normal number, where no compiler sees it.
    fileprivate static nonisolated(unsafe) let smallest: UnsafeMutablePointer<Float> = {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        memory.initialize(to: .leastNormalMagnitude)
        return memory
    }()
}
