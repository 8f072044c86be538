import Generators
import Tensors

/// All runs of a sweep, each built once before anything is written, so that whatever is wrong with one is said in time.
struct SweepPlan {
    private let config: SweepConfig
    private let overrides: [ConfigOverride]
    private let seeds: [UInt64]
    private let runtime: Runtime
    private(set) var record: Sweep.Record
    /// In the order of `record.all`. Only this is kept: data of all experiments together would fill the memory.
    private(set) var lockFiles: [String] = []
    /// Of the pre-trainings so far, by name: what their weights are called, and their shapes.
    private var weights: [String: [String: Shape]] = [:]
    /// The pre-trainings that others start with.
    private var used: Set<String> = []

    init(_ config: SweepConfig, _ overrides: [ConfigOverride], seeds: [UInt64]?, runtime: Runtime) throws {
        (self.config, self.overrides, self.runtime) = (config, overrides, runtime)
        self.seeds = seeds ?? config.seeds
        record = Sweep.Record(
            axes: config.axes.map { .init(name: $0.name, choices: $0.choices.map(\.name)) },
            baseline: config.baseline, measure: config.measure, runs: [])
        for pretraining in config.pretrainings {
            let (runs, shapes) = try plan([pretraining], prefix: "pretrain-")
            record.pretrainings = (record.pretrainings ?? []) + runs
            weights[pretraining.name] = shapes
        }
        for choices in config.combinations { record.runs += try plan(choices, prefix: "").runs }
        if let unused = config.pretrainings.first(where: { !used.contains($0.name) }) {
            throw ConfigError(
                unused.place,
                "nobody starts with the pre-training '\(unused.name)'; say 'train.init_from: \(unused.name)' in a "
                    + "choice, or take it out")
        }
    }

    /// Builds what some choices make of the configs, from each seed.
    ///
    /// - Returns: also the names and shapes of the weights.
    private mutating func plan(
        _ choices: [SweepConfig.Choice], prefix: String
    ) throws -> (runs: [Sweep.Record.Run], weights: [String: Shape]) {
        let base = choices.last { $0.config != nil }?.config ?? config.config
        let names = choices.map(\.name)
        var (runs, shapes): ([Sweep.Record.Run], [String: Shape]) = ([], [:])
        for seed in seeds {
            let experiment = try Experiment(
                file: base!, changes: config.changes + choices.flatMap(\.changes) + overrides, seed: seed,
                runtime: runtime, planned: plannedRuns(seed))
            if let name = experiment.plannedRun?.name { used.insert(name) }
            // They do not depend on the seed.
            if runs.isEmpty { shapes = try experiment.checkWeights() }
            lockFiles.append(experiment.lockFile)
            let folder = prefix + Self.folderName(names, seed: seed)
            guard !(record.all + runs).contains(where: { $0.folder == folder }) else {
                throw ConfigError(
                    choices.last!.place,
                    "two trainings would have the folder '\(folder)'; give choices other names")
            }
            runs.append(.init(choices: names, seed: seed, folder: folder))
        }
        return (runs, shapes)
    }

    /// What `train.init_from` may name.
    private func plannedRuns(_ seed: UInt64) -> [PlannedRun] {
        let runs = (record.pretrainings ?? []).filter { $0.seed == seed }
        return config.pretrainings.map { pretraining in
            let name = pretraining.name
            return PlannedRun(
                name: name, folder: runs.first { $0.choices == [name] }.map { "../" + $0.folder },
                weights: weights[name] ?? [:])
        }
    }

    /// `convnet-clean-seed0`: what a file system takes everywhere.
    private static func folderName(_ choices: [String], seed: UInt64) -> String {
        let names = choices.map { name in
            String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._".contains($0)) ? $0 : "-" })
        }
        return (names + ["seed\(seed)"]).joined(separator: "-")
    }
}

/// A run of a sweep that others start with, before it is trained.
struct PlannedRun {
    var name: String
    /// Seen from the folders of the sweep's other runs; nil where it is not among those before.
    var folder: String?
    /// The shapes of its weights by name.
    var weights: [String: Shape]
}
