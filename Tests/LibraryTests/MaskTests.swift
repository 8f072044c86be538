import Foundation
import Generators
import Tensors
import Testing

/// Masks of pictures: shares, counts and shapes of what is hidden.
struct MaskTests {
    /// One mask as a picture; all channels must agree.
    struct Picture {
        let height: Int
        let width: Int
        let hidden: [Bool]

        init(_ made: Made, _ shape: Shape, sourceLocation: SourceLocation = #_sourceLocation) {
            (height, width) = (shape[0], shape[1])
            let channels = shape.count / height / width
            let mask = made.mask!
            var (hidden, agree, isFilled): ([Bool], Bool, Bool) = ([], true, true)
            for place in stride(from: 0, to: mask.count, by: channels) {
                hidden.append(mask[place] == 1)
                for channel in place..<place + channels {
                    agree = agree && mask[channel] == mask[place]
                    isFilled = isFilled && (mask[channel] == 0 || made.values[channel] == 0)
                }
            }
            self.hidden = hidden
            #expect(agree, "channels differ", sourceLocation: sourceLocation)
            #expect(isFilled, "what is hidden is not filled", sourceLocation: sourceLocation)
        }

        subscript(_ row: Int, _ column: Int) -> Bool { hidden[row * width + column] }
        var places: [(row: Int, column: Int)] {
            hidden.indices.filter { hidden[$0] }.map { ($0 / width, $0 % width) }
        }
        var share: Double { Double(hidden.count { $0 }) / Double(hidden.count) }
        /// Pairs of neighbours of which one is hidden.
        var rim: Int {
            let across = hidden.indices.count { $0 % width > 0 && hidden[$0] != hidden[$0 - 1] }
            return across + hidden.indices.count { $0 >= width && hidden[$0] != hidden[$0 - width] }
        }

        /// First row, first column, height and width if what is hidden is a full rectangle.
        var rectangle: (top: Int, left: Int, height: Int, width: Int)? {
            let places = places
            let (rows, columns) = (places.map(\.row), places.map(\.column))
            guard let top = rows.min(), let left = columns.min() else { return nil }
            let (height, width) = (rows.max()! - top + 1, columns.max()! - left + 1)
            return rows.count == height * width ? (top, left, height, width) : nil
        }
    }

    private func pictures(_ subject: Subject, samples: Int) throws -> [Picture] {
        try (0..<samples).map { Picture(try subject.run(constant: 0.5, id: $0), subject.shape) }
    }

    /// A mask and the share that it hides on average.
    struct Rate: CustomTestStringConvertible {
        var name: String
        var settings: [String: ParameterSetting]
        var shape: Shape
        var rate: Double
        /// The share's variance, if it has a closed form.
        var variance: Double?
        var testDescription: String { "\(name) \(settings) \(shape)" }
    }

    static let rates: [Rate] = [
        Rate(name: "cutout", settings: [:], shape: [28, 28, 2], rate: 0.070387),
        Rate(name: "cutout", settings: [:], shape: [16, 20], rate: 0.1575),
        Rate(name: "random_erasing", settings: [:], shape: [32, 28, 2], rate: 0.21, variance: 0.0120333),
        Rate(name: "random_erasing", settings: ["area": [0.1, 0.2]], shape: [41, 33], rate: 0.15),
        Rate(name: "grid_mask", settings: [:], shape: [28, 23, 2], rate: 0.16),
        Rate(name: "grid_mask", settings: ["spacing": 7, "keep": 0.5], shape: [11, 13], rate: 16.0 / 49),
        Rate(name: "grid_mask", settings: ["angle": 37, "keep": 0.3], shape: [28, 23], rate: 0.49),
        // 4 · 4 patches alike: the share's variance is ratio (1 − ratio) / 16.
        Rate(
            name: "hide_and_seek", settings: ["ratio": 0.3], shape: [28, 28, 2], rate: 0.3, variance: 0.013125
        ),
        // 8 · 5 pixels in patches of 9, 9, 6, 6, 6 and 4: 0.24 · Σ (area / 40)².
        Rate(
            name: "hide_and_seek", settings: ["ratio": 0.4, "size": 3], shape: [8, 5], rate: 0.4,
            variance: 0.0429),
        Rate(
            name: "bernoulli", settings: ["ratio": 0.3], shape: [12, 15, 2], rate: 0.3, variance: 0.21 / 180),
        Rate(
            name: "bernoulli", settings: ["ratio": 0.3, "per_channel": true], shape: [12, 15, 2], rate: 0.3,
            variance: 0.21 / 360),
    ]

    @Test(arguments: rates) func `masks hide their share`(rate: Rate) throws {
        let subject = try Subject(rate.name, rate.settings, shape: rate.shape)
        let shares = try (0..<800).map {
            Double(try subject.run(constant: 0.5, id: $0).hidden) / Double(rate.shape.count)
        }
        // The sides of random_erasing are rounded, which moves its mean by up to half a percent.
        let rounding = rate.name == "random_erasing" ? 0.005 * rate.rate : 1e-9
        let found = Moments(shares)
        expectClose(found.mean, rate.rate, within: rounding + 4.5 * (found.variance / 800).squareRoot())
        if let variance = rate.variance {
            let spread = variance * ((found.kurtosis - 1) / 800).squareRoot()
            expectClose(found.variance, variance, within: 4.5 * spread + rounding * 0.1)
        }
        let said = try subject.plugin.expectation(
            subject.settings, value: 0.5, shape: rate.shape,
            context: TraceContext(seed: 1, path: "chain/\(rate.name)", range: 0...1))
        expectClose(try #require(said?["rate"]), rate.rate, within: 1e-5, "what it says")
    }

    @Test(arguments: [(3, 1), (4, 1), (2, 3)]) func `cutout's holes are centred anywhere`(
        size: Int, holes: Int
    ) throws {
        let subject = try Subject(
            "cutout", ["size": .number(Double(size)), "holes": .number(Double(holes))], shape: [6, 7, 2])
        var counts = [Int](repeating: 0, count: 42)
        for picture in try pictures(subject, samples: 2500) {
            for (row, column) in picture.places { counts[row * 7 + column] += 1 }
            guard holes == 1 else { continue }
            guard let hole = picture.rectangle else {
                Issue.record("not a rectangle")
                continue
            }
            #expect(hole.height == size || hole.top == 0 || hole.top + hole.height == 6)
            #expect(hole.width == size || hole.left == 0 || hole.left + hole.width == 7)
        }
        /// The share of centres whose hole covers a place, counted from 0.
        func covered(_ place: Int, _ length: Int) -> Double {
            Double((0..<length).count { (0..<size).contains(place - $0 + size / 2) }) / Double(length)
        }
        for place in 0..<42 {
            let one = covered(place / 7, 6) * covered(place % 7, 7)
            expectRate(counts[place], of: 2500, 1 - pow(1 - one, Double(holes)), "pixel \(place)")
        }
    }

    @Test func `random erasing hides one rectangle of any place and shape`() throws {
        let subject = try Subject("random_erasing", ["area": [0.06, 0.12]], shape: [45, 40])
        var (shapes, tops, lefts): ([Double], [Double], [Double]) = ([], [], [])
        for picture in try pictures(subject, samples: 400) {
            let found = try #require(picture.rectangle)
            // Sides are rounded: the area that was drawn, 108 to 216 pixels, is between those of half a pixel less and more.
            #expect((Double(found.height) + 0.5) * (Double(found.width) + 0.5) >= 108)
            #expect((Double(found.height) - 0.5) * (Double(found.width) - 0.5) <= 216)
            let aspect = Double(found.height) / Double(found.width)
            #expect(Double(found.height) + 0.5 > 0.3 * (Double(found.width) - 0.5))
            #expect(Double(found.height) - 0.5 < (Double(found.width) + 0.5) / 0.3)
            shapes.append(log(aspect))
            tops.append((Double(found.top) + 0.5) / Double(46 - found.height))
            lefts.append((Double(found.left) + 0.5) / Double(41 - found.width))
        }
        // The logarithm of the aspect is uniform in ±ln(1 / 0.3), the place in what there is room for.
        #expect(kolmogorovSmirnov(shapes) { $0 / (2 * log(1 / 0.3)) + 0.5 } < 1.95)
        #expect(kolmogorovSmirnov(tops) { $0 } < 1.95 && kolmogorovSmirnov(lefts) { $0 } < 1.95)
    }

    @Test func `grid mask's squares have their side and distance`() throws {
        let subject = try Subject("grid_mask", ["spacing": 7, "keep": 0.4], shape: [22, 27])  // sides of 4
        for picture in try pictures(subject, samples: 60) {
            let rows = (0..<22).filter { row in (0..<27).contains { picture[row, $0] } }
            let columns = (0..<27).filter { column in (0..<22).contains { picture[$0, column] } }
            #expect(picture.places.count == rows.count * columns.count)
            for (lines, count) in [(rows, 22), (columns, 27)] {
                // Among any 7 in a row there are 4.
                for start in 0...count - 7 { #expect(lines.count { (start..<start + 7).contains($0) } == 4) }
                #expect(lines.allSatisfy { $0 + 7 >= count || lines.contains($0 + 7) })
            }
        }
        for (keep, share) in [(1.0, 0.0), (0, 1)] {
            let edge = try Subject("grid_mask", ["keep": .number(keep)], shape: [9, 11])
            #expect(try pictures(edge, samples: 5).allSatisfy { $0.share == share })
        }
    }

    @Test func `a turned grid is one of squares along its own axes`() throws {
        let subject = try Subject("grid_mask", ["spacing": 10, "keep": 0.6, "angle": 30], shape: [31, 37])
        let (sine, cosine) = (0.5, 0.75.squareRoot())
        for picture in try pictures(subject, samples: 25) {
            /// Where a pixel is in its cell, along one of the grid's axes.
            func phase(_ row: Int, _ column: Int, _ axis: Int) -> Double {
                let place =
                    axis == 0
                    ? Double(row) * cosine - Double(column) * sine
                    : Double(row) * sine + Double(column) * cosine
                return place - (place / 10).rounded(.down) * 10
            }
            /// The shortest arc of the cell's circle with all phases: its start.
            func start(_ axis: Int) -> Double {
                let phases = picture.places.map { phase($0.row, $0.column, axis) }.sorted()
                let gaps = phases.indices.map {
                    $0 == 0 ? phases[0] + 10 - phases.last! : phases[$0] - phases[$0 - 1]
                }
                let widest = gaps.indices.max { gaps[$0] < gaps[$1] }!
                #expect(10 - gaps[widest] <= 4.0001 && 10 - gaps[widest] > 3.5)
                return phases[widest]
            }
            let (first, second) = (start(0), start(1))
            for place in 0..<31 * 37 {
                func isInside(_ axis: Int, _ start: Double, _ margin: Double) -> Bool {
                    let away = phase(place / 37, place % 37, axis) - start
                    return away - (away / 10).rounded(.down) * 10 < 4 - margin
                }
                // The arcs' true ends are up to half a pixel from those found.
                if isInside(0, first, 0.5) && isInside(1, second, 0.5) { #expect(picture.hidden[place]) }
            }
        }
    }

    @Test func `hide and seek hides whole patches, each on its own`() throws {
        let subject = try Subject("hide_and_seek", ["size": 4, "ratio": 0.35], shape: [10, 13, 2])
        var counts = [Int](repeating: 0, count: 12)
        var neighbours: ([Double], [Double]) = ([], [])
        for picture in try pictures(subject, samples: 1000) {
            let patches = (0..<12).map { picture[$0 / 4 * 4, $0 % 4 * 4] }
            #expect(
                picture.hidden.indices.allSatisfy {
                    picture.hidden[$0] == patches[$0 / 13 / 4 * 4 + $0 % 13 / 4]
                })
            for (patch, isHidden) in patches.enumerated() where isHidden { counts[patch] += 1 }
            neighbours.0 += patches.dropLast().map { $0 ? 1 : 0 }
            neighbours.1 += patches.dropFirst().map { $0 ? 1 : 0 }
        }
        for count in counts { expectRate(count, of: 1000, 0.35) }
        #expect(abs(scaledCorrelation(neighbours.0, neighbours.1)) < 4.5)
    }

    @Test(arguments: [false, true]) func `bernoulli hides pixels, or channels on their own`(isOnItsOwn: Bool)
        throws
    {
        let subject = try Subject(
            "bernoulli", ["ratio": 0.4, "per_channel": .value(.boolean(isOnItsOwn))], shape: [20, 25, 3])
        var (whole, hidden) = (0, 0)
        for id in 0..<40 {
            let mask = try subject.run(constant: 0.5, id: id).mask!
            whole += stride(from: 0, to: 1500, by: 3).count { !mask[$0..<$0 + 3].contains(0) }
            hidden += mask.count { $0 == 1 }
        }
        expectRate(whole, of: 20_000, isOnItsOwn ? 0.064 : 0.4)
        #expect(isOnItsOwn || hidden == 3 * whole)
    }

    @Test(arguments: [
        ("mae_patches", 0.75), ("beit_blocks", 0.4), ("mae_patches", 0.1), ("beit_blocks", 0.93),
    ])
    func `patches are hidden as a whole, as many in every sample`(name: String, ratio: Double) throws {
        let subject = try Subject(name, ["ratio": .number(ratio), "patch": 4], shape: [20, 28, 2])
        let varying = try Subject(name, ["ratio": .uniform(0, 1), "patch": 2], shape: [10, 14])
        let count = rounded(ratio * 35)
        for id in 0..<120 {
            let made = try subject.run(constant: 0.5, id: id)
            let picture = Picture(made, subject.shape)
            let grid = try #require(made.extras["grid"])
            #expect(grid.reduce(0, +) == Float(count) && picture.places.count == count * 16)
            #expect(
                picture.hidden.indices.allSatisfy {
                    picture.hidden[$0] == (grid[$0 / 28 / 4 * 7 + $0 % 28 / 4] == 1)
                })
            let other = try varying.run(constant: 0.5, id: id)
            #expect(other.hidden == 4 * Int((other.extras["ratio"]![0] * 35).rounded(.toNearestOrEven)))
        }
        for (edge, hidden) in [(0, 0), (1, 560)] {
            let all = try Subject(name, ["ratio": .number(Double(edge)), "patch": 4], shape: [20, 28])
            #expect(try all.run(constant: 0.5, id: 3).hidden == hidden)
        }
    }

    @Test func `an autoencoder's patches are each as likely`() throws {
        let subject = try Subject("mae_patches", ["ratio": 0.3, "patch": 3], shape: [9, 15])
        var counts = [Int](repeating: 0, count: 15)
        for id in 0..<2000 {
            for (patch, hidden) in try subject.run(constant: 0.5, id: id).extras["grid"]!.enumerated()
            where hidden == 1 {
                counts[patch] += 1
            }
        }
        // 0.3 · 15 is 4.5: halves go to the even number.
        for count in counts { expectRate(count, of: 2000, 4.0 / 15) }
        #expect(counts.reduce(0, +) == 8000)
    }

    @Test func `BEiT's patches lie in blocks`() throws {
        let settings: [String: ParameterSetting] = ["patch": 1, "least": 16, "ratio": 0.4]
        let subject = try Subject("beit_blocks", settings, shape: [14, 14])
        let rims = try pictures(subject, samples: 200).map { Double($0.rim) }
        // 78 patches at random would have 364 · 2 · 78 · 118 / (196 · 195) = 175 neighbours that are not hidden.
        expectClose(Moments(rims).mean, 44, within: 2)
        #expect(rims.allSatisfy { $0 < 90 })
    }
}
