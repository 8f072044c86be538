import Generators

/// A comparison of trainings: every choice of each axis beside every choice of the others, from several seeds.
struct SweepConfig {
    struct Choice {
        var name = ""
        var place = ConfigPlace.program
        /// Instead of the sweep's.
        var config: String?
        var changes: [ConfigOverride]
    }

    struct Axis {
        var name: String
        var choices: [Choice]
    }

    /// The config that all trainings start from; nil where an axis brings it.
    var config: String?
    var seeds: [UInt64] = [0, 1, 2]
    /// For all trainings and pre-trainings, before their own.
    var changes: [ConfigOverride] = []
    /// What `train.init_from` may name in place of a run's folder; each is trained once from each seed, in this order.
    var pretrainings: [Choice] = []
    var axes: [Axis]
    /// By axis the choice that the others are compared with.
    var baseline: [String: String] = [:]
    /// The column that is compared; nil: the accuracy, or the loss where there is none.
    var measure: String?

    init(file: String) throws(ConfigError) {
        try self.init(ConfigDocument(file: file).root, base: FilePath.folder(of: file))
    }

    /// - Parameter base: where relative paths start.
    init(_ node: ConfigNode, base: String) throws(ConfigError) {
        var table = try node.table()
        config = try Self.path(table.take("config"), base)
        if let node = table.take("seeds") { seeds = try Self.seeds(node) }
        if let node = table.take("set") { changes = try Self.changes(node) }
        if let node = table.take("pretrain") {
            pretrainings = try Self.choices(node, base)
            guard !pretrainings.isEmpty else {
                throw node.mismatch(
                    wanted: "a table of pre-trainings with their changes, such as "
                        + "'patches: { chain: [mae_patches] }'")
            }
        }
        let axesNode = try table.requireNode("vary")
        axes = try Self.axes(axesNode, base)
        if let node = table.take("baseline") { baseline = try Self.baseline(node, axes) }
        if let node = table.take("measure") { measure = try node.value() }
        try table.finish()
        let haveConfigs =
            axes.contains { $0.choices.allSatisfy { $0.config != nil } }
            && pretrainings.allSatisfy { $0.config != nil }
        guard config != nil || haveConfigs || node.isProbe else {
            throw ConfigError(
                node.place,
                "'config' is required: the config that all trainings start from, for instance 'config: fashion-mnist.yaml'"
            )
        }
    }

    private static func path(_ node: ConfigNode?, _ base: String) throws(ConfigError) -> String? {
        guard let node else { return nil }
        return FilePath.joined(base, try node.value())
    }

    private static func seeds(_ node: ConfigNode) throws(ConfigError) -> [UInt64] {
        var seeds: [UInt64] = []
        for item in try node.items() {
            let seed: UInt64 = try item.value()
            guard !seeds.contains(seed) || item.isProbe else {
                throw ConfigError(item.place, "the seed \(seed) is there twice")
            }
            seeds.append(seed)
        }
        guard !seeds.isEmpty else { throw node.mismatch(wanted: "a list of at least one seed") }
        return seeds
    }

    /// `{ train.epochs: 5, chain: [] }`, as `--set` takes them.
    private static func changes(_ node: ConfigNode) throws(ConfigError) -> [ConfigOverride] {
        try node.value(as: "changes") { node throws(ConfigError) in
            var table = try node.table()
            return table.takeRest().map(ConfigOverride.init(_:))
        }
    }

    private static func axes(_ node: ConfigNode, _ base: String) throws(ConfigError) -> [Axis] {
        var table = try node.table()
        var axes: [Axis] = []
        for entry in table.takeRest() {
            let choices = try choices(entry.value, base)
            guard !choices.isEmpty else {
                throw entry.value.mismatch(
                    wanted: "a table of choices with their changes, such as 'clean: { chain: [] }'")
            }
            axes.append(Axis(name: entry.key, choices: choices))
        }
        try table.finish()
        guard !axes.isEmpty else { throw node.mismatch(wanted: "a table of at least one axis") }
        return axes
    }

    private static func choices(_ node: ConfigNode, _ base: String) throws(ConfigError) -> [Choice] {
        var choices: [Choice] = []
        var table = try node.table()
        for entry in table.takeRest() {
            var choice = try entry.value.value(as: "choice") { node throws(ConfigError) in
                var settings = try node.table()
                let config = try path(settings.take("config"), base)
                return Choice(config: config, changes: settings.takeRest().map(ConfigOverride.init(_:)))
            }
            (choice.name, choice.place) = (entry.key, entry.place)
            choices.append(choice)
        }
        try table.finish()
        return choices
    }

    private static func baseline(_ node: ConfigNode, _ axes: [Axis]) throws(ConfigError) -> [String: String] {
        var table = try node.table()
        var baseline: [String: String] = [:]
        for entry in table.takeRest() {
            let choice: String = try entry.value.value()
            if node.isProbe { continue }
            guard let axis = axes.first(where: { $0.name == entry.key }) else {
                throw ConfigError(
                    entry.place,
                    "'baseline' names the axis '\(entry.key)', but 'vary' has \(list(axes.map(\.name)))")
            }
            guard axis.choices.contains(where: { $0.name == choice }) else {
                throw ConfigError(
                    entry.value.place,
                    "'\(axis.name)' has no choice '\(choice)'; there are \(list(axis.choices.map(\.name)))")
            }
            baseline[axis.name] = choice
        }
        try table.finish()
        return baseline
    }

    private static func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
}

extension SweepConfig {
    /// All ways to take one choice of each axis; the last axis changes fastest.
    var combinations: [[Choice]] {
        axes.reduce([[]]) { heads, axis in heads.flatMap { head in axis.choices.map { head + [$0] } } }
    }
}
