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

extension ScheduledNumber: ConfigValue {
    /// A number, or a schedule.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            self = .constant(try Double(node))
            return
        }
        var table = try node.table()
        let entry = try table.takeOnly(naming: "one of \(Schedule.names.joined(separator: ", "))")
        try table.finish()
        guard let schedule = try Schedule(entry) else {
            let isDrawn = Distribution.names.contains(entry.key)
            throw ConfigError(
                entry.place,
                "'\(entry.key)' cannot stand within a distribution, whose numbers may follow "
                    + Schedule.names.joined(separator: ", ")
                    + (isDrawn ? "" : Suggestion.hint(entry.key, among: Schedule.names)))
        }
        self = .scheduled(schedule)
    }

    var node: ConfigNode {
        switch self {
        case .constant(let number): .number(number)
        case .scheduled(let schedule): schedule.node
        }
    }

    var text: String {
        switch self {
        case .constant(let number): formatted(number)
        case .scheduled(let schedule): "(\(schedule.text))"
        }
    }
}

extension Distribution {
    static let names = ["uniform", "normal", "truncated_normal", "log_uniform", "beta", "choice"]

    /// Nil if the entry names no distribution.
    ///
    /// - Parameter node: the parameter's value, of which `entry` is the only entry.
    fileprivate init?(_ entry: ConfigEntry, of node: ConfigNode) throws(ConfigError) {
        let value = entry.value
        switch entry.key {
        case "uniform":
            let (low, high) = try value.pair()
            self = .uniform(low, high)
        case "log_uniform":
            let (low, high) = try value.pair()
            self = .logUniform(low, high)
        case "normal":
            if value.isList {
                let (mean, deviation) = try value.pair()
                self = .normal(mean: mean, deviation: deviation)
                return
            }
            var fields = try value.table()
            self = .normal(mean: try fields.require("mean"), deviation: try fields.require("std"))
            try fields.finish()
        case "truncated_normal":
            var fields = try value.table()
            self = .truncatedNormal(
                mean: try fields.require("mean"), deviation: try fields.require("std"),
                low: try fields.require("low"), high: try fields.require("high"))
            try fields.finish()
        case "beta":
            if value.isList {
                let (a, b) = try value.pair()
                self = .beta(a: a, b: b, low: 0, high: 1)
                return
            }
            var (low, high) = (0 as ScheduledNumber, 1 as ScheduledNumber)
            var fields = try value.table()
            try fields.read("low", into: &low)
            try fields.read("high", into: &high)
            self = .beta(a: try fields.require("a"), b: try fields.require("b"), low: low, high: high)
            try fields.finish()
        case "choice":
            if case .list(let items) = value.content,
                let name = items.first(where: { !$0.isTable && (try? Double($0)) == nil })
            {
                throw ConfigError(
                    name.place,
                    "'choice' lists numbers: only numbers can change from sample to sample, and '\(node.name)' needs one value for all"
                )
            }
            self = .choice(try [ScheduledNumber](value))
        default: return nil
        }
    }

    fileprivate var node: ConfigNode {
        switch self {
        case .uniform(let low, let high): .table(["uniform": .list([low.node, high.node])])
        case .logUniform(let low, let high): .table(["log_uniform": .list([low.node, high.node])])
        case .normal(let mean, let deviation):
            .table(["normal": .table(["mean": mean.node, "std": deviation.node])])
        case .truncatedNormal(let mean, let deviation, let low, let high):
            .table([
                "truncated_normal": .table([
                    "mean": mean.node, "std": deviation.node, "low": low.node, "high": high.node,
                ])
            ])
        case .beta(let a, let b, let low, let high):
            .table(["beta": .table(["a": a.node, "b": b.node, "low": low.node, "high": high.node])])
        case .choice(let values): .table(["choice": .list(values.map(\.node))])
        }
    }

    fileprivate var text: String {
        switch self {
        case .uniform(let low, let high): "uniform \(low.text)…\(high.text)"
        case .logUniform(let low, let high): "log-uniform \(low.text)…\(high.text)"
        case .normal(let mean, let deviation): "normal \(mean.text) ± \(deviation.text)"
        case .truncatedNormal(let mean, let deviation, let low, let high):
            "normal \(mean.text) ± \(deviation.text) in \(low.text)…\(high.text)"
        case .beta(let a, let b, let low, let high): "beta \(a.text), \(b.text) in \(low.text)…\(high.text)"
        case .choice(let values): values.map(\.text).joined(separator: " or ")
        }
    }
}

extension Schedule {
    static let names = ["ramp", "cosine", "steps"]

    /// Nil if the entry names no schedule.
    fileprivate init?(_ entry: ConfigEntry) throws(ConfigError) {
        guard Self.names.contains(entry.key) else { return nil }
        var fields = try entry.value.table()
        var from = 0.0
        try fields.read("from", into: &from)
        let curve: Curve
        let clock: Clock
        if entry.key == "steps" {
            let changes: ConfigNode
            (clock, changes) = try fields.clock(of: entry)
            curve = .steps(from: from, try Self.changes(changes))
        } else {
            let to = try fields.require("to", as: Double.self)
            let length: ConfigNode
            (clock, length) = try fields.clock(of: entry)
            let times = try length.value(in: 1...) as Int
            curve =
                entry.key == "ramp"
                ? .ramp(from: from, to: to, length: times) : .cosine(from: from, to: to, length: times)
        }
        try fields.finish()
        self.init(curve, clock: clock)
    }

    /// `{ 10: 0.2, 20: 0.3 }`, in any order.
    private static func changes(_ node: ConfigNode) throws(ConfigError) -> [Change] {
        var table = try node.table()
        var changes: [Change] = []
        for entry in table.unread {
            guard let time = Int(entry.key), time > 0 else {
                throw ConfigError(
                    entry.place, "a key in \(node.subject) must be a whole number above 0, got '\(entry.key)'"
                )
            }
            if changes.contains(where: { $0.time == time }) {
                throw ConfigError(entry.place, "\(time) stands twice in \(node.subject)")
            }
            changes.append(Change(time: time, value: try Double(entry.value)))
            _ = table.take(entry.key)
        }
        try table.finish()
        if changes.isEmpty {
            throw ConfigError(node.place, "\(node.subject) wants at least one change, such as { 10: 0.2 }")
        }
        return changes.sorted { $0.time < $1.time }
    }

    fileprivate var node: ConfigNode {
        switch curve {
        case .ramp(let from, let to, let length):
            .table([
                "ramp": .table(["from": .number(from), "to": .number(to), clock.rawValue: .whole(length)])
            ])
        case .cosine(let from, let to, let length):
            .table([
                "cosine": .table(["from": .number(from), "to": .number(to), clock.rawValue: .whole(length)])
            ])
        case .steps(let from, let changes):
            .table([
                "steps": .table([
                    "from": .number(from),
                    clock.rawValue: ConfigNode(
                        .table(changes.map { ConfigEntry("\($0.time)", .number($0.value)) })),
                ])
            ])
        }
    }

    fileprivate var text: String {
        switch curve {
        case .ramp(let from, let to, let length):
            "\(formatted(from))…\(formatted(to)) over \(length) \(clock)"
        case .cosine(let from, let to, let length):
            "\(formatted(from))…\(formatted(to)) by cosine over \(length) \(clock)"
        case .steps(let from, let changes):
            formatted(from)
                + changes.map {
                    ", from \(clock == .epochs ? "epoch" : "step") \($0.time) \(formatted($0.value))"
                }
                .joined()
        }
    }
}

extension ConfigTable {
    /// What a schedule's times count, with the value of that key.
    fileprivate mutating func clock(
        of entry: ConfigEntry
    ) throws(ConfigError) -> (Schedule.Clock, ConfigNode) {
        switch (take("epochs"), take("steps")) {
        case (let epochs?, nil): return (.epochs, epochs)
        case (nil, let steps?): return (.steps, steps)
        case (nil, nil): return (.epochs, try requireNode("epochs"))
        case (_?, let steps?):
            throw ConfigError(steps.place, "'\(entry.key)' follows either 'epochs' or 'steps', got both")
        }
    }
}

extension ConfigNode {
    /// A list of two numbers.
    fileprivate func pair() throws(ConfigError) -> (ScheduledNumber, ScheduledNumber) {
        guard case .list(let items) = content, items.count == 2 else {
            throw mismatch(wanted: "two numbers [low, high]")
        }
        return (try ScheduledNumber(items[0]), try ScheduledNumber(items[1]))
    }
}
