import Foundation
import Tensors
import Testing

/// Noise and changes of sounds.
struct SoundTests {
    static let rows: [Row] = [
        // 0.5² / 10^0.9, exactly in every sample, but whose mean is a matter of luck.
        Row("snr_gaussian", ["snr": 9], shape: [90], draws: 90, mean: 0, variance: 0.0314731, kurtosis: 3),
        Row(
            "snr_coloured", ["snr": 9], shape: [91], samples: 5, draws: 1_000_000_000, mean: 0,
            variance: 0.0314731),
        Row(
            "clipping", ["level": 0.3], shape: [31], samples: 3, draws: 31, mean: -0.35, variance: 0, ratio: 1
        ),
        Row("clipping", ["level": 1], shape: [31], samples: 3, draws: 31, mean: 0, variance: 0, ratio: 0),
        Row("gain", ["gain": 6], shape: [31], samples: 3, draws: 31, mean: 0.4976312, variance: 0),
        Row("gain", ["gain": -20], shape: [31], samples: 3, draws: 31, mean: -0.45, variance: 0),
        // n = 5 of 50: on average 30 of 11 · 50 samples are lost.
        Row(
            "time_shift", ["share": 0.1], shape: [50], samples: 2000, draws: 1, mean: -0.0272727,
            variance: 0.0128926,
            rate: 0.0545455),
        Row(
            "time_shift", ["border": "wrap"], shape: [50], samples: 5, draws: 1, mean: 0, variance: 0,
            ratio: 0),
        Row("polarity", ["rate": 0.3], shape: [4], samples: 2000, draws: 1, mean: -0.3, variance: 0.21),
        // A band of 0.3 with edges of 0.1 covers frequency 0 with probability 0.4.
        Row(
            "band_stop", ["width": 0.3, "edge": 0.1], shape: [12], samples: 2500, draws: 1, mean: -0.2,
            variance: 0.05375),
        // −0.5 where it is hidden, as silence takes its place.
        Row(
            "time_mask", ["ratio": 0.3], shape: [50], samples: 5, draws: 1_000_000_000, mean: -0.15,
            variance: 0.0525,
            ratio: 0.3),
    ]

    @Test(arguments: rows) func `sounds change as their closed form says`(row: Row) throws {
        try row.expect()
    }

    /// A sound of `length` samples with padding that is no silence.
    static func sound(_ count: Int, seed: Int = 3) -> [Float] {
        Fixture.normals(count, seed: seed).map { $0 * 0.2 }
    }

    static func decibels(_ x: some Sequence<Float>, _ y: some Sequence<Float>) -> Double {
        var (signal, noise) = (0.0, 0.0)
        for (x, y) in zip(x, y) {
            signal += Double(x) * Double(x)
            noise += (Double(y) - Double(x)) * (Double(y) - Double(x))
        }
        return 10 * log10(signal / noise)
    }

    @Test(arguments: ["snr_gaussian", "snr_coloured", "background"])
    func `noise has its ratio in every sample`(name: String) throws {
        let others = OtherSamples([333])
        for ratio in [-7, 0, 12.5, 30] {
            let subject = try Subject(
                name, ["snr": .number(ratio)], shape: [333], range: -1...1, source: others)
            for (id, length) in [333, 332, 100, 7].enumerated() {
                let sample = Self.sound(333, seed: id)
                let made = try subject.run(sample, id: id, length: length).values
                expectClose(
                    Self.decibels(sample[..<length], made[..<length]), ratio, within: 2e-5,
                    "\(length) samples")
                expectSameBits(Array(made[length...]), Array(sample[length...]))
            }
            let silence = [Float](repeating: 0, count: 333)
            expectSameBits(try subject.run(silence).values, silence)
        }
        let varying = try Subject(
            name, ["snr": .uniform(-10, 30)], shape: [200], range: -1...1, source: OtherSamples([200]))
        for id in 0..<12 {
            let made = try varying.run(Self.sound(200), id: id)
            expectClose(
                Self.decibels(Self.sound(200), made.values), Double(made.extras["snr"]![0]), within: 2e-5)
        }
    }

    @Test func `gaussian noise at a ratio is white`() throws {
        let errors = try Subject("snr_gaussian", shape: [300]).errors(of: 0.5, samples: 150)
        for distance in [1, 16, 150] {
            let (first, second) = (
                errors.flatMap { $0.dropLast(distance) }, errors.flatMap { $0.dropFirst(distance) }
            )
            #expect(abs(scaledCorrelation(first, second)) < 4.5)
        }
        #expect(kolmogorovSmirnov(errors.flatMap { $0 }) { normalDistribution($0 / 0.05) } < 1.95)
    }

    @Test(arguments: [-2, 0, 1.5, 2]) func `coloured noise falls by its exponent`(exponent: Double) throws {
        let subject = try Subject("snr_coloured", ["exponent": .number(exponent), "snr": 0], shape: [500])
        let bins = [0, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100, 125, 160, 200, 249]
        var mean = [Double](repeating: 0, count: bins.count)
        for errors in try subject.errors(of: 1, samples: 250) {
            for (place, power) in powers(errors, at: bins).enumerated() { mean[place] += power }
        }
        #expect(mean[0] < 1e-6 * mean[1])
        let frequencies = bins.dropFirst().map { Double($0) }
        let spread = Moments(frequencies.map { log($0) }).variance * Double(frequencies.count)
        expectClose(
            logarithmicSlope(frequencies, Array(mean.dropFirst())), -exponent,
            within: 4.5 / (250 * spread).squareRoot())
    }

    @Test func `a background is another sample, never the sample itself`() throws {
        let others = OtherSamples([40], count: 6)
        let subject = try Subject("background", ["snr": 10], shape: [40], source: others)
        var found: Set<Int> = []
        for epoch in 0..<60 {
            let sample = others.values(of: 2)
            let errors = zip(try subject.run(sample, id: 2, epoch: epoch).values, sample).map {
                Double($0) - Double($1)
            }
            let fitting = (0..<6).filter { id in
                let ratios = zip(errors, others.values(of: id)).filter { $1 > 0.05 }.map { $0 / Double($1) }
                return ratios.max()! - ratios.min()! < 1e-4
            }
            #expect(fitting.count == 1 && fitting.first != 2)
            found.formUnion(fitting)
        }
        #expect(found == [0, 1, 3, 4, 5])
        #expect(subject.extraNames.isEmpty)
        // To a flat sample a flat one adds 0.5 / 10^(10 / 20).
        let flat = try Subject(
            "background", ["snr": 10], shape: [40], source: OtherSamples([40]) { Float($0 + 1) })
        expectClose(try flat.run(constant: 0.5, id: 3).values, [Double](repeating: 0.6581139, count: 40))
    }

    @Test(arguments: [0.5, 0.17, 1]) func `clipping cuts at its share of the peak`(level: Double) throws {
        let subject = try Subject("clipping", ["level": .number(level)], shape: [77], range: -1...1)
        for length in [77, 30] {
            let sample = Self.sound(77, seed: length).map { $0 * 3 }
            let made = try subject.run(sample, length: length)
            let threshold = Float(level) * sample[..<length].map { abs($0) }.max()!
            let expected = sample.enumerated().map { $0 < length ? min(max($1, -threshold), threshold) : $1 }
            expectSameBits(made.values, expected)
            #expect(made.mask == sample.enumerated().map { $0 < length && abs($1) > threshold ? 1 : 0 })
        }
    }

    @Test func `gain is in decibels, for the real part alone`() throws {
        for (gain, factor) in [(20, 10), (-6.0206, 0.5), (3, 1.412537545)] {
            let subject = try Subject("gain", ["gain": .number(gain)], shape: [40])
            let sample = Self.sound(40)
            let expected = sample.enumerated().map { Double($1) * ($0 < 25 ? factor : 1) }
            expectClose(try subject.run(sample, length: 25).values, expected, within: 1e-6)
        }
    }

    @Test(arguments: ["zero", "wrap"]) func `a shift moves the real part by any number of samples`(
        border: String
    ) throws {
        let subject = try Subject(
            "time_shift", ["share": 0.13, "border": .value(.choice(border))], shape: [50])
        for (length, most) in [(50, 6), (31, 4), (7, 0)] {
            let sample = Self.sound(50, seed: length)
            var counts: [Int: Int] = [:]
            for id in 0..<600 {
                let made = try subject.run(sample, id: id, length: length)
                let shift = (-most...most).first { shift in
                    (0..<length).allSatisfy {
                        let from = border == "wrap" ? ($0 - shift + length) % length : $0 - shift
                        return made.values[$0] == ((0..<length).contains(from) ? sample[from] : 0)
                    }
                }
                guard let shift else {
                    Issue.record("no shift of \(length) samples")
                    continue
                }
                counts[shift, default: 0] += 1
                guard border == "zero" else {
                    #expect(made.hidden == 0)
                    continue
                }
                let came = shift > 0 ? 0..<shift : length + shift..<length
                #expect(made.mask == (0..<50).map { came.contains($0) ? 1 : 0 })
            }
            #expect(counts.count == 2 * most + 1)
            for count in counts.values where most > 0 { expectRate(count, of: 600, 1 / Double(2 * most + 1)) }
        }
    }

    @Test func `polarity turns whole samples`() throws {
        let subject = try Subject("polarity", ["rate": 0.3], shape: [20])
        let sample = Self.sound(20)
        var turned = 0
        for id in 0..<800 {
            let made = try subject.run(sample, id: id, length: 15).values
            let isTurned = made[0] == -sample[0]
            turned += isTurned ? 1 : 0
            #expect(made == sample.enumerated().map { isTurned && $0 < 15 ? -$1 : $1 })
        }
        expectRate(turned, of: 800, 0.3)
    }

    @Test func `a band is taken out, its edges in part`() throws {
        let subject = try Subject("band_stop", ["centre": 0.2, "width": 0.1, "edge": 0.04], shape: [200])
        let sample = Fixture.normals(200)
        let made = try subject.run(sample).values
        let bins = Array(0...100)
        let (before, after) = (
            powers(sample.map { Double($0) }, at: bins), powers(made.map { Double($0) }, at: bins)
        )
        for bin in bins {
            let beyond = min(max((abs(Double(bin) / 200 - 0.2) - 0.05) / 0.04, 0), 1)
            let gain = 0.5 - 0.5 * cos(.pi * beyond)
            expectClose((after[bin] / before[bin]).squareRoot(), gain, within: 2e-5, "bin \(bin)")
        }
    }

    @Test func `a room's answer has its energy and dies away`() throws {
        let subject = try Subject("reverb", ["decay": 150, "clarity": 4], shape: [240], range: -1...1)
        var click = [Float](repeating: 0, count: 240)
        click[0] = 1
        var mean = [Double](repeating: 0, count: 240)
        for id in 0..<250 {
            let answer = try subject.run(click, id: id).values
            expectClose(Double(answer[0]), 1, within: 2e-6)
            let energy = answer.dropFirst().reduce(0) { $0 + Double($1) * Double($1) }
            expectClose(energy * pow(10, 0.4), 1, within: 1e-5, "energy")
            for place in 1..<240 { mean[place] += Double(answer[place]) * Double(answer[place]) }
        }
        // 60 dB in 150 samples; the logarithm of a mean of 250 squares of normals is within 2 / √(2 · 250) of its own.
        let places = (1..<240).map { Double($0) }
        let levels = Moments(places)
        let logs = (1..<240).map { 10 * log10(mean[$0]) }
        let covariance = zip(places, logs).reduce(0) { $0 + ($1.0 - levels.mean) * $1.1 } / levels.count
        let deviation = 10 / log(10) * 2 / 500.0.squareRoot()
        expectClose(
            covariance / levels.variance, -60.0 / 150,
            within: 4.5 * deviation / (levels.variance * levels.count).squareRoot())
    }

    @Test func `reverberation is a convolution with the room's answer`() throws {
        let subject = try Subject("reverb", ["decay": 40, "clarity": 3], shape: [70], range: -1...1)
        var click = [Float](repeating: 0, count: 70)
        click[0] = 1
        let sample = Self.sound(70)
        for (id, length) in [70, 44, 1].enumerated() {
            let answer = try subject.run(click, id: id).values
            let expected = sample.indices.map { place in
                place >= length
                    ? Double(sample[place])
                    : (0...place).reduce(0) { $0 + Double(sample[$1]) * Double(answer[place - $1]) }
            }
            expectClose(
                try subject.run(sample, id: id, length: length).values, expected, within: 3e-6, "\(length)")
        }
    }
}
