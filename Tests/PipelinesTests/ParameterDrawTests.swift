import Foundation
import Generators
import Tensors
import Testing

/// Parameters that change from sample to sample or from epoch to epoch, and draws of a sample.
struct ParameterDrawTests {
    static let dataset = TestDataset(count: 20_000, shape: [1], range: -1...3, constant: 0)

    /// The parameter's value in every sample; one value a sample is all that the samples hold.
    static func values(
        of declaration: String, _ setting: ParameterSetting, epoch: Int = 0
    ) throws -> [Double] {
        let plugin = try Fixture.noise("return x * 0 + p.v", params: "v = \(declaration)")
        let item = ChainItem(plugin: plugin, name: "test", settings: ["v": setting])
        return try Fixture.values([item], dataset, epoch: epoch).map { Double($0[0]) }
    }

    @Test func `a uniform parameter is uniform, in units of the range`() throws {
        let values = try Self.values(of: "mottle.number { unit = 'range' }", .uniform(0.5, 1.25))
        #expect(values.allSatisfy { $0 >= 2 && $0 < 5 })
        #expect(kolmogorovSmirnov(values) { ($0 - 2) / 3 } < 1.95)
        #expect(abs(scaledCorrelation(Array(values.dropLast()), Array(values.dropFirst()))) < 4.5)
    }

    @Test func `a normal parameter is cut off at its limits`() throws {
        let values = try Self.values(
            of: "mottle.number { unit = 'ratio', min = -1, max = 2 }", .normal(mean: 0.5, deviation: 1))
        let distribution = normalDistribution(mean: 0.5, deviation: 1)
        #expect(values.min() == -1 && values.max() == 2)
        #expect(
            abs(binomialScore(values.count { $0 == -1 }, of: 20_000, probability: distribution(-1))) < 4.5)
        #expect(
            abs(binomialScore(values.count { $0 == 2 }, of: 20_000, probability: 1 - distribution(2))) < 4.5)
        let (low, high) = (distribution(-1), distribution(2))
        let inside = values.filter { $0 > -1 && $0 < 2 }
        #expect(kolmogorovSmirnov(inside) { (distribution($0) - low) / (high - low) } < 1.95)
    }

    /// (mean, deviation, low, high): both sides of the mean, all in one tail, far in a tail, a small part of the middle.
    @Test(arguments: [(0.5, 1.0, -1.0, 2.0), (0, 0.5, 0.5, 1.5), (0, 1, -5.5, -4), (2, 4, 1.9, 2.2)])
    func `a truncated normal parameter is the distribution's part between its bounds`(
        mean: Double, deviation: Double, low: Double, high: Double
    ) throws {
        let values = try Self.values(
            of: "mottle.number { unit = 'ratio' }",
            .drawn(
                .truncatedNormal(
                    mean: .constant(mean), deviation: .constant(deviation), low: .constant(low),
                    high: .constant(high))))
        #expect(values.allSatisfy { $0 >= Double(Float(low)) && $0 <= Double(Float(high)) })
        // By the upper tail, whose difference keeps its digits; mirrored below the mean.
        let above = { (x: Double) in
            low < mean && high < mean
                ? erfc((mean - x) / deviation / 2.0.squareRoot())
                : -erfc((x - mean) / deviation / 2.0.squareRoot())
        }
        #expect(
            kolmogorovSmirnov(values) { (above($0) - above(low)) / (above(high) - above(low)) } < 1.95)
    }

    @Test func `a log-uniform parameter has a uniform logarithm, in units of the range`() throws {
        let values = try Self.values(
            of: "mottle.number { unit = 'range' }", .drawn(.logUniform(0.001, 10)))
        #expect(values.allSatisfy { $0 >= 0.004 - 1e-9 && $0 <= 40 })
        #expect(kolmogorovSmirnov(values.map { log10($0 / 0.004) / 4 }) { $0 } < 1.95)
    }

    @Test(arguments: [(2.0, 3.0), (0.5, 0.5), (0.3, 4)])
    func `a beta parameter has the distribution's moments, spread between its bounds`(
        a: Double, b: Double
    ) throws {
        let values = try Self.values(
            of: "mottle.number { unit = 'ratio' }",
            .drawn(.beta(a: .constant(a), b: .constant(b), low: 1, high: 3)))
        #expect(values.allSatisfy { (1...3).contains($0) })
        let moments = Moments(values.map { ($0 - 1) / 2 })
        let (mean, variance) = (a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1)))
        #expect(abs(moments.mean - mean) < 4.5 * (variance / 20_000).squareRoot())
        let spread = variance * ((moments.kurtosis - 1) / 20_000).squareRoot()
        #expect(abs(moments.variance - variance) < 4.5 * spread)
        if a == 0.5 {
            // The arcsine distribution.
            #expect(
                kolmogorovSmirnov(values.map { ($0 - 1) / 2 }) { 2 / Double.pi * asin($0.squareRoot()) }
                    < 1.95)
        }
    }

    @Test func `a distribution of whole numbers stays whole and between its bounds`() throws {
        for distribution: Distribution in [
            .truncatedNormal(mean: 3, deviation: 4, low: 1, high: 6), .logUniform(1, 6),
            .beta(a: 1, b: 2, low: 1, high: 6),
        ] {
            let values = try Self.values(of: "mottle.integer { min = 1, max = 6 }", .drawn(distribution))
            #expect(Set(values) == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test func `a choice takes each as often`() throws {
        let values = try Self.values(of: "mottle.number { unit = 'db' }", .choice([0.5, -3, 8, 2, 7]))
        let counts = Dictionary(grouping: values) { $0 }.mapValues { Double($0.count) }
        #expect(counts.keys.sorted() == [-3, 0.5, 2, 7, 8])
        #expect(chiSquare(Array(counts.values), expected: 4000) < 23.5)  // 4 degrees of freedom, 1 in 10,000
    }

    @Test func `a whole number covers low to high equally`() throws {
        let values = try Self.values(of: "mottle.integer { min = -2, max = 9 }", .uniform(-2, 4))
        let counts = Dictionary(grouping: values) { $0 }.mapValues { Double($0.count) }
        #expect(counts.keys.sorted() == [-2, -1, 0, 1, 2, 3, 4])
        #expect(chiSquare(Array(counts.values), expected: 20_000 / 7) < 27.9)  // 6 degrees of freedom
        let rounded = try Self.values(
            of: "mottle.integer { min = 0, max = 3 }", .normal(mean: 1, deviation: 2))
        #expect(Set(rounded) == [0, 1, 2, 3])
    }

    @Test func `a ramp goes linearly and stays`() throws {
        let ramp = ParameterSetting.ramp(from: 0.25, to: 1.25, epochs: 4)
        for (epoch, expected) in [(0, 1.0), (1, 2), (2, 3), (3, 4), (4, 5), (5, 5), (4_000_000_000, 5)] {
            let values = try Self.values(of: "mottle.number { unit = 'range' }", ramp, epoch: epoch)
            #expect(Set(values) == [expected])
        }
        let whole = ParameterSetting.ramp(from: 1, to: 4, epochs: 5)
        #expect(Set(try Self.values(of: "mottle.integer {}", whole, epoch: 2)) == [2])
    }

    @Test func `probability is the share of samples that a generator touches`() throws {
        let plugin = try Fixture.noise("return x + 1")
        for probability in [0, 0.3, 1] {
            let item = ChainItem(plugin: plugin, name: "test", probability: probability)
            let touched = try Fixture.values([item], Self.dataset).count { $0[0] == 1 }
            if probability == 0 || probability == 1 {
                #expect(touched == Int(probability * 20_000))
            } else {
                #expect(abs(binomialScore(touched, of: 20_000, probability: probability)) < 4.5)
            }
        }
    }

    @Test func `a draw of whole numbers covers low to high equally`() throws {
        let dataset = TestDataset(count: 200, shape: [10, 30], constant: 0)
        let plugin = try Fixture.noise("return x + rng:integer(x, -1, 3)")
        let values = try Fixture.values([ChainItem(plugin: plugin, name: "test")], dataset).joined()
        let counts = Dictionary(grouping: values) { $0 }.mapValues { Double($0.count) }
        #expect(counts.keys.sorted() == [-1, 0, 1, 2, 3])
        #expect(chiSquare(Array(counts.values), expected: 12_000) < 23.5)
    }

    @Test func `a uniform draw is uniform between its bounds, a bernoulli draw true at its rate`() throws {
        let dataset = TestDataset(count: 200, shape: [10, 30], constant: 0)
        func values(_ body: String) throws -> [Double] {
            let item = ChainItem(plugin: try Fixture.noise(body), name: "test")
            return try Fixture.values([item], dataset).joined().map { Double($0) }
        }
        let uniform = try values("return x + rng:uniform(x, -2, 5)")
        #expect(uniform.allSatisfy { $0 >= -2 && $0 < 5 })
        #expect(kolmogorovSmirnov(uniform) { ($0 + 2) / 7 } < 1.95)
        let hits = try values("return mottle.where(rng:bernoulli(x, 0.15), 1, x)").count { $0 == 1 }
        #expect(abs(binomialScore(hits, of: 60_000, probability: 0.15)) < 4.5)
    }
}
