import Generators
import Tensors
import Testing

/// Standardisation and rounding at the end of a chain.
struct ChainAdjustmentTests {
    private func adjustment(
        _ kind: ChainAdjustment.Kind, name: String = "a", probability: Double = 1
    ) -> ChainEntry {
        .adjustment(ChainAdjustment(kind, name: name, probability: probability))
    }

    private let standardisation = Standardisation(mean: [0.5, 0.25], deviation: [0.5, 2])

    @Test func `standardised values are (x - mean) / deviation, by channels`() throws {
        let chain = try Fixture.trace(entries: [adjustment(.standardise(standardisation))], shape: [3, 2])
        let sample: [Float] = [0, 0.25, 1, 4.25, 0.75, -1.75]
        let found = Fixture.run(chain, sample).values
        #expect(found == [-1, 0, 1, 2, 0.5, -1])
        var undone = found
        standardisation.undo(&undone)
        #expect(undone == sample)
        let one = Standardisation(mean: [1], deviation: [4])
        let single = try Fixture.trace(entries: [adjustment(.standardise(one))], shape: [3, 2])
        #expect(Fixture.run(single, [1, 5, 9, -3, 3, 2]).values == [0, 1, 2, -1, 0.5, 0.25])
    }

    @Test func `float16 rounds to 11 digits of binary, ties to even`() throws {
        let chain = try Fixture.trace(entries: [adjustment(.round(.float16))], shape: [6])
        let sample: [Float] = [1, 1.000_488_281_25, 1.001_464_843_75, 0.1, 70_000, -5.960_464_5e-8]
        let found = Fixture.run(chain, sample).values
        #expect(found == [1, 1, 1.001_953_125, 0.099_975_586, .infinity, -5.960_464_5e-8])
        expectSameBits(found, ReferenceExecutor(chain).run(sample, id: 9, epoch: 2).values)
    }

    @Test func `uint8 rounds to what a byte of the range can be`() throws {
        let chain = try Fixture.trace(entries: [adjustment(.round(.uint8))], shape: [5], range: -1...4.1)
        let found = Fixture.run(chain, [-3, -0.985, 0.013, 9, .nan]).values
        let step = (Double(Float(4.1)) + 1) / 255
        #expect(found.prefix(4) == [-1, Float(step - 1), Float(51 * step - 1), Float(4.1)])
        #expect(found[4].isNaN)
        let none = try Fixture.trace(entries: [adjustment(.round(.float32))], shape: [2])
        #expect(Fixture.run(none, [0.1, 7]).values == [0.1, 7])
    }

    @Test func `what does not make sense behind a standardisation is told`() throws {
        let gaussian = ChainEntry.generator(
            ChainItem(plugin: try Fixture.shipped("plugins/gaussian"), name: "gaussian"))
        let plain = adjustment(.standardise(standardisation))
        func problem(_ entries: [ChainEntry]) -> String? { Chain(entries: entries).problem?.text }
        #expect(problem([gaussian, plain]) == nil)
        #expect(
            problem([.group(.sequence, [gaussian, plain], name: "s"), adjustment(.round(.float16))]) == nil)
        #expect(
            problem([plain, .group(.oneOf(weights: [1]), [gaussian], name: "one_of")])
                == "noise 'gaussian' after 'standardise': 'sigma' is a share of the data's range, which standardised "
                + "values have left; put 'standardise' behind the noise")
        #expect(problem([plain, plain]) == "'standardise' stands twice; values are standardised once")
        let placed =
            "'standardise' is for all samples: it stands in the chain itself or in a sequence, without a probability"
        #expect(problem([.group(.shuffleOrder, [plain], name: "s")]) == placed)
        #expect(problem([.group(.sequence, [plain], name: "s", probability: 0.5)]) == placed)
        #expect(problem([adjustment(.standardise(standardisation), probability: 0.5)]) == placed)
        #expect(
            problem([plain, adjustment(.round(.uint8))])
                == "'dtype: uint8' after 'standardise': standardised values are no bytes")
        #expect(
            Chain(entries: [plain]).problem(withSampleShape: [4, 3])?.text
                == "'mean' has 2 numbers for samples of shape [4, 3], whose last axis has 3")
    }

    @Test func `groups say what is wrong with them`() throws {
        let one = try Fixture.digit(0)
        func problem(_ kind: ChainGroup.Kind, _ count: Int) -> String? {
            let members = Array(repeating: one, count: count)
            return Chain(entries: [.group(kind, members, name: "g")]).problem?.text
        }
        #expect(problem(.sequence, 0) == "'g' wants at least one entry")
        #expect(problem(.oneOf(weights: [1, 0]), 2) == "'g' wants weights above 0, got 0")
        #expect(
            problem(.someOf(count: 1...3), 2) == "'g' wants a count between 0 and its 2 entries, got [1, 3]")
        #expect(problem(.someOf(count: 3...3), 2) == "'g' wants a count between 0 and its 2 entries, got 3")
        #expect(
            problem(.shuffleOrder, 9) == "'g' may have 8 entries, got 9: every one can be at every place")
        #expect(
            problem(.oneOf(weights: Array(repeating: 1, count: 33)), 33) == "'g' may have 32 entries, got 33")
    }
}
