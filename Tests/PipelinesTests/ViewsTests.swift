import Datasets
import Generators
import Kernels
import Pipelines
import Tensors
import Testing
import Workers

struct ViewsTests {
    /// A pipeline with so many views of each sample.
    private func pipeline(
        views: Int, batchSize: Int, threads: Int, unreadable: Set<Int> = []
    ) throws -> Pipeline {
        let dataset = TestDataset(count: 23, shape: [3, 2, 1], unreadable: unreadable)
        let items = [
            try Fixture.item("gaussian"), try Fixture.item("cutout", ["size": .value(.number(1))]),
            try Fixture.item("mixup"),
        ]
        let programs = try (1...views).map { view in
            Program(
                try Chain(items).trace(seed: 11, view: view, shape: dataset.sampleShape, range: dataset.range))
        }
        var samples = SampleSet(dataset)
        samples.skipsUnreadable = true
        return Pipeline(
            samples, programs: programs, batchSize: batchSize, order: SampleOrder(.shuffled, seed: 3),
            kernels: .current, pool: WorkerPool(threads: threads), keepsClean: true, makesDigests: true)
    }

    /// The rows of an epoch by id, and the epoch's digest.
    private func rows(_ pipeline: Pipeline) throws -> (rows: [UInt64: [MadeSample]], digest: Digest) {
        let stream = pipeline.stream()
        stream.begin(epoch: 2)
        var (rows, digest): ([UInt64: [MadeSample]], Digest) = ([:], Digest())
        while let batch = try stream.nextBatch() {
            batch.append(to: &digest)
            for row in 0..<batch.count {
                rows[batch.ids[row], default: []].append(MadeSample(batch, row))
                let clean = batch.clean! + row / batch.views * 6
                for element in 0..<6 {
                    #expect(clean[element] == TestDataset.value(of: Int(batch.ids[row]) * 6 + element))
                }
                let targets = batch.targets! + row * 10
                #expect(abs((0..<10).reduce(Float(0)) { $0 + targets[$1] } - 1) < 1e-6)
            }
        }
        return (rows, digest)
    }

    @Test func `the first view is what a stream without others has, and each differs`() throws {
        let one = try rows(pipeline(views: 1, batchSize: 4, threads: 2)).rows
        let three = try rows(pipeline(views: 3, batchSize: 4, threads: 2)).rows
        #expect(three.count == 23)
        for (id, views) in three {
            #expect(views.count == 3 && views[0] == one[id]![0])
            #expect(views[1] != views[0] && views[2] != views[0] && views[2] != views[1])
        }
    }

    @Test func `views and digests depend on neither batches nor threads, also without broken samples`() throws {
        for broken in [Set<Int>(), [0, 7, 8, 22]] {
            let expected = try rows(pipeline(views: 2, batchSize: 4, threads: 2, unreadable: broken))
            #expect(expected.rows.count == 23 - broken.count)
            for (size, threads) in [(1, 1), (5, 3), (100, 7)] {
                let found = try rows(
                    pipeline(views: 2, batchSize: size, threads: threads, unreadable: broken))
                #expect(found.rows == expected.rows && found.digest == expected.digest)
            }
        }
    }
}
