import Generators

/// What a parameter of a generator is: a plain value, a distribution drawn once a sample, or a schedule over epochs or steps.
///
/// Literals are plain values: `["sigma": 0.1, "holes": 2, "per_channel": true]`.
public enum Setting: Sendable, Equatable {
    case number(Double)
    case flag(Bool)
    /// One of the names that the parameter knows.
    case choice(String)
    /// A pair of numbers, the lower first.
    case interval(Double, Double)
    /// A list of numbers.
    case numbers([Double])
    /// Uniform in low ... high (rounding can give `high`); whole numbers low ... high for a whole-number parameter.
    case uniform(Number, Number)
    /// Normal, moved to the parameter's limits where it is outside; rounded for a whole-number parameter.
    case normal(mean: Number, deviation: Number)
    /// A normal distribution's part between two bounds; the deviation is above 0.
    case truncatedNormal(mean: Number, deviation: Number, low: Number, high: Number)
    /// The logarithm is uniform between those of two numbers above 0.
    case logUniform(Number, Number)
    /// Beta(a, b), both above 0, spread over low ... high.
    case beta(Number, Number, low: Number = 0, high: Number = 1)
    /// One of these numbers, each as likely.
    case oneOf([Number])
    case scheduled(Schedule)

    /// Linear from `from` at epoch 0 to `to` at epoch `epochs`, and constant from there on.
    public static func ramp(from: Double, to: Double, epochs: Int) -> Setting {
        .scheduled(.ramp(from: from, to: to, over: .epochs(epochs)))
    }
}

/// A number of a distribution: fixed, as literals are, or itself on a schedule.
public enum Number: Sendable, Equatable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    case constant(Double)
    case scheduled(Schedule)

    public init(floatLiteral value: Double) { self = .constant(value) }
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }

    var scheduledNumber: ScheduledNumber {
        switch self {
        case .constant(let number): .constant(number)
        case .scheduled(let schedule): .scheduled(schedule.generatorSchedule)
        }
    }
}

/// A number that changes while a model is trained.
public enum Schedule: Sendable, Equatable {
    /// How long a schedule takes, at least 1.
    public enum Length: Sendable, Equatable {
        case epochs(Int)
        /// Steps of the optimiser: batches, counted over all epochs.
        case steps(Int)
    }

    /// Linear, then constant.
    case ramp(from: Double, to: Double, over: Length)
    /// Half a cosine, then constant.
    case cosine(from: Double, to: Double, over: Length)
    /// `from`, and from each of the epochs on its value.
    case changes(from: Double, epochs: [Int: Double])
    /// The same with steps of the optimiser.
    case changesBySteps(from: Double, steps: [Int: Double])

    var generatorSchedule: Generators.Schedule {
        func changes(_ table: [Int: Double]) -> [Generators.Schedule.Change] {
            table.sorted { $0.key < $1.key }.map { Generators.Schedule.Change(time: $0.key, value: $0.value) }
        }
        switch self {
        case .ramp(let from, let to, let length):
            return .init(.ramp(from: from, to: to, length: length.count), clock: length.clock)
        case .cosine(let from, let to, let length):
            return .init(.cosine(from: from, to: to, length: length.count), clock: length.clock)
        case .changes(let from, let table): return .init(.steps(from: from, changes(table)), clock: .epochs)
        case .changesBySteps(let from, let table):
            return .init(.steps(from: from, changes(table)), clock: .steps)
        }
    }
}

extension Schedule.Length {
    fileprivate var count: Int {
        switch self {
        case .epochs(let count), .steps(let count): count
        }
    }

    fileprivate var clock: Generators.Schedule.Clock {
        switch self {
        case .epochs: .epochs
        case .steps: .steps
        }
    }
}

extension Setting: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByStringLiteral
{
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(stringLiteral value: String) { self = .choice(value) }

    var parameterSetting: ParameterSetting {
        switch self {
        case .number(let number): .value(.number(number))
        case .flag(let flag): .value(.boolean(flag))
        case .choice(let name): .value(.choice(name))
        case .interval(let low, let high): .value(.numbers([low, high]))
        case .numbers(let numbers): .value(.numbers(numbers))
        case .uniform(let low, let high): .uniform(low.scheduledNumber, high.scheduledNumber)
        case .normal(let mean, let deviation):
            .normal(mean: mean.scheduledNumber, deviation: deviation.scheduledNumber)
        case .truncatedNormal(let mean, let deviation, let low, let high):
            .drawn(
                .truncatedNormal(
                    mean: mean.scheduledNumber, deviation: deviation.scheduledNumber,
                    low: low.scheduledNumber, high: high.scheduledNumber))
        case .logUniform(let low, let high):
            .drawn(.logUniform(low.scheduledNumber, high.scheduledNumber))
        case .beta(let a, let b, let low, let high):
            .drawn(
                .beta(
                    a: a.scheduledNumber, b: b.scheduledNumber, low: low.scheduledNumber,
                    high: high.scheduledNumber))
        case .oneOf(let numbers): .choice(numbers.map(\.scheduledNumber))
        case .scheduled(let schedule): .scheduled(schedule.generatorSchedule)
        }
    }
}
