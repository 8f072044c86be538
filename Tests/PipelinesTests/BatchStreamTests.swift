import Datasets
import Generators
import Pipelines
import Tensors
import Testing
import Workers

struct BatchStreamTests {
    @Test func `the last batch holds the rest`() throws {
        let dataset = TestDataset(count: 45, shape: [5, 3])
        let pipeline = try Fixture.pipeline([], dataset, batchSize: 10, batchesInFlight: 3)
        let stream = pipeline.stream()
        #expect(pipeline.batchesPerEpoch == 5)
        for epoch in [2, 0] {
            stream.begin(epoch: epoch)
            var (counts, ids): ([Int], [UInt64]) = ([], [])
            while let batch = try stream.nextBatch() {
                counts.append(batch.count)
                ids += (0..<batch.count).map { batch.ids[$0] }
                #expect(batch.epoch == epoch && batch.shape == [5, 3] && batch.mask == nil)
                #expect((0..<batch.count).allSatisfy { batch.labels[$0] == Int32(batch.ids[$0] * 7 % 10) })
            }
            #expect(counts == [10, 10, 10, 10, 5])
            #expect(ids == SampleOrderTests.ids(pipeline.order, epoch: epoch, count: 45).map { UInt64($0) })
            #expect(try stream.nextBatch() == nil)
        }
    }

    @Test func `an empty chain gives clean values`() throws {
        let dataset = TestDataset(count: 9, shape: [5, 3])
        let expected = (0..<9).map { id in (0..<15).map { TestDataset.value(of: id * 15 + $0) } }
        #expect(try Fixture.values([], dataset) == expected)
    }

    @Test(arguments: [1, 3]) func `an unreadable sample is an error, and the stream goes on`(threads: Int)
        throws
    {
        let dataset = TestDataset(count: 30, shape: [4], unreadable: [17, 23])
        let pipeline = try Fixture.pipeline(
            [], dataset, batchSize: 4, threads: threads, order: .init(.sequential, seed: 0),
            batchesInFlight: 2)
        let stream = pipeline.stream()
        stream.begin(epoch: 0)
        for first in [0, 4, 8, 12] { #expect(try stream.nextBatch()?.ids[0] == UInt64(first)) }
        // Twice: a failed batch is tried again, never handed out half made.
        for _ in 0..<2 {
            #expect(throws: TestDataset.Unreadable(id: 17)) { try stream.nextBatch() }
        }
        stream.begin(epoch: 1)
        #expect(try stream.nextBatch()?.ids[0] == 0)
    }

    @Test func `every byte is what NumPy makes of x / 255`() throws {
        // Floats at 0 … 255 of 255, so that bytes are 0 … 255; odd sizes reach every tail of the kernels.
        final class Bytes: Dataset {
            let (count, sampleShape, classes, range) = (1, Shape([257]), 1, Float(0)...1)
            let storage = Buffer((0...256).map { UInt8(truncatingIfNeeded: $0) })
            func label(of id: Int) -> Int { 0 }
            func name(of id: Int) -> String { "bytes" }
            func makeReader() -> any SampleReader { Reader(storage) }
        }
        final class Reader: SampleReader {
            let storage: Buffer<UInt8>
            init(_ storage: Buffer<UInt8>) { self.storage = storage }
            func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
                CleanSample(.bytes(storage.pointer, scale: 1 / 255, low: 0))
            }
        }
        let dataset = Bytes()
        let program = Program(try Chain([]).trace(seed: 0, shape: [257], range: 0...1))
        let pipeline = Pipeline(
            SampleSet(dataset), programs: [program], batchSize: 1, order: .init(.sequential, seed: 0),
            kernels: .current, pool: WorkerPool(threads: 1))
        let made = try Fixture.epoch(0, of: pipeline)[0].floats
        for byte in 0...255 {
            #expect(made[byte] == Float(byte) / 255)  // float32 / 255
            #expect(made[byte] == Float(Double(byte) / 255))  // float64 / 255, rounded
        }
        #expect(made[256] == 0)
    }

    @Test func `memory is used again and again`() throws {
        let dataset = TestDataset(count: 47, shape: [6, 2, 1])
        let cutout = try Fixture.item("cutout", ["size": .value(.number(2))])
        let pipeline = try Fixture.pipeline([cutout], dataset, batchSize: 5, batchesInFlight: 3)
        let stream = pipeline.stream()
        var (values, masks): (Set<UnsafePointer<Float>>, Set<UnsafePointer<UInt8>>) = ([], [])
        for epoch in 0..<3 {
            stream.begin(epoch: epoch)
            while let batch = try stream.nextBatch() {
                values.insert(batch.values)
                masks.insert(batch.mask!)
            }
        }
        // Three batches in flight have three places.
        #expect(values.count == 3 && masks.count == 3)
        #expect(Set(values.map { UInt(bitPattern: $0) % 4 }) == [0])
        #expect(UInt(bitPattern: values.max()!) - UInt(bitPattern: values.min()!) == 2 * 5 * 12 * 4)
    }

    @Test func `a mask marks what is hidden`() throws {
        let dataset = TestDataset(count: 50, shape: [6, 5, 3], constant: 0.5)
        let cutout = try Fixture.item(
            "cutout", ["size": .value(.number(3))], probability: 0.5, fill: .constant(0.25))
        let salt = try Fixture.item("salt_and_pepper", ["amount": .value(.number(0.1))])
        for sample in try Fixture.epoch(0, of: Fixture.pipeline([cutout], dataset)) {
            #expect(zip(sample.floats, sample.mask!).allSatisfy { $0 == ($1 == 1 ? 0.25 : 0.5) })
        }
        // The mask of a chain marks what any of its generators says.
        let made = try Fixture.epoch(0, of: Fixture.pipeline([cutout, salt], dataset))
        for sample in made {
            #expect(zip(sample.floats, sample.mask!).allSatisfy { ($0 != 0.5) == ($1 == 1) })
        }
        #expect(Set(made.flatMap(\.floats)) == [0, 0.25, 0.5, 1])
    }
}
