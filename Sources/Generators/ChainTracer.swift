import LuaRuntime
import Tensors
import VectorKernels

/// Puts the entries of a chain into one graph.
///
/// What only some samples get is chosen by `select` on conditions of the sample, so both executors need to know nothing of
/// groups; `Guards` finds out what a program may skip.
struct ChainTracer {
    var traced: TracedChain
    let shape: Shape
    private let seed: UInt64
    private let phase: ChainPhase
    /// The first part of all paths.
    private let root: String
    /// Between which ends clean values lie at this point of the chain.
    private(set) var range: ClosedRange<Float>
    private var cost: ChainCost
    /// The places of the mixings that the values at this point went through.
    private var mixings: [Int] = []

    /// - Parameter view: which of a sample's views, counted from 1; another one has other draws.
    init(seed: UInt64, phase: ChainPhase, view: Int, shape: Shape, range: ClosedRange<Float>) {
        (self.seed, self.phase, self.shape, self.range) = (seed, phase, shape, range)
        root = phase.path + (view > 1 ? "@\(view)" : "")
        traced = TracedChain(graph: Graph(shape: shape), values: 0, mask: nil)
        cost = ChainCost(traced)
    }

    /// Applies entries one after the other.
    ///
    /// - Parameter condition: true for the samples that get here; nil for all. The caller keeps the old values of the others.
    mutating func apply(_ entries: [ChainEntry], under condition: NodeID?) throws(LuaError) {
        for entry in entries where (entry.part.phase ?? phase) == phase {
            try apply(entry, under: condition)
        }
    }

    private mutating func apply(_ entry: ChainEntry, under condition: NodeID?) throws(LuaError) {
        let before = traced.values
        var applied = condition
        let chance = chance(of: entry.part)
        if let chance { applied = both(condition, chance) }
        switch entry {
        case .generator(let item): try apply(item, applied)
        case .group(let group): try apply(group, applied)
        case .adjustment(let adjustment): apply(adjustment)
        }
        if let chance { choose(chance, before) }
        note(entry.part, before, condition, applied)
    }

    /// Notes what is there behind an entry; samples that did not get to it have what was there before it.
    private mutating func note(
        _ part: any ChainPart, _ before: NodeID, _ condition: NodeID?, _ applied: NodeID?
    ) {
        let earlier = traced.states.first { $0.name == part.name }?.applied
        let values = condition.map { traced.graph.elementwise(.select, $0, traced.values, before) }
        let state = ChainState(
            name: part.name, values: values ?? traced.values, mask: traced.mask,
            applied: applied.map { now in earlier.map { traced.graph.elementwise(.or, $0, now) } ?? now },
            standardisation: traced.standardisation, parameters: traced.parameters.count)
        // In an order that is drawn an entry is met at several places; the last one has seen them all.
        traced.states.removeAll { $0.name == part.name }
        traced.states.append(state)
    }

    // MARK: Conditions

    /// True in the share of samples that an entry's probability says; nil for all.
    private mutating func chance(of part: any ChainPart) -> NodeID? {
        guard part.probability < 1 else { return nil }
        let unit = unit(of: part, "probability")
        return traced.graph.elementwise(.less, unit, traced.graph.constant(Float(part.probability)))
    }

    /// A uniform number of the sample's, at an address of the entry's own.
    private mutating func unit(of part: any ChainPart, _ draw: String) -> NodeID {
        mark(part)
        return traced.graph.draw(.uniform, key: context(of: part).key(draw), shape: [])
    }

    /// What comes next is the entry's.
    private mutating func mark(_ part: any ChainPart) {
        traced.graph.origin = Origin(path: context(of: part).path, file: "", line: 0)
    }

    private mutating func both(_ a: NodeID?, _ b: NodeID) -> NodeID {
        a.map { traced.graph.elementwise(.and, $0, b) } ?? b
    }

    /// Where the condition is false, the values are the others.
    private mutating func choose(_ condition: NodeID, _ others: NodeID) {
        traced.values = traced.graph.elementwise(.select, condition, traced.values, others)
    }

    private func context(of part: any ChainPart) -> TraceContext {
        TraceContext(seed: seed, path: "\(root)/\(part.name)", range: range, mixings: mixings)
    }

    // MARK: Groups

    private mutating func apply(_ group: ChainGroup, _ condition: NodeID?) throws(LuaError) {
        switch group.kind {
        case .sequence, .repeated: for turn in group.turns { try apply(turn, under: condition) }
        case .oneOf(let weights):
            let members = zip(group.entries, weights).filter { ($0.0.part.phase ?? phase) == phase }
            let ranks = ranks(members.map { lot(of: $0.0.part, weight: $0.1) }, of: group)
            try applyOne(of: members.map(\.0), whoseRanks: ranks, are: 0, condition)
        case .someOf(let range):
            let members = group.entries.filter { ($0.part.phase ?? phase) == phase }
            let ranks = ranks(members.map { unit(of: $0.part, "lot") }, of: group)
            let count = count(range, of: group)
            for (entry, rank) in zip(members, ranks) {
                mark(entry.part)
                let (before, chosen) = (traced.values, traced.graph.elementwise(.less, rank, count))
                try apply(entry, under: both(condition, chosen))
                choose(chosen, before)
            }
        case .shuffleOrder:
            let members = group.entries.filter { ($0.part.phase ?? phase) == phase }
            let ranks = ranks(members.map { unit(of: $0.part, "lot") }, of: group)
            for place in members.indices {
                try applyOne(of: members, whoseRanks: ranks, are: place, condition)
            }
        }
    }

    /// Applies the one entry that has a rank to the values at hand.
    private mutating func applyOne(
        of entries: [ChainEntry], whoseRanks ranks: [NodeID], are wanted: Int, _ condition: NodeID?
    ) throws(LuaError) {
        let (before, earlier) = (traced.values, mixings)
        var (merged, later) = (before, mixings)
        for (entry, rank) in zip(entries, ranks) {
            mark(entry.part)
            let isChosen = traced.graph.elementwise(.equal, rank, traced.graph.constant(Float(wanted)))
            (traced.values, mixings) = (before, earlier)
            try apply(entry, under: both(condition, isChosen))
            choose(isChosen, merged)
            merged = traced.values
            later += mixings.dropFirst(earlier.count)
        }
        (traced.values, mixings) = (merged, later)
    }

    /// An exponential number of rate `weight`, at an address of the entry's own: the smallest one of several belongs to each
    /// with a probability in proportion to its weight, and another entry changes none of them.
    private mutating func lot(of part: any ChainPart, weight: Double) -> NodeID {
        let exponential = traced.graph.standardExponential(unit(of: part, "lot"))
        return traced.graph.elementwise(.divide, exponential, traced.graph.constant(Float(weight)))
    }

    /// For each number how many others go before it: smaller ones, and equal ones earlier in the list.
    private mutating func ranks(_ numbers: [NodeID], of group: ChainGroup) -> [NodeID] {
        mark(group)
        let (zero, one) = (traced.graph.constant(0), traced.graph.constant(1))
        var ranks = numbers.map { _ in zero }
        for (later, number) in numbers.enumerated() {
            for earlier in 0..<later {
                let isAhead = traced.graph.elementwise(.less, number, numbers[earlier])
                for (place, counts) in [(earlier, (one, zero)), (later, (zero, one))] {
                    let step = traced.graph.elementwise(.select, isAhead, counts.0, counts.1)
                    ranks[place] = traced.graph.elementwise(.add, ranks[place], step)
                }
            }
        }
        return ranks
    }

    /// How many entries a sample gets, each number of the range as likely.
    private mutating func count(_ range: ClosedRange<Int>, of group: ChainGroup) -> NodeID {
        let (low, high) = (
            traced.graph.constant(Float(range.lowerBound)), traced.graph.constant(Float(range.upperBound))
        )
        if range.count == 1 { return low }
        return traced.graph.wholeNumber(unit(of: group, "count"), low, high)
    }

    // MARK: Generators

    private mutating func apply(_ item: ChainItem, _ applied: NodeID?) throws(LuaError) {
        let (context, input) = (context(of: item), traced.values)
        var result: Plugin.Result
        do {
            result = try item.plugin.trace(
                into: &traced.graph, input: input, settings: item.completeSettings, context: context)
        } catch {
            throw error.used(in: item.origin)
        }
        traced.graph.origin.line = 0
        traced.graph.demands.add(item)
        if result.values == nil, let hidden = result.mask {
            // The plugin's letters are N and one for each axis; a sample without channels has one axis less.
            let letters = item.plugin.axes
            let hasChannels = letters.hasSuffix("C") && shape.rank == letters.count - 1
            let filling = traced.graph.filling(item.fill, of: input, hasChannels: hasChannels, context)
            result.values = traced.graph.elementwise(.select, hidden, filling, input)
        }
        if let match = item.match { try scale(&result, to: match, of: item, context) }
        traced.values = result.values!
        traced.note(result, of: item, applied)
        if let mixing = traced.mixing(of: result, of: item, applied) {
            mixings.append(traced.mixings.count)
            traced.mixings.append(mixing)
        }
        try checkCost(of: item)
    }

    private mutating func checkCost(of item: ChainItem) throws(LuaError) {
        let before = cost
        cost = ChainCost(traced)
        if let excess = item.plugin.excess(of: cost, over: before, shape) {
            throw excess.used(in: item.origin)
        }
    }

    // MARK: Adjustments

    private mutating func apply(_ adjustment: ChainAdjustment) {
        mark(adjustment)
        switch adjustment.kind {
        case .standardise(let standardisation):
            let mean = traced.graph.channels(standardisation.mean)
            let deviation = traced.graph.channels(standardisation.deviation)
            let centred = traced.graph.elementwise(.subtract, traced.values, mean)
            traced.values = traced.graph.elementwise(.divide, centred, deviation)
            traced.standardisation = standardisation
            range = standardisation.range(of: range)
        case .round(let format):
            guard let rounding = Rounding(format, range: range) else { return }
            traced.values = traced.graph.add(
                .whole(.round(rounding)), [traced.values], shape: traced.graph.full, type: .number)
        }
    }
}

extension Graph {
    /// One number, or one for each channel.
    fileprivate mutating func channels(_ numbers: [Float]) -> NodeID {
        numbers.count == 1
            ? constant(numbers[0]) : table(numbers, shape: .along(shape.rank - 1, numbers.count))
    }

    fileprivate mutating func filling(
        _ fill: Fill, of values: NodeID, hasChannels: Bool, _ context: TraceContext
    ) -> NodeID {
        let (low, high) = (context.range.lowerBound, context.range.upperBound)
        switch fill {
        case .zero: return constant(low < 0 && 0 < high ? 0 : low)
        case .constant(let share): return constant(Float(Double(low) + share * (Double(high) - Double(low))))
        case .mean:
            let kept = hasChannels ? shape.rank - 1 : shape.rank
            return reduce(.mean, values, over: Array(0..<kept))
        case .noise:
            let unit = draw(.uniform, key: context.key("fill"), shape: full)
            return elementwise(.add, constant(low), elementwise(.multiply, unit, constant(high - low)))
        }
    }
}
