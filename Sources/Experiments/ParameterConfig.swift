import Generators
import Tensors

extension ParameterSetting: ConfigValue {
    /// A value, a list of numbers, a distribution such as `uniform: [low, high]`, or a schedule such as
    /// `ramp: { from:, to:, epochs: }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        switch node.content {
        case .table: self = try Self.varying(node)
        case .list:
            self = .value(.numbers(try [Double](node)))
        default:
            if let flag = try? Bool(node) {
                self = .value(.boolean(flag))
            } else if let name = try? String(node) {
                self = .value(.choice(name))
            } else {
                self = .value(.number(try Double(node)))
            }
        }
    }

    private static func varying(_ node: ConfigNode) throws(ConfigError) -> ParameterSetting {
        let known = Distribution.names + Schedule.names
        var table = try node.table()
        let entry = try table.takeOnly(naming: "one of \(known.joined(separator: ", "))")
        try table.finish()
        if let distribution = try Distribution(entry, of: node) { return .drawn(distribution) }
        if let schedule = try Schedule(entry) { return .scheduled(schedule) }
        throw ConfigError(
            entry.place,
            "unknown '\(entry.key)' for '\(node.name)'; known are \(known.joined(separator: ", "))"
                + Suggestion.hint(entry.key, among: known))
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .value(.number(let number)): .number(number)
        case .value(.boolean(let flag)): .flag(flag)
        case .value(.choice(let name)): .string(name)
        case .value(.numbers(let numbers)): .list(numbers.map { .number($0) })
        case .scheduled(let schedule): schedule.node
        case .drawn(let distribution): distribution.node
        }
    }

    /// A few words for a table.
    var text: String {
        switch self {
        case .value(let value): value.description
        case .scheduled(let schedule): schedule.text
        case .drawn(let distribution): distribution.text
        }
    }
}
