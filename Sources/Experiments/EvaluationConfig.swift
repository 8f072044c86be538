import Generators

/// An entry of `evaluate`: `clean`, an entry as in a chain, or `chain: […]` with a `name`.
struct EvaluationEntry {
    var place: ConfigPlace
    /// Nil takes the names of the generators.
    var name: String?
    /// Empty for the clean test set.
    var entries: [ChainEntryConfig] = []

    /// A list of entries; nothing is none.
    static func list(_ node: ConfigNode, _ files: ChainFiles) throws(ConfigError) -> [EvaluationEntry] {
        if node.isNothing { return [] }
        var entries: [EvaluationEntry] = []
        for item in try node.items() {
            entries.append(
                try item.value(as: "evaluation") { node throws(ConfigError) in
                    try EvaluationEntry(node, files)
                })
        }
        return entries
    }

    init(_ node: ConfigNode, _ files: ChainFiles) throws(ConfigError) {
        place = node.place
        if !node.isTable, let word = try? node.word(among: ["clean"]), word == "clean" {
            name = word
            return
        }
        if node.has("chain") {
            var table = try node.table()
            let chain = try table.requireNode("chain")
            for item in try chain.items() { entries.append(try .read(item, files)) }
            try table.read("name", into: &name)
            try table.finish()
            if entries.isEmpty {
                throw ConfigError(
                    chain.place,
                    "\(chain.subject) wants at least one generator; 'clean' is the test set as it is")
            }
        } else {
            entries = [try .read(node, files)]
        }
        for item in entries.flatMap(\.items) { try Self.refuseSchedules(item) }
    }

    /// Test sets are made once, for epoch 0, where every schedule is still at its start.
    private static func refuseSchedules(_ item: ChainItemConfig) throws(ConfigError) {
        for parameter in item.parameters {
            let values: [ConfigNode]
            if parameter.value.isList {
                values = try parameter.value.items()
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
}

/// One row of the robustness table: the test set as it is, or put through a chain.
struct EvaluationConfig {
    var place: ConfigPlace
    /// What the table calls it: `clean`, the generator's name, or a name of its own.
    var name: String
    /// Empty for the clean test set.
    var entries: [ChainEntryConfig]

    /// Spreads the lists of an entry of `evaluate`: every combination of values is a row.
    static func rows(_ entry: EvaluationEntry, _ builder: ChainBuilder) throws -> [EvaluationConfig] {
        let title =
            try entry.name ?? entry.entries.map { try builder.title(of: $0) }.joined(separator: " + ")
        return try spread(entry.entries, builder).map {
            EvaluationConfig(place: entry.place, name: title, entries: $0)
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
            guard parameter.value.isList else { continue }
            let values = try parameter.value.items()
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
