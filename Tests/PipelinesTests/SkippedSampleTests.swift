import Datasets
import Generators
import Pipelines
import Tensors
import Testing

struct SkippedSampleTests {
    private static let broken: Set<Int> = [0, 17, 18, 30, 44]

    /// The ids of an epoch's batches.
    private func batches(
        batchSize: Int, threads: Int, inFlight: Int, order: SampleOrder = SampleOrder(.sequential, seed: 0),
        from position: Int = 0
    ) throws -> (ids: [[UInt64]], positions: [Int], skipped: [Int: String]) {
        let dataset = TestDataset(count: 45, shape: [3, 2, 1], unreadable: Self.broken)
        var samples = SampleSet(dataset)
        samples.skipsUnreadable = true
        let pipeline = try Fixture.pipeline(
            [Fixture.item("gaussian")], dataset, batchSize: batchSize, threads: threads, order: order,
            batchesInFlight: inFlight, samples: samples)
        let stream = pipeline.stream()
        stream.begin(epoch: 2, at: position)
        var (ids, positions): ([[UInt64]], [Int]) = ([], [])
        while let batch = try stream.nextBatch() {
            ids.append((0..<batch.count).map { batch.ids[$0] })
            positions.append(batch.nextPosition)
            // What is said to be a sample is that sample.
            for place in 0..<batch.count {
                #expect(batch.labels[place] == Int32(dataset.label(of: Int(batch.ids[place]))))
            }
        }
        return (ids, positions, stream.skipped)
    }

    @Test func `batches are full without the samples that cannot be read`() throws {
        let good = (0..<45).filter { !Self.broken.contains($0) }.map { UInt64($0) }
        for (threads, inFlight) in [(1, 1), (2, 1), (3, 4), (7, 2)] {
            for size in [1, 4, 8, 32, 100] {
                let made = try batches(batchSize: size, threads: threads, inFlight: inFlight)
                #expect(made.ids.flatMap { $0 } == good)
                #expect(made.ids.dropLast().allSatisfy { $0.count == size })
                #expect(made.skipped[17] == "sample 17: cannot be read" && made.skipped.count == 5)
            }
        }
    }

    @Test func `a stream takes up behind any batch`() throws {
        let order = SampleOrder(.shuffled, seed: 5)
        let whole = try batches(batchSize: 6, threads: 2, inFlight: 2, order: order)
        for (place, position) in whole.positions.enumerated() {
            let rest = try batches(batchSize: 6, threads: 3, inFlight: 4, order: order, from: position)
            #expect(rest.ids == Array(whole.ids[(place + 1)...]))
        }
    }

    @Test func `the bits are those of the same samples without broken ones`() throws {
        let items = [try Fixture.item("gaussian"), try Fixture.item("cutout", ["size": .value(.number(2))])]
        let whole = TestDataset(count: 45, shape: [3, 2, 1])
        let expected = try Fixture.epoch(4, of: Fixture.pipeline(items, whole))
        let dataset = TestDataset(count: 45, shape: [3, 2, 1], unreadable: Self.broken)
        var samples = SampleSet(dataset)
        samples.skipsUnreadable = true
        let pipeline = try Fixture.pipeline(items, dataset, batchSize: 7, threads: 3, samples: samples)
        let stream = pipeline.stream()
        stream.begin(epoch: 4)
        var found = 0
        while let batch = try stream.nextBatch() {
            for place in 0..<batch.count {
                #expect(MadeSample(batch, place) == expected[Int(batch.ids[place])])
                found += 1
            }
        }
        #expect(found == 40)
    }

    @Test func `what a chain does wrong is never left out`() throws {
        let dataset = TestDataset(count: 9, shape: [4])
        var samples = SampleSet(dataset)
        samples.skipsUnreadable = true
        let plugin = try Plugin(
            source: "mottle.noise { name = 'test', axes = 'NL', eager = true, "
                + "apply = function(x, p, rng) local y = nil; return y.z end }", file: "test.lua")
        let pipeline = try Fixture.pipeline(
            [ChainItem(plugin: plugin, name: "test")], dataset, samples: samples)
        let stream = pipeline.stream()
        stream.begin(epoch: 0)
        #expect(throws: ScriptFailure.self) { try stream.nextBatch() }
    }
}
