import Generators

extension Schedule {
    static let names = ["ramp", "cosine", "steps"]

    /// Nil if the entry names no schedule.
    init?(_ entry: ConfigEntry) throws(ConfigError) {
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

    var node: ConfigNode {
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

    var text: String {
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
