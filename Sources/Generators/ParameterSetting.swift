/// A number of a distribution: fixed, or itself on a schedule.
package enum ScheduledNumber: Sendable, Hashable {
    case constant(Double)
    case scheduled(Schedule)

    /// Every value that it has is one of these or lies between two of them.
    var corners: [Double] {
        switch self {
        case .constant(let number): [number]
        case .scheduled(let schedule): schedule.corners
        }
    }

    var schedule: Schedule? { if case .scheduled(let schedule) = self { schedule } else { nil } }
    var constant: Double? { if case .constant(let number) = self { number } else { nil } }

    func value(at time: Int) -> Double {
        switch self {
        case .constant(let number): number
        case .scheduled(let schedule): schedule.value(epoch: time, step: time)
        }
    }
}

extension ScheduledNumber: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    package init(floatLiteral value: Double) { self = .constant(value) }
    package init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

/// What a number is drawn from, once a sample and epoch.
package enum Distribution: Sendable, Hashable {
    /// Uniform in low ... high (rounding can give `high`); over whole numbers low ... high for an integer.
    case uniform(ScheduledNumber, ScheduledNumber)
    /// Normal, moved to the parameter's limits where it is outside; rounded for an integer.
    case normal(mean: ScheduledNumber, deviation: ScheduledNumber)
    /// A normal distribution's part between two bounds.
    case truncatedNormal(
        mean: ScheduledNumber, deviation: ScheduledNumber, low: ScheduledNumber, high: ScheduledNumber)
    /// The logarithm is uniform.
    case logUniform(ScheduledNumber, ScheduledNumber)
    /// Beta(a, b), spread from 0 ... 1 to low ... high.
    case beta(a: ScheduledNumber, b: ScheduledNumber, low: ScheduledNumber, high: ScheduledNumber)
    /// One of these, each as likely.
    case choice([ScheduledNumber])

    var numbers: [ScheduledNumber] {
        switch self {
        case .uniform(let low, let high), .logUniform(let low, let high): [low, high]
        case .normal(let mean, let deviation): [mean, deviation]
        case .truncatedNormal(let mean, let deviation, let low, let high): [mean, deviation, low, high]
        case .beta(let a, let b, let low, let high): [a, b, low, high]
        case .choice(let values): values
        }
    }
}

/// What a config says of a parameter: a value, a schedule, or a distribution that each sample draws from.
package enum ParameterSetting: Sendable, Equatable {
    case value(ParameterValue)
    case scheduled(Schedule)
    case drawn(Distribution)

    /// True for one value for all samples, epochs and steps.
    var isPlain: Bool { if case .value = self { true } else { false } }

    /// Whether it differs from epoch to epoch or from step to step.
    package var followsSchedule: Bool {
        switch self {
        case .value: false
        case .scheduled: true
        case .drawn(let distribution): distribution.numbers.contains { $0.schedule != nil }
        }
    }

    package static func uniform(_ low: ScheduledNumber, _ high: ScheduledNumber) -> ParameterSetting {
        .drawn(.uniform(low, high))
    }

    package static func normal(mean: ScheduledNumber, deviation: ScheduledNumber) -> ParameterSetting {
        .drawn(.normal(mean: mean, deviation: deviation))
    }

    package static func choice(_ values: [ScheduledNumber]) -> ParameterSetting { .drawn(.choice(values)) }

    /// Linear from `from` at epoch 0 to `to` at epoch `epochs`, and constant from there on.
    package static func ramp(from: Double, to: Double, epochs: Int) -> ParameterSetting {
        .scheduled(Schedule(.ramp(from: from, to: to, length: epochs), clock: .epochs))
    }
}
