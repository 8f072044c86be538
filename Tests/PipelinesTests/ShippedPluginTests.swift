import Generators
import Tensors
import Testing

/// What the shipped plugins do to data, from the plugin's text to the batch. Bounds are about 4.5 standard deviations,
/// unless another is given; draws have addresses, so a result that passes always passes.
struct ShippedPluginTests {
    /// 250,000 values.
    static let zeros = TestDataset(count: 500, shape: [20, 25, 1], range: -1...3, constant: 0)

    @Test func `gaussian noise is normal`() throws {
        // Strengths are shares of the range, which is 4 wide.
        let item = try Fixture.item(
            "gaussian", ["sigma": .value(.number(0.2)), "mean": .value(.number(0.05))])
        let values = try Fixture.values([item], Self.zeros).joined().map { Double($0) }
        let (count, moments) = (Double(values.count), Moments(values))
        #expect(abs(moments.mean - 0.2) < 4.5 * 0.8 / count.squareRoot())
        #expect(abs(moments.variance - 0.64) < 4.5 * 0.64 * (2 / count).squareRoot())
        #expect(abs(moments.skewness) < 4.5 * (6 / count).squareRoot())
        #expect(abs(moments.kurtosis - 3) < 4.5 * (24 / count).squareRoot())
        #expect(kolmogorovSmirnov(values, normalDistribution(mean: 0.2, deviation: 0.8)) < 1.95)
    }

    @Test func `gaussian noise is independent of its neighbours, of other samples and of other epochs`()
        throws
    {
        let item = try Fixture.item("gaussian")
        func epoch(_ epoch: Int) throws -> [[Double]] {
            try Fixture.values([item], Self.zeros, epoch: epoch).map { $0.map { Double($0) } }
        }
        let (values, later) = (try epoch(0), try epoch(1))
        // 16 apart are the two halves of a pair, 64 apart is the next group of blocks, 25 is the next row.
        for distance in [1, 2, 16, 25, 32, 64] {
            let first = values.flatMap { $0.dropLast(distance) }
            let second = values.flatMap { $0.dropFirst(distance) }
            #expect(abs(scaledCorrelation(first, second)) < 4.5, "\(distance) apart")
            let squares = scaledCorrelation(first.map { $0 * $0 }, second.map { $0 * $0 })
            #expect(abs(squares) < 4.5, "squares \(distance) apart")
        }
        let next = (1..<500).flatMap { values[$0] }
        #expect(abs(scaledCorrelation((0..<499).flatMap { values[$0] }, next)) < 4.5)
        #expect(abs(scaledCorrelation(values.flatMap { $0 }, later.flatMap { $0 })) < 4.5)
    }

    @Test func `salt and pepper hit whole pixels at their rates`() throws {
        let dataset = TestDataset(count: 500, shape: [20, 25, 3], range: -1...3, constant: 0.5)
        let item = try Fixture.item(
            "salt_and_pepper", ["amount": .value(.number(0.2)), "salt": .value(.number(0.3))])
        let values = try Fixture.values([item], dataset).flatMap { $0 }
        let pixels = stride(from: 0, to: values.count, by: 3).map { Array(values[$0..<$0 + 3]) }
        #expect(Set(pixels) == [[0.5, 0.5, 0.5], [-1, -1, -1], [3, 3, 3]])
        let salt = pixels.count { $0[0] == 3 }
        let hits = pixels.count { $0[0] != 0.5 }
        #expect(pixels.count == 250_000)
        #expect(abs(binomialScore(hits, of: pixels.count, probability: 0.2)) < 4.5)
        #expect(abs(binomialScore(salt, of: hits, probability: 0.3)) < 4.5)
    }

    @Test func `salt and pepper hit channels on their own if asked`() throws {
        let dataset = TestDataset(count: 500, shape: [10, 25, 3], constant: 0.5)
        let item = try Fixture.item(
            "salt_and_pepper", ["amount": .value(.number(0.4)), "per_channel": .value(.boolean(true))])
        let values = try Fixture.values([item], dataset).flatMap { $0 }
        let pixels = stride(from: 0, to: values.count, by: 3).map { Array(values[$0..<$0 + 3]) }
        for channel in 0..<3 {
            let hits = pixels.count { $0[channel] != 0.5 }
            #expect(abs(binomialScore(hits, of: pixels.count, probability: 0.4)) < 4.5)
            let salt = pixels.count { $0[channel] == 1 }
            #expect(abs(binomialScore(salt, of: hits, probability: 0.5)) < 4.5)
        }
        let whole = pixels.count { !$0.contains(0.5) }
        #expect(abs(binomialScore(whole, of: pixels.count, probability: 0.4 * 0.4 * 0.4)) < 4.5)
    }

    @Test(arguments: [3, 4]) func `cutout's holes have their size and are centred anywhere`(size: Int) throws
    {
        let dataset = TestDataset(count: 20_000, shape: [6, 7, 1], constant: 0.5)
        let item = try Fixture.item("cutout", ["size": .value(.number(Double(size)))])
        var counts = [Double](repeating: 0, count: 42)
        var largest = 0
        for values in try Fixture.values([item], dataset) {
            for (pixel, value) in values.enumerated() where value == 0 { counts[pixel] += 1 }
            let hidden = values.indices.filter { values[$0] == 0 }
            let (rows, columns) = (Set(hidden.map { $0 / 7 }), Set(hidden.map { $0 % 7 }))
            // A rectangle without gaps, cut off at the edges only.
            #expect(hidden.count == rows.count * columns.count && hidden.count > 0)
            #expect(rows.count == rows.max()! - rows.min()! + 1)
            #expect(rows.count == size || rows.contains(0) || rows.contains(5))
            #expect(columns.count == size || columns.contains(0) || columns.contains(6))
            largest = max(largest, hidden.count)
        }
        #expect(largest == size * size)
        // A pixel is hidden by the centres from `size - 1 - size / 2` before it to `size / 2` behind it.
        func centres(_ place: Int, _ length: Int) -> Double {
            let (first, last) = (max(0, place + 1 - size + size / 2), min(length - 1, place + size / 2))
            return Double(last - first + 1) / Double(length)
        }
        for pixel in 0..<42 {
            let probability = centres(pixel / 7, 6) * centres(pixel % 7, 7)
            let score = binomialScore(Int(counts[pixel]), of: 20_000, probability: probability)
            #expect(abs(score) < 4.5, "pixel \(pixel)")
        }
    }

    @Test func `cutout makes as many holes as asked`() throws {
        let dataset = TestDataset(count: 3000, shape: [9, 11, 1], constant: 0.5)
        let item = try Fixture.item("cutout", ["size": .value(.number(1)), "holes": .value(.number(3))])
        let counts = try Fixture.values([item], dataset).map { $0.count { $0 == 0 } }
        // Holes may overlap: all three differ in 98/99 · 97/99 of the samples.
        #expect(Set(counts).isSubset(of: [1, 2, 3]))
        let whole = counts.count { $0 == 3 }
        #expect(abs(binomialScore(whole, of: 3000, probability: 98.0 / 99 * 97 / 99)) < 4.5)
    }

    @Test func `hidden values are filled as asked`() throws {
        let dataset = TestDataset(count: 400, shape: [6, 7, 2], range: -1...3)
        let clean = try Fixture.values([], dataset)
        func made(_ fill: Fill) throws -> [MadeSample] {
            let item = try Fixture.item("cutout", ["size": .value(.number(3))], fill: fill)
            return try Fixture.epoch(0, of: Fixture.pipeline([item], dataset))
        }
        func expectFill(_ fill: Fill, _ isRight: (_ value: Float, _ sample: [Float], _ element: Int) -> Bool)
            throws
        {
            for (sample, clean) in zip(try made(fill), clean) {
                for (element, value) in sample.floats.enumerated() {
                    #expect(
                        sample.mask![element] == 0 ? value == clean[element] : isRight(value, clean, element))
                }
            }
        }
        try expectFill(.constant(0.25)) { value, _, _ in value == 0 }
        try expectFill(.constant(1)) { value, _, _ in value == 3 }
        try expectFill(.mean) { value, sample, element in
            let channel = stride(from: element % 2, to: 84, by: 2).map { Double(sample[$0]) }
            return abs(Double(value) - Moments(channel).mean) < 1e-6
        }
        try expectFill(.noise) { value, _, _ in value >= -1 && value < 3 }
        let samples = try made(.noise)
        let noise = zip(samples.flatMap(\.floats), samples.flatMap { $0.mask! }).filter { $0.1 == 1 }.map {
            Double($0.0)
        }
        #expect(kolmogorovSmirnov(noise) { ($0 + 1) / 4 } < 1.95)
        #expect(Set(noise).count > noise.count * 99 / 100)
    }
}
