import Generators
import Tensors
import Testing

/// What a plugin adds to samples that are `value` everywhere, in closed form.
struct Row: CustomTestStringConvertible {
    var name: String
    var settings: [String: ParameterSetting]
    var value: Float
    var shape: Shape
    var range: ClosedRange<Float>
    var samples: Int
    /// Independent draws in a sample.
    var draws: Int
    var mean: Double
    var variance: Double
    var kurtosis: Double?
    /// The expected share of elements that the mask marks.
    var rate: Double?
    /// The share that it marks in every sample.
    var ratio: Double?

    init(
        _ name: String, _ settings: [String: ParameterSetting], value: Float = 0.5, shape: Shape = [6, 7, 3],
        range: ClosedRange<Float> = -1...3, samples: Int = 500, draws: Int, mean: Double, variance: Double,
        kurtosis: Double? = nil, rate: Double? = nil, ratio: Double? = nil
    ) {
        (self.name, self.settings, self.value, self.shape) = (name, settings, value, shape)
        (self.range, self.samples, self.draws, self.mean) = (range, samples, draws, mean)
        (self.variance, self.kurtosis, self.rate, self.ratio) = (variance, kurtosis, rate, ratio)
    }

    var testDescription: String { "\(name) \(settings.keys.sorted())" }

    /// Demands these statistics of what the plugin does, and of what it says.
    func expect(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let subject = try Subject(name, settings, shape: shape, range: range)
        let made = try (0..<samples).map { try subject.run(constant: value, id: $0) }
        let errors = made.flatMap { $0.values.map { Double($0) - Double(value) } }
        expectMoments(
            errors, mean: mean, variance: variance, kurtosis: kurtosis, independent: samples * draws,
            testDescription,
            sourceLocation: sourceLocation)
        if let rate {
            let share = Double(made.reduce(0) { $0 + $1.hidden }) / Double(samples * shape.count)
            let deviation = (rate * (1 - rate) / Double(samples * draws)).squareRoot()
            expectClose(share, rate, within: 4.5 * deviation, "\(name) rate", sourceLocation: sourceLocation)
        }
        if let ratio {
            let hidden = Set(made.map(\.hidden))
            #expect(hidden == [rounded(ratio * Double(shape.count))], sourceLocation: sourceLocation)
        }
        try expectSaid(subject, sourceLocation)
    }

    private func expectSaid(_ subject: Subject, _ sourceLocation: SourceLocation) throws {
        let said = try subject.plugin.expectation(
            subject.settings, value: Double(value), shape: shape,
            context: TraceContext(seed: 1, path: "chain/\(name)", range: range))
        let wanted = ["mean": mean, "variance": variance, "rate": rate, "ratio": ratio]
        for (statistic, number) in said ?? [:] {
            guard let expected = wanted[statistic] ?? nil else { continue }
            expectClose(
                number, expected, within: 1e-6 * max(1, abs(expected)), "\(name) says its \(statistic)",
                sourceLocation: sourceLocation)
        }
    }
}

@Test func `a row can fail`() throws {
    let right = Row(
        "salt_and_pepper", ["amount": 0.3], draws: 42, mean: 0.15, variance: 0.3 * 4.25 - 0.0225, rate: 0.3)
    try right.expect()
    for change: (inout Row) -> Void in [
        { $0.mean = 0.18 }, { $0.variance = 1.1 }, { $0.rate = 0.28 }, { $0.kurtosis = 3 },
        { $0.ratio = 0.3 },
    ] {
        var wrong = right
        change(&wrong)
        withKnownIssue { try wrong.expect() }
    }
}
