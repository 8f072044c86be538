import Generators

/// One row of the robustness table: the test set as it is, or put through a chain.
struct EvaluationConfig {
    var place: ConfigPlace
    /// What the table calls it: `clean`, the generator's name, or a name of its own.
    var name: String
    /// Empty for the clean test set.
    var items: [ChainItemConfig]

    /// Reads one entry of `evaluate` and spreads its lists: every combination of values is a row.
    ///
    /// An entry is `clean`, a generator as in a chain, or `chain: […]` with a `name`.
    static func rows(_ node: ConfigNode, _ builder: ChainBuilder) throws -> [EvaluationConfig] {
        if let word = try? String(node), word == "clean" {
            return [EvaluationConfig(place: node.place, name: "clean", items: [])]
        }
        var name: String?
        var items: [ChainItemConfig] = []
        if case .table(let entries) = node.content, entries.contains(where: { $0.key == "chain" }) {
            var table = try node.table()
            let chain = try table.requireNode("chain")
            for item in try chain.items() { items.append(try ChainItemConfig(item)) }
            try table.read("name", into: &name)
            try table.finish()
            if items.isEmpty {
                throw ConfigError(
                    chain.place,
                    "\(chain.subject) wants at least one generator; 'clean' is the test set as it is")
            }
        } else {
            items = [try ChainItemConfig(node)]
        }
        let title = try name ?? items.map { try $0.name ?? builder.plugin($0).name }.joined(separator: " + ")
        let rows = try spread(items, builder)
        for item in rows.joined() { try refuseRamps(item) }
        return rows.map { EvaluationConfig(place: node.place, name: title, items: $0) }
    }

    /// Test sets are made once, for epoch 0, where every ramp is still at its start.
    private static func refuseRamps(_ item: ChainItemConfig) throws(ConfigError) {
        for parameter in item.parameters {
            if case .ramp = try? ParameterSetting(parameter.value) {
                throw ConfigError(
                    parameter.value.place,
                    "\(parameter.value.subject) cannot be a ramp here, for an evaluation has no epochs; "
                        + "a list of values makes a row for each")
            }
        }
    }

    /// Every combination of the values of parameters that are lists; the last one changes fastest.
    private static func spread(_ items: [ChainItemConfig], _ builder: ChainBuilder) throws
        -> [[ChainItemConfig]]
    {
        var rows: [[ChainItemConfig]] = [items]
        for (index, item) in items.enumerated() {
            let plugin = try builder.plugin(item)
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
                rows = rows.flatMap { row in
                    values.map { value in
                        var row = row
                        row[index].parameters[place].value = value
                        return row
                    }
                }
            }
        }
        return rows
    }
}
