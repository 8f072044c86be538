import Foundation
import Tensors
import Testing

/// Noise on tokens: loss, swaps and insertions.
struct TokenTests {
    private let text = TextTests.Text()

    /// The exact number: the rate as Float32, halves to even.
    private func share(_ rate: Float, of count: Int) -> Int {
        Int((rate * Float(count)).rounded(.toNearestOrEven))
    }

    @Test(arguments: [0.1, 0.33, 1]) func `as many tokens are lost in every sample, each as likely`(
        rate: Double
    ) throws {
        let subject = try Subject(
            "token_dropout", ["unknown": 777, "special": [1, 2, 3], "rate": .number(rate)], shape: [60])
        let count = share(Float(rate), of: text.free.count)
        var counts = [Int](repeating: 0, count: 60)
        for id in 0..<600 {
            let made = try subject.run(text.values, id: id, length: text.length)
            #expect(made.hidden == count)
            #expect(
                made.values.indices.allSatisfy {
                    made.values[$0] == (made.mask![$0] == 1 ? 777 : text.values[$0])
                })
            for place in 0..<60 where made.mask![place] == 1 { counts[place] += 1 }
        }
        for place in 0..<60 {
            let isFree = text.free.contains(place)
            expectRate(
                counts[place], of: 600, isFree ? Double(count) / Double(text.free.count) : 0, "place \(place)"
            )
        }
    }

    /// The first places of the pairs that changed places; nil if more than that happened.
    private func pairs(_ made: Made, _ ids: [Float]) -> [Int]? {
        var (pairs, place): ([Int], Int) = ([], 0)
        while place < ids.count {
            if made.values[place] == ids[place] {
                guard made.mask![place] == 0 else { return nil }
                place += 1
            } else {
                guard place + 1 < ids.count, made.values[place] == ids[place + 1],
                    made.values[place + 1] == ids[place]
                else { return nil }
                guard made.mask![place] == 1, made.mask![place + 1] == 1 else { return nil }
                pairs.append(place)
                place += 2
            }
        }
        return pairs
    }

    @Test(arguments: [0.1, 0.4, 1]) func `neighbours swap, but no special ones`(rate: Double) throws {
        let subject = try Subject("token_swap", ["special": [1, 2, 3], "rate": .number(rate)], shape: [60])
        let wanted = share(Float(rate) * Float(text.free.count) / 2, of: 1)
        var counts = [Int](repeating: 0, count: 60)
        for id in 0..<800 {
            let made = try subject.run(text.values, id: id, length: text.length)
            guard let pairs = pairs(made, text.values) else {
                Issue.record("not only neighbours swapped in sample \(id)")
                continue
            }
            for place in pairs {
                #expect(text.words[place] > 0 && text.words[place + 1] > 0)
                counts[place] += 1
            }
            // 19 and 27 free tokens lie between special ones: 9 + 13 pairs from an odd place on, or as many from an even one.
            #expect(pairs.count == min(wanted, 22))
        }
        // Pairs begin at odd places in one half of the samples, at even ones in the other.
        let even = counts.indices.filter { $0 % 2 == 0 }.reduce(0) { $0 + counts[$1] }
        expectRate(even / min(wanted, 22), of: 800, 0.5)
        let places = text.free.filter { text.words[$0 + 1] > 0 }
        for place in places {
            expectRate(counts[place], of: 800, Double(min(wanted, 22)) / 44, "pair at \(place)")
        }
        #expect(counts.reduce(0, +) == places.reduce(0) { $0 + counts[$1] })
    }

    @Test func `without special tokens as many swap in every sample`() throws {
        for (count, rate) in [(41, 0.2), (40, 0.6), (7, 0.3)] {
            let subject = try Subject("token_swap", ["rate": .number(rate)], shape: [count])
            let ids = (0..<count).map { Float($0) }
            for id in 0..<60 {
                let made = try subject.run(ids, id: id)
                #expect(pairs(made, ids)?.count == share(Float(rate) * Float(count) / 2, of: 1))
            }
        }
    }

    @Test(arguments: [(0.1, 49), (0.5, 49), (1, 30), (0.3, 60), (0.2, 2)] as [(Double, Int)])
    func `inserted tokens push the others on`(rate: Double, length: Int) throws {
        let subject = try Subject("token_insert", ["vocab": 40, "rate": .number(rate)], shape: [60])
        let ids = (0..<60).map { $0 < length ? Float(100 + $0) : 99 }
        let count = share(Float(rate), of: length)
        var kept = 0
        for id in 0..<100 {
            let made = try subject.run(ids, id: id, length: length)
            let newLength = min(60, length + count)
            #expect(made.extras["length"] == [Float(newLength)])
            let old = made.values.indices.filter { made.mask![$0] == 0 }.map { made.values[$0] }
            #expect(old == Array(ids[..<old.count]), "the others keep their order")
            #expect(
                made.values.indices.allSatisfy { made.mask![$0] == 0 || (0..<40).contains(made.values[$0]) })
            #expect(made.mask![newLength...].allSatisfy { $0 == 0 })
            // The first stays first, and the last stays last unless it drops out.
            #expect(made.values[0] == 100)
            if length + count <= 60 {
                #expect(made.hidden == count && made.values[newLength - 1] == Float(100 + length - 1))
            } else {
                #expect(made.hidden <= count)
                kept += made.hidden
            }
        }
        #expect(length + count <= 60 || kept > 0)
    }

    @Test func `tokens are inserted anywhere, any of the vocabulary`() throws {
        let subject = try Subject("token_insert", ["vocab": 11, "rate": 0.25], shape: [20])
        let ids = (0..<20).map { Float(100 + $0) }
        var (counts, found) = ([Int](repeating: 0, count: 20), [Int](repeating: 0, count: 11))
        for id in 0..<1500 {
            let made = try subject.run(ids, id: id, length: 12)
            for place in 0..<20 where made.mask![place] == 1 {
                counts[place] += 1
                found[Int(made.values[place])] += 1
            }
        }
        // 3 of the 13 places between the first and the last of 15.
        for place in 0..<20 {
            expectRate(counts[place], of: 1500, (1..<14).contains(place) ? 3.0 / 13 : 0, "\(place)")
        }
        for count in found { expectRate(count, of: 4500, 1.0 / 11) }
    }

    @Test func `no special token is pushed out`() throws {
        // [CLS] … [SEP] … [SEP], full.
        var ids = (0..<20).map { Float(100 + $0) }
        (ids[0], ids[9], ids[19]) = (1, 2, 2)
        for (rate, count) in [(0.1, 2), (0.5, 8), (1, 17)] {
            let subject = try Subject(
                "token_insert", ["vocab": 40, "special": [1, 2], "rate": .number(rate)], shape: [20])
            for id in 0..<100 {
                let made = try subject.run(ids, id: id)
                #expect(made.values[0] == 1 && made.values[19] == 2)
                #expect(made.values.indices.count { made.values[$0] == 2 && made.mask![$0] == 0 } == 2)
                #expect(made.hidden <= count && made.extras["length"] == [20])
                let old = made.values.indices.filter { made.mask![$0] == 0 }.map { made.values[$0] }
                #expect(old.filter { $0 > 2 } == Array(ids.filter { $0 > 2 }.prefix(old.count { $0 > 2 })))
            }
        }
    }

    @Test func `the end moves where there is room, and stays where there is none`() throws {
        let ids: [Float] = [1, 50, 51, 52, 53, 2, 0, 0, 0, 0]
        let subject = try Subject(
            "token_insert", ["vocab": 40, "special": [0, 1, 2], "rate": 0.5], shape: [10])
        for id in 0..<50 {
            let made = try subject.run(ids, id: id, length: 6)
            #expect(made.extras["length"] == [8] && made.hidden == 2)
            #expect(made.values[7...] == [2, 0, 0] && made.values[0] == 1)
            // Without a length padding is special: it stays where it is.
            let full = try subject.run(ids, id: id)
            #expect(full.values[5...] == [2, 0, 0, 0, 0] && full.values[0] == 1)
            #expect(full.mask![..<1] == [0] && full.mask![5...].allSatisfy { $0 == 0 })
        }
    }

    @Test func `full samples lose their end to what is inserted`() throws {
        let subject = try Subject("token_insert", ["vocab": 11, "rate": 0.3], shape: [20])
        let shares = try (0..<1000).map {
            Double(try subject.run((0..<20).map { Float($0) }, id: $0).hidden) / 20
        }
        // 6 places of the 24 between the ends, of which 19 are not cut off.
        let rate = 6.0 * 19 / 24 / 20
        expectClose(Moments(shares).mean, rate, within: 4.5 * (Moments(shares).variance / 1000).squareRoot())
        let said = try subject.plugin.expectation(
            subject.settings, value: 7, shape: [20],
            context: .init(seed: 1, path: "chain/token_insert", range: 0...1))
        expectClose(try #require(said?["rate"]), rate, within: 1e-9)
    }
}
