import Generators
import Kernels
import Pipelines
import Tensors
import Testing
import Workers

@testable import Datasets

/// Features of sounds of 60 values that all differ, [8, 4].
private final class FeatureDataset: Dataset {
    static let settings: MelSettings = {
        var settings = MelSettings(rate: 400)
        (settings.window, settings.hop, settings.bins) = (16, 8, 4)
        return settings
    }()
    let origin: TestDataset

    init(hasLengths: Bool = false) {
        origin = TestDataset(count: 17, shape: [60], range: -1...1, hasLengths: hasLengths)
    }

    var count: Int { origin.count }
    let sampleShape: Shape = [8, 4]
    var classes: Int { origin.classes }
    let range = MelSpectrogram.range
    var sounds: UnderlyingSounds? { UnderlyingSounds(dataset: origin, features: Self.settings) }

    func label(of id: Int) -> Int { origin.label(of: id) }
    func name(of id: Int) -> String { origin.name(of: id) }
    func makeReader() -> any SampleReader { Reader(origin) }

    /// The features of a sound.
    static func features(of sound: [Float]) -> [Float] {
        let (sound, values) = (Buffer(sound), Buffer<Float>(count: 32))
        defer { withExtendedLifetime((sound, values)) {} }
        _ = MelSpectrogram(settings).writeSample(
            sound.pointer, count: 60, length: 60, into: values.pointer)
        return values.values
    }

    private final class Reader: SampleReader {
        private let reader: any SampleReader
        private let sound = Buffer<Float>(count: 60)

        init(_ origin: TestDataset) { reader = origin.makeReader() }

        func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
            let sample = try reader.read(id, scratch: sound.pointer)
            let frames = MelSpectrogram(FeatureDataset.settings).writeSample(
                sound.pointer, count: 60, length: sample.length ?? 60, into: scratch)
            return CleanSample(.floats(scratch), length: frames)
        }
    }
}

@Suite struct SoundChainTests {
    private let data = FeatureDataset()

    private func hiss() throws -> ChainItem {
        ChainItem(plugin: try Fixture.noise("return x + 0.2 * rng:normal(x)", axes: "NL"), name: "hiss")
    }

    private func pipeline(
        _ items: [ChainItem], of data: FeatureDataset? = nil, views: Int = 1, batchSize: Int = 4,
        threads: Int = 2
    ) throws -> Pipeline {
        let data = data ?? self.data
        let (sound, rest) = try #require(
            Chain(items).split(sound: data.origin.sampleShape, features: data.sampleShape))
        let programs = try (1...views).map { view in
            var traced = try rest.trace(seed: 11, view: view, shape: data.sampleShape, range: data.range)
            traced.sound = SoundChain(
                try sound.trace(
                    seed: 11, view: view, shape: data.origin.sampleShape, range: data.origin.range),
                features: FeatureDataset.settings)
            return Program(traced)
        }
        return Pipeline(
            SampleSet(data), programs: programs, batchSize: batchSize, order: SampleOrder(.shuffled, seed: 3),
            kernels: .current, pool: WorkerPool(threads: threads), keepsClean: true, makesDigests: true)
    }

    /// What the features must be, by id: made of the sounds that a pipeline of sounds gives.
    private func expected(_ items: [ChainItem], epoch: Int) throws -> [[Float]] {
        try Fixture.epoch(epoch, of: Fixture.pipeline(items, data.origin)).map {
            FeatureDataset.features(of: $0.floats)
        }
    }

    @Test func `features are made of the changed sounds, and what stands behind changes features`() throws {
        let features = try expected([hiss()], epoch: 2)
        let made = try Fixture.epoch(2, of: pipeline([hiss()]))
        #expect(made.map(\.floats) == features && made.allSatisfy { $0.mask == nil })
        #expect(Set(features).count == 17)

        let widths: [String: ParameterSetting] = [
            "frequency_width": .value(.number(2)), "time_width": .value(.number(3)),
        ]
        let masked = try Fixture.epoch(2, of: pipeline([hiss(), Fixture.item("spec_augment", widths)]))
        for (sample, features) in zip(masked, features) {
            let mask = try #require(sample.mask)
            #expect(sample.floats == zip(features, mask).map { $1 == 1 ? -80 : $0 })
        }
        #expect(masked.contains { $0.mask!.contains(1) })
    }

    @Test func `partners are features of sounds that were changed, too`() throws {
        let swap = ChainItem(
            plugin: try Fixture.noise("local o = rng:partner(x) return o.value, { who = o.id }"), name: "swap"
        )
        let background = ChainItem(
            plugin: try Fixture.noise("return x + rng:partner(x).value", axes: "NL"), name: "background")
        let features = try expected([hiss(), background], epoch: 1)
        let stream = try pipeline([hiss(), background, swap]).stream()
        stream.begin(epoch: 1)
        var count = 0
        while let batch = try stream.nextBatch() {
            for row in 0..<batch.count {
                let partner = Int(batch.extras[0].values[row])
                #expect(partner != Int(batch.ids[row]))
                #expect(MadeSample(batch, row).floats == features[partner])
                count += 1
            }
        }
        #expect(count == 17)
    }

    @Test func `masks and extra outputs of sounds end with them`() throws {
        let body = "return x * 2, x:gt(0.5), { loud = x:amax() }"
        let loud = ChainItem(plugin: try Fixture.noise(body, axes: "NL"), name: "loud")
        let pipeline = try pipeline([loud])
        let stream = pipeline.stream()
        stream.begin(epoch: 0)
        let batch = try #require(try stream.nextBatch())
        #expect(batch.mask == nil && batch.extras.isEmpty)
        #expect(try Fixture.epoch(0, of: pipeline).map(\.floats) == expected([loud], epoch: 0))
    }

    @Test
    func `each view has noise of its own, clean samples have none, and batches and threads do not count`()
        throws
    {
        var known: Digest?
        for (batchSize, threads) in [(4, 2), (1, 1), (40, 3)] {
            let stream = try pipeline([hiss()], views: 2, batchSize: batchSize, threads: threads).stream()
            stream.begin(epoch: 0)
            var digest = Digest()
            while let batch = try stream.nextBatch() {
                batch.append(to: &digest)
                for row in stride(from: 0, to: batch.count, by: 2) {
                    let id = Int(batch.ids[row])
                    #expect(batch.ids[row + 1] == batch.ids[row])
                    #expect(MadeSample(batch, row).values != MadeSample(batch, row + 1).values)
                    let sound = (0..<60).map { TestDataset.value(of: id * 60 + $0) }
                    let clean = UnsafeBufferPointer(start: batch.clean! + row / 2 * 32, count: 32)
                    #expect(Array(clean) == FeatureDataset.features(of: sound))
                }
            }
            #expect(digest == known ?? digest)
            known = digest
        }
    }

    @Test func `padding of sounds is padding of their features`() throws {
        let short = FeatureDataset(hasLengths: true)
        let stream = try pipeline([hiss()], of: short).stream()
        stream.begin(epoch: 0)
        while let batch = try stream.nextBatch() {
            for row in 0..<batch.count {
                #expect(batch.lengths![row] == 1)
                #expect(MadeSample(batch, row).floats[4...].allSatisfy { $0 == -80 })
            }
        }
    }

    @Test func `a chain is split behind its last generator of sounds`() throws {
        let gaussian = ChainEntry.generator(try Fixture.item("gaussian"))
        let hiss = ChainEntry.generator(try hiss())
        func names(_ entries: [ChainEntry]) -> [[String]]? {
            Chain(entries: entries).split(sound: [60], features: [8, 4]).map { parts in
                [parts.sound, parts.features].map { $0.entries.map(\.part.name) }
            }
        }
        #expect(names([gaussian]) == nil)
        #expect(names([gaussian, hiss, gaussian]) == [["gaussian", "hiss"], ["gaussian"]])
        let group = ChainEntry.group(ChainGroup(.sequence, turns: [[hiss, gaussian]], name: "sequence"))
        #expect(names([group, gaussian]) == [["sequence"], ["gaussian"]])
        var late = try Fixture.item("snr_gaussian")
        late.phase = .evaluate
        #expect(names([gaussian, .generator(late)]) == nil)
    }
}
