import Foundation
import Generators
import Tensors
import Testing

/// Masks of sounds and spectrograms.
struct SoundMaskTests {
    @Test(arguments: [(0.1, 50), (0.37, 41), (1, 12), (0.25, 10)] as [(Double, Int)])
    func `a gap has its length and lies anywhere in the real part`(ratio: Double, length: Int) throws {
        let subject = try Subject("time_mask", ["ratio": .number(ratio)], shape: [50])
        let width = rounded(ratio * Double(length))
        var counts = [Int](repeating: 0, count: length - width + 1)
        for id in 0..<800 {
            let made = try subject.run(Fixture.floats(50), id: id, length: length)
            let first = try #require(made.mask!.firstIndex(of: 1))
            #expect(made.mask == (0..<50).map { (first..<first + width).contains($0) ? 1 : 0 })
            guard first < counts.count else {
                Issue.record("the gap reaches into padding")
                continue
            }
            counts[first] += 1
        }
        for count in counts { expectRate(count, of: 800, 1 / Double(counts.count)) }
    }

    @Test(arguments: [(0.1, 3), (0.3, 10), (0.5, 2), (0.4, 1)] as [(Double, Double)])
    func `packets are lost at their rate and in bursts`(rate: Double, burst: Double) throws {
        let subject = try Subject(
            "packet_loss", ["packet": 5, "rate": .number(rate), "burst": .number(burst)], shape: [203])
        // A burst cannot be shorter than packets that are lost independently.
        let least = max(burst, 1 / (1 - rate))
        var (lost, afterLost, again, begun) = (0, 0, 0, 0)
        var shares: [Double] = []
        for id in 0..<600 {
            let mask = try subject.run(constant: 0.5, id: id).mask!
            let packets = stride(from: 0, to: 203, by: 5).map { mask[$0] == 1 }
            #expect(mask.indices.allSatisfy { (mask[$0] == 1) == packets[$0 / 5] })
            shares.append(Double(packets.count { $0 }) / 41)
            lost += packets.dropLast().count { $0 }
            for (before, now) in zip(packets, packets.dropFirst()) {
                afterLost += before && now ? 1 : 0
                again += !before && now ? 1 : 0
            }
            begun += packets.dropLast().count { !$0 }
        }
        let spread = Moments(shares).variance
        expectClose(Moments(shares).mean, rate, within: 4.5 * (spread / 600).squareRoot())
        // Given the state before, transitions are independent.
        expectRate(afterLost, of: lost, 1 - 1 / least, "lost again")
        expectRate(again, of: begun, rate / (least * (1 - rate)), "lost after none")
        let said = try subject.plugin.expectation(
            subject.settings, value: 0.5, shape: [203],
            context: .init(seed: 1, path: "chain/packet_loss", range: 0...1))
        #expect(said?["rate"] == rate)
    }

    /// The settings of spec_augment.
    struct Policy {
        var (bands, widest): (Int, Int)
        var (gaps, longest): (Int, Int)
        var share = 1.0

        var settings: [String: ParameterSetting] {
            let counts = [
                "frequency_masks": bands, "frequency_width": widest, "time_masks": gaps,
                "time_width": longest,
            ]
            return counts.mapValues { .number(Double($0)) }.merging(["time_ratio": .number(share)]) { $1 }
        }
    }

    static let policies = [
        Policy(bands: 2, widest: 27, gaps: 2, longest: 100),
        Policy(bands: 2, widest: 8, gaps: 1, longest: 20),
        Policy(bands: 1, widest: 5, gaps: 3, longest: 40, share: 0.2),
        Policy(bands: 0, widest: 9, gaps: 2, longest: 6),
    ]

    /// The share of places that none of `count` bands hides, whose width is uniform in 0 … widest and whose place is uniform.
    static func visible(_ size: Int, _ count: Int, _ widest: Int) -> Double {
        (0..<size).reduce(0) { sum, place in
            let hidden = (0...widest).reduce(0) { sum, width in
                let starts = (0...size - width).count { ($0..<$0 + width).contains(place) }
                return sum + Double(starts) / Double(size - width + 1) / Double(widest + 1)
            }
            return sum + pow(1 - hidden, Double(count)) / Double(size)
        }
    }

    @Test(arguments: policies.indices) func `bands and gaps hide their share`(place: Int) throws {
        let policy = Self.policies[place]
        let subject = try Subject("spec_augment", policy.settings, shape: [60, 30])
        let longest = min(policy.longest, Int(policy.share * 60))
        let rate =
            1 - Self.visible(30, policy.bands, min(policy.widest, 30))
            * Self.visible(60, policy.gaps, longest)
        let shares = try (0..<500).map { Double(try subject.run(constant: 0.5, id: $0).hidden) / 1800 }
        expectClose(Moments(shares).mean, rate, within: 4.5 * (Moments(shares).variance / 500).squareRoot())
        let said = try subject.plugin.expectation(
            subject.settings, value: 0.5, shape: [60, 30],
            context: TraceContext(seed: 1, path: "chain/spec_augment", range: 0...1))
        expectClose(try #require(said?["rate"]), rate, within: 1e-9)
    }

    @Test func `what is hidden are whole bins and whole frames of the real part`() throws {
        let policy = Policy(bands: 2, widest: 4, gaps: 1, longest: 30, share: 0.3)
        let subject = try Subject("spec_augment", policy.settings, shape: [40, 17])
        var longest = 0
        for id in 0..<200 {
            let length = id % 2 == 0 ? 40 : 40 - id % 30
            let mask = try subject.run(Fixture.floats(680), id: id, length: length).mask!
            let frames = (0..<40).map { frame in mask[frame * 17..<frame * 17 + 17].allSatisfy { $0 == 1 } }
            let bins = (0..<17).map { bin in (0..<length).allSatisfy { mask[$0 * 17 + bin] == 1 } }
            #expect(
                mask.indices.allSatisfy {
                    (mask[$0] == 1) == ($0 / 17 < length && (frames[$0 / 17] || bins[$0 % 17]))
                })
            // One gap of at most 0.3 of the length; two bands of at most 4.
            let gap = frames.indices.filter { frames[$0] }
            #expect(
                gap.count <= Int(0.3 * Double(length)) && gap.count == (gap.last ?? -1) - (gap.first ?? 0) + 1
            )
            if length == 40 { longest = max(longest, gap.count) }
            #expect(bins.count { $0 } <= 8)
        }
        #expect(longest >= 9)
    }

    @Test func `a band's width and place are uniform`() throws {
        let policy = Policy(bands: 1, widest: 5, gaps: 0, longest: 100)
        let subject = try Subject("spec_augment", policy.settings, shape: [3, 9])
        var counts: [[Int]: Int] = [:]
        for id in 0..<3000 {
            let mask = try subject.run(constant: 0.5, id: id).mask!
            let bins = (0..<9).filter { mask[$0] == 1 }
            #expect(mask.count { $0 == 1 } == 3 * bins.count)
            counts[bins.isEmpty ? [] : [bins[0], bins.count], default: 0] += 1
        }
        expectRate(counts[[]] ?? 0, of: 3000, 1.0 / 6)
        for width in 1...5 {
            for start in 0...9 - width {
                expectRate(
                    counts[[start, width]] ?? 0, of: 3000, 1 / 6.0 / Double(10 - width),
                    "\(width) from \(start)")
            }
        }
    }
}
