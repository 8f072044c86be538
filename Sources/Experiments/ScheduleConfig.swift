import Generators

extension Schedule {
    enum Name: String, CaseIterable { case ramp, cosine, steps }

    init(_ name: Name, _ entry: ConfigEntry) throws(ConfigError) {
        var fields = try entry.value.table()
        var from = 0.0
        try fields.read("from", into: &from)
        let curve: Curve
        let clock: Clock
        switch name {
        case .ramp:
            let (to, unit, length) = try fields.end(of: entry)
            (curve, clock) = (.ramp(from: from, to: to, length: length), unit)
        case .cosine:
            let (to, unit, length) = try fields.end(of: entry)
            (curve, clock) = (.cosine(from: from, to: to, length: length), unit)
        case .steps:
            let (unit, changes) = try fields.clock(of: entry)
            (curve, clock) = (.steps(from: from, try Self.changes(changes)), unit)
        }
        try fields.finish()
        self.init(curve, clock: clock)
    }

    /// `{ 10: 0.2, 20: 0.3 }`, in any order.
    private static func changes(_ node: ConfigNode) throws(ConfigError) -> [Change] {
        var table = try node.table()
        var changes: [Change] = []
        for entry in table.takeRest() {
            guard let time = Int(entry.key), time > 0 else {
                throw ConfigError(
                    entry.place, "a key in \(node.subject) must be a whole number above 0, got '\(entry.key)'"
                )
            }
            if changes.contains(where: { $0.time == time }) {
                throw ConfigError(entry.place, "\(time) stands twice in \(node.subject)")
            }
            changes.append(Change(time: time, value: try Double(entry.value)))
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
    /// Where a curve ends, and after how long.
    fileprivate mutating func end(
        of entry: ConfigEntry
    ) throws(ConfigError) -> (to: Double, clock: Schedule.Clock, length: Int) {
        let to = try require("to", as: Double.self)
        let (clock, length) = try clock(of: entry)
        return (to, clock, try length.value(in: 1...))
    }

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
