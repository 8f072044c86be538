import Generators

/// A generator of a chain with its settings.
public struct ChainItem: Sendable {
    public var plugin: Plugin
    /// By the parameters' names; absent ones take their defaults.
    public var settings: [String: Setting]
    /// The share of samples that it is applied to, 0...1.
    public var probability: Double
    /// What takes the place of hidden values; only a mask may have one, and `.zero` is its default.
    public var fill: Fill?
    /// A name that keeps the item's draws apart from all others'; nil takes the plugin's, with `#2` for a second one. The
    /// same name, seed, sample and epoch give the same draws.
    public var name: String?

    public init(
        _ plugin: Plugin, _ settings: [String: Setting] = [:], probability: Double = 1, fill: Fill? = nil,
        name: String? = nil
    ) {
        (self.plugin, self.settings, self.probability) = (plugin, settings, probability)
        (self.fill, self.name) = (fill, name)
    }
}

/// What takes the place of hidden values.
public enum Fill: Sendable, Equatable {
    /// 0 where it lies inside the data's range, otherwise the range's low end.
    case zero
    /// One value, as a share of the data's range: 0 is its low end, 1 its high end.
    case constant(Double)
    /// The sample's own mean, in each channel.
    case mean
    /// Uniform over the data's range, an element at a time.
    case noise
}

/// What a parameter of a generator is: a plain value, a distribution drawn once a sample, or a ramp over epochs.
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
    case uniform(Double, Double)
    /// Normal, cut off at the parameter's limits; rounded for a whole-number parameter.
    case normal(mean: Double, deviation: Double)
    /// One of these numbers, each as likely.
    case oneOf([Double])
    /// Linear from `from` at epoch 0 to `to` at epoch `epochs`, and constant from there on.
    case ramp(from: Double, to: Double, epochs: Int)
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
        case .uniform(let low, let high): .uniform(low, high)
        case .normal(let mean, let deviation): .normal(mean: mean, deviation: deviation)
        case .oneOf(let numbers): .choice(numbers)
        case .ramp(let from, let to, let epochs): .ramp(Ramp(from: from, to: to, epochs: epochs))
        }
    }
}

extension Fill {
    var generatorFill: Generators.Fill {
        switch self {
        case .zero: .zero
        case .constant(let share): .constant(share)
        case .mean: .mean
        case .noise: .noise
        }
    }
}
