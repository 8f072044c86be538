import Foundation
import Tensors
import Testing

/// Noise with a pattern: lines, waves, grain and coloured noise.
struct PatternTests {
    @Test(arguments: ["rows", "columns"])
    func `a stripe is the same along its line, and lines are independent`(lines: String) throws {
        let subject = try Subject(
            "stripes", ["lines": .value(.choice(lines))], shape: [9, 8, 3], range: -1...3)
        var offsets: [[Double]] = []
        for errors in try subject.errors(of: 0.5, samples: 400) {
            func error(_ line: Int, _ along: Int, _ channel: Int) -> Double {
                lines == "rows"
                    ? errors[(line * 8 + along) * 3 + channel] : errors[(along * 8 + line) * 3 + channel]
            }
            let (count, length) = lines == "rows" ? (9, 8) : (8, 9)
            for line in 0..<count {
                for along in 0..<length {
                    #expect((0..<3).allSatisfy { error(line, along, $0) == error(line, 0, 0) })
                }
            }
            offsets.append((0..<count).map { error($0, 0, 0) })
        }
        #expect(
            abs(scaledCorrelation(offsets.flatMap { $0.dropLast() }, offsets.flatMap { $0.dropFirst() }))
                < 4.5)
        #expect(Set(offsets.joined()).count == 400 * offsets[0].count)
    }

    @Test(arguments: [(0, 0), (90, 0), (0, 90), (30, 40), (-120, 300)] as [(Double, Double)])
    func `a wave has its direction, frequency and phase`(angle: Double, phase: Double) throws {
        let subject = try Subject(
            "periodic",
            ["amplitude": 0.2, "frequency": 0.13, "angle": .number(angle), "phase": .number(phase)],
            shape: [7, 11, 2], range: -1...3)
        let sample = Fixture.floats(154)
        let expected = sample.indices.map { place in
            let (row, column) = (Double(place / 22 + 1), Double(place / 2 % 11 + 1))
            let way = row * sin(angle * .pi / 180) + column * cos(angle * .pi / 180)
            return Double(sample[place]) + 0.8 * sin(2 * .pi * 0.13 * way + phase * .pi / 180)
        }
        expectClose(try subject.run(sample, id: 3).values, expected, within: 3e-6)
        expectSameBits(try subject.run(sample, id: 4).values, try subject.run(sample, id: 3).values)
    }

    @Test func `a wave's direction and phase are drawn for each sample`() throws {
        let flat = try Subject("periodic", ["frequency": 0], shape: [3, 4])
        let steady = try Subject("periodic", ["frequency": 0, "angle": 20], shape: [3, 4])
        let sines = try (0..<3000).map { id in
            let values = try flat.run(constant: 0.5, id: id).values
            #expect(Set(values).count == 1)
            // The phase's draw has a name, so a given angle leaves it as it is.
            if id < 20 { expectSameBits(try steady.run(constant: 0.5, id: id).values, values) }
            return (Double(values[0]) - 0.5) / 0.1
        }
        // The sine of a uniform phase has the arcsine law.
        #expect(kolmogorovSmirnov(sines) { 0.5 + asin(min(max($0, -1), 1)) / .pi } < 1.95)
        let slow = try Subject("periodic", ["frequency": 0.02, "phase": 0, "amplitude": 1], shape: [2, 2])
        let angles = try (0..<3000).map { id in
            let values = try slow.run(constant: 0, id: id).values.map { asin(Double($0)) }
            return atan2(values[2] - values[0], values[1] - values[0])
        }
        #expect(kolmogorovSmirnov(angles) { $0 / (2 * .pi) + 0.5 } < 1.95)
    }

    @Test(arguments: [(1, 150), (2, 300)] as [(Double, Int)])
    func `grain is correlated over its size and in all channels`(size: Double, samples: Int) throws {
        let subject = try Subject("film_grain", ["size": .number(size)], shape: [36, 40])
        let errors = try subject.errors(of: 0.5, samples: samples)
        let weights = gaussianWeights(size, radius: 9, isNormalised: false)
        let power = weights.reduce(0) { $0 + $1 * $1 }
        func expected(_ distance: Int) -> Double {
            (0..<19 - distance).reduce(0) { $0 + weights[$1] * weights[$1 + distance] } / power
        }
        #expect(abs(expected(1) - exp(-0.25 / (size * size))) < 1e-3)
        let variance = Moments(errors.joined()).variance
        for (down, right) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 1), (0, 3), (3, 0), (0, 12)] {
            var (sum, count) = (0.0, 0.0)
            for picture in errors {
                for row in stride(from: 0, to: 36 - down, by: 2) {
                    for column in 0..<40 - right {
                        sum += picture[row * 40 + column] * picture[(row + down) * 40 + column + right]
                        count += 1
                    }
                }
            }
            let wanted = expected(down) * expected(right)
            // Σ ρ² over the plane is 2π size²: as many pixels count as one.
            let independent = Double(samples * 36 * 40) / (2 * .pi * size * size)
            expectClose(
                sum / count / variance, wanted,
                within: 4.5 * ((1 + wanted * wanted) / independent).squareRoot(),
                "\(down) down, \(right) to the right")
        }
        // Edges are as the rest: their variance is the same.
        let corners = errors.flatMap { [$0[0], $0[39], $0[35 * 40], $0[36 * 40 - 1]] }
        expectMoments(corners, mean: 0, variance: 0.01, independent: corners.count, "corners")
        let coloured = try Subject("film_grain", ["size": .number(size)], shape: [5, 6, 3]).run(
            constant: 0.5, id: 1
        ).values
        #expect(stride(from: 0, to: 90, by: 3).allSatisfy { Set(coloured[$0..<$0 + 3]).count == 1 })
        #expect(Set(coloured).count == 30)
    }

    @Test func `grain with midtones leaves black and white as they are`() throws {
        let subject = try Subject("film_grain", ["midtones": 1, "sigma": 0.3], shape: [6, 7], range: -1...3)
        var sample = Fixture.floats(42)
        for place in stride(from: 0, to: 42, by: 3) { sample[place] = [-1, 3, -2, 5][place / 3 % 4] }
        let made = try subject.run(sample).values
        for place in 0..<42 { #expect((made[place] == sample[place]) == (place % 3 == 0), "\(place)") }
    }

    /// The power of each falls with the frequency to the power of its exponent.
    static let colours: [(String, Double)] = [("pink", 1), ("brown", 2), ("blue", -1)]

    static let rows: [Row] = [
        // Exact in every sample: no part of it is a matter of luck.
        Row(
            "pink", ["sigma": 0.02], shape: [130], samples: 5, draws: 1_000_000_000, mean: 0, variance: 0.0064
        ),
        Row(
            "brown", ["sigma": 0.02], shape: [77], samples: 5, draws: 1_000_000_000, mean: 0, variance: 0.0064
        ),
        Row(
            "blue", ["sigma": 0.02], shape: [128], samples: 5, draws: 1_000_000_000, mean: 0, variance: 0.0064
        ),
    ]

    @Test(arguments: rows) func `coloured noise has its strength in every sample`(row: Row) throws {
        for sample in 0..<4 {
            var single = row
            single.samples = sample + 1
            try single.expect()
        }
    }

    @Test(arguments: colours) func `coloured noise has the spectrum of its colour`(
        name: String, exponent: Double
    ) throws {
        // No power of two, and odd.
        let subject = try Subject(name, ["sigma": 0.05], shape: [777])
        let bins = [4, 5, 6, 7, 8, 10, 12, 14, 16, 19, 22] + stride(from: 26, through: 386, by: 20)
        var mean = [Double](repeating: 0, count: bins.count)
        for errors in try subject.errors(of: 0.5, samples: 250) {
            for (place, power) in powers(errors, at: bins).enumerated() { mean[place] += power }
        }
        // A bin's power is exponential, its mean over 250 samples within 1/√250 of the true one.
        let frequencies = bins.map { Double($0) }
        let spread = Moments(frequencies.map { log($0) }).variance * Double(bins.count)
        expectClose(
            logarithmicSlope(frequencies, mean), -exponent, within: 4.5 / (250 * spread).squareRoot(),
            "\(name)'s slope")
    }

    @Test(arguments: colours) func `coloured noise has no constant part and stays out of padding`(
        name: String, _: Double
    ) throws {
        let subject = try Subject(name, ["sigma": 0.05], shape: [90])
        for id in 0..<30 {
            let errors = try subject.run(constant: 0.5, id: id).values.map { Double($0) - 0.5 }
            let moments = Moments(errors)
            #expect(abs(moments.mean) < 1e-7)
            expectClose((moments.variance + moments.mean * moments.mean).squareRoot(), 0.05, within: 1e-6)
            let length = 1 + id * 3
            let padded = try subject.run([Float](repeating: 0.5, count: 90), id: id, length: length).values
            expectSameBits(Array(padded[length...]), [Float](repeating: 0.5, count: 90 - length))
            let square = padded[..<length].reduce(0) { $0 + pow(Double($1) - 0.5, 2) } / Double(length)
            expectClose(square.squareRoot(), 0.05, within: 1e-6, "rms of \(length)")
        }
    }

    @Test(arguments: [-2, -1, 0, 1] as [Double])
    func `noise of a power law has its spectrum in all directions`(
        exponent: Double
    ) throws {
        let (height, width, samples) = (24, 35, 220)
        let subject = try Subject(
            "power_law", ["exponent": .number(exponent), "sigma": 0.05], shape: [height, width])
        // Along each axis and between them, on both sides.
        let bins = [
            (0, 3), (0, 7), (0, 16), (2, 0), (5, 0), (12, 0), (3, 4), (9, 13), (-3, 5), (-8, 11), (11, -17),
            (1, 1),
        ]
        var power = [Double](repeating: 0, count: bins.count)
        for errors in try subject.errors(of: 0.5, samples: samples) {
            let moments = Moments(errors)
            expectClose(moments.mean, 0, within: 1e-7, "the mean")
            expectClose(moments.variance.squareRoot(), 0.05, within: 1e-6, "the strength")
            for (place, bin) in bins.enumerated() {
                var (re, im) = (0.0, 0.0)
                for row in 0..<height {
                    for column in 0..<width {
                        let turns =
                            Double(bin.0 * row) / Double(height) + Double(bin.1 * column) / Double(width)
                        re += errors[row * width + column] * cos(2 * .pi * turns)
                        im += errors[row * width + column] * sin(2 * .pi * turns)
                    }
                }
                power[place] += re * re + im * im
            }
        }
        let radii = bins.map {
            (pow(Double($0.0) / Double(height), 2) + pow(Double($0.1) / Double(width), 2)).squareRoot()
        }
        let spread = Moments(radii.map { log($0) }).variance * Double(bins.count)
        expectClose(
            logarithmicSlope(radii, power), exponent, within: 4.5 / (Double(samples) * spread).squareRoot(),
            "the slope")
        // A bin's power is exponential: what is left of each without the law is as large.
        let flat = zip(power, radii).map { $0 / pow($1, exponent) }
        let mean = flat.reduce(0, +) / Double(flat.count)
        for (place, value) in flat.enumerated() {
            expectClose(value / mean, 1, within: 4.5 / Double(samples).squareRoot(), "\(bins[place])")
        }
    }
}
