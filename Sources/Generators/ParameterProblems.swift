extension ParameterDeclaration {
    /// Says what is wrong with a setting, nil if nothing is.
    package func problem(with setting: ParameterSetting) -> String? {
        if isPlain, !setting.isPlain {
            return "'\(name)' must be the same for all samples: \(plainExpectation)"
        }
        switch setting {
        case .value(let value): return allows(value) ? nil : "'\(name)' must be \(expectation), got \(value)"
        case .scheduled(let schedule):
            return schedule.problem.map { "'\(name)': \($0)" } ?? problem(withNumbers: schedule.corners)
        case .drawn(let distribution):
            let numbers = distribution.numbers
            if let problem = numbers.lazy.compactMap({ $0.schedule?.problem }).first ?? distribution.problem {
                return "'\(name)': \(problem)"
            }
            return problem(withNumbers: distribution.bounds.flatMap(\.corners))
        }
    }

    /// - Parameter numbers: what the parameter's value can be, at its ends.
    private func problem(withNumbers numbers: [Double]) -> String? {
        if kind != .number && kind != .integer {
            return
                "'\(name)' must be \(expectation); only numbers can change from sample to sample or epoch to epoch"
        }
        return numbers.first { !allows(.number($0)) }.map {
            "'\(name)' must be \(expectation), got \(formatted($0))"
        }
    }
}

extension Distribution {
    /// Numbers that its values lie between, as far as they must be allowed; of a normal distribution the mean.
    fileprivate var bounds: [ScheduledNumber] {
        switch self {
        case .uniform(let low, let high), .logUniform(let low, let high): [low, high]
        case .truncatedNormal(_, _, let low, let high), .beta(_, _, let low, let high): [low, high]
        case .normal(let mean, _): [mean]
        case .choice(let values): values
        }
    }

    /// Says what is wrong with its numbers whatever the parameter, nil if nothing is.
    fileprivate var problem: String? {
        switch self {
        case .uniform(let low, let high): return Self.disorder(low, high).map { "uniform \($0)" }
        case .normal(_, let deviation):
            return deviation.corners.first { $0 < 0 }.map {
                "normal wants a deviation of at least 0, got \(formatted($0))"
            }
        case .truncatedNormal(let mean, let deviation, let low, let high):
            if let wrong = deviation.corners.first(where: { !($0 > 0) }) {
                return "truncated_normal wants a deviation above 0, got \(formatted(wrong))"
            }
            if let wrong = mean.corners.first(where: { !$0.isFinite }) {
                return "truncated_normal wants a finite mean, got \(formatted(wrong))"
            }
            return Self.disorder(low, high).map { "truncated_normal \($0)" }
        case .logUniform(let low, let high):
            if let wrong = low.corners.first(where: { !($0 > 0) }) {
                return "log_uniform wants bounds above 0, got \(formatted(wrong))"
            }
            return Self.disorder(low, high).map { "log_uniform \($0)" }
        case .beta(let a, let b, let low, let high):
            if let wrong = (a.corners + b.corners).first(where: { !($0 > 0) }) {
                return "beta wants a and b above 0, got \(formatted(wrong))"
            }
            return Self.disorder(low, high).map { "beta \($0)" }
        case .choice(let values): return values.isEmpty ? "choice wants at least one value" : nil
        }
    }

    /// Says at which point of their schedules the lower bound is above the upper one, nil if it never is.
    private static func disorder(_ low: ScheduledNumber, _ high: ScheduledNumber) -> String? {
        let times = [0] + ((low.schedule?.turns ?? []) + (high.schedule?.turns ?? [])).sorted()
        guard let time = times.first(where: { low.value(at: $0) > high.value(at: $0) }) else { return nil }
        let found = "[\(formatted(low.value(at: time))), \(formatted(high.value(at: time)))]"
        guard let clock = (low.schedule ?? high.schedule)?.clock else {
            return "wants [low, high], got \(found)"
        }
        return "wants [low, high] at all times, got \(found) after \(time) \(clock)"
    }
}
