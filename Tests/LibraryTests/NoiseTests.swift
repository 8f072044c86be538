import Foundation
import Tensors
import Testing

/// Noise that every value, pixel or line draws for itself.
struct NoiseTests {
    /// The rows' value is 0.5 in a range of −1 … 3: 1.5 above its low end, a share of 0.375.
    static let rows: [Row] = [
        Row("gaussian", ["sigma": 0.2, "mean": 0.05], draws: 126, mean: 0.2, variance: 0.64, kurtosis: 3),
        Row("speckle", ["sigma": 0.3], draws: 126, mean: 0, variance: 0.0225, kurtosis: 3),
        Row("uniform", ["amplitude": 0.1], draws: 126, mean: 0, variance: 0.0533333, kurtosis: 1.8),
        Row("laplace", ["sigma": 0.1], samples: 800, draws: 126, mean: 0, variance: 0.16, kurtosis: 6),
        // A Poisson variable of mean λ has kurtosis 3 + 1/λ; here λ = 9.375, 1.125 and, beyond the tables, 37.5.
        Row("shot", ["photons": 25], draws: 126, mean: 0, variance: 0.24, kurtosis: 3.106667),
        Row("shot", ["photons": 3], draws: 126, mean: 0, variance: 2, kurtosis: 3.888889),
        Row("shot", ["photons": 100], draws: 126, mean: 0, variance: 0.06, kurtosis: 3.026667),
        Row("sensor", ["gain": 0.01, "read": 0.02], draws: 126, mean: 0, variance: 0.0664, kurtosis: 3),
        // Below the range there is no light, only what the electronics add.
        Row(
            "sensor", ["gain": 0.01, "read": 0.05], value: -1, draws: 126, mean: 0, variance: 0.04,
            kurtosis: 3),
        Row("stripes", ["sigma": 0.1], samples: 1500, draws: 7, mean: 0, variance: 0.16, kurtosis: 3),
        Row(
            "stripes", ["sigma": 0.1, "lines": "rows"], samples: 1500, draws: 6, mean: 0, variance: 0.16,
            kurtosis: 3),
        Row(
            "periodic", ["amplitude": 0.1], shape: [5, 3], samples: 3000, draws: 1, mean: 0, variance: 0.08,
            kurtosis: 1.5),
        // Grain is correlated over 4π pixels of 42.
        Row("film_grain", ["sigma": 0.1], samples: 1200, draws: 3, mean: 0, variance: 0.16, kurtosis: 3),
        // w = 0.3 + 0.7 · 2 √(0.375 · 0.625)
        Row(
            "film_grain", ["sigma": 0.1, "midtones": 0.7, "size": 0.4], samples: 800, draws: 12, mean: 0,
            variance: 0.1529661, kurtosis: 3),
        // Salt is 2.5 more, pepper 1.5 less: a(q · 2.5 − (1 − q) · 1.5), a(q · 2.5² + (1 − q) · 1.5²) − mean².
        Row(
            "salt_and_pepper", ["amount": 0.2, "salt": 0.3], draws: 42, mean: -0.06,
            variance: 0.6864, rate: 0.2),
        Row(
            "salt_and_pepper", ["amount": 0.2, "salt": 0.3, "per_channel": true], draws: 126,
            mean: -0.06, variance: 0.6864, rate: 0.2),
        // 9 of 42 pixels, of which 3 are salt: 3 · 2.5 − 6 · 1.5 of 42.
        Row(
            "salt_and_pepper_exact", ["amount": 0.22, "salt": 0.3], samples: 20, draws: 100_000_000,
            mean: -0.0357143,
            variance: 0.7665816, ratio: 0.2142857),
        // a · away, a(span² / 4 or / 12 + away²) − mean², the range's middle is 0.5 away.
        Row("impulse", ["amount": 0.17], draws: 126, mean: 0.085, variance: 0.715275, rate: 0.17),
        Row(
            "impulse", ["amount": 0.17, "values": "uniform"], draws: 126, mean: 0.085,
            variance: 0.2619417, rate: 0.17),
        Row(
            "dead_pixels", ["count": 5], draws: 126, mean: 0.0595238,
            variance: 0.1849490, ratio: 0.1190476),
        Row("dropout_noise", ["rate": 0.3], draws: 126, mean: 0, variance: 0.1071429, rate: 0.3),
        Row(
            "dropout_noise", ["rate": 0.3, "rescale": false], draws: 126, mean: -0.15, variance: 0.0525,
            rate: 0.3),
        // 5.625 steps of 4/15 above the low end; step² · 0.625 · 0.375.
        Row("quantisation", ["levels": 16], samples: 3, draws: 126, mean: 0.1, variance: 0),
        Row(
            "quantisation", ["levels": 16, "dither": true], draws: 126, mean: 0,
            variance: 0.0166667),
        Row("clip", [:], samples: 3, draws: 126, mean: 0, variance: 0),
        Row("clip", [:], value: 3.25, samples: 3, draws: 126, mean: -0.25, variance: 0),
    ]

    @Test(arguments: rows) func `noise has the moments of its closed form`(row: Row) throws {
        try row.expect()
    }

    /// Each value's own draw: neither neighbours, channels, rows, samples nor epochs share it.
    @Test(arguments: [
        "gaussian", "speckle", "uniform", "laplace", "shot", "sensor", "impulse", "dropout_noise",
    ])
    func `values are independent of each other`(name: String) throws {
        let subject = try Subject(name, shape: [5, 8, 3])
        func errors(epoch: Int) throws -> [[Double]] {
            try (0..<250).map {
                try subject.run(constant: 0.4, id: $0, epoch: epoch).values.map { Double($0) - 0.4 }
            }
        }
        let (values, later) = (try errors(epoch: 0), try errors(epoch: 1))
        // 1 is the next channel, 3 the next column, 24 the next row, 16 the other half of a pair of normal draws.
        for distance in [1, 3, 16, 24] {
            let first = values.flatMap { $0.dropLast(distance) }
            let second = values.flatMap { $0.dropFirst(distance) }
            #expect(abs(scaledCorrelation(first, second)) < 4.5, "\(distance) apart")
            #expect(
                abs(scaledCorrelation(first.map { $0 * $0 }, second.map { $0 * $0 })) < 4.5,
                "squares \(distance) apart")
        }
        #expect(
            abs(scaledCorrelation(values.dropLast().flatMap { $0 }, values.dropFirst().flatMap { $0 })) < 4.5)
        #expect(abs(scaledCorrelation(values.flatMap { $0 }, later.flatMap { $0 })) < 4.5)
    }

    static let distributions: [(String, @Sendable (Double) -> Double)] = [
        ("gaussian", { normalDistribution($0 / 0.4) }),
        ("uniform", { ($0 + 0.4) / 0.8 }),
        (
            "laplace",
            { $0 < 0 ? exp($0 / 0.4 * 2.0.squareRoot()) / 2 : 1 - exp(-$0 / 0.4 * 2.0.squareRoot()) / 2 }
        ),
        ("sensor", { normalDistribution($0 / (0.06 + 0.0064).squareRoot()) }),
    ]

    @Test(arguments: distributions.indices) func `noise has its distribution`(place: Int) throws {
        let (name, distribution) = Self.distributions[place]
        let errors = try Subject(name, shape: [200], range: -1...3).errors(of: 0.5, samples: 200).flatMap {
            $0
        }
        #expect(kolmogorovSmirnov(errors, distribution) < 1.95)
        #expect(kolmogorovSmirnov(errors) { distribution($0 * 1.05) } > 1.95)
        if name == "uniform" { #expect(errors.allSatisfy { abs($0) <= 0.4 + 1e-7 }) }
    }

    @Test func `photons are counted`() throws {
        let subject = try Subject("shot", ["photons": 3], shape: [400], range: -1...3)
        // Everywhere λ = 3 · 1.6 / 4 = 1.2.
        let counts = try (0..<100).flatMap { id in
            try subject.run(constant: 0.6, id: id).values.map { (Double($0) + 1) * 3 / 4 }
        }
        #expect(counts.allSatisfy { abs($0 - $0.rounded()) < 1e-5 && $0 > -0.5 })
        // Poisson's probabilities e^−λ · λᵏ / k!.
        var probability = exp(-1.2)
        for k in 0..<7 {
            expectRate(
                counts.count { $0.rounded() == Double(k) }, of: counts.count, probability, "\(k) photons")
            probability *= 1.2 / Double(k + 1)
        }
        // The low end is dark, and so is what lies below.
        for value: Float in [-1, -1.5, -40] {
            #expect(try subject.run(constant: value, id: 1).values == [Float](repeating: -1, count: 400))
        }
    }

    @Test func `speckle leaves zeros as they are`() throws {
        let subject = try Subject("speckle", ["sigma": 0.6], shape: [9, 7])
        var sample = Fixture.floats(63)
        sample[5] = 0
        sample[40] = -0.0
        let made = try subject.run(sample).values
        expectSameBits([made[5]], [0])
        #expect(made[40] == 0)
        #expect(zip(made, sample).count { $0 != $1 } == 61)
    }

    /// Where a mask says hit, values are among `hits`; elsewhere they have the sample's bits, scaled by `scale`.
    private func expectHits(_ made: Made, _ sample: [Float], hits: (Float) -> Bool, scale: Float = 1) {
        for (place, value) in made.values.enumerated() {
            let isRight =
                made.mask![place] == 1 ? hits(value) : value.bitPattern == (sample[place] * scale).bitPattern
            #expect(isRight, "\(value) for \(sample[place]) at \(place)")
        }
    }

    @Test func `masks mark exactly what was destroyed`() throws {
        let sample = Fixture.floats(9 * 11 * 3).map { $0 * 3.9 - 0.95 }
        let extremes: (Float) -> Bool = { $0 == -1 || $0 == 3 }
        let range: ClosedRange<Float> = -1...3
        for name in ["salt_and_pepper", "salt_and_pepper_exact", "impulse"] {
            let subject = try Subject(name, ["amount": 0.37], shape: [9, 11, 3], range: range)
            for id in 0..<20 { expectHits(try subject.run(sample, id: id), sample, hits: extremes) }
        }
        let dead = try Subject("dead_pixels", ["count": 30], shape: [9, 11, 3], range: range)
        let uniform = try Subject(
            "impulse", ["values": "uniform", "amount": 0.3], shape: [9, 11, 3], range: range)
        let dropped = try Subject("dropout_noise", ["rate": 0.6], shape: [9, 11, 3], range: range)
        let kept = try Subject(
            "dropout_noise", ["rescale": false, "rate": 0.6], shape: [9, 11, 3], range: range)
        for id in 0..<20 {
            expectHits(try dead.run(sample, id: id), sample) { range.contains($0) }
            expectHits(try uniform.run(sample, id: id), sample) { range.contains($0) }
            // 1 / (1 − 0.6) is worked out by Lua, in Double.
            expectHits(
                try dropped.run(sample, id: id), sample, hits: { $0 == 0 }, scale: Float(1 / (1 - 0.6)))
            expectHits(try kept.run(sample, id: id), sample) { $0 == 0 }
        }
    }

    @Test func `salt and pepper hit whole pixels or channels, and salt has its share`() throws {
        for isOnItsOwn in [false, true] {
            let subject = try Subject(
                "salt_and_pepper", ["amount": 0.4, "salt": 0.3, "per_channel": .value(.boolean(isOnItsOwn))],
                shape: [20, 25, 3])
            var (hits, salt, whole) = (0, 0, 0)
            for id in 0..<60 {
                let values = try subject.run(constant: 0.5, id: id).values
                hits += values.count { $0 != 0.5 }
                salt += values.count { $0 == 1 }
                whole += stride(from: 0, to: 1500, by: 3).count { !values[$0..<$0 + 3].contains(0.5) }
                if !isOnItsOwn {
                    #expect(
                        stride(from: 0, to: 1500, by: 3).allSatisfy { Set(values[$0..<$0 + 3]).count == 1 })
                }
            }
            expectRate(whole, of: 30_000, isOnItsOwn ? 0.064 : 0.4)
            expectRate(isOnItsOwn ? salt : salt / 3, of: isOnItsOwn ? hits : hits / 3, 0.3)
        }
    }

    @Test(
        arguments: [([7, 9], 0.25, 0.5), ([5, 4, 3], 0.33, 0.2), ([3, 3, 1], 1, 0.7), ([11, 6], 0.01, 1)]
            as [(Shape, Double, Double)])
    func `exact salt and pepper have their counts in every sample`(shape: Shape, amount: Double, salt: Double)
        throws
    {
        let subject = try Subject(
            "salt_and_pepper_exact", ["amount": .number(amount), "salt": .number(salt)], shape: shape)
        let (pixels, channels) = (shape[0] * shape[1], shape.rank == 3 ? shape[2] : 1)
        let hits = rounded(amount * Double(pixels))
        var places = [Int](repeating: 0, count: pixels)
        for id in 0..<400 {
            let made = try subject.run(constant: 0.5, id: id)
            #expect(made.hidden == hits * channels)
            #expect(made.values.count { $0 == 1 } == rounded(Double(hits) * salt) * channels)
            #expect(made.values.count { $0 == 0 } == (hits - rounded(Double(hits) * salt)) * channels)
            for pixel in 0..<pixels where made.values[pixel * channels] == 1 { places[pixel] += 1 }
        }
        let share = Double(rounded(Double(hits) * salt)) / Double(pixels)
        for pixel in 0..<pixels { expectRate(places[pixel], of: 400, share, "salt at pixel \(pixel)") }
    }

    @Test func `counts follow a distribution of the amount`() throws {
        let subject = try Subject("salt_and_pepper_exact", ["amount": .uniform(0.1, 0.9)], shape: [9, 7, 2])
        let dead = try Subject("dead_pixels", ["count": .uniform(3, 90)], shape: [9, 7, 2])
        var counts: Set<Int> = []
        for id in 0..<100 {
            let made = try subject.run(constant: 0.5, id: id)
            counts.insert(made.hidden)
            #expect(made.hidden == 2 * Int((made.extras["amount"]![0] * 63).rounded(.toNearestOrEven)))
            let other = try dead.run(constant: 0.5, id: id)
            #expect(other.hidden == 2 * min(Int(other.extras["count"]![0]), 63))
        }
        #expect(counts.count > 30)
    }

    @Test func `impulses hit channels on their own and go up or down alike`() throws {
        let subject = try Subject("impulse", ["amount": 0.27], shape: [20, 25, 3])
        let made = try (0..<60).map { try subject.run(constant: 0.4, id: $0).values }
        let whole = made.reduce(0) { sum, values in
            sum + stride(from: 0, to: 1500, by: 3).count { !values[$0..<$0 + 3].contains(0.4) }
        }
        expectRate(whole, of: 30_000, 0.27 * 0.27 * 0.27)
        let (up, down) = (made.joined().count { $0 == 1 }, made.joined().count { $0 == 0 })
        expectRate(up, of: up + down, 0.5)
        let uniform = try Subject("impulse", ["amount": 0.27, "values": "uniform"], shape: [20, 25, 3])
        let hits = try (0..<40).flatMap { try uniform.run(constant: 0.4, id: $0).values }.filter { $0 != 0.4 }
        #expect(kolmogorovSmirnov(hits.map { Double($0) }) { $0 } < 1.95)
    }

    @Test func `dead pixels show any value, in each channel another`() throws {
        let subject = try Subject("dead_pixels", ["count": 20], shape: [9, 11, 2], range: -1...3)
        let pixels = try (0..<200).flatMap { id in
            let made = try subject.run(constant: 9, id: id)
            return stride(from: 0, to: 198, by: 2).map { Array(made.values[$0..<$0 + 2]) }.filter {
                $0[0] != 9
            }
        }
        #expect(pixels.count == 4000)
        for channel in 0..<2 {
            #expect(kolmogorovSmirnov(pixels.map { Double($0[channel]) }) { ($0 + 1) / 4 } < 1.95)
        }
        #expect(abs(scaledCorrelation(pixels.map { Double($0[0]) }, pixels.map { Double($0[1]) })) < 4.5)
        #expect(
            try Subject("dead_pixels", ["count": 100], shape: [9, 11, 2]).run(constant: 9, id: 3).hidden
                == 198)
    }

    @Test(arguments: [2, 5, 16]) func `quantisation gives the nearest levels and stays at them`(levels: Int)
        throws
    {
        let subject = try Subject(
            "quantisation", ["levels": .number(Double(levels))], shape: [31, 17], range: -1...3)
        let sample = Fixture.floats(527).map { $0 * 5 - 1.5 }
        let values = try subject.run(sample).values
        let step = 4 / Double(levels - 1)
        let expected = sample.map { value in
            let level = ((Double(value) + 1) / step).rounded(.toNearestOrEven)
            return -1 + step * min(max(level, 0), Double(levels - 1))
        }
        expectClose(values, expected, within: 4e-7)
        #expect(Set(values).count == levels && values.min() == -1 && values.max() == 3)
        expectClose(try subject.run(values).values, expected, within: 8e-7)
    }

    @Test func `dithering takes one of the two nearest levels`() throws {
        let subject = try Subject(
            "quantisation", ["levels": 9, "dither": true], shape: [31, 17], range: -1...3)
        let sample = Fixture.floats(527).map { $0 * 4 - 1 }
        for (value, level) in zip(sample, try subject.run(sample).values) {
            #expect(abs(level - value) < 0.5 && (level * 2).rounded() == level * 2)
        }
    }

    @Test func `clipping brings values back into the range`() throws {
        let subject = try Subject("clip", shape: [7, 5, 2], range: -1...3)
        let sample = Fixture.floats(70).map { $0 * 8 - 3 }
        let made = try subject.run(sample)
        expectSameBits(made.values, sample.map { min(max($0, -1), 3) })
        #expect(made.mask == nil)
    }
}
