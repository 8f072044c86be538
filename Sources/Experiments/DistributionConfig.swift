import Generators
import Tensors

extension ScheduledNumber: ConfigValue {
    /// A number, or a schedule.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            self = .constant(try Double(node))
            return
        }
        var table = try node.table()
        let known = Schedule.Name.allCases.map(\.rawValue)
        let list = known.joined(separator: ", ")
        let (name, entry) = try table.takeOnly(naming: "one of " + list, besides: Schedule.Name.self)
        try table.finish()
        guard let name else {
            let isDrawn = Distribution.Name(rawValue: entry.key) != nil
            throw ConfigError(
                entry.place,
                "'\(entry.key)' cannot stand within a distribution, whose numbers may follow " + list
                    + (isDrawn ? "" : Suggestion.hint(entry.key, among: known)))
        }
        self = .scheduled(try Schedule(name, entry))
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
    enum Name: String, CaseIterable {
        case uniform, normal
        case truncatedNormal = "truncated_normal"
        case logUniform = "log_uniform"
        case beta, choice
    }

    /// - Parameters:
    ///   - value: what stands behind the name.
    ///   - node: the parameter's value, in which the name is the only key.
    init(_ name: Name, _ value: ConfigNode, of node: ConfigNode) throws(ConfigError) {
        switch name {
        case .uniform:
            let (low, high) = try value.pair()
            self = .uniform(low, high)
        case .logUniform:
            let (low, high) = try value.pair()
            self = .logUniform(low, high)
        case .normal:
            if value.isList {
                let (mean, deviation) = try value.pair()
                self = .normal(mean: mean, deviation: deviation)
                return
            }
            var fields = try value.table()
            self = .normal(mean: try fields.require("mean"), deviation: try fields.require("std"))
            try fields.finish()
        case .truncatedNormal:
            var fields = try value.table()
            self = .truncatedNormal(
                mean: try fields.require("mean"), deviation: try fields.require("std"),
                low: try fields.require("low"), high: try fields.require("high"))
            try fields.finish()
        case .beta:
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
        case .choice:
            let items = try value.items()
            if let name = items.first(where: { !$0.isTable && (try? Double($0)) == nil }) {
                throw ConfigError(
                    name.place,
                    "'choice' lists numbers: only numbers can change from sample to sample, and '\(node.name)' needs one value for all"
                )
            }
            self = .choice(try [ScheduledNumber](value))
        }
    }

    var node: ConfigNode {
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

    var text: String {
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

extension ConfigNode {
    /// A list of two numbers.
    fileprivate func pair() throws(ConfigError) -> (ScheduledNumber, ScheduledNumber) {
        guard let items = try? items(), items.count == 2 else {
            throw mismatch(wanted: "two numbers [low, high]")
        }
        return (try items[0].value(), try items[1].value())
    }
}
