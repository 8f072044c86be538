import LuaRuntime
import Tensors
import VectorKernels

/// What takes the place of hidden values.
package enum Fill: Sendable, Equatable {
    /// 0 where it lies inside the data's range, as silence does in sound around it; otherwise the range's low end: black, or
    /// the silence of a spectrogram in decibels, whose high end may be 0.
    case zero
    /// One value, a share of the data's range: 0 is its low end.
    case constant(Double)
    /// The sample's own mean, in each channel.
    case mean
    /// Uniform over the data's range, an element at a time (random erasing: Zhong et al. 2020).
    case noise
}

/// One generator of a chain with what the config says of it.
package struct ChainItem {
    package var plugin: Plugin
    /// The last part of its path: the plugin's name, with `#2` for a second one, or a name of its own.
    package var name: String
    /// Settings of parameters by name; absent ones take their defaults.
    package var settings: [String: ParameterSetting]
    /// One of the plugin's levels, 1 … 5, whose settings `settings` go before.
    package var severity: Int?
    /// The share of samples that it is applied to.
    package var probability: Double
    /// For masks only.
    package var fill: Fill
    /// What named it, for errors: a config's file, line and column.
    package var origin: String?

    package init(
        plugin: Plugin, name: String, settings: [String: ParameterSetting] = [:], probability: Double = 1,
        fill: Fill = .zero, origin: String? = nil
    ) {
        (self.plugin, self.name, self.settings) = (plugin, name, settings)
        (self.probability, self.fill, self.origin) = (probability, fill, origin)
    }

    /// The settings with the defaults of absent parameters.
    package var completeSettings: [String: ParameterSetting] {
        var complete = settings
        if let severity {
            let level = plugin.severities[severity - 1].mapValues { ParameterSetting.value($0) }
            complete.merge(level) { own, _ in own }
        }
        for parameter in plugin.parameters where complete[parameter.name] == nil {
            complete[parameter.name] = parameter.defaultValue.map { .value($0) }
        }
        return complete
    }

    /// Sets a parameter, or `severity`; says what is wrong with the setting, nil if nothing is.
    package mutating func set(_ name: String, to setting: ParameterSetting) -> String? {
        if name == "severity" {
            let problem = problem(withSeverity: setting)
            if problem == nil, case .value(.number(let level)) = setting { severity = Int(level) }
            return problem
        }
        let problem = problem(with: setting, of: name)
        if problem == nil { settings[name] = setting }
        return problem
    }

    private func problem(withSeverity setting: ParameterSetting) -> String? {
        guard !plugin.severities.isEmpty else { return "\(plugin.title) has no severities" }
        guard case .value(.number(let level)) = setting, level == level.rounded(), (1...5).contains(level)
        else {
            return "\(plugin.title): 'severity' must be a whole number between 1 and 5"
        }
        return nil
    }

    /// Says what is wrong with one setting, nil if nothing is.
    private func problem(with setting: ParameterSetting, of name: String) -> String? {
        if let parameter = plugin.parameters.first(where: { $0.name == name }) {
            return parameter.problem(with: setting).map { "\(plugin.title): \($0)" }
        }
        let known = plugin.parameters.map(\.name)
        let hint =
            Suggestion.nearest(name, among: known).map { "did you mean '\($0)'?" }
            ?? (known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))")
        return "unknown parameter '\(name)' of \(plugin.title); \(hint)"
    }

    /// Says which parameter must be given and is not, nil if none.
    package var missing: String? {
        let complete = completeSettings
        return plugin.parameters.first { complete[$0.name] == nil && !$0.isOptional }.map {
            "\(plugin.title): '\($0.name)' has no default and must be given: \($0.expectation)"
        }
    }
}

extension ChainItem {
    /// Adds what the plugin does to `input`; errors say what named the item.
    fileprivate func trace(
        into graph: inout Graph, input: NodeID, _ context: TraceContext
    ) throws(LuaError) -> Plugin.Result {
        do {
            return try plugin.trace(into: &graph, input: input, settings: completeSettings, context: context)
        } catch {
            throw error.used(in: origin)
        }
    }
}

/// Generators applied one after the other, as one graph and one program.
package struct Chain {
    package var items: [ChainItem]
    /// The first part of the items' paths: `chain`, or `evaluate`.
    package var path: String

    package init(_ items: [ChainItem], path: String = "chain") { (self.items, self.path) = (items, path) }

    /// Traces the whole chain for samples of one shape.
    ///
    /// - Throws: `LuaError` for what a plugin does wrong.
    package func trace(seed: UInt64, shape: Shape, range: ClosedRange<Float>) throws(LuaError) -> TracedChain
    {
        var traced = TracedChain(graph: Graph(shape: shape), values: 0, mask: nil)
        var cost = ChainCost(traced)
        for item in items {
            let context = TraceContext(
                seed: seed, path: "\(path)/\(item.name)", range: range, mixings: traced.mixings.count)
            var result = try item.trace(into: &traced.graph, input: traced.values, context)
            traced.graph.origin.line = 0
            traced.graph.demands.add(item)
            if result.values == nil, let hidden = result.mask {
                // The plugin's letters are N and one for each axis; a sample without channels has one axis less.
                let letters = item.plugin.axes
                let hasChannels = letters.hasSuffix("C") && shape.rank == letters.count - 1
                let filling = traced.graph.filling(
                    item.fill, of: traced.values, hasChannels: hasChannels, context)
                result.values = traced.graph.elementwise(.select, hidden, filling, traced.values)
            }
            traced.apply(result, of: item, context)
            let before = cost
            cost = ChainCost(traced)
            if let excess = item.plugin.excess(of: cost, over: before, shape) {
                throw excess.used(in: item.origin)
            }
        }
        return traced
    }
}

extension TracedChain {
    /// Goes on with what a generator returned, in the share of samples that draw it.
    fileprivate mutating func apply(_ result: Plugin.Result, of item: ChainItem, _ context: TraceContext) {
        var (newValues, newMask) = (result.values!, result.mask)
        var isApplied: NodeID?
        if item.probability < 1 {
            let unit = graph.draw(.uniform, key: context.key("probability"), shape: [])
            let applied = graph.elementwise(.less, unit, graph.constant(Float(item.probability)))
            newValues = graph.elementwise(.select, applied, newValues, values)
            newMask = newMask.map { graph.elementwise(.and, applied, $0) }
            isApplied = applied
        }
        parameters += result.parameters.map { ExtraOutput(name: "\(item.name).\($0.name)", node: $0.node) }
        values = newValues
        if let newMask { mask = mask.map { graph.elementwise(.or, $0, newMask) } ?? newMask }
        addExtras(result.extras, of: item, isApplied)
    }

    /// Extra outputs as the generator gave them; whether it was applied is one more where that differs from sample to sample.
    private mutating func addExtras(_ found: [ExtraOutput], of item: ChainItem, _ isApplied: NodeID?) {
        guard !found.isEmpty else { return }
        extras += found.map { ExtraOutput(name: "\(item.name).\($0.name)", node: $0.node) }
        if let isApplied { extras.append(ExtraOutput(name: "\(item.name).applied", node: isApplied)) }
        guard item.plugin.kind == .noise, let mix = found.first(where: { $0.name == "mix" })?.node,
            let id = found.first(where: { $0.name == "partner" })?.node,
            case .whole(.partnerID(let partner)) = graph.nodes[id].operation, graph.nodes[mix].shape == []
        else { return }
        let share = isApplied.map { graph.elementwise(.select, $0, mix, graph.constant(1)) } ?? mix
        let values = graph.add(.whole(.partner(partner)), shape: graph.full, type: .number)
        mixings.append(Mixing(share: share, partner: partner, values: values))
    }
}

extension Graph {
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
