import Datasets
import Training

/// A whole config of `mottle train`, read and checked as far as that goes without data and plugins.
struct ExperimentConfig {
    var seed: UInt64 = 0
    var data: DatasetSource
    /// Where `data` stands, for errors that only the files bring to light.
    var dataPlace: ConfigPlace
    var chain: [ChainEntryConfig] = []
    /// How often a batch has each of its samples, every time with noise of its own.
    var views = 1
    var model: ModelSection
    /// Where the model's layers stand, for errors that only the data's shape brings to light.
    var modelNode: ConfigNode
    var train: TrainConfig
    /// Where `train` stands, for errors that only the rest of a config brings to light.
    var trainNode: ConfigNode
    /// The same for `train.init_from`.
    var initFromPlace: ConfigPlace
    /// Nil where nothing is kept back from training.
    var validation: ValidationConfig?
    /// What is measured beside loss and accuracy.
    var metrics: [Metric] = []
    /// Entries of `evaluate`, whose lists are spread once their plugins are known.
    var evaluate: [EvaluationEntry] = []
    /// What only a lock file has.
    var lock: LockRecord?

    /// - Parameters:
    ///   - base: the folder from which relative paths of data and of included chains start.
    ///   - layers: what this program brings along, by name.
    init(
        _ root: ConfigNode, base: String, layers: [String: any CustomLayer] = [:]
    ) throws(ConfigError) {
        var table = try root.table()
        // First, since it says which names are layers of a program's own.
        lock = try LockRecord(&table)
        try table.read("seed", into: &seed)
        let dataNode = try table.requireNode("data")
        data = try (dataNode.value() as DatasetSource).resolved(from: base)
        dataPlace = dataNode.place
        if let node = table.take("chain") {
            chain = try node.value(as: "chain") { node throws(ConfigError) in
                try Self.chain(node, base: base)
            }
        }
        try table.read("views", into: &views, in: 1...64)
        modelNode = try table.requireNode("model")
        let custom = CustomLayers(known: layers, recorded: lock?.layers ?? [])
        model = try modelNode.value(as: "model") { node throws(ConfigError) in
            try ModelSection(node, custom)
        }
        trainNode = try table.requireNode("train")
        train = try trainNode.value()
        initFromPlace = trainNode.place(of: "init_from") ?? trainNode.place
        let loss = train.loss
        validation = try table.read("validate", as: "validation") { node throws(ConfigError) in
            try ValidationConfig(node, ChainFiles(base: base), loss)
        }
        metrics =
            try table.read("metrics", as: "metrics") { node throws(ConfigError) in
                try Metric.list(node, loss)
            } ?? []
        evaluate =
            try table.read("evaluate", as: "evaluations") { node throws(ConfigError) in
                try EvaluationEntry.list(node, ChainFiles(base: base))
            } ?? []
        try table.finish()
    }

    /// A chain is a list of entries; nothing is the empty chain.
    ///
    /// - Parameter base: the folder from which relative paths of included files start.
    static func chain(_ node: ConfigNode, base: String) throws(ConfigError) -> [ChainEntryConfig] {
        if node.isNothing { return [] }
        let files = ChainFiles(base: base)
        var entries: [ChainEntryConfig] = []
        for item in try node.items() { entries.append(try .read(item, files)) }
        return entries
    }
}
