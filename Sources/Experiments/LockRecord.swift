import Generators
import Kernels
import Reports
import Tensors
import Training

/// What a lock file has beyond a config: the plugins' text and the circumstances of the run.
struct LockRecord {
    /// The name of the config that the first run was made from.
    var config: String
    var contract: Int
    var instructionSet: String
    /// Names of layers that the program which trained the run brought along.
    var layers: [String] = []
    /// Source texts by the reference that chains use.
    var plugins: [String: String]

    /// Takes `lock` and `plugins` from a config's table; nil if it is no lock file.
    ///
    /// - Throws: where the numeric contract is another one, or a plugin's text is not what its hash says.
    init?(_ table: inout ConfigTable) throws(ConfigError) {
        guard let node = table.take("lock") else { return nil }
        var fields = try node.table()
        config = try fields.require("config")
        guard let contractNode = fields.take("contract") else {
            throw ConfigError(node.place, "'contract' is required in 'lock'")
        }
        contract = try Int(contractNode)
        instructionSet = try fields.require("instruction_set")
        layers =
            try fields.read("layers", as: "names") { node throws(ConfigError) in
                try node.items().map { node throws(ConfigError) in try String(node) }
            } ?? []
        try fields.finish()
        guard contract == numericContract || contractNode.isProbe else {
            throw ConfigError(
                contractNode.place,
                "this run was made under numeric contract \(contract), this mottle has "
                    + "\(numericContract) and would give other bits; remove 'lock' to train anew")
        }
        plugins = [:]
        for node in try table.requireNode("plugins").items() {
            let plugin = try node.value(as: "plugin", Self.plugin)
            plugins[plugin.reference] = plugin.source
        }
    }

    private static func plugin(
        _ node: ConfigNode
    ) throws(ConfigError) -> (reference: String, source: String) {
        var fields = try node.table()
        let reference = try fields.require("reference", as: String.self)
        let hashNode = try fields.requireNode("sha256")
        let hash = try String(hashNode)
        let source = try fields.require("source", as: String.self)
        try fields.finish()
        let found = SHA256.hexadecimal(of: source.utf8)
        guard found == hash || hashNode.isProbe else {
            throw ConfigError(
                hashNode.place,
                "the source of plugin '\(reference)' has the SHA-256 \(found.prefix(12))…, not "
                    + "\(hash.prefix(12))…; it was changed since the run")
        }
        return (reference, source)
    }
}

extension Experiment {
    /// The config with every default spelled out and everything that the weights depend on: training from it alone
    /// gives them again, bit for bit on one instruction set.
    var lockFile: String {
        var entries = [
            ConfigEntry("seed", .whole(config.seed)), ConfigEntry("data", config.data.node),
            ConfigEntry("chain", .chain(config.chain, chain.entries)),
            ConfigEntry("views", .whole(config.views)),
            ConfigEntry("model", .list(layers.map(\.node))), ConfigEntry("train", config.train.node),
        ]
        if let validation = config.validation {
            let sets = ConfigEntry("on", .list(validations.map(Self.node)))
            entries.append(ConfigEntry("validate", ConfigNode(.table(validation.settings + [sets]))))
        }
        entries += [
            ConfigEntry("metrics", .list(config.metrics.map { .string($0.name) })),
            ConfigEntry("evaluate", .list(evaluations.map(Self.node))),
        ]
        var lock = [
            ConfigEntry("config", .string(name)), ConfigEntry("contract", .whole(numericContract)),
            ConfigEntry("instruction_set", .string(runtime.kernels.instructionSet.rawValue)),
        ]
        let custom = LayerConfig.customNames(layers).sorted()
        if !custom.isEmpty { lock.append(ConfigEntry("layers", .list(custom.map { .string($0) }))) }
        entries += [
            ConfigEntry("lock", ConfigNode(.table(lock))), ConfigEntry("plugins", .list(pluginNodes)),
        ]
        return "# Written by mottle train. Training from this file alone gives the same weights.\n"
            + ConfigWriter.yaml(ConfigNode(.table(entries)))
    }

    private var pluginNodes: [ConfigNode] {
        var sources: [String: String] = [:]
        let chains =
            [(config.chain, chain.entries)] + evaluations.map { ($0.config.entries, $0.chain.entries) }
        for (configs, entries) in chains {
            // Also of entries that are for another phase.
            for (config, item) in zip(configs.flatMap(\.items), entries.flatMap(\.items)) {
                sources[config.reference] = item.plugin.source
            }
        }
        return sources.sorted { $0.key < $1.key }.map { reference, source in
            .table([
                "reference": .string(reference), "sha256": .string(SHA256.hexadecimal(of: source.utf8)),
                "source": .string(source),
            ])
        }
    }

    private static func node(_ evaluation: Evaluation) -> ConfigNode {
        let (config, chain) = (evaluation.config, evaluation.chain)
        if config.entries.isEmpty { return .string("clean") }
        let entries = ConfigNode.chain(config.entries, chain.entries)
        if case .generator(let item)? = chain.entries.first, chain.entries.count == 1,
            config.name == item.name, case .list(let nodes) = entries.content
        {
            return nodes[0]
        }
        return .table(["chain": entries, "name": .string(config.name)])
    }
}
