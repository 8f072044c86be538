/// What the samples of a chain are for.
package enum ChainPhase: String, CaseIterable, Sendable {
    case train, evaluate

    /// The first part of the paths of everything that draws.
    package var path: String { self == .train ? "chain" : "evaluate" }
}

/// What can be said of any entry of a chain.
package protocol ChainPart {
    /// The last part of its path, which no other entry has: the plugin's name or the group's kind, with `#2` for a second
    /// one, or a name of its own.
    var name: String { get }
    /// The share of samples that it is applied to, of those that get to it.
    var probability: Double { get }
    /// When it is part of the chain; nil for always.
    var phase: ChainPhase? { get }
    /// What named it, for errors: a config's file, line and column.
    var origin: String? { get }
}

/// One entry of a chain.
package enum ChainEntry {
    case generator(ChainItem)
    case group(ChainGroup)
    case adjustment(ChainAdjustment)

    package var part: any ChainPart {
        switch self {
        case .generator(let item): item
        case .group(let group): group
        case .adjustment(let adjustment): adjustment
        }
    }

    /// The generators in it, each once however often it is repeated.
    package var items: [ChainItem] {
        switch self {
        case .generator(let item): [item]
        case .group(let group): group.entries.flatMap(\.items)
        case .adjustment: []
        }
    }
}

/// Entries of which a sample gets some, in some order.
package struct ChainGroup: ChainPart {
    package enum Kind: Sendable, Equatable {
        /// One of the entries, by their weights.
        case oneOf(weights: [Double])
        /// As many different ones, each set as likely, in the order of the list.
        case someOf(count: ClosedRange<Int>)
        /// All of them.
        case sequence
        /// All of them, each order as likely.
        case shuffleOrder
        /// All of them, again and again.
        case repeated
    }

    package var kind: Kind
    /// Of each turn, whose entries differ in nothing but their names; one turn of anything that is not repeated.
    package var turns: [[ChainEntry]]
    package var name: String
    package var probability: Double
    package var phase: ChainPhase?
    package var origin: String?

    package init(
        _ kind: Kind, turns: [[ChainEntry]], name: String, probability: Double = 1, phase: ChainPhase? = nil,
        origin: String? = nil
    ) {
        (self.kind, self.turns, self.name) = (kind, turns, name)
        (self.probability, self.phase, self.origin) = (probability, phase, origin)
    }

    /// Those of the first turn.
    package var entries: [ChainEntry] { turns[0] }
}

/// What the chain itself does to values.
package struct ChainAdjustment: ChainPart {
    package enum Kind: Sendable, Equatable {
        case standardise(Standardisation)
        /// Values are rounded to what numbers of this type can be.
        case round(NumberFormat)
    }

    package var kind: Kind
    package var name: String
    package var probability: Double
    package var phase: ChainPhase?
    package var origin: String?

    package init(
        _ kind: Kind, name: String, probability: Double = 1, phase: ChainPhase? = nil, origin: String? = nil
    ) {
        (self.kind, self.name) = (kind, name)
        (self.probability, self.phase, self.origin) = (probability, phase, origin)
    }
}

/// y = (x − mean) / deviation, with one number for all values or one for each channel, the last axis.
package struct Standardisation: Sendable, Equatable {
    package var mean: [Float]
    package var deviation: [Float]

    package init(mean: [Float], deviation: [Float]) { (self.mean, self.deviation) = (mean, deviation) }

    /// Between which ends values lie that lay between those of `range`.
    func range(of range: ClosedRange<Float>) -> ClosedRange<Float> {
        let channels = max(mean.count, deviation.count)
        let ends = (0..<channels).flatMap { channel in
            [range.lowerBound, range.upperBound].map {
                ($0 - mean[channel % mean.count]) / deviation[channel % deviation.count]
            }
        }
        return ends.min()!...ends.max()!
    }

    /// Brings standardised values, row-major, back into the data's own scale.
    package func undo(_ values: inout [Float]) {
        for place in values.indices {
            values[place] = values[place] * deviation[place % deviation.count] + mean[place % mean.count]
        }
    }
}

/// How much of a sample a generator may damage: its change y − x is scaled by one number a sample, so that it is as large as
/// this says.
package struct DamageMatch: Sendable, Equatable {
    package enum Measure: String, CaseIterable, Sendable {
        /// 10 · log₁₀(peak² / mean((y − x)²)), the peak being the length of the data's range.
        case psnr
        /// 10 · log₁₀(mean(x²) / mean((y − x)²)).
        case snr
    }

    package var measure: Measure
    /// In decibels.
    package var level: ParameterSetting

    package init(_ measure: Measure, _ level: ParameterSetting) {
        (self.measure, self.level) = (measure, level)
    }

    /// What the level may be, as if the generator had declared it.
    var declaration: ParameterDeclaration {
        ParameterDeclaration(name: measure.rawValue, kind: .number, unit: .db, minimum: -100, maximum: 200)
    }

    /// Says what is wrong with it beside a plugin, nil if nothing is.
    package func problem(beside plugin: Plugin) -> String? {
        plugin.kind == .noise
            ? declaration.problem(with: level).map { "match: \($0)" }
            : "'match' belongs to noise; \(plugin.title) changes no strength"
    }
}
