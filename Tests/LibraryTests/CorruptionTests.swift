import Foundation
import Tensors
import Testing

/// The corruptions of MNIST-C that are neither noise nor geometry.
struct CorruptionTests {
    static let rows: [Row] = [
        Row("brightness", ["amount": 0.5], samples: 3, draws: 126, mean: 2, variance: 0),
        Row("brightness", ["amount": 0.8], samples: 3, draws: 126, mean: 2.5, variance: 0),
        // One of 7 columns on each side turns from 0.5 to 1.5.
        Row(
            "stripe", [:], samples: 3, draws: 1_000_000_000, mean: 0.2857143, variance: 0.2040816,
            ratio: 0.2857143),
    ]

    @Test(arguments: rows) func `flat pictures change as their closed form says`(row: Row) throws {
        try row.expect()
    }

    @Test func `brightness of grey is an addition up to the range's end`() throws {
        let subject = try Subject("brightness", ["amount": 0.3], shape: [9, 7], range: -1...3)
        let sample = Fixture.floats(63).map { $0 * 5 - 1 }  // 4 is above the range, and stays
        expectClose(
            try subject.run(sample).values, sample.map { max(Double($0), min(Double($0) + 1.2, 3)) },
            within: 1e-6)
    }

    @Test func `brightness of colours is V of HSV`() throws {
        let subject = try Subject("brightness", ["amount": 0.3], shape: [9, 7, 3], range: -1...3)
        var sample = Fixture.floats(189).map { $0 * 4 - 1 }
        for black in 30..<33 { sample[black] = -1 }
        let made = try subject.run(sample).values
        for pixel in 0..<63 {
            let light = (0..<3).map { Double(sample[pixel * 3 + $0]) + 1 }
            let most = light.max()!
            let brighter = min(most + 1.2, 4)
            let expected = light.map { (most == 0 ? brighter : $0 * brighter / most) - 1 }
            expectClose(Array(made[pixel * 3..<pixel * 3 + 3]), expected, within: 2e-6, "pixel \(pixel)")
        }
    }

    @Test(arguments: [(0.25, 3), (0.4, 5), (0.5, 6), (0.05, 0)]) func `stripe inverts columns at both edges`(
        share: Double, columns: Int
    )
        throws
    {
        let subject = try Subject("stripe", ["share": .number(share)], shape: [6, 13, 2], range: -1...3)
        let sample = Fixture.floats(156).map { $0 * 4 - 1 }
        let made = try subject.run(sample)
        for place in 0..<156 {
            let column = place / 2 % 13
            let isEdge = column < columns || column >= 13 - columns
            #expect(made.mask![place] == (isEdge ? 1 : 0), "column \(column)")
            #expect(made.values[place] == (isEdge ? 2 - sample[place] : sample[place]), "column \(column)")
        }
        expectClose(try subject.run(made.values).values, sample.map { Double($0) }, within: 5e-7)
    }

    /// f at each pixel, from what fog makes of white pictures in 0 … 1.
    private func fog(_ subject: Subject, _ id: Int, strength: Double) throws -> [Double] {
        try subject.run(constant: 1, id: id).values.map { (Double($0) * (1 + strength) - 1) / strength }
    }

    @Test func `fog is one map for all pictures and channels`() throws {
        let subject = try Subject("fog", ["strength": 2], shape: [13, 18, 2])
        let shifted = try Subject("fog", ["strength": 2], shape: [13, 18, 2], range: -1...3)
        let sample = Fixture.floats(468).map { $0 * 0.7 }
        let most = Double(sample.max()!)
        for id in 0..<12 {
            let map = try fog(subject, id, strength: 2)
            #expect(map.allSatisfy { $0 > -1e-6 && $0 < 1 + 1e-6 } && Set(map).count > 200)
            #expect(stride(from: 0, to: 468, by: 2).allSatisfy { abs(map[$0] - map[$0 + 1]) < 1e-6 })
            let expected = zip(sample, map).map { (Double($0) + 2 * $1) * most / (most + 2) }
            expectClose(try subject.run(sample, id: id).values, expected, within: 3e-6)
            // The strength is a share of the range, and the low end is black.
            let wide = try shifted.run(sample.map { $0 * 4 - 1 }, id: id).values
            expectClose(wide, expected.map { $0 * 4 - 1 }, within: 2e-5)
            expectSameBits(try shifted.run(constant: -1, id: id).values, [Float](repeating: -1, count: 468))
        }
    }

    @Test func `fog takes half of what it could from a flat picture`() throws {
        let subject = try Subject("fog", ["strength": 2], shape: [4, 5], range: -1...3)
        // f is ½ on average, the picture 1.5 above the low end: −1.5 · 8 / (1.5 + 8) · (1 − ½).
        let wanted = -0.6315789
        let means = try subject.errors(of: 0.5, samples: 250).map { Moments($0).mean }
        expectClose(Moments(means).mean, wanted, within: 4.5 * 0.23 * 1.2631579 / 250.0.squareRoot())
        let said = try subject.plugin.expectation(
            subject.settings, value: 0.5, shape: [4, 5],
            context: .init(seed: 1, path: "chain/fog", range: -1...3))
        expectClose(try #require(said?["mean"]), wanted, within: 1e-6)
    }

    /// The mean deviation inside a picture and difference of neighbouring rows, of 400 pictures of the benchmark's code.
    static let clouds = [(decay: 2.0, inside: 0.038, rows: 0.0030), (1.4, 0.059, 0.0083)]

    @Test(arguments: clouds.indices) func `fog is as even and as smooth as the benchmark's`(place: Int) throws
    {
        let (decay, inside, rows) = Self.clouds[place]
        let subject = try Subject("fog", ["strength": 3, "decay": .number(decay)], shape: [28, 28])
        var (means, deviations, differences, corners): ([Double], Double, Double, [Double]) = ([], 0, 0, [])
        for id in 0..<150 {
            let map = try fog(subject, id, strength: 3)
            let moments = Moments(map)
            means.append(moments.mean)
            corners += [map[0], map[27], map[783]]
            deviations += moments.variance.squareRoot() / 150
            differences += (0..<756).reduce(0) { $0 + abs(map[$1 + 28] - map[$1]) } / 756 / 150
        }
        // A displaced midpoint is as likely as its negative: ½ everywhere.
        expectClose(Moments(means).mean, 0.5, within: 4.5 * 0.22 / 150.0.squareRoot())
        expectClose(Moments(corners).mean, 0.5, within: 4.5 * 0.23 / 150.0.squareRoot())
        expectClose(Moments(means).variance.squareRoot(), 0.205, within: 0.05)
        expectClose(deviations, inside, within: 0.15 * inside)
        expectClose(differences, rows, within: 0.2 * rows)
    }

    @Test(arguments: [(0.65, 1, 0.7), (0.65, 2, 0.68), (0.4, 0, 0.5)] as [(Double, Int, Double)])
    func `spatter's drops are where blurred noise is high`(level: Double, size: Int, threshold: Double) throws
    {
        let (height, width, margin) = (50, 60, 4 * size)
        let subject = try Subject(
            "spatter",
            [
                "level": .number(level), "size": .number(Double(size)), "threshold": .number(threshold),
                "rim": 0,
            ],
            shape: [height, width])
        var (hits, count) = (0, 0)
        for id in 0..<40 {
            let mask = try subject.run(constant: 1, id: id).mask!
            for row in margin..<height - margin {
                hits += mask[row * width + margin..<row * width + width - margin].count { $0 == 1 }
                count += width - 2 * margin
            }
        }
        let power = size == 0 ? 1 : gaussianWeights(Double(size), radius: margin).reduce(0) { $0 + $1 * $1 }
        let rate = normalDistribution((level - threshold) / (0.3 * power))
        // Noise is correlated over 4π size² pixels.
        let independent = Double(count) / max(1, 4 * .pi * Double(size * size))
        expectClose(
            Double(hits) / Double(count), rate, within: 4.5 * (rate * (1 - rate) / independent).squareRoot())
    }

    @Test func `spatter's mud covers what a softened drop leaves of it`() throws {
        let shape: Shape = [24, 31, 2]
        let settings: [String: Double] = ["level": 0.65, "size": 1.5, "threshold": 0.66, "tone": 0.2]
        func subject(rim: Double) throws -> Subject {
            let all = settings.merging(["rim": rim]) { $1 }
            return try Subject("spatter", all.mapValues { .number($0) }, shape: shape, range: -1...3)
        }
        let (sharp, soft) = (try subject(rim: 0), try subject(rim: 0.6))
        let sample = Fixture.floats(shape.count).map { $0 * 4 - 1 }
        let weights = gaussianWeights(0.6, radius: 3)
        var rims = 0
        for id in 0..<10 {
            // The same drops, unsoftened.
            let drops = try sharp.run(sample, id: id).mask!
            let made = try soft.run(sample, id: id)
            for place in 0..<24 * 31 {
                var mud = 0.0
                for (down, weight) in weights.enumerated() {
                    for (right, other) in weights.enumerated() {
                        let row = min(max(place / 31 + down - 3, 0), 23)
                        let column = min(max(place % 31 + right - 3, 0), 30)
                        mud += drops[(row * 31 + column) * 2] == 1 ? weight * other : 0
                    }
                }
                if abs(mud - 0.8) < 1e-5 { continue }
                for element in [place * 2, place * 2 + 1] {
                    #expect(made.mask![element] == (mud > 0.8 ? 1 : 0))
                    guard mud > 0.8 else {
                        expectSameBits([made.values[element]], [sample[element]])
                        continue
                    }
                    // 0.2 of the range of 4, from the low end on.
                    let value = Double(sample[element])
                    expectClose(Double(made.values[element]), value + mud * (-0.2 - value), within: 2e-6)
                    if mud < 0.99 { rims += 1 }
                }
            }
        }
        #expect(rims > 100)
    }

    /// 1 + ln(1 − d / 2.3), or nothing.
    static func ink(_ distance: Double) -> Double { max(1 + log(max(1 - distance / 2.3, 1e-9)), 0) }

    @Test(arguments: [([28, 28], 2), ([21, 33, 2], 3)] as [(Shape, Int)])
    func `a dotted line goes from edge to edge`(shape: Shape, dash: Int) throws {
        let (height, width, channels) = (shape[0], shape[1], shape.rank == 3 ? shape[2] : 1)
        let subject = try Subject(
            "dotted_line", ["strength": 0.8, "dash": .number(Double(dash))], shape: shape, range: -1...3)
        let sample = Fixture.floats(shape.count).map { $0 * 4.4 - 1 }
        var ends: ([Double], [Double]) = ([], [])
        for id in 0..<150 {
            let black = try subject.run(constant: -1, id: id)
            func light(_ row: Int, _ column: Int) -> Double {
                (0..<height).contains(row)
                    ? (Double(black.values[(row * width + column) * channels]) + 1) / 3.2 : 0
            }
            /// Where the line crosses a column, from its blackest row and the one beside it.
            func crossing(_ column: Int) -> Double {
                let row = (0..<height).max { light($0, column) < light($1, column) }!
                let distance = 2.3 * (1 - exp(light(row, column) - 1))
                return Double(row + 1)
                    + (light(row + 1, column) > light(row - 1, column) ? distance : -distance)
            }
            // The first dash begins at column `dash`, from 0; the last one is found back from there.
            let (first, last) = (dash, (0..<width - 1).last { $0 / dash % 2 == 1 }!)
            let slope = (crossing(last) - crossing(first)) / Double(last - first)
            let start = (crossing(first) - slope * Double(first)).rounded()
            let end = (start + slope * Double(width - 1)).rounded()
            ends.0.append(start)
            ends.1.append(end)
            let made = try subject.run(sample, id: id)
            for place in 0..<shape.count {
                let (row, column) = (place / channels / width, place / channels % width)
                let line = start + (end - start) * Double(column) / Double(width - 1)
                let isDash = column / dash % 2 == 1 && column < width - 1
                let ink = isDash ? Self.ink(abs(Double(row + 1) - line)) : 0
                expectClose(
                    Double(black.values[place]), -1 + 3.2 * ink, within: 3e-5, "\(row), \(column) of \(id)")
                let value = Double(sample[place])
                expectClose(Double(made.values[place]), max(value, min(value + 3.2 * ink, 3)), within: 3e-5)
                if ink == 0 || ink > 1e-4 { #expect(made.mask![place] == (ink > 0 ? 1 : 0)) }
            }
        }
        // Both ends are uniform in 1 … H − 1, and independent of each other.
        let variance = (pow(Double(height - 1), 2) - 1) / 12
        for values in [ends.0, ends.1] {
            #expect(values.allSatisfy { $0 >= 1 && $0 <= Double(height - 1) })
            expectMoments(values, mean: Double(height) / 2, variance: variance, independent: 150)
        }
        #expect(abs(scaledCorrelation(ends.0, ends.1)) < 4.5)
    }

    /// A triangle wave of period 8 and height 2 that rises from 0 at 0.
    static func triangle(_ place: Double) -> Double {
        let part = place - (place / 8).rounded(.down) * 8
        return part < 2 ? part : part < 6 ? 4 - part : part - 8
    }

    @Test(arguments: [[28, 28], [17, 23, 2]] as [Shape]) func `a zigzag swings about a slanting line`(
        shape: Shape
    ) throws {
        let (height, width, channels) = (shape[0], shape[1], shape.rank == 3 ? shape[2] : 1)
        let subject = try Subject("zigzag", ["strength": 0.6], shape: shape, range: -1...3)
        /// What the zigzag from `start` on leaves at a pixel, both counted from 1.
        func ink(_ start: Int, _ slant: Int, _ row: Int, _ column: Int) -> Double {
            guard column >= 3, column < width - 2 else { return 0 }
            let angle = atan2(Double(slant), Double(width - 5))
            let (down, right) = (Double(row - start), Double(column - 3))
            let along = right * cos(angle) + down * sin(angle)
            return Self.ink(abs(down * cos(angle) - right * sin(angle) - Self.triangle(along)))
        }
        let choices = (1..<height).flatMap { start in (-5...4).map { (start, $0) } }
        let looks = choices.map { choice in (1...height).map { ink(choice.0, choice.1, $0, 4) } }
        let ends = choices.map { choice in (1...height).map { ink(choice.0, choice.1, $0, width - 4) } }
        var (starts, slants): ([Double], [Double]) = ([], [])
        for id in 0..<80 {
            let made = try subject.run(constant: -1, id: id)
            func column(_ column: Int) -> [Double] {
                (0..<height).map { (Double(made.values[($0 * width + column - 1) * channels]) + 1) / 2.4 }
            }
            let (first, last) = (column(4), column(width - 4))
            let fitting = choices.indices.first {
                zip(looks[$0], first).allSatisfy { abs($0 - $1) < 1e-4 }
                    && zip(ends[$0], last).allSatisfy { abs($0 - $1) < 1e-4 }
            }
            guard let (start, slant) = fitting.map({ choices[$0] }) else {
                Issue.record("sample \(id) is none of the pictures")
                continue
            }
            starts.append(Double(start))
            slants.append(Double(slant))
            for place in 0..<shape.count {
                let found = (Double(made.values[place]) + 1) / 2.4
                let wanted = ink(start, slant, place / channels / width + 1, place / channels % width + 1)
                expectClose(found, wanted, within: 1e-4, "element \(place) of \(id)")
                if wanted == 0 || wanted > 1e-4 { #expect(made.mask![place] == (wanted > 0 ? 1 : 0)) }
            }
        }
        let variance = (pow(Double(height - 1), 2) - 1) / 12
        expectMoments(starts, mean: Double(height) / 2, variance: variance, independent: 80)
        expectMoments(slants, mean: -0.5, variance: 99.0 / 12, independent: 80)
    }

    @Test func `ink never darkens, and stops at the range's end`() throws {
        let sample = Fixture.floats(28 * 28).map { $0 * 1.4 }
        for name in ["dotted_line", "zigzag"] {
            let made = try Subject(name, shape: [28, 28]).run(sample, id: 3).values
            #expect(zip(made, sample).allSatisfy { $0 >= $1 && $0 <= max($1, 1) } && made != sample)
        }
    }

    /// The edges that skimage 0.26's `canny(x, sigma=1)` finds in `shapes`.
    static let edges = [
        "...............................", "...............................",
        "...............................",
        "...............................", "...............................",
        "...............................",
        ".........#####.................", "........##...##................",
        "........#.....##.......##......",
        ".......#.......#......##...#...", ".......#........#.....#...#....",
        ".......#........#....##...#....",
        ".......#........#....#...#.....", ".......#........#...##...#.....",
        ".......#........#...#...#......",
        ".......#.......#...##...#......", "........#.....##...#...#.......",
        "........##...##...##...#.......",
        ".........#####....#...#........", ".................#....#........",
        "..................#.##.........",
        "..................###..........", "...............................",
        "...............................",
        "...............................", "...............................",
        "...............................",
    ]

    /// An oval that grows lighter, a slanting bar with a dim end, and a dim square whose edges are weak throughout; 27 x 31.
    static let shapes: [Float] = (0..<27 * 31).map { place in
        let (row, column) = (place / 31, place % 31)
        if abs(row - 7) <= 1 && abs(column - 18) <= 1 { return 13.0 / 255 }
        if abs(2 * (column - 22) + row - 14) <= 4 && abs(row - 13) <= 7 { return Float(row - 5) * 3 / 255 }
        let isOval = (row - 12) * (row - 12) * 2 + (column - 11) * (column - 11) * 3 <= 75
        return isOval ? Float((column - 4) * 17 + row * 2) / 255 : 0
    }

    @Test func `Canny's edges are skimage's`() throws {
        let wanted = Self.edges.joined().map { $0 == "#" ? Float(3) : -1 }
        let grey = try Subject("canny_edges", shape: [27, 31], range: -1...3)
        let found = try grey.run(Self.shapes.map { $0 * 4 - 1 }).values
        expectSameBits(found, wanted)
        // Of colours the mean: here 0.5 and 1.5 times the picture.
        let coloured = try Subject("canny_edges", shape: [27, 31, 2], range: -1...3)
        let both = try coloured.run(Self.shapes.flatMap { [$0 * 2 - 1, $0 * 6 - 1] }).values
        expectSameBits(both, wanted.flatMap { [$0, $0] })
        // Without a way over weak pixels only strong ones are left.
        let strong = try Subject("canny_edges", ["reach": 0], shape: [27, 31], range: -1...3)
        #expect(try strong.run(Self.shapes.map { $0 * 4 - 1 }).values.count { $0 == 3 } == 64)
        let weak = try Subject("canny_edges", ["strong": 0.1], shape: [27, 31], range: -1...3)
        #expect(try weak.run(Self.shapes.map { $0 * 4 - 1 }).values.count { $0 == 3 } == 77)
        #expect(wanted.count { $0 == 3 } == 73)
    }

    @Test func `Canny finds no edges in flat pictures and none at the outermost pixels`() throws {
        let subject = try Subject("canny_edges", shape: [12, 15])
        #expect(try subject.run(constant: 0.7, id: 1).values == [Float](repeating: 0, count: 180))
        let busy = try subject.run(Fixture.floats(180)).values
        #expect(busy.contains(1) && Set(busy) == [0, 1])
        #expect(
            busy.indices.allSatisfy {
                busy[$0] == 0 || ((1..<11).contains($0 / 15) && (1..<14).contains($0 % 15))
            })
    }
}
