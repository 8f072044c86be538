import Datasets
import FoundationEssentials
import Generators
import Reports
import Tensors
import Training

extension EarlierRun: ConfigValue {
    /// A run's folder, or `{ run:, layers: }`; in a lock file with the hash of the run's weights.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            self.init(folder: try node.value())
            return
        }
        var table = try node.table()
        self.init(folder: try table.require("run"))
        layers = try table.read("layers", as: "weight_choices") { node throws(ConfigError) in
            try WeightChoice.list(node)
        }
        hash = try table.read("sha256", as: "sha256") { node throws(ConfigError) in
            let text = try String(node)
            guard text.utf8.count == 64 || node.isProbe else {
                throw node.mismatch(wanted: "64 hexadecimal digits, as a lock file has them")
            }
            return text
        }
        try table.finish()
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        var entries = [ConfigEntry("run", .string(folder))]
        if let layers {
            entries.append(
                ConfigEntry(
                    "layers",
                    ConfigNode(.table(layers.map { ConfigEntry($0.pattern.text, .string($0.source.text)) }))))
        }
        if let hash { entries.append(ConfigEntry("sha256", .string(hash))) }
        return ConfigNode(.table(entries))
    }

    /// The same run from anywhere, with the hash of its weights: a lock file has it already, and its run is not looked for.
    ///
    /// - Parameter base: the config's folder, from which a relative path starts.
    fileprivate func recorded(from base: String) throws(FileError) -> EarlierRun {
        var run = self
        run.folder = FilePath.real(FilePath.absolute(FilePath.joined(base, folder)))
        if hash == nil { run.hash = SHA256.hexadecimal(of: try run.file().bytes) }
        return run
    }

    /// All weights by name.
    fileprivate func savedWeights() throws -> [String: SavedWeight] {
        let (path, bytes) = try file()
        let found = SHA256.hexadecimal(of: bytes)
        if let hash, found != hash {
            throw FileError(
                path,
                "has the SHA-256 \(found.prefix(12))…, not \(hash.prefix(12))…: these are not the weights that "
                    + "'init_from' was recorded with; without 'sha256' any are taken")
        }
        return try SafetensorsFile(path).savedWeights()
    }

    private func file() throws(FileError) -> (path: String, bytes: Data) {
        let folder = try RunFolder.open(folder)
        guard let bytes = try? Data(contentsOf: URL(filePath: folder.model)) else {
            throw FileError(
                folder.path, "has no model.safetensors for 'init_from'; the run must come to its end first")
        }
        return (folder.model, bytes)
    }
}

extension WeightChoice {
    /// Names of weights, or a table with the names that the run has for them.
    fileprivate static func list(_ node: ConfigNode) throws(ConfigError) -> [WeightChoice] {
        guard node.isTable else {
            let names = try [NamePattern](node)
            guard !names.isEmpty || node.isProbe else {
                throw node.mismatch(wanted: "a list with at least one name of a weight")
            }
            return names.map { WeightChoice($0, from: $0) }
        }
        var choices: [WeightChoice] = []
        var table = try node.table()
        for entry in table.takeRest() {
            let (pattern, source) = (NamePattern(entry.key), try NamePattern(entry.value))
            guard pattern.stars == source.stars || node.isProbe else {
                throw entry.value.mismatch(
                    wanted: "a name with as many '*' as '\(entry.key)', where each stands for the same")
            }
            choices.append(WeightChoice(pattern, from: source))
        }
        try table.finish()
        return choices
    }
}

extension ExperimentConfig {
    /// Finds the run that `train.init_from` names, and notes what the lock file says of it: the folder and the hash of its
    /// weights, or of a run that is not trained yet the folder alone.
    ///
    /// - Parameter planned: runs that go by a name.
    /// - Returns: which of them it is; nil for a run's folder, and where there is no `train.init_from`.
    mutating func findEarlierRun(base: String, _ planned: [PlannedRun]) throws -> PlannedRun? {
        guard let run = train.initFrom else { return nil }
        if let found = planned.first(where: { $0.name == run.folder }) {
            guard let folder = found.folder else {
                throw ConfigError(
                    initFromPlace,
                    "'init_from': a pre-training may start with one that is listed before it, and '\(run.folder)' is "
                        + "not")
            }
            train.initFrom!.folder = folder
            return found
        }
        let names = planned.filter { $0.folder != nil }.map(\.name)
        do {
            train.initFrom = try run.recorded(from: base)
        } catch {
            if names.isEmpty || run.folder.contains("/") { throw error }
            throw ConfigError(
                initFromPlace,
                "'init_from': '\(run.folder)' is neither a pre-training of the sweep, which has "
                    + names.map { "'\($0)'" }.joined(separator: ", ")
                    + ", nor a run: \(error)\(Suggestion.hint(run.folder, among: names))")
        }
        return nil
    }
}

extension Experiment {
    /// Checks all that names weights, without those of the run that it starts with, which may not be there yet.
    ///
    /// - Returns: the shapes of the model's weights by name.
    /// - Throws: where patterns of weights' names mean none, and where an earlier run's weights do not fit.
    func checkWeights() throws -> [String: Shape] {
        try checkPrecision()
        let model = Model(
            plan, seed: config.seed, capacity: 1, leaves: 1, freeze: config.train.freeze,
            kernels: runtime.kernels, pool: runtime.pool)
        if let run = config.train.initFrom {
            let shapes = try plannedRun?.weights ?? run.savedWeights().mapValues(\.shape)
            do {
                _ = try model.sources(in: shapes, run.layers)
            } catch {
                throw ConfigError(config.initFromPlace, "'init_from': \(error)")
            }
        }
        try check(model)
        return model.weightShapes
    }

    /// A trainer before its first step.
    ///
    /// - Throws: where patterns of weights' names mean none, and where an earlier run's weights do not fit.
    func newTrainer(_ observer: some RunObserver) throws -> Trainer {
        let model = try trainingModel()
        if let run = config.train.initFrom {
            let saved = try run.savedWeights()
            do {
                let count = try model.start(with: saved, run.layers)
                observer.say("\(count) of \(model.weights.count) weights start as \(run.folder) has them")
            } catch {
                throw ConfigError(config.initFromPlace, "'init_from': \(error)")
            }
        }
        return try trainer(of: model)
    }

    /// A trainer without a step behind it, of a model that has its weights.
    ///
    /// - Throws: where patterns of weights' names mean none, or leave none to train.
    func trainer(of model: Model) throws(ConfigError) -> Trainer {
        try check(model)
        let samples = trainingPipeline.samplesPerEpoch
        let trainer = Trainer(
            model, config.train,
            stepsPerEpoch: (samples + config.train.batchSize - 1) / config.train.batchSize)
        if config.validation?.keepsBest == true { trainer.startKeepingBest() }
        return trainer
    }

    private func check(_ model: Model) throws(ConfigError) {
        try checkGroups(model)
        try check(config.train.freeze, "freeze", at: place(of: "freeze"), model)
        guard model.weights.contains(where: \.isTrained) else {
            throw ConfigError(
                place(of: "freeze"), "'freeze' means all weights, so there is nothing to train")
        }
    }

    private func checkGroups(_ model: Model) throws(ConfigError) {
        let (groups, place) = (config.train.groups, place(of: "groups"))
        for (index, group) in groups.enumerated() {
            try check(group.weights, "groups[\(index)]", at: place, model)
            for weight in model.weights where group.has(weight.name) {
                guard let first = groups[..<index].firstIndex(where: { $0.has(weight.name) }) else {
                    continue
                }
                throw ConfigError(
                    place,
                    "'groups[\(index)]' has \(weight.name), which is in 'groups[\(first)]', too; "
                        + "a weight is in one group at most")
            }
        }
    }

    private func place(of key: String) -> ConfigPlace {
        config.trainNode.place(of: key) ?? config.trainNode.place
    }

    private func check(
        _ patterns: [NamePattern], _ key: String, at place: ConfigPlace, _ model: Model
    ) throws(ConfigError) {
        for pattern in patterns where !model.weights.contains(where: { pattern.means($0.name) }) {
            let names = model.weights.map(\.name).joined(separator: ", ")
            throw ConfigError(
                place,
                "'\(key)' has '\(pattern.text)', but no weight is named so; there are \(names)")
        }
    }
}
