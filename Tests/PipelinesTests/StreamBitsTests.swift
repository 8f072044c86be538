import Datasets
import Generators
import Kernels
import Pipelines
import Tensors
import Testing
import Workers

/// The bits of a sample depend on its id, the epoch and the chain alone.
struct StreamBitsTests {
    /// 110 samples: the last batch is partial for 32 and for 100.
    static let dataset = TestDataset(count: 110, shape: [9, 7, 3])

    static func items() throws -> [ChainItem] {
        [
            try Fixture.item("gaussian", ["sigma": .uniform(0, 0.3)], probability: 0.8),
            try Fixture.item("salt_and_pepper", ["amount": .ramp(from: 0, to: 0.4, epochs: 4)]),
            try Fixture.item("cutout", ["size": .value(.number(3))], probability: 0.5, fill: .mean),
        ]
    }

    @Test(arguments: [1, 32, 100], [1, 2, 5])
    func `bits are equal for every batch size, thread count and instruction set`(
        batchSize: Int, threads: Int
    ) throws {
        let items = try Self.items()
        let expected = try Fixture.epoch(
            2, of: Fixture.pipeline(items, Self.dataset, batchSize: 7, threads: 1))
        for kernels in InstructionSet.supported.compactMap(KernelSet.of) {
            let pipeline = try Fixture.pipeline(
                items, Self.dataset, batchSize: batchSize, threads: threads, kernels: kernels)
            #expect(try Fixture.epoch(2, of: pipeline) == expected, "\(kernels.instructionSet)")
        }
    }

    @Test func `bits are equal for any order and any number of batches in flight`() throws {
        let items = try Self.items()
        let expected = try Fixture.epoch(1, of: Fixture.pipeline(items, Self.dataset))
        for order in [SampleOrder(.sequential, seed: 0), SampleOrder(.shuffled, seed: 99)] {
            let pipeline = try Fixture.pipeline(items, Self.dataset, order: order, batchesInFlight: 1)
            #expect(try Fixture.epoch(1, of: pipeline) == expected)
        }
    }

    @Test func `epoch 3 is the same alone, after epochs 0 to 2, and after an abandoned epoch`() throws {
        let pipeline = try Fixture.pipeline(Self.items(), Self.dataset)
        let alone = try Fixture.epoch(3, of: pipeline)
        let stream = pipeline.stream()
        var earlier: [[MadeSample]] = []
        for epoch in 0..<3 {
            stream.begin(epoch: epoch)
            earlier.append(try Fixture.samples(of: stream, count: 110))
        }
        stream.begin(epoch: 7)
        _ = try stream.nextBatch()
        stream.begin(epoch: 3)
        #expect(try Fixture.samples(of: stream, count: 110) == alone)
        #expect(!earlier.contains(alone))
    }

    @Test func `a generator's draws are the same when others come before or after`() throws {
        // Draws alone, so that what came before cannot be seen in the values.
        let draws = ChainItem(
            plugin: try Fixture.noise("return rng:normal(x) + rng:uniform(x, 'u')"), name: "draws")
        let gaussian = try Fixture.item("gaussian")
        let salt = try Fixture.item("salt_and_pepper", ["amount": .value(.number(0.3))])
        func made(_ items: ChainItem...) throws -> [MadeSample] {
            try Fixture.epoch(4, of: Fixture.pipeline(items, Self.dataset))
        }
        let alone = try made(draws)
        #expect(try made(gaussian, draws).map(\.values) == alone.map(\.values))
        #expect(try made(salt, gaussian, draws).map(\.values) == alone.map(\.values))
        // Behind it, salt and pepper keep the pixels that they don't hit, and hit the same ones as alone.
        let salted = try made(draws, salt)
        #expect(salted.map(\.mask) == (try made(salt)).map(\.mask))
        for (found, expected) in zip(salted, alone) {
            for element in found.values.indices where found.mask![element] == 0 {
                #expect(found.values[element] == expected.values[element])
            }
        }
    }

    @Test func `two generators of one plugin, seeds and epochs draw differently`() throws {
        let plugin = try Fixture.noise("return rng:normal(x)")
        func made(_ name: String, seed: UInt64 = 11, epoch: Int = 0) throws -> [MadeSample] {
            let item = ChainItem(plugin: plugin, name: name)
            return try Fixture.epoch(epoch, of: Fixture.pipeline([item], Self.dataset, seed: seed))
        }
        let streams = [
            try made("a"), try made("a#2"), try made("a", seed: 12), try made("a", seed: 0),
            try made("a", epoch: 1),
        ]
        for (place, stream) in streams.enumerated() {
            // Whole samples differ, also from one sample to the next.
            let values = Set((streams[(place + 1)...].joined() + stream).map(\.values))
            #expect(values.count == (streams.count - place) * 110)
        }
        #expect(try made("a") == streams[0])
    }

    @Test(arguments: [1, 7, 32], [1, 3])
    func `groups give equal bits for every batch size and thread count`(batchSize: Int, threads: Int) throws {
        let costly = try Fixture.noise("return x + rng:normal(x):cumsum('H') * 0.01", axes: "NHWC")
        let members: [ChainEntry] = [
            .generator(try Fixture.item("gaussian", ["sigma": .uniform(0, 0.3)])),
            .generator(ChainItem(plugin: costly, name: "costly")),
            .generator(try Fixture.item("cutout", ["size": .value(.number(3))], fill: .mean)),
        ]
        let entries: [ChainEntry] = [
            .group(ChainGroup(.oneOf(weights: [1, 1, 2]), turns: [members], name: "one_of")),
            .generator(try Fixture.item("mixup", [:], probability: 0.5)),
        ]
        let chain = try Chain(entries: entries).trace(
            seed: 11, shape: Self.dataset.sampleShape, range: Self.dataset.range)
        func made(_ batchSize: Int, _ threads: Int) throws -> [MadeSample] {
            let pipeline = Pipeline(
                SampleSet(Self.dataset), programs: [Program(chain)], batchSize: batchSize,
                order: SampleOrder(.shuffled, seed: 3), kernels: .current, pool: WorkerPool(threads: threads))
            return try Fixture.epoch(1, of: pipeline)
        }
        #expect(try made(batchSize, threads) == made(5, 2))
    }

    @Test func `a schedule over steps counts batches over all epochs`() throws {
        let plugin = try Fixture.noise("return x * 0 + p.v", params: "v = mottle.number { unit = 'ratio' }")
        let schedule = Schedule(.ramp(from: 0, to: 1000, length: 1000), clock: .steps)
        let item = ChainItem(plugin: plugin, name: "test", settings: ["v": .scheduled(schedule)])
        for threads in [1, 3] {
            let pipeline = try Fixture.pipeline(
                [item], TestDataset(count: 110, shape: [2]), batchSize: 32, threads: threads)
            let stream = pipeline.stream()
            var steps: [[Float]] = []
            for epoch in [0, 2] {
                stream.begin(epoch: epoch)
                while let batch = try stream.nextBatch() {
                    steps.append(Array(Set((0..<batch.count * 2).map { batch.values[$0] })))
                }
            }
            #expect(steps == [[0], [1], [2], [3], [8], [9], [10], [11]])
        }
    }
}
