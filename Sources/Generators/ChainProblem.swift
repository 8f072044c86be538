import Tensors

/// What is wrong with a chain as a whole, and what named the entry that shows it.
package struct ChainProblem: Error, Equatable {
    package var origin: String?
    package var text: String
}

extension ChainGroup {
    /// Entries of a group; the generators that meet there may all be compared with each other.
    package static let entryLimit = 32
    /// Of a group whose order is drawn, every entry can be at every place.
    package static let shuffleLimit = 8
    /// Turns of a group that is repeated.
    package static let turnLimit = 100

    /// Says what is wrong with the group itself, nil if nothing is.
    package var problem: String? {
        let count = entries.count
        if count == 0 { return "wants at least one entry" }
        switch kind {
        case .oneOf(let weights):
            if let wrong = weights.first(where: { !($0 > 0 && $0.isFinite) }) {
                return "wants weights above 0, got \(formatted(wrong))"
            }
            return count > Self.entryLimit ? "may have \(Self.entryLimit) entries, got \(count)" : nil
        case .someOf(let range):
            if range.lowerBound < 0 || range.upperBound > count {
                let found =
                    range.count == 1 ? "\(range.lowerBound)" : "[\(range.lowerBound), \(range.upperBound)]"
                return "wants a count between 0 and its \(count) entries, got \(found)"
            }
            return count > Self.entryLimit ? "may have \(Self.entryLimit) entries, got \(count)" : nil
        case .shuffleOrder:
            return count > Self.shuffleLimit
                ? "may have \(Self.shuffleLimit) entries, got \(count): every one can be at every place" : nil
        case .sequence: return nil
        case .repeated:
            return (1...Self.turnLimit).contains(turns.count)
                ? nil : "'times' must be between 1 and \(Self.turnLimit), got \(turns.count)"
        }
    }
}

extension Chain {
    /// Places of generators: one that is repeated has several, and so has each entry of an order that is drawn. Every one is
    /// traced for itself.
    package static let placeLimit = 1000

    private static func places(_ entries: [ChainEntry]) -> Double {
        entries.reduce(0) { sum, entry in
            guard case .group(let group) = entry else { return sum + 1 }
            let places = group.turns.reduce(0) { $0 + Self.places($1) }
            return sum + (group.kind == .shuffleOrder ? places * Double(group.entries.count) : places)
        }
    }

    private static func crowded(_ entries: [ChainEntry]) -> ChainProblem? {
        let places = places(entries)
        return places <= Double(placeLimit)
            ? nil
            : ChainProblem(
                origin: entries.first?.part.origin,
                text:
                    "the chain has \(formatted(places)) places of generators, repeated ones and those of drawn "
                    + "orders counted each time; it may have \(placeLimit)")
    }

    /// What is wrong with the chain, whatever samples it is for; nil if nothing is.
    package var problem: ChainProblem? {
        Self.problem(in: entries) ?? Self.crowded(entries) ?? problem(inTextOf: items)
            ?? Self.misplaced(in: entries.inPhase(phase))
    }

    /// A generator of values in a chain of token ids.
    private func problem(inTextOf items: [ChainItem]) -> ChainProblem? {
        guard let text = items.first(where: { $0.plugin.kind == .tokens })?.plugin else { return nil }
        if let item = items.first(where: { $0.plugin.kind != .tokens }) {
            return ChainProblem(
                origin: item.origin,
                text: "\(item.plugin.title) makes values where token ids flow, for \(text.title); "
                    + "in a chain of ids only generators of tokens can stand")
        }
        return adjustments(in: entries.inPhase(phase)).first.map {
            ChainProblem(
                origin: $0.origin, text: "'\($0.name)' is for values; token ids flow here, for \(text.title)")
        }
    }

    /// What does not go with samples of token ids, or with samples of values; nil if all does.
    package func problem(onIDs: Bool) -> ChainProblem? {
        if let item = items.first(where: { ($0.plugin.kind == .tokens) != onIDs }) {
            return ChainProblem(
                origin: item.origin,
                text: onIDs
                    ? "\(item.plugin.title) makes values, and the data are token ids; "
                        + "in a chain of ids only generators of tokens can stand"
                    : "\(item.plugin.title) makes token ids, and the data are values; "
                        + "ids come from texts: data: { text: { … } }")
        }
        guard onIDs else { return nil }
        return adjustments(in: entries.inPhase(phase)).first.map {
            ChainProblem(origin: $0.origin, text: "'\($0.name)' is for values, and the data are token ids")
        }
    }

    func adjustments(in entries: [ChainEntry]) -> [ChainAdjustment] {
        entries.flatMap { entry in
            switch entry {
            case .generator: [] as [ChainAdjustment]
            case .group(let group): adjustments(in: group.entries)
            case .adjustment(let adjustment): [adjustment]
            }
        }
    }

    /// The first group that is wrong in itself.
    private static func problem(in entries: [ChainEntry]) -> ChainProblem? {
        for case .group(let group) in entries {
            if let text = group.problem {
                return ChainProblem(origin: group.origin, text: "'\(group.name)' \(text)")
            }
            if let problem = group.turns.lazy.compactMap({ Self.problem(in: $0) }).first { return problem }
        }
        return nil
    }

    /// A standardisation that not every sample gets once, or what does not make sense behind it.
    private static func misplaced(in entries: [ChainEntry]) -> ChainProblem? {
        var order = StandardisationOrder()
        order.read(entries, reachesAll: true)
        return order.problem
    }

    /// What is wrong with the chain for samples of a shape, nil if nothing is.
    package func problem(withSampleShape shape: Shape) -> ChainProblem? {
        for item in items {
            if let text = item.plugin.problem(withSampleShape: shape) {
                return ChainProblem(origin: item.origin, text: text)
            }
        }
        return standardisationProblem(shape)
    }

    /// A list of another length than samples have channels.
    package func standardisationProblem(_ shape: Shape) -> ChainProblem? {
        for adjustment in adjustments(in: entries.inPhase(phase)) {
            guard case .standardise(let standardisation) = adjustment.kind else { continue }
            let channels = shape.sizes.last ?? 1
            for (key, list) in [("mean", standardisation.mean), ("std", standardisation.deviation)]
            where list.count != 1 && list.count != channels {
                return ChainProblem(
                    origin: adjustment.origin,
                    text: "'\(key)' has \(list.count) numbers for samples of shape \(shape), "
                        + "whose last axis has \(channels)")
            }
        }
        return nil
    }
}

/// Reads a chain from its start and remembers whether values are standardised.
private struct StandardisationOrder {
    private var isStandardised = false
    private(set) var problem: ChainProblem?

    /// - Parameter reachesAll: whether all samples get these entries, once and in their order.
    mutating func read(_ entries: [ChainEntry], reachesAll: Bool) {
        for entry in entries where problem == nil {
            let part = entry.part
            let reachesAll = reachesAll && part.probability == 1
            switch entry {
            case .generator(let item): read(item)
            case .group(let group):
                for turn in group.turns { read(turn, reachesAll: reachesAll && group.kind == .sequence) }
            case .adjustment(let adjustment): read(adjustment, reachesAll: reachesAll)
            }
        }
    }

    private mutating func read(_ item: ChainItem) {
        guard isStandardised,
            let strength = item.plugin.parameters.first(where: { $0.unit == .range && !$0.takesNumbers })
        else { return }
        problem = ChainProblem(
            origin: item.origin,
            text:
                "\(item.plugin.title) after 'standardise': '\(strength.name)' is a share of the data's range, "
                + "which standardised values have left; put 'standardise' behind the noise")
    }

    private mutating func read(_ adjustment: ChainAdjustment, reachesAll: Bool) {
        switch adjustment.kind {
        case .standardise:
            if isStandardised {
                complain(adjustment, "'standardise' stands twice; values are standardised once")
            } else if !reachesAll {
                complain(
                    adjustment,
                    "'standardise' is for all samples: it stands in the chain itself or in a sequence, without a probability"
                )
            }
            isStandardised = true
        case .round(.uint8) where isStandardised:
            complain(adjustment, "'dtype: uint8' after 'standardise': standardised values are no bytes")
        case .round: break
        }
    }

    private mutating func complain(_ adjustment: ChainAdjustment, _ text: String) {
        problem = ChainProblem(origin: adjustment.origin, text: text)
    }
}
