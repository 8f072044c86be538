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
    var fill: Fill?
    var fillPlace: ConfigPlace?
    var match: DamageMatch?
    var matchPlace: ConfigPlace?

    /// A plugin without parameters.
    init(_ reference: String, at place: ConfigPlace) {
        (self.place, self.reference, parameters) = (place, reference, [])
    }

    /// `gaussian: { sigma: 0.1 }`, as an entry of a table.
    init(_ entry: ConfigEntry) throws(ConfigError) {
        (place, reference) = (entry.place, entry.key)
        if let bounds = try Self.bounds(of: entry) {
            parameters = bounds
        } else {
            var fields = try entry.value.table()
            parameters = fields.takeRest()
            try fields.finish()
        }
    }

    /// What `clip: true` and `clip: [low, high]` are short for; nil for any other entry.
    private static func bounds(of entry: ConfigEntry) throws(ConfigError) -> [ConfigEntry]? {
        guard entry.key == "clip" else { return nil }
        if entry.value.isList { return [ConfigEntry("bounds", entry.value, place: entry.place)] }
        if entry.value.isTable || entry.value.isNothing { return nil }
        guard (try? Bool(entry.value)) == true else {
            throw entry.value.mismatch(wanted: "true, for the data's range, or two numbers [low, high]")
        }
        return []
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
        } else {
            switch try node.name(wanted: wanted) as Name {
            case .zero: self = .zero
            case .constant: self = .constant(0)
            case .mean: self = .mean
            case .noise: self = .noise
            }
        }
    }

    private enum Name: String, CaseIterable { case zero, constant, mean, noise }

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

extension DamageMatch: ConfigValue {
    /// `psnr: 20` or `snr: 10`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let (measure, entry) = try table.takeOnly(kind: "measure", as: Measure.self)
        try table.finish()
        self.init(measure, try entry.value.value())
    }

    /// As the lock file spells it.
    var node: ConfigNode { ConfigNode(.table([ConfigEntry(measure.rawValue, level.node)])) }
}

extension ChainPhase: ConfigValue {}
extension NumberFormat: ConfigValue {}

extension Standardisation: ConfigValue {
    /// `mean` and `std`, each one number or a list with one for each channel.
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        func numbers(_ node: ConfigNode) throws(ConfigError) -> [Float] {
            if let number = try? Float(node) { return [number] }
            guard node.isList else {
                throw node.mismatch(wanted: "a number, or a list with one for each channel")
            }
            let list = try [Float](node)
            if list.isEmpty { throw ConfigError(node.place, "\(node.subject) wants at least one number") }
            return list
        }
        let mean = try numbers(table.requireNode("mean"))
        let deviationNode = try table.requireNode("std")
        let deviation = try numbers(deviationNode)
        try table.finish()
        if let wrong = deviation.first(where: { !($0 > 0) }) {
            throw ConfigError(
                deviationNode.place, "'std' must be above 0, got \(formatted(Double(wrong)))")
        }
        self.init(mean: mean, deviation: deviation)
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        func numbers(_ list: [Float]) -> ConfigNode {
            let nodes = list.map { ConfigNode(.plain("\($0)")) }
            return nodes.count == 1 ? nodes[0] : .list(nodes)
        }
        return .table(["mean": numbers(mean), "std": numbers(deviation)])
    }
}
