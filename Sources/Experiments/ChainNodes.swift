import Generators

// Chains as the lock file spells them: with every default, and with included files in their place.

extension ConfigNode {
    /// A chain's entries; `configs` says what they were made from.
    static func chain(_ configs: [ChainEntryConfig], _ entries: [ChainEntry]) -> ConfigNode {
        .list(zip(configs, entries).map { ConfigNode(chainEntry: $0, $1) })
    }

    /// - Parameter weight: of an entry of `one_of`.
    init(chainEntry config: ChainEntryConfig, _ entry: ChainEntry, weight: Double? = nil) {
        var keys = [ConfigEntry(config.key, Self.content(config, entry))]
        if let name = config.name { keys.append(ConfigEntry("name", .string(name))) }
        if let weight { keys.append(ConfigEntry("weight", .number(weight))) }
        keys.append(ConfigEntry("probability", .number(config.probability)))
        if let phase = config.phase { keys.append(ConfigEntry("when", .string(phase.rawValue))) }
        if case .generator(let item) = entry {
            if item.plugin.kind == .mask { keys.append(ConfigEntry("fill", item.fill.node)) }
            if let match = item.match { keys.append(ConfigEntry("match", match.node)) }
        }
        self.init(.table(keys))
    }

    /// What stands behind the entry's key.
    private static func content(_ config: ChainEntryConfig, _ entry: ChainEntry) -> ConfigNode {
        switch (config.action, entry) {
        case (_, .generator(let item)): item.parameterNode
        case (.group(let kind, let configs), .group(let group)): content(kind, configs, group)
        case (_, .adjustment(let adjustment)): adjustment.node
        default: preconditionFailure("an entry is made of another kind of config")
        }
    }

    private static func content(
        _ kind: ChainEntryConfig.Group, _ configs: [ChainEntryConfig], _ group: ChainGroup
    ) -> ConfigNode {
        let members = chain(configs, group.entries)
        switch kind {
        case .oneOf:
            return .list(
                zip(configs, group.entries).map { ConfigNode(chainEntry: $0, $1, weight: $0.weight) })
        case .sequence, .shuffleOrder: return members
        case .repeated(let times): return .table(["times": .whole(times), "chain": members])
        case .someOf(let count):
            let ends = [count.lowerBound, count.upperBound].map { ConfigNode.whole($0) }
            return .table(["count": count.count == 1 ? ends[0] : .list(ends), "of": members])
        }
    }
}

extension ChainItem {
    fileprivate var parameterNode: ConfigNode {
        let settings = completeSettings
        let level = severity.map { [ConfigEntry("severity", .whole($0))] } ?? []
        return ConfigNode(
            .table(
                level
                    + plugin.parameters.compactMap { parameter in
                        settings[parameter.name].map { ConfigEntry(parameter.name, $0.node) }
                    }))
    }
}

extension ChainAdjustment {
    fileprivate var node: ConfigNode {
        switch kind {
        case .standardise(let standardisation): standardisation.node
        case .round(let format): .string(format.rawValue)
        }
    }
}

extension ChainEntry {
    /// A few words for people, with the settings that the config gives: `one_of (gaussian (sigma 0.1), cutout)`.
    var text: String {
        switch self {
        case .generator(let item):
            var settings = item.severity.map { ["severity \($0)"] } ?? []
            settings += item.plugin.parameters.compactMap { parameter in
                item.settings[parameter.name].map { "\(parameter.name) \($0.text)" }
            }
            if let match = item.match { settings.append("match \(match.measure) \(match.level.text)") }
            return settings.isEmpty ? item.name : "\(item.name) (\(settings.joined(separator: ", ")))"
        case .group(let group):
            let members = group.entries.map(\.text).joined(
                separator: group.kind == .sequence || group.kind == .repeated ? " → " : ", ")
            let times = group.kind == .repeated ? "\(group.turns.count) × " : ""
            return "\(group.name) \(times)(\(members))"
        case .adjustment(let adjustment): return adjustment.name
        }
    }
}
