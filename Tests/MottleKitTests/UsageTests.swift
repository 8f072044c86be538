import Foundation
import MottleKit
import Testing

/// The public face as its documentation shows it.
struct UsageTests {
    @Test func `the documented example runs`() async throws {
        Repository.enter()
        // From here to the end of the example, line for line, it stands in Pipeline's documentation.
        let plugins = PluginLibrary(folders: ["plugins"])
        let items = [
            ChainItem(try plugins.load("gaussian"), ["sigma": .uniform(0, 0.3)]),
            ChainItem(try plugins.load("cutout"), ["size": 2], probability: 0.5, fill: .mean),
        ]
        let pixels = (0..<5 * 6 * 7).map { UInt8($0) }
        let samples = try Samples(bytes: pixels, shape: [6, 7, 1], labels: [0, 1, 2, 1, 0])
        let chain = try Chain(items, seed: 7, shape: samples.shape, range: samples.range)
        let pipeline = try Pipeline(samples, chain, batchSize: 2)
        var batches: [Batch] = []
        for try await batch in pipeline.epoch(3) {
            batches.append(batch)  // batch.values, batch.labels, batch.mask, batch.ids …
        }
        let first = batches[0]
        let clean = pixels[first.ids[0] * 42..<(first.ids[0] + 1) * 42].map { Float($0) / 255 }
        let again = try chain.apply(to: clean, id: first.ids[0], epoch: 3)
        // again.values are the first 42 of first.values.
        #expect(batches.map(\.count) == [2, 2, 1])
        #expect(batches.map(\.epoch) == [3, 3, 3])
        #expect(batches.flatMap(\.ids).sorted() == [0, 1, 2, 3, 4])
        #expect(batches.allSatisfy { $0.labels == $0.ids.map { [0, 1, 2, 1, 0][$0] } })
        #expect(batches.allSatisfy { $0.values.count == $0.count * 42 && $0.mask!.count == $0.count * 42 })
        #expect(again.values.map(\.bitPattern) == first.values.prefix(42).map(\.bitPattern))
        #expect(again.mask! == Array(first.mask!.prefix(42)))
        #expect(again.values != clean)
    }

    @Test func `the documented example is the tested one`() throws {
        func lines(_ path: String) throws -> [String] {
            try String(contentsOfFile: "\(Repository.root)/\(path)", encoding: .utf8)
                .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let documentation = try lines("Sources/MottleKit/Pipeline.swift").filter { $0.hasPrefix("///") }
            .map { $0.dropFirst(3).trimmingCharacters(in: .whitespaces) }
        let example = documentation.drop { $0 != "```swift" }.dropFirst().prefix { $0 != "```" }
        let test = try lines("Tests/MottleKitTests/UsageTests.swift")
        let start = try #require(test.firstIndex(of: example.first!))
        #expect(example.count == 17)
        #expect(Array(example) == Array(test[start..<start + example.count]))
    }

    @Test func `waiting and asynchronous iteration give the same batches, side by side`() async throws {
        let samples = try Repository.floats()
        let chain = try Repository.chain(samples)
        let pipeline = try Pipeline(samples, chain, batchSize: 3, order: .shuffled(seed: 4), threads: 2)
        let (other, batches) = (pipeline.batches(epoch: 1), pipeline.batches(epoch: 0))
        var (found, others): ([Batch], [Batch]) = ([], [])
        for try await batch in pipeline.epoch(0) {
            found.append(batch)
            others += try other.next().map { [$0] } ?? []
        }
        var expected: [Batch] = []
        while let batch = try batches.next() { expected.append(batch) }
        #expect(found == expected)
        #expect(found.count == pipeline.batchesPerEpoch)
        #expect(others.map(\.epoch) == [1, 1, 1])
        #expect(others.flatMap(\.ids) != found.flatMap(\.ids))
        #expect(try batches.next() == nil)
    }

    @Test func `in order, samples come by id with their own values`() throws {
        let samples = try Repository.floats()
        let chain = try Chain([], shape: samples.shape, range: samples.range)
        let pipeline = try Pipeline(samples, chain, batchSize: 5, order: .inOrder, threads: 3)
        let batches = pipeline.batches(epoch: 2)
        let first = try #require(try batches.next())
        let second = try #require(try batches.next())
        #expect(first.ids == [0, 1, 2, 3, 4])
        #expect(first.values + second.values == Repository.values)
        #expect(first.labels + second.labels == Repository.labels)
        #expect(second.ids == [5, 6])
        #expect(first.mask == nil)
        #expect((samples.count, samples.classes, samples.shape) == (7, 4, [2, 3]))
    }

    @Test func `views follow one another, beside the clean sample`() throws {
        let samples = try Repository.floats()
        let gaussian = ChainItem(try Repository.plugins.load("gaussian"), ["sigma": 0.2])
        let chain = try Chain([gaussian], seed: 3, shape: samples.shape, range: samples.range, views: 3)
        let pipeline = try Pipeline(
            samples, chain, batchSize: 2, order: .inOrder, keepsClean: true, threads: 2)
        let batches = pipeline.batches(epoch: 1)
        _ = try batches.next()
        let second = try #require(try batches.next())
        #expect((second.count, second.views) == (6, 3))
        #expect(second.ids == [2, 2, 2, 3, 3, 3])
        #expect(second.clean == Array(Repository.values[12..<24]))
        let rows = (0..<6).map { Array(second.values[$0 * 6..<($0 + 1) * 6]) }
        #expect(Set(rows).count == 6)
        let clean = try #require(second.clean)
        #expect(rows[3] == (try chain.apply(to: Array(clean[6...]), id: 3, epoch: 1)).values)
        let one = try Chain([gaussian], seed: 3, shape: samples.shape, range: samples.range)
        #expect(rows[0] == (try one.apply(to: Array(clean[..<6]), id: 2, epoch: 1)).values)
        let error = #expect(throws: MottleError.self) {
            try Chain([gaussian], shape: [2, 3], views: 0)
        }
        #expect(error?.description == "a sample has 1 to 64 views, got 0")
    }

    @Test func `an abandoned epoch leaves nothing behind that a new one would see`() async throws {
        let samples = try Repository.floats()
        let pipeline = try Pipeline(samples, try Repository.chain(samples), batchSize: 2, threads: 2)
        var first: [Batch] = []
        for try await batch in pipeline.epoch(5) {
            first.append(batch)
            if first.count == 2 { break }
        }
        var second: [Batch] = []
        for try await batch in pipeline.epoch(5) { second.append(batch) }
        #expect(first == Array(second.prefix(2)))
    }

    @Test func `a cancelled task stops iterating`() async throws {
        let samples = try Repository.floats()
        let pipeline = try Pipeline(samples, try Repository.chain(samples), batchSize: 1, threads: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            for try await batch in pipeline.epoch(0) { Issue.record("batch of \(batch.ids)") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `fashion-mnist is found`() throws {
        let (train, test) = try Samples.fashionMNIST()
        #expect((train.count, test.count, train.shape, train.classes) == (60_000, 10_000, [28, 28, 1], 10))
    }

    @Test func `groups choose among generators that keep their draws`() throws {
        Repository.enter()
        let plugins = PluginLibrary(folders: ["plugins"])
        let gaussian = ChainItem(
            try plugins.load("gaussian"),
            ["sigma": .uniform(0.1, .scheduled(.ramp(from: 0.2, to: 0.4, over: .steps(9))))])
        let speckle = ChainItem(try plugins.load("speckle"), match: .psnr(20))
        let clean = (0..<42).map { Float($0) / 42 }
        func made(_ entries: [ChainEntry], _ id: Int) throws -> [Float] {
            try Chain(entries: entries, seed: 7, shape: [6, 7, 1]).apply(to: clean, id: id, epoch: 1, step: 4)
                .values
        }
        let either = ChainEntry.oneOf([.generator(gaussian), .generator(speckle)], weights: [1, 2])
        var seen: Set<Int> = []
        for id in 0..<30 {
            let found = try made([either], id)
            let alone = [try made([.generator(gaussian)], id), try made([.generator(speckle)], id)]
            seen.insert(try #require(alone.firstIndex(of: found)))
        }
        #expect(seen == [0, 1])
        let all: [ChainEntry] = [
            .someOf(1...2, [.generator(gaussian), .generator(speckle)]), .repeated(2, [.generator(gaussian)]),
            .shuffleOrder([.sequence([either], probability: 0.5, name: "mine")]),
            .standardise(mean: [0.5], deviation: [0.25]), .rounded(to: .float16),
        ]
        #expect(try made(all, 3).allSatisfy { $0 == Float(Float16($0)) })
    }
}
