import Datasets
import Generators
import Kernels
import Pipelines
import Tensors
import Testing

struct DigestTests {
    /// The digest of an epoch from a position on.
    private func digest(
        _ items: [ChainItem], batchSize: Int = 32, threads: Int = 2, kernels: KernelSet = .current,
        epoch: Int = 1, seed: UInt64 = 11, asBytes: Bool = false, hasLengths: Bool = false
    ) throws -> Digest {
        let dataset = TestDataset(count: 101, shape: [5, 7, 1], asBytes: asBytes, hasLengths: hasLengths)
        let pipeline = try Fixture.pipeline(
            items, dataset, seed: seed, batchSize: batchSize, threads: threads, kernels: kernels,
            makesDigests: true)
        let stream = pipeline.stream()
        stream.begin(epoch: epoch)
        var digest = Digest()
        while let batch = try stream.nextBatch() { batch.append(to: &digest) }
        return digest
    }

    @Test func `a stream's digest depends on neither batches, threads nor processors`() throws {
        let items = [try Fixture.item("gaussian"), try Fixture.item("cutout", ["size": .value(.number(2))])]
        let expected = try digest(items)
        for kernels in InstructionSet.supported.compactMap(KernelSet.of) {
            for (batch, threads) in [(1, 1), (32, 7), (100, 2), (7, 3)] {
                #expect(
                    try digest(items, batchSize: batch, threads: threads, kernels: kernels) == expected)
            }
        }
    }

    @Test func `anything else that is delivered has another digest`() throws {
        let gaussian = try Fixture.item("gaussian")
        let cutout = try Fixture.item("cutout", ["size": .value(.number(2))])
        let all = [
            try digest([gaussian]), try digest([gaussian], epoch: 2), try digest([gaussian], seed: 12),
            try digest([]), try digest([gaussian, cutout]), try digest([], hasLengths: true),
            try digest([try Fixture.item("gaussian", ["sigma": .value(.number(0.1001))])]),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `the digest of bytes is fixed, and every byte and their number count`() {
        let bytes = Buffer((0..<700).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 5) })
        func digest(_ count: Int, kernels: KernelSet = .current) -> Digest {
            let hasher = DigestHasher(kernels.noise)
            hasher.begin()
            hasher.absorb(bytes.pointer, count: count)
            return hasher.digest
        }
        for kernels in InstructionSet.supported.compactMap(KernelSet.of) {
            for count in [0, 1, 127, 128, 129, 256, 511, 699] {
                #expect(digest(count, kernels: kernels) == digest(count))
            }
        }
        #expect(
            digest(699).description == "ae78f4de6c39b27123f0046d16b01d42",
            "the digest has changed; if this is meant, 'numericContract' must grow with it")
        #expect(Set((0...699).map { digest($0) }).count == 700)
        let whole = digest(699)
        for place in 0..<699 {
            for flip: UInt8 in [1, 128] {
                bytes.pointer[place] ^= flip
                #expect(digest(699) != whole)
                bytes.pointer[place] ^= flip
            }
        }
        // Signs that change in pairs are no accident in data.
        bytes.pointer[3] ^= 128
        bytes.pointer[131] ^= 128
        #expect(digest(699) != whole)
    }

    @Test func `lanes take in words as their formula says`() {
        let words = (0..<48).map { UInt64($0 + 3) &* 0x9e37_79b9_7f4a_7c15 }
        let start = (0..<16).map { UInt64($0) &* 0xbf58_476d_1ce4_e5b9 }
        var expected = start
        for (place, word) in words.enumerated() {
            let mixed = expected[place % 16] ^ word
            expected[place % 16] = (mixed & 0xffff_ffff) * 0xfffe_b81b + mixed >> 32
        }
        for kernels in InstructionSet.supported.compactMap(KernelSet.of) {
            let (lanes, bytes) = (Buffer(start), Buffer(words))
            kernels.noise.absorb(lanes.pointer, bytes.pointer, 3)
            #expect(lanes.values == expected)
        }
    }

    @Test func `a digest is read back from its text`() {
        let digest = Digest(high: 0x12, low: 0xfedc_ba98_7654_3210)
        #expect(digest.description == "0000000000000012fedcba9876543210")
        #expect(Digest(digest.description) == digest)
        #expect(Digest("12") == nil && Digest(String(repeating: "x", count: 32)) == nil)
    }
}
