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
    /// How much it may damage each sample; only noise may have one.
    public var match: Match?

    public init(
        _ plugin: Plugin, _ settings: [String: Setting] = [:], probability: Double = 1, fill: Fill? = nil,
        name: String? = nil, match: Match? = nil
    ) {
        (self.plugin, self.settings, self.probability) = (plugin, settings, probability)
        (self.fill, self.name, self.match) = (fill, name, match)
    }
}

/// How much a generator damages a sample: its change y − x is scaled by one number a sample, so that different noises do
/// equal damage. A sample that it leaves as it is stays so; values may leave the data's range.
public enum Match: Sendable, Equatable {
    /// 10 · log₁₀(peak² / mean((y − x)²)) in decibels, the peak being the length of the data's range.
    case psnr(Setting)
    /// 10 · log₁₀(mean(x²) / mean((y − x)²)) in decibels.
    case snr(Setting)

    var damageMatch: DamageMatch {
        switch self {
        case .psnr(let level): DamageMatch(.psnr, level.parameterSetting)
        case .snr(let level): DamageMatch(.snr, level.parameterSetting)
        }
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
