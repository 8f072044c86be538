import Generators
import Tensors
import Testing

/// Which entries of a group each sample gets, in which order, and how often.
struct ChainGroupTests {
    /// The digits that samples 0 ..< count of one value get, first to last: 31 for `digit2`, then `digit0`.
    private func digits(_ entries: [ChainEntry], count: Int) throws -> [Int] {
        let chain = try Fixture.trace(
            entries: [try Fixture.entry("zero", "return x * 0")] + entries, shape: [1])
        let maker = SampleMaker(chain)
        return try (0..<count).map { Int(try maker.make(UInt64($0)).values[0]) }
    }

    private func counts(_ digits: [Int]) -> [Int: Int] {
        Dictionary(grouping: digits) { $0 }.mapValues(\.count)
    }

    private func threeDigits() throws -> [ChainEntry] { try (0..<3).map { try Fixture.digit($0) } }

    @Test func `one_of takes exactly one entry, by its weight`() throws {
        let group = ChainEntry.group(.oneOf(weights: [1, 4, 2.5]), try threeDigits(), name: "one_of")
        let found = counts(try digits([group], count: 15_000))
        #expect(found.keys.sorted() == [1, 2, 3])
        // Two degrees of freedom, 1 in 10,000.
        #expect(chiSquare([1, 2, 3].map { found[$0]! }, expected: [2000, 8000, 5000]) < 18.4)
    }

    @Test func `some_of takes each set as often, in the order of the list`() throws {
        let members = try (0..<4).map { try Fixture.digit($0) }
        let pairs = ChainEntry.group(.someOf(count: 2...2), members, name: "some_of")
        let found = counts(try digits([pairs], count: 12_000))
        #expect(found.keys.sorted() == [12, 13, 14, 23, 24, 34])
        #expect(
            chiSquare(found.keys.sorted().map { found[$0]! }, expected: Array(repeating: 2000, count: 6))
                < 25.7)
    }

    @Test func `some_of takes each number of its range as often`() throws {
        let group = ChainEntry.group(.someOf(count: 0...2), try threeDigits(), name: "some_of")
        let found = counts(try digits([group], count: 18_000))
        #expect(found.keys.sorted() == [0, 1, 2, 3, 12, 13, 23])
        #expect(
            chiSquare(
                found.keys.sorted().map { found[$0]! }, expected: [6000] + Array(repeating: 2000, count: 6))
                < 27.9)
    }

    @Test func `shuffle_order takes all in each order as often`() throws {
        let group = ChainEntry.group(.shuffleOrder, try threeDigits(), name: "shuffle_order")
        let found = counts(try digits([group], count: 12_000))
        #expect(found.keys.sorted() == [123, 132, 213, 231, 312, 321])
        #expect(
            chiSquare(found.keys.sorted().map { found[$0]! }, expected: Array(repeating: 2000, count: 6))
                < 25.7)
    }

    @Test func `a group's probability is the share of samples that get it at all`() throws {
        let group = ChainEntry.group(.sequence, try threeDigits(), name: "sequence", probability: 0.3)
        let found = counts(try digits([group], count: 10_000))
        #expect(found.keys.sorted() == [0, 123])
        #expect(chiSquare([found[123]!, found[0]!], expected: [3000, 7000]) < 15.2)
    }

    @Test func `a group in a group is drawn by itself`() throws {
        let inner = ChainEntry.group(
            .oneOf(weights: [1, 1]), [try Fixture.digit(1), try Fixture.digit(2)], name: "inner")
        let outer = ChainEntry.group(.oneOf(weights: [1, 1]), [try Fixture.digit(0), inner], name: "outer")
        let found = counts(try digits([outer], count: 8000))
        #expect(chiSquare([1, 2, 3].map { found[$0]! }, expected: [4000, 2000, 2000]) < 18.4)
    }

    @Test func `entries for another phase are left out, and what is left is drawn among itself`() throws {
        let members = [
            try Fixture.digit(0), try Fixture.entry("other", "return x + 500", phase: .evaluate),
            try Fixture.digit(2),
        ]
        for kind in [
            ChainGroup.Kind.oneOf(weights: [1, 9, 1]), .someOf(count: 1...1), .sequence, .shuffleOrder,
        ] {
            let found = Set(try digits([.group(kind, members, name: "group")], count: 60))
            switch kind {
            case .oneOf, .someOf: #expect(found == [1, 3])
            case .sequence, .repeated: #expect(found == [13])
            case .shuffleOrder: #expect(found == [13, 31])
            }
        }
        let evaluation = try Fixture.trace(
            entries: members.filter { $0.part.phase != nil }, shape: [1], phase: .evaluate)
        #expect(try SampleMaker(evaluation).make(0).values[0] > 500)
    }

    // MARK: Bits

    /// Draws alone, so that what came before cannot be seen in the values.
    private func draws(_ name: String = "draws") throws -> ChainEntry {
        try Fixture.entry(name, "return rng:normal(x) + rng:uniform('N', 'u')")
    }

    @Test func `a generator keeps its bits in any group and beside any other entry`() throws {
        let shape: Shape = [5, 7]
        let (own, other) = (try draws(), try Fixture.entry("other", "return x + rng:uniform(x)"))
        let alone = SampleMaker(try Fixture.trace(entries: [own], shape: shape))
        let homes: [[ChainEntry]] = [
            [other, own], [.group(.sequence, [other, own], name: "sequence")],
            [.group(.oneOf(weights: [1, 1]), [other, own], name: "one_of")],
            [.group(.someOf(count: 1...2), [other, own], name: "some_of")],
            [.group(.shuffleOrder, [own, other], name: "shuffle_order")],
            [
                .group(
                    .sequence, [.group(.oneOf(weights: [3]), [own], name: "inner")], name: "outer",
                    probability: 0.5)
            ],
        ]
        for home in homes {
            let maker = SampleMaker(try Fixture.trace(entries: home, shape: shape))
            let same = try (0..<40).filter {
                try maker.make(UInt64($0)).values.map(\.bitPattern)
                    == alone.make(UInt64($0)).values.map(\.bitPattern)
            }
            #expect(same.count >= 8)
        }
    }

    @Test func `another entry of one_of changes a sample only where it is taken`() throws {
        let (a, b) = (try Fixture.digit(0), try Fixture.digit(1))
        let few = try digits([.group(.oneOf(weights: [2, 1]), [a, b], name: "g")], count: 400)
        let more = try digits(
            [.group(.oneOf(weights: [1, 2, 1]), [try Fixture.digit(2), a, b], name: "g")], count: 400)
        let moved = try digits([.group(.oneOf(weights: [1, 2]), [b, a], name: "g")], count: 400)
        #expect(moved == few)
        #expect(zip(few, more).allSatisfy { $0 == $1 || $1 == 3 })
        #expect(Set(more) == [1, 2, 3])
    }

    @Test func `each turn of a repetition draws for itself, as if it were written out`() throws {
        let turns = try ["draws", "draws#2", "draws#3"].map { name in
            [try Fixture.entry(name, "return x + rng:normal(x)")]
        }
        let repeated = ChainEntry.group(ChainGroup(.repeated, turns: turns, name: "repeat"))
        let shape: Shape = [3, 5]
        let found = SampleMaker(try Fixture.trace(entries: [repeated], shape: shape))
        let written = SampleMaker(try Fixture.trace(entries: turns.flatMap { $0 }, shape: shape))
        for id in UInt64(0)..<5 { expectSameBits(try found.make(id).values, try written.make(id).values) }
    }

    // MARK: Beside the values

    @Test func `masks and extra outputs of a generator that was not applied are empty`() throws {
        let first = try Fixture.entry(
            "first", "return x + 1, x:gt(0.5), { sum = mottle.zeros('N') + 7 }", axes: "NL")
        let second = try Fixture.entry("second", "return x + 2, x:lt(2), { all = x:ge(0) }", axes: "NL")
        let chain = try Fixture.trace(
            entries: [.group(.oneOf(weights: [1, 1]), [first, second], name: "one_of")], shape: [37])
        #expect(chain.extras.map(\.name) == ["first.sum", "first.applied", "second.all", "second.applied"])
        let (maker, sample) = (SampleMaker(chain), Fixture.sample([37]))
        var taken = Set<Float>()
        for id in UInt64(0)..<30 {
            let made = try maker.make(id)
            let isFirst = made.values[0] < 2
            taken.insert(isFirst ? 1 : 2)
            #expect(made.mask == sample.map { !isFirst || $0 > 0.5 ? 1 : 0 })
            #expect(made.extras[0] == [isFirst ? 7 : 0])
            #expect(made.extras[1] == [isFirst ? 1 : 0])
            #expect(made.extras[2] == Array(repeating: isFirst ? 0 : 1, count: 37))
            #expect(made.extras[3] == [isFirst ? 0 : 1])
        }
        #expect(taken == [1, 2])
    }

    @Test func `in a drawn order a generator has one extra output, from the place where it stood`() throws {
        let sum = try Fixture.entry("sum", "return x, { first = x:amax() }", axes: "NL")
        let group = ChainEntry.group(
            .shuffleOrder, [sum, try Fixture.entry("more", "return x * 0 + 9")], name: "shuffle_order")
        let chain = try Fixture.trace(entries: [group], shape: [4])
        #expect(chain.extras.map(\.name) == ["sum.first", "sum.applied"])
        let (maker, largest) = (SampleMaker(chain), Fixture.sample([4]).max()!)
        let found = try (0..<40).map { try maker.make(UInt64($0)).extras }
        #expect(Set(found.map { $0[0][0] }) == [largest, 9])
        #expect(found.allSatisfy { $0[1] == [1] })
    }

    private static let mixing = """
        local other = rng:partner(x)
        return x * 0.25 + other.value * 0.75, { mix = mottle.zeros('N') + 0.25, partner = other.id }
        """

    @Test func `labels follow a blend only where it was applied, and a partner is as it is before the group`()
        throws
    {
        let noisy = try Fixture.entry("noisy", "return x + 100", axes: "NL")
        let mix = try Fixture.entry("mix", Self.mixing, axes: "NL")
        let again = try Fixture.entry("again", Self.mixing, axes: "NL")
        let group = ChainEntry.group(.oneOf(weights: [1, 1, 1]), [noisy, mix, again], name: "one_of")
        let chain = try Fixture.trace(entries: [group], shape: [6])
        let samples = OtherSamples([6])
        let maker = SampleMaker(chain, samples: samples)
        var seen = Set<Int>()
        for epoch in 0..<6 {
            for id in UInt64(0)..<12 {
                let made = try maker.make(id, epoch: epoch)
                let target = maker.target(label: samples.label(id))
                var expected = [Float](repeating: 0, count: 5)
                expected[samples.label(id)] = 1
                let clean = samples.values(of: id)
                let place = [2, 5].firstIndex { made.extras[$0] == [1] }
                seen.insert(place ?? -1)
                guard let place else {
                    #expect(made.values == clean.map { $0 + 100 })
                    #expect(target == expected)
                    continue
                }
                let partner = UInt64(made.extras[place * 3 + 1][0])
                // The partner may itself draw any entry; the group is given none of that.
                let other = samples.values(of: partner)
                #expect(made.values == zip(clean, other).map { $0 * 0.25 + $1 * 0.75 })
                expected[samples.label(id)] *= 0.25
                expected[samples.label(partner)] += 0.75
                #expect(target == expected)
            }
        }
        #expect(seen == [-1, 0, 1])
    }
}
