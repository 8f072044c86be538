import Foundation
import Tensors
import Testing

/// What lenses, sensors, film, weather and compression do to pictures.
struct CameraTests {
    @Test(arguments: [[9, 7, 2], [6, 11], [5, 5, 1]] as [Shape]) func `a vignette follows its law`(
        shape: Shape
    ) throws {
        let subject = try Subject("vignette", ["strength": 0.7], shape: shape, range: -1...3)
        let sample = Fixture.floats(shape.count).map { $0 * 4 - 1 }
        let (height, width, channels) = (shape[0], shape[1], shape.count / shape[0] / shape[1])
        func radius(_ row: Int, _ column: Int) -> Double {
            let (down, right) = (Double(row) - Double(height - 1) / 2, Double(column) - Double(width - 1) / 2)
            return (down * down + right * right) / Double(height * height + width * width) * 4
        }
        let expected = sample.indices.map { place in
            let fall = 1 + 0.7 * radius(place / channels / width, place / channels % width)
            return -1 + (Double(sample[place]) + 1) / (fall * fall)
        }
        let made = try subject.run(sample).values
        expectClose(made, expected, within: 2e-6)
        // An odd size has a middle, and it stays.
        let middle = (height / 2 * width + width / 2) * channels
        if height % 2 == 1 && width % 2 == 1 { expectSameBits([made[middle]], [sample[middle]]) }
    }

    @Test func `a vignette says its mean and variance`() throws {
        let said = try Fixture.plugin("vignette").expectation(
            ["strength": 0.7], value: 2, shape: [8, 5],
            context: .init(seed: 1, path: "chain/vignette", range: -1...3))
        let subject = try Subject("vignette", ["strength": 0.7], shape: [8, 5], range: -1...3)
        let moments = Moments(try subject.errors(of: 2, samples: 1)[0])
        expectClose(moments.mean, try #require(said?["mean"]), within: 1e-6)
        expectClose(moments.variance, try #require(said?["variance"]), within: 1e-6)
    }

    @Test(arguments: [3, 2, 1]) func `aberration scales channels about the centre`(channels: Int) throws {
        let subject = try Subject("chromatic_aberration", ["strength": 0.1], shape: [11, 14, channels])
        let places = (0..<11 * 14 * channels).map { ($0 / channels / 14, $0 / channels % 14, $0 % channels) }
        let made = try subject.run(places.map { Float($0.0) * 0.05 + Float($0.1) * 0.02 + 0.1 }).values
        let middle = Double(channels - 1) / 2
        for (place, (row, column, channel)) in places.enumerated() {
            // Bilinear values of a plane are the plane's, away from the edges, where places lie outside.
            let factor = 1 + 0.1 * (Double(channel) - middle)
            let (r, c) = ((Double(row) - 5) * factor + 5, (Double(column) - 6.5) * factor + 6.5)
            let expected = min(max(r, 0), 10) * 0.05 + min(max(c, 0), 13) * 0.02 + 0.1
            expectClose(Double(made[place]), expected, within: 2e-6, "\(row), \(column), \(channel)")
        }
        let sample = Fixture.floats(11 * 14 * channels)
        let kept = try subject.run(sample).values
        for place in stride(from: channels / 2, to: sample.count, by: channels) where channels != 2 {
            expectSameBits([kept[place]], [sample[place]], "the middle channel stays")
        }
        #expect((kept == sample) == (channels == 1))
    }

    @Test func `a rolling shutter shifts rows along a sine`() throws {
        let subject = try Subject(
            "rolling_shutter", ["amplitude": 2, "wavelength": 8], shape: [17, 20, 2], range: -1...3)
        var shifts: [Double] = []
        for id in 0..<1500 {
            let made = try subject.run((0..<680).map { Float($0 / 2 % 20) * 0.1 }, id: id).values
            func shift(_ row: Int) -> Double { (Double(made[(row * 20 + 9) * 2]) - 0.9) / 0.1 }
            for row in 0..<17 where id < 20 {
                for place in 3 * 2..<17 * 2 {
                    let found = (Double(made[row * 40 + place]) - Double(place / 2) * 0.1) / 0.1
                    expectClose(found, shift(row), within: 2e-5, "row \(row)")
                }
            }
            // A quarter of a wave is 2 rows: sin² + cos² = 1; a half changes the sign.
            #expect(abs(shift(3) * shift(3) + shift(5) * shift(5) - 4) < 1e-3)
            #expect(abs(shift(3) + shift(7)) < 5e-5 && abs(shift(3) - shift(11)) < 5e-5)
            shifts.append(shift(3))
        }
        // The phase is uniform: a sine's moments, once a sample.
        expectMoments(shifts, mean: 0, variance: 2, kurtosis: 1.5, independent: 1500)
    }

    @Test func `drops of rain fall everywhere, each a streak`() throws {
        // Streaks of one pixel: as many as drops.
        let points = try Subject(
            "rain", ["density": 0.02, "length": 1, "angle": 0, "opacity": 0.5], shape: [20, 31, 2],
            range: -1...3)
        var hits = 0
        for id in 0..<60 {
            let values = try points.run(constant: 0.5, id: id).values
            #expect(Set(values).isSubset(of: [0.5, 1.75]))
            hits += stride(from: 0, to: values.count, by: 2).count {
                values[$0] == 1.75 && values[$0 + 1] == 1.75
            }
            #expect(values.count { $0 == 1.75 } % 2 == 0)
        }
        expectRate(hits, of: 60 * 620, 0.02)
    }

    /// The streak of one drop: rows, columns and shares of the sky's light, worked out by hand.
    static let streaks: [(length: Double, angle: Double, [[Double]])] = [
        (4, 0, [[0.5], [1], [1], [1], [0.5]]),
        (3.5, 90, [[0.25, 1, 1, 1, 0.25]]),
        // Two pixels along the slant are √2 apart: 3 / 2 + ½ − √2 = 0.586; beside it 1 − √½ = 0.293.
        (
            3, 45,
            [[0.5858, 0.2929, 0], [0.2929, 1, 0.2929], [0, 0.2929, 0.5858]]
        ),
    ]

    @Test(arguments: streaks.indices) func `a streak has its length and slant`(place: Int) throws {
        let (length, angle, shares) = Self.streaks[place]
        let subject = try Subject(
            "rain", ["density": 0.0008, "length": .number(length), "angle": .number(angle), "opacity": 0.8],
            shape: [30, 33])
        let (height, width) = (shares.count, shares[0].count)
        var found = 0
        for id in 0..<60 {
            let light = try subject.run(constant: 0.25, id: id).values.map {
                (Double($0) - 0.25) / (0.8 * 0.75)
            }
            let wet = light.indices.filter { light[$0] > 1e-6 }
            guard let first = wet.first, let top = wet.map({ $0 / 33 }).min(),
                let bottom = wet.map({ $0 / 33 }).max()
            else { continue }
            let columns = wet.map { $0 % 33 }
            let left = columns.min()!
            // One drop alone, not at an edge.
            guard top > 0, left > 0, bottom < 29, columns.max()! < 32 else { continue }
            guard bottom - top < height + 3, columns.max()! - left < width + 3, wet.count <= height * width
            else { continue }
            found += 1
            #expect(first / 33 == top)
            for (row, line) in shares.enumerated() {
                for (column, share) in line.enumerated() {
                    expectClose(
                        light[(top + row) * 33 + left + column], share, within: 1e-4, "\(row), \(column)")
                }
            }
            #expect(wet.count == shares.joined().count { $0 > 0 })
        }
        #expect(found >= 5)
    }

    @Test func `rain brightens up to its opacity`() throws {
        let sample = Fixture.floats(13 * 17 * 3)
        for (density, opacity) in [(0.05, 0.6), (1, 0.37)] {
            let subject = try Subject(
                "rain", ["density": .number(density), "opacity": .number(opacity)], shape: [13, 17, 3])
            for id in 0..<5 {
                let made = try subject.run(sample, id: id).values
                #expect(
                    zip(made, sample).allSatisfy {
                        $0 >= $1 && Double($0) <= Double($1) + opacity * (1 - Double($1)) + 1e-6
                    })
                guard density == 1 else { continue }
                expectClose(made, sample.map { Double($0) + opacity * (1 - Double($0)) })
            }
        }
    }

    @Test func `scratches are lines of the range's ends, marked by their mask`() throws {
        let subject = try Subject(
            "scratches", ["scratches": 3, "length": 15], shape: [21, 26, 3], range: -1...3)
        let sample = Fixture.floats(21 * 26 * 3)
        for id in 0..<40 {
            let made = try subject.run(sample, id: id)
            let hidden = made.mask!.indices.filter { made.mask![$0] == 1 }
            #expect(hidden.allSatisfy { made.values[$0] == -1 || made.values[$0] == 3 })
            #expect(made.values.indices.allSatisfy { made.mask![$0] == 1 || made.values[$0] == sample[$0] })
            let pixels = Set(hidden.map { $0 / 3 })
            #expect(hidden.count == 3 * pixels.count && pixels.count <= 45 && pixels.count > 0)
        }
    }

    @Test func `a scratch that does not turn is straight and as long as asked`() throws {
        let subject = try Subject(
            "scratches", ["scratches": 1, "length": 12, "wander": 0, "bright": 0.3], shape: [50, 60])
        var (whole, bright) = (0, 0)
        for id in 0..<600 {
            let made = try subject.run(constant: 0.5, id: id)
            let pixels = made.mask!.indices.filter { made.mask![$0] == 1 }.map { ($0 / 60, $0 % 60) }
            bright += made.values.contains(1) ? 1 : 0
            #expect(made.values.contains(1) != made.values.contains(0))
            let (rows, columns) = (pixels.map(\.0), pixels.map(\.1))
            let (top, bottom, left, right) = (rows.min()!, rows.max()!, columns.min()!, columns.max()!)
            guard top > 0, left > 0, bottom < 49, right < 59 else { continue }
            whole += 1
            // 11 steps of 1, both ends rounded to pixels.
            let length = Double((bottom - top) * (bottom - top) + (right - left) * (right - left))
                .squareRoot()
            expectClose(length, 11, within: 1.5)
            #expect(pixels.count >= 8 && pixels.count <= 12)
        }
        #expect(whole > 300)
        expectRate(bright, of: 600, 0.3)
    }

    @Test func `scratches begin anywhere`() throws {
        let subject = try Subject("scratches", ["scratches": 1, "length": 1], shape: [5, 7])
        var counts = [Int](repeating: 0, count: 35)
        for id in 0..<3000 { counts[try subject.run(constant: 0.5, id: id).mask!.firstIndex(of: 1)!] += 1 }
        for place in 0..<35 {
            // Uniform between the middles of the first and the last pixel, so half as often in those.
            let row = (place / 7 == 0 || place / 7 == 4 ? 0.5 : 1) / 4
            let column = (place % 7 == 0 || place % 7 == 6 ? 0.5 : 1) / 6
            expectRate(counts[place], of: 3000, row * column, "pixel \(place)")
        }
    }

    /// `(r − 3)² · 8 + (c − 8)² · 2 + (r · c mod 6) · 4` at most 255, 10 rows and 13 columns.
    static let picture: [Int] = (0..<130).map { place in
        let (row, column) = (place / 13, place % 13)
        return min((row - 3) * (row - 3) * 8 + (column - 8) * (column - 8) * 2 + row * column % 6 * 4, 255)
    }

    /// What libjpeg (Pillow 11) makes of it at qualities 10 and 75.
    static let compressed: [Int: [Int]] = [
        10: [
            189, 176, 153, 127, 104, 88, 79, 75, 86, 93, 102, 110, 114,
            145, 131, 108, 82, 60, 43, 34, 30, 40, 47, 56, 64, 68,
            116, 102, 79, 53, 31, 14, 5, 1, 8, 15, 24, 32, 36,
            123, 109, 86, 61, 38, 22, 12, 8, 12, 18, 27, 36, 39,
            135, 122, 99, 73, 50, 34, 25, 21, 20, 26, 36, 44, 48,
            151, 137, 115, 89, 66, 50, 40, 36, 32, 38, 48, 56, 60,
            198, 184, 161, 135, 113, 96, 87, 83, 76, 82, 91, 100, 103,
            252, 238, 215, 189, 167, 150, 141, 137, 128, 134, 144, 152, 156,
            248, 248, 248, 248, 248, 248, 248, 248, 216, 216, 216, 216, 216,
            248, 248, 248, 248, 248, 248, 248, 248, 237, 237, 237, 237, 237,
        ],
        75: [
            196, 172, 148, 119, 108, 96, 72, 79, 72, 73, 81, 92, 99,
            163, 138, 113, 86, 77, 66, 39, 42, 45, 46, 53, 63, 66,
            139, 114, 89, 62, 55, 43, 15, 17, 15, 18, 28, 40, 44,
            128, 105, 81, 51, 40, 28, 4, 11, 0, 3, 12, 25, 31,
            140, 120, 97, 64, 48, 36, 18, 31, 19, 20, 26, 35, 39,
            162, 141, 118, 85, 70, 58, 39, 52, 39, 39, 46, 55, 61,
            197, 173, 149, 120, 110, 98, 73, 78, 70, 73, 81, 94, 101,
            255, 232, 207, 182, 179, 167, 134, 132, 141, 144, 152, 163, 166,
            255, 255, 255, 250, 240, 228, 216, 209, 209, 213, 220, 226, 231,
            252, 253, 255, 255, 255, 254, 251, 250, 249, 252, 255, 255, 255,
        ],
    ]

    @Test(arguments: compressed.keys.sorted()) func `JPEG's blocks are libjpeg's`(quality: Int) throws {
        // In a range of its own, and the same in both channels.
        let subject = try Subject(
            "jpeg_blocks", ["quality": .number(Double(quality))], shape: [10, 13, 2], range: -1...4.1)
        let sample = Self.picture.flatMap { [Float($0) / 50 - 1, Float($0) / 50 - 1] }
        let levels = try subject.run(sample).values.map { (Double($0) + 1) * 50 }
        #expect(levels.allSatisfy { abs($0 - $0.rounded()) < 1e-4 && $0 > -1e-4 && $0 < 255.001 })
        // libjpeg's transform is in whole numbers; no coefficient of this picture is so near to a tie that it mattered.
        for (place, wanted) in Self.compressed[quality]!.enumerated() {
            expectClose(levels[2 * place], Double(wanted), within: 1e-4, "pixel \(place)")
        }
        #expect(stride(from: 0, to: 260, by: 2).allSatisfy { levels[$0] == levels[$0 + 1] })
    }

    @Test(arguments: [7, 18, 25, 50, 90])
    func `JPEG rounds a flat picture to a step of its first coefficient`(quality: Int) throws {
        let subject = try Subject("jpeg_blocks", ["quality": .number(Double(quality))], shape: [9, 17])
        let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
        let step = Double(min(max((16 * percent + 50) / 100, 1), 255))
        for level in [0, 3, 77, 100, 201, 255] {
            let steps = 8 * (Double(level) - 128) / step
            let value = steps.rounded(.toNearestOrEven) * step / 8
            // Of ties, which the transform's last bits decide, nothing is said.
            if [steps, value].contains(where: { abs(abs($0.remainder(dividingBy: 1)) - 0.5) < 1e-6 }) {
                continue
            }
            let expected = min(max(value.rounded() + 128, 0), 255) / 255
            let made = try subject.run(constant: Float(level) / 255, id: 1).values
            expectClose(made, [Double](repeating: expected, count: 153), within: 1e-6, "level \(level)")
        }
    }

    @Test func `JPEG of the highest quality changes almost nothing`() throws {
        let subject = try Subject("jpeg_blocks", ["quality": 100], shape: [10, 13])
        let made = try subject.run(Self.picture.map { Float($0) / 255 }).values
        expectClose(made, Self.picture.map { Double($0) / 255 }, within: 2.001 / 255)
    }
}
