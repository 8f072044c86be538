import Datasets
import Foundation
import Generators
import Kernels
import Pipelines
import Tensors
import Testing
import Workers

@Suite struct TextStreamTests {
    private static let length = 12

    /// Texts of two to nine words, half of them to learn from.
    private func texts() throws -> SampleSet {
        let file = FileManager.default.temporaryDirectory.appending(path: "mottle-\(UUID()).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        let rows = (0..<300).map { row in
            (0..<2 + row % 8).map { word in
                "w" + String(repeating: "ab", count: (row * 7 + word * 3) % 4) + "\((row + word) % 5)"
            }.joined(separator: " ")
        }
        try ("text\n" + rows.joined(separator: "\n")).write(to: file, atomically: true, encoding: .utf8)
        var files = TextFiles(
            train: file.path, tokens: .frequent(.characters, vocabulary: 60, isLowercase: false),
            length: Self.length)
        files.isWrapped = true
        var source = DatasetSource(.text(files))
        source.selection.trainShare = 0.5
        // The file stays mapped when it is gone.
        return try source.load().train
    }

    private func stream(_ samples: SampleSet, batchSize: Int, threads: Int) throws -> BatchStream {
        let data = samples.dataset
        let item = try Fixture.item(
            "whole_word",
            [
                "rate": .value(.number(0.4)), "mask_id": .value(.number(4)), "masked": .value(.number(1)),
                "random": .value(.number(0)), "vocab": .value(.number(Double(data.vocabularySize!))),
            ])
        let traced = try Chain([item]).trace(seed: 5, shape: data.sampleShape, range: data.range)
        let stream = Pipeline(
            samples, programs: [Program(traced)], batchSize: batchSize,
            order: SampleOrder(.shuffled, seed: 3), kernels: .current, pool: WorkerPool(threads: threads),
            keepsClean: true, makesDigests: true
        ).stream()
        stream.begin(epoch: 1)
        return stream
    }

    @Test func `texts are the same for any number of threads and any batch`() throws {
        let samples = try texts()
        func digest(_ batchSize: Int, _ threads: Int) throws -> Digest {
            let stream = try stream(samples, batchSize: batchSize, threads: threads)
            var digest = Digest()
            while let batch = try stream.nextBatch() { batch.append(to: &digest) }
            return digest
        }
        let expected = try digest(32, 1)
        for (batchSize, threads) in [(1, 2), (7, 3), (100, 1), (100, 2)] {
            #expect(try digest(batchSize, threads) == expected)
        }
    }

    @Test func `whole words are hidden, and neither spaces nor special tokens`() throws {
        let stream = try stream(texts(), batchSize: 16, threads: 2)
        var hidden = 0
        let space: Float = 8  // behind a, b and w, which are more frequent
        while let batch = try stream.nextBatch() {
            for slot in 0..<batch.count {
                let first = slot * Self.length
                let ids = (0..<Self.length).map { batch.clean![first + $0] }
                let mask = (0..<Self.length).map { batch.mask![first + $0] }
                let length = Int(try #require(batch.lengths)[slot])
                #expect(ids[0] == 2 && ids[length - 1] == 3 && ids[length...].allSatisfy { $0 == 0 })
                for place in 0..<Self.length {
                    let isWord = place < length && ids[place] > 4 && ids[place] != space
                    #expect(isWord || mask[place] == 0)
                    #expect(batch.values[first + place] == (mask[place] == 0 ? ids[place] : 4))
                    guard isWord, place > 1, ids[place - 1] != space else { continue }
                    #expect(mask[place] == mask[place - 1])
                }
                hidden += mask.reduce(0) { $0 + Int($1) }
            }
        }
        #expect(hidden > 200)
    }
}
