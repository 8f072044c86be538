import Generators

/// One row of the robustness table: the test set as it is, or put through a chain.
struct EvaluationConfig {
    var place: ConfigPlace
    /// What the table calls it: `clean`, the generator's name, or a name of its own.
    var name: String
    /// Empty for the clean test set.
    var entries: [ChainEntryConfig]

    /// Reads one entry of `evaluate` and spreads its lists: every combination of values is a row.
    ///
    /// It is `clean`, an entry as in a chain, or `chain: […]` with a `name`.
    static func rows(_ node: ConfigNode, _ builder: ChainBuilder) throws -> [EvaluationConfig] {
        if let word = try? String(node), word == "clean" {
            return [EvaluationConfig(place: node.place, name: "clean", entries: [])]
        }
        let files = ChainFiles(base: builder.base)
        var name: String?
        var entries: [ChainEntryConfig] = []
        if case .table(let keys) = node.content, keys.contains(where: { $0.key == "chain" }) {
            var table = try node.table()
            let chain = try table.requireNode("chain")
            for item in try chain.items() { entries.append(try ChainEntryConfig(item, files)) }
            try table.read("name", into: &name)
            try table.finish()
            if entries.isEmpty {
                throw ConfigError(
                    chain.place,
                    "\(chain.subject) wants at least one generator; 'clean' is the test set as it is")
            }
        } else {
            entries = [try ChainEntryConfig(node, files)]
        }
        for item in entries.flatMap(\.items) { try refuseSchedules(item) }
        let title = try name ?? entries.map { try builder.title(of: $0) }.joined(separator: " + ")
        return try spread(entries, builder).map {
            EvaluationConfig(place: node.place, name: title, entries: $0)
        }
    }

    /// Test sets are made once, for epoch 0, where every schedule is still at its start.
    private static func refuseSchedules(_ item: ChainItemConfig) throws(ConfigError) {
        for parameter in item.parameters {
            let values: [ConfigNode]
            if case .list(let list) = parameter.value.content {
                values = list
            } else {
                values = [parameter.value]
            }
            for value in values where (try? ParameterSetting(value))?.followsSchedule == true {
                throw ConfigError(
                    value.place,
                    "\(value.subject) cannot follow a schedule here, for an evaluation has no epochs; "
                        + "a list of values makes a row for each")
            }
        }
        if let match = item.match, match.level.followsSchedule, let place = item.matchPlace {
            throw ConfigError(place, "'match' cannot follow a schedule here, for an evaluation has no epochs")
        }
    }

    /// Every combination of the values of parameters that are lists; the last one changes fastest.
    private static func spread(
        _ entries: [ChainEntryConfig], _ builder: ChainBuilder
    ) throws -> [[ChainEntryConfig]] {
        var rows: [[ChainEntryConfig]] = [[]]
        for entry in entries {
            let choices = try spread(entry, builder)
            rows = rows.flatMap { row in choices.map { row + [$0] } }
        }
        return rows
    }

    private static func spread(
        _ entry: ChainEntryConfig, _ builder: ChainBuilder
    ) throws -> [ChainEntryConfig] {
        func with(_ action: ChainEntryConfig.Action) -> ChainEntryConfig {
            var entry = entry
            entry.action = action
            return entry
        }
        switch entry.action {
        case .generator(let item): return try spread(item, builder).map { with(.generator($0)) }
        case .group(let group, let members):
            return try spread(members, builder).map { with(.group(group, $0)) }
        case .adjustment: return [entry]
        }
    }

    private static func spread(_ item: ChainItemConfig, _ builder: ChainBuilder) throws -> [ChainItemConfig] {
        let plugin = try builder.plugin(item)
        var items = [item]
        for (place, parameter) in item.parameters.enumerated() {
            guard case .list(let values) = parameter.value.content else { continue }
            // A list is one value of a parameter that is an interval or a list; only a list of such lists is a grid.
            let isList = plugin.parameters.contains { $0.name == parameter.key && $0.takesNumbers }
            if isList && !values.allSatisfy(\.isList) { continue }
            if values.isEmpty {
                throw ConfigError(
                    parameter.value.place,
                    "\(parameter.value.subject) wants at least one value, got an empty list")
            }
            items = items.flatMap { item in
                values.map { value in
                    var item = item
                    item.parameters[place].value = value
                    return item
                }
            }
        }
        return items
    }
}

extension ChainBuilder {
    /// What a table calls an entry that has no name of its own: its plugin's name, or those in a group behind its kind.
    fileprivate func title(of entry: ChainEntryConfig) throws -> String {
        if let name = entry.name { return name }
        switch entry.action {
        case .generator(let item): return try plugin(item).name
        case .adjustment: return entry.key
        case .group(_, let members):
            return "\(entry.key)(\(try members.map { try title(of: $0) }.joined(separator: ", ")))"
        }
    }
}
