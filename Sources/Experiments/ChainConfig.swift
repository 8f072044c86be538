import Generators
import Tensors

/// A generator of a chain as the config spells it; its plugin is not loaded yet.
struct ChainItemConfig {
    /// Where the generator is named.
    var place: ConfigPlace
    /// The plugin's name or path.
    var reference: String
    /// Parameters in the config's order.
    var parameters: [ConfigEntry]
    var probability = 1.0
    var fill: Fill?
    var fillPlace: ConfigPlace?
    /// A name of its own in the addresses of its draws.
    var name: String?

    /// `gaussian`, or `gaussian: { sigma: 0.1 }` with `probability`, `fill` and `name` beside it.
    init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            guard let name = try? String(node) else {
                throw node.mismatch(wanted: "a generator, such as 'gaussian' or 'gaussian: { sigma: 0.1 }'")
            }
            (place, reference, parameters) = (node.place, name, [])
            return
        }
        var table = try node.table()
        if let value = table.take("probability") { probability = try value.value(in: 0...1) }
        if let value = table.take("fill") { (fill, fillPlace) = (try Fill(value), value.place) }
        if let value = table.take("name") { name = try Self.pathName(value) }
        let entry = try table.takeOnly(naming: "one generator")
        try table.finish()
        (place, reference) = (entry.place, entry.key)
        var fields = try entry.value.table()
        parameters = fields.unread
        for parameter in parameters { _ = fields.take(parameter.key) }
        try fields.finish()
    }

    private static func pathName(_ node: ConfigNode) throws(ConfigError) -> String {
        let name = try String(node)
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
            throw node.mismatch(wanted: "a name of letters, digits, '_' and '-'")
        }
        return name
    }
}

extension Fill: ConfigValue {
    /// `zero`, `mean`, `noise`, `constant` (the low end of the range), or a number, a share of the range.
    package init(_ node: ConfigNode) throws(ConfigError) {
        let wanted = "zero, constant, mean, noise or a number (a share of the data's range)"
        if let share = try? Double(node) {
            self = .constant(share)
        } else if node.isTable {
            var table = try node.table()
            self = .constant(try table.require("constant"))
            try table.finish()
        } else if let name = try? String(node) {
            switch name {
            case "zero": self = .zero
            case "constant": self = .constant(0)
            case "mean": self = .mean
            case "noise": self = .noise
            default:
                throw node.mismatch(
                    wanted: wanted, hint: Suggestion.hint(name, among: ["zero", "constant", "mean", "noise"]))
            }
        } else {
            throw node.mismatch(wanted: wanted)
        }
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .zero: .string("zero")
        case .constant(let share): .number(share)
        case .mean: .string("mean")
        case .noise: .string("noise")
        }
    }
}

extension ParameterSetting: ConfigValue {
    /// A value, a list of numbers, `uniform: [low, high]`, `normal: { mean:, std: }`, `choice: [a, b]`, or
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
        var table = try node.table()
        let entry = try table.takeOnly(naming: "one of uniform, normal, choice, ramp")
        try table.finish()
        switch entry.key {
        case "uniform":
            let (low, high) = try entry.value.pair()
            return .uniform(low, high)
        case "normal":
            if entry.value.isList {
                let (mean, deviation) = try entry.value.pair()
                return .normal(mean: mean, deviation: deviation)
            }
            var fields = try entry.value.table()
            let (mean, deviation) = (
                try fields.require("mean", as: Double.self), try fields.require("std", as: Double.self)
            )
            try fields.finish()
            return .normal(mean: mean, deviation: deviation)
        case "choice":
            if case .list(let items) = entry.value.content,
                let name = items.first(where: { (try? Double($0)) == nil })
            {
                throw ConfigError(
                    name.place,
                    "'choice' lists numbers: only numbers can change from sample to sample, and '\(node.name)' needs one value for all"
                )
            }
            return .choice(try [Double](entry.value))
        case "ramp":
            var fields = try entry.value.table()
            var from = 0.0
            try fields.read("from", into: &from)
            let (to, epochs) = (
                try fields.require("to", as: Double.self), try fields.require("epochs", in: 1...)
            )
            try fields.finish()
            return .ramp(Ramp(from: from, to: to, epochs: epochs))
        default:
            let known = ["uniform", "normal", "choice", "ramp"]
            throw ConfigError(
                entry.place,
                "unknown '\(entry.key)' for '\(node.name)'; known are \(known.joined(separator: ", "))"
                    + Suggestion.hint(entry.key, among: known))
        }
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .value(.number(let number)): .number(number)
        case .value(.boolean(let flag)): .flag(flag)
        case .value(.choice(let name)): .string(name)
        case .value(.numbers(let numbers)): .list(numbers.map { .number($0) })
        case .uniform(let low, let high): .table(["uniform": .list([.number(low), .number(high)])])
        case .normal(let mean, let deviation):
            .table(["normal": .table(["mean": .number(mean), "std": .number(deviation)])])
        case .choice(let values): .table(["choice": .list(values.map { .number($0) })])
        case .ramp(let ramp):
            .table([
                "ramp": .table([
                    "from": .number(ramp.from), "to": .number(ramp.to), "epochs": .whole(ramp.epochs),
                ])
            ])
        }
    }
}

extension ConfigNode {
    /// A list of two numbers.
    fileprivate func pair() throws(ConfigError) -> (Double, Double) {
        guard case .list(let items) = content, items.count == 2 else {
            throw mismatch(wanted: "two numbers [low, high]")
        }
        return (try Double(items[0]), try Double(items[1]))
    }
}
