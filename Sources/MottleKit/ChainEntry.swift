import Generators

/// One entry of a chain: a generator, or a group of entries of which each sample gets some, in some order.
///
/// ```swift
/// let noise = ChainEntry.oneOf(
///     [.generator(ChainItem(gaussian, ["sigma": 0.1])), .generator(ChainItem(blur))], weights: [2, 1],
///     probability: 0.5)
/// let entries = [noise, .standardise(mean: [0.5], deviation: [0.25])]
/// let chain = try Chain(entries: entries, shape: [28, 28, 1])
/// ```
///
/// Of every group, `probability` is the share of samples that get it at all, and `name` keeps its draws apart from all
/// others'; nil takes `one_of`, `some_of` …, with `#2` for a second one. A generator's draws do not depend on the group that
/// it is in.
public indirect enum ChainEntry: Sendable {
    case generator(ChainItem)
    /// Exactly one of 1 … 32 entries, each with a probability in proportion to its weight, which is above 0; nil for equal ones.
    case oneOf([ChainEntry], weights: [Double]? = nil, probability: Double = 1, name: String? = nil)
    /// As many different ones of up to 32 entries, each number and each set as likely, in the order of the list.
    case someOf(ClosedRange<Int>, [ChainEntry], probability: Double = 1, name: String? = nil)
    /// All entries, one after the other.
    case sequence([ChainEntry], probability: Double = 1, name: String? = nil)
    /// All of up to 8 entries, each order as likely.
    case shuffleOrder([ChainEntry], probability: Double = 1, name: String? = nil)
    /// All entries 1 … 100 times; each turn has draws of its own, as if it were written out.
    case repeated(Int, [ChainEntry], probability: Double = 1, name: String? = nil)
    /// (x − mean) / deviation, with one number or one for each channel, the last axis; deviations are above 0. It stands
    /// behind all noise, whose strengths are shares of the data's range.
    case standardise(mean: [Float], deviation: [Float])
    /// Values are rounded to what a type can hold; they stay `Float`.
    case rounded(to: Format)

    /// A type that values are rounded to.
    public enum Format: Sendable {
        /// IEEE 754's binary16.
        case float16
        /// The 256 values that bytes spread over the data's range can be.
        case uint8
    }
}

/// Makes the entries of `Generators` of the public ones.
struct ChainEntryMaker {
    private var names = ChainNames()

    mutating func entries(_ entries: [ChainEntry], isAgain: Bool = false) throws(MottleError) -> [Generators
        .ChainEntry]
    {
        var made: [Generators.ChainEntry] = []
        for entry in entries { made.append(try self.entry(entry, isAgain)) }
        return made
    }

    private mutating func entry(_ entry: ChainEntry, _ isAgain: Bool) throws(MottleError)
        -> Generators.ChainEntry
    {
        switch entry {
        case .generator(let item): return .generator(try item.checked(&names, isAgain))
        case .oneOf(let members, let weights, let probability, let name):
            let weights = weights ?? members.map { _ in 1 }
            guard weights.count == members.count else {
                throw MottleError(
                    .argument, "'one_of' has \(members.count) entries and \(weights.count) weights")
            }
            return try group(.oneOf(weights: weights), "one_of", members, probability, name, isAgain)
        case .someOf(let count, let members, let probability, let name):
            return try group(.someOf(count: count), "some_of", members, probability, name, isAgain)
        case .sequence(let members, let probability, let name):
            return try group(.sequence, "sequence", members, probability, name, isAgain)
        case .shuffleOrder(let members, let probability, let name):
            return try group(.shuffleOrder, "shuffle_order", members, probability, name, isAgain)
        case .repeated(let times, let members, let probability, let name):
            return try group(.repeated, "repeat", members, probability, name, isAgain, times: times)
        case .standardise(let mean, let deviation):
            guard !mean.isEmpty, !deviation.isEmpty, deviation.allSatisfy({ $0 > 0 }) else {
                throw MottleError(
                    .argument,
                    "'standardise' wants numbers, and deviations above 0, got \(mean) and \(deviation)")
            }
            let standardisation = Standardisation(mean: mean, deviation: deviation)
            return .adjustment(
                ChainAdjustment(.standardise(standardisation), name: try own("standardise", nil, isAgain)))
        case .rounded(let format):
            let kind = ChainAdjustment.Kind.round(format == .float16 ? .float16 : .uint8)
            return .adjustment(ChainAdjustment(kind, name: try own("dtype", nil, isAgain)))
        }
    }

    private mutating func group(
        _ kind: ChainGroup.Kind, _ usual: String, _ members: [ChainEntry], _ probability: Double,
        _ name: String?, _ isAgain: Bool, times: Int = 1
    ) throws(MottleError) -> Generators.ChainEntry {
        guard (0...1).contains(probability) else {
            throw MottleError(
                .argument, "'\(usual)': the probability must be between 0 and 1, got \(probability)")
        }
        guard (1...ChainGroup.turnLimit).contains(times) else {
            throw MottleError(
                .argument, "'\(usual)' may have 1 to \(ChainGroup.turnLimit) turns, got \(times)")
        }
        let own = try own(usual, name, isAgain)
        var turns = [try entries(members, isAgain: isAgain)]
        for _ in 1..<times { turns.append(try entries(members, isAgain: true)) }
        return .group(ChainGroup(kind, turns: turns, name: own, probability: probability))
    }

    private mutating func own(_ usual: String, _ name: String?, _ isAgain: Bool) throws(MottleError) -> String
    {
        guard let own = names.next(plugin: usual, own: name, isAgain: isAgain) else {
            throw MottleError(.argument, Generators.ChainItem.problem(withUsedName: name!))
        }
        return own
    }
}
