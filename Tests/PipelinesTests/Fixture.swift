import Datasets
import Foundation
import Generators
import Kernels
import Pipelines
import Tensors
import Testing
import Workers

/// Samples in memory that all differ, as floats or as bytes.
final class TestDataset: Dataset {
    struct Unreadable: DataError, Equatable {
        var id: Int
        var description: String { "sample \(id): cannot be read" }
    }
    let count: Int
    let sampleShape: Shape
    let classes = 10
    let range: ClosedRange<Float>
    /// Reading these throws.
    let unreadable: Set<Int>
    /// Whether sample i has i mod 3 real places.
    let hasLengths: Bool
    private let floats: Buffer<Float>
    private let bytes: Buffer<UInt8>?

    /// - Parameter constant: the value of all elements; nil makes them all differ.
    init(
        count: Int, shape: Shape, range: ClosedRange<Float> = 0...1, constant: Float? = nil,
        asBytes: Bool = false, unreadable: Set<Int> = [], hasLengths: Bool = false
    ) {
        (self.count, sampleShape, self.range, self.unreadable) = (count, shape, range, unreadable)
        self.hasLengths = hasLengths
        let values = (0..<count * shape.count).map { constant ?? Self.value(of: $0) }
        floats = Buffer(values)
        bytes = asBytes ? Buffer(values.map { UInt8($0 * 255) }) : nil
    }

    /// Values in 0 ..< 1 with neither order nor pattern; those of 10,007 neighbours differ.
    static func value(of element: Int) -> Float { Float((element * 7919 + 13) % 10_007) / 10_007 }

    func label(of id: Int) -> Int { id * 7 % 10 }

    func name(of id: Int) -> String { "sample \(id)" }

    func makeReader() -> any SampleReader { Reader(self) }

    private final class Reader: SampleReader {
        private let dataset: TestDataset

        init(_ dataset: TestDataset) { self.dataset = dataset }

        func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
            if dataset.unreadable.contains(id) { throw Unreadable(id: id) }
            let size = dataset.sampleShape.count
            if let bytes = dataset.bytes {
                return CleanSample(.bytes(bytes.pointer + id * size, scale: 1 / 255, low: 0))
            }
            scratch.update(from: dataset.floats.pointer + id * size, count: size)
            return CleanSample(.floats(scratch), length: dataset.hasLengths ? id % 3 : nil)
        }
    }
}

/// What a stream made of one sample, as bits.
struct MadeSample: Equatable {
    var values: [UInt32]
    var mask: [UInt8]?
    var label: Int32

    /// Element `place` of `batch`.
    init(_ batch: Batch, _ place: Int) {
        let size = batch.shape.count
        values = (0..<size).map { batch.values[place * size + $0].bitPattern }
        mask = batch.mask.map { mask in (0..<size).map { mask[place * size + $0] } }
        label = batch.labels[place]
    }

    var floats: [Float] { values.map { Float(bitPattern: $0) } }
}

enum Fixture {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A plugin that ships with Mottle.
    static func shipped(_ name: String) throws -> Plugin {
        let source = try String(contentsOfFile: "\(root)/plugins/\(name).lua", encoding: .utf8)
        return try Plugin(source: source, file: "\(name).lua")
    }

    /// A noise plugin around the body of its `apply`.
    static func noise(_ body: String, axes: String = "N...", params: String = "") throws -> Plugin {
        try Plugin(
            source: "mottle.noise { name = 'test', axes = '\(axes)', params = { \(params) }, "
                + "apply = function(x, p, rng) \(body) end }", file: "test.lua")
    }

    static func item(
        _ name: String, _ settings: [String: ParameterSetting] = [:], probability: Double = 1,
        fill: Fill = .constant(0)
    ) throws -> ChainItem {
        ChainItem(
            plugin: try shipped(name), name: name, settings: settings, probability: probability, fill: fill)
    }

    static func pipeline(
        _ items: [ChainItem], _ dataset: TestDataset, seed: UInt64 = 11, batchSize: Int = 32,
        threads: Int = 2,
        order: SampleOrder = SampleOrder(.shuffled, seed: 3), kernels: KernelSet = .current,
        batchesInFlight: Int = 4, samples: SampleSet? = nil, makesDigests: Bool = false
    ) throws -> Pipeline {
        let chain = try Chain(items).trace(seed: seed, shape: dataset.sampleShape, range: dataset.range)
        return Pipeline(
            samples ?? SampleSet(dataset), programs: [Program(chain)], batchSize: batchSize, order: order,
            kernels: kernels,
            pool: WorkerPool(threads: threads), batchesInFlight: batchesInFlight, makesDigests: makesDigests)
    }

    /// What one epoch makes of every sample, by id.
    static func epoch(_ epoch: Int, of pipeline: Pipeline) throws -> [MadeSample] {
        let stream = pipeline.stream()
        stream.begin(epoch: epoch)
        return try samples(of: stream, count: pipeline.samples.count)
    }

    /// The rest of a stream's epoch, by id; each sample must come once.
    static func samples(of stream: BatchStream, count: Int) throws -> [MadeSample] {
        var made = [MadeSample?](repeating: nil, count: count)
        while let batch = try stream.nextBatch() {
            for place in 0..<batch.count {
                let id = Int(batch.ids[place])
                #expect(made[id] == nil, "sample \(id) came twice")
                made[id] = MadeSample(batch, place)
            }
        }
        return try made.map { try #require($0) }
    }

    /// The values that an epoch makes of every sample, by id.
    static func values(
        _ items: [ChainItem], _ dataset: TestDataset, epoch: Int = 0, seed: UInt64 = 11
    ) throws -> [[Float]] {
        try Fixture.epoch(epoch, of: pipeline(items, dataset, seed: seed)).map(\.floats)
    }
}
