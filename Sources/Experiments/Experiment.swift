import Datasets
import Generators
import Pipelines
import Reports
import Tensors
import Training
import VectorKernels

/// A config with everything that it names: data, chains with their plugins, the model's plan.
package final class Experiment {
    /// A row of the robustness table with its chain.
    struct Evaluation {
        var config: EvaluationConfig
        var chain: Chain
        var traced: TracedChain
        var program: Program
    }

    let config: ExperimentConfig
    /// What runs of it are called.
    package let name: String
    let runtime: Runtime
    let data: DatasetSplits
    let chain: Chain
    /// By view.
    let traced: [TracedChain]
    let programs: [Program]
    /// The model as the lock file has it: nothing is left to the data.
    let layers: [LayerConfig]
    let plan: ModelPlan
    /// The run that `train.init_from` names where it is one of a sweep that is not trained yet.
    let plannedRun: PlannedRun?
    /// The clean test set first.
    let evaluations: [Evaluation]
    /// Of samples that are kept back from training, the clean set first; empty where none are.
    let validations: [Evaluation]
    private let validationSamples: SampleSet?
    /// What a person should know of the chains.
    package let notes: [String]

    /// Reads a config and builds what it names; nothing is written.
    ///
    /// - Parameters:
    ///   - overrides: changes as `--set` takes them.
    ///   - seed: goes before the config's own.
    /// - Throws: `ConfigError`, `PluginError`, `DatasetError` for what a person can mend.
    package convenience init(
        file: String, overrides: [String] = [], seed: UInt64? = nil, runtime: Runtime
    ) throws {
        let changes = try overrides.map(ConfigOverride.init(_:))
        try self.init(file: file, changes: changes, seed: seed, runtime: runtime)
    }

    /// - Parameter planned: what `train.init_from` may name beside folders of runs.
    init(
        file: String, changes: [ConfigOverride], seed: UInt64?, runtime: Runtime, planned: [PlannedRun] = []
    ) throws {
        var document = try ConfigDocument(file: file)
        for change in changes { try document.apply(change) }
        let base = FilePath.folder(of: file)
        var config = try ExperimentConfig(document.root, base: base, layers: runtime.layers)
        if let seed { config.seed = seed }
        let builder = ChainBuilder(
            library: PluginLibrary(folders: runtime.pluginFolders, recorded: config.lock?.plugins ?? [:]),
            base: base)
        // What costs little is checked first: chains, then data, then the model's fit.
        chain = try builder.chain(config.chain, phase: .train)
        let rows = try Self.rows(config.evaluate, builder)
        let validationRows = try config.validation.map { try Self.rows($0.entries, builder) } ?? []
        plannedRun = try config.findEarlierRun(base: base, planned)
        var data = try config.data.load(seed: config.seed, at: config.dataPlace)
        config.data = try config.data.recorded(data)
        validationSamples = try config.holdOut(&data)
        let (train, test) = (data.train.dataset, data.test.dataset)
        let seed = config.seed
        let traced = try (1...config.views).map { [chain] view in
            try builder.trace(chain, config.chain, seed: seed, view: view, data: train)
        }
        (self.traced, programs) = (traced, traced.map(Program.init))
        notes = traced[0].notes(sampleCount: data.train.count)
        func evaluations(_ rows: [(EvaluationConfig, Chain)], of data: any Dataset) throws -> [Evaluation] {
            try rows.map { row, chain in
                let traced = try builder.trace(chain, row.entries, seed: Self.evaluationSeed, data: data)
                return Evaluation(config: row, chain: chain, traced: traced, program: Program(traced))
            }
        }
        self.evaluations = try evaluations(rows, of: test)
        validations = try evaluations(validationRows, of: train)
        try config.checkLoss(train, hasMask: programs[0].writesMask)
        do {
            layers = try config.model.layers(for: train)
        } catch {
            throw config.error(error)
        }
        try config.checkFirstLayer(of: layers, vocabulary: train.vocabularySize)
        do {
            plan = try ModelPlan(
                layers, input: train.sampleShape, classes: train.classes,
                targets: config.train.loss.targets(train))
        } catch {
            throw config.error(error)
        }
        config.train.loss = config.train.loss.ordered(as: plan.outputs)
        (self.config, self.runtime, self.data) = (config, runtime, data)
        name = config.lock?.config ?? RunFolder.name(ofConfig: file)
    }

    /// The rows of the robustness table: those of the config, and the clean test set first in any case.
    private static func rows(
        _ entries: [EvaluationEntry], _ builder: ChainBuilder
    ) throws -> [(EvaluationConfig, Chain)] {
        var rows: [EvaluationConfig] = []
        for entry in entries { rows += try EvaluationConfig.rows(entry, builder) }
        let clean = EvaluationConfig(place: .program, name: "clean", entries: [])
        rows = [clean] + rows.filter { !$0.entries.isEmpty }
        return try rows.map { ($0, try builder.chain($0.entries, phase: .evaluate)) }
    }

    /// A model with its start values. Only steps round factors.
    func makeModel(precision: Precision = .fp32) -> Model {
        Model(
            plan, seed: config.seed,
            capacity: largestBatch,
            leaves: config.train.leaves, precision: precision, freeze: config.train.freeze,
            kernels: runtime.kernels, pool: runtime.pool)
    }

    /// The same for training, where this processor can do that as the config says.
    func trainingModel() throws(ConfigError) -> Model {
        try checkPrecision()
        return makeModel(precision: config.train.precision)
    }

    func checkPrecision() throws(ConfigError) {
        let (wanted, kernels) = (config.train.precision, runtime.kernels)
        if kernels.precisions.contains(wanted) { return }
        throw ConfigError(
            config.trainNode.place(of: "precision") ?? config.trainNode.place,
            "'precision': \(wanted) wants a processor with AVX512-BF16, and this one runs "
                + "\(kernels.instructionSet) kernels without it; "
                + (config.lock == nil
                    ? "leave the key out to train in fp32" : "the run goes on where a processor has it"))
    }

    /// The seed of test noise, whatever the config's: models that were trained from different seeds are compared on the
    /// same disturbed samples.
    static let evaluationSeed: UInt64 = 0

    /// Samples that are in memory at a time, of training and of evaluation. What a model's work is cut into follows from it, and so do
    /// the last digits of its outputs.
    var largestBatch: Int { config.train.batchSize * config.views }

    /// Measures a model on every test set; stops between two of them when `isInterrupted` says so.
    ///
    /// - Returns: also the samples that were left out because they cannot be read, with the reasons.
    /// - Throws: `NonFiniteValues` for a test sample that is not finite, `TrainingError` where the loss on the clean test set is
    ///   not, and where no test sample can be read.
    func evaluate(
        _ trainer: Trainer, observer: some RunObserver, isInterrupted: () -> Bool = { false }
    ) throws -> (table: RobustnessTable, skipped: [Int: String]) {
        var (rows, skipped): ([RobustnessRow], [Int: String]) = ([], [:])
        for (index, evaluation) in evaluations.enumerated() where !isInterrupted() {
            observer.evaluating(evaluation.config.name, index: index, count: evaluations.count)
            let found = try measure(evaluation, of: data.test, trainer)
            skipped.merge(found.skipped) { $1 }
            let loss = found.metrics.loss
            if index == 0, !loss.isFinite { throw TrainingError.nonFiniteEvaluation(loss: loss) }
            rows.append(found.row)
        }
        return (RobustnessTable(rows), skipped)
    }

    /// What a model is worth on one set of samples.
    struct Measured {
        var metrics: ModelMetrics
        var row: RobustnessRow
        var skipped: [Int: String]
    }

    /// Measures a model on samples that are kept back from training.
    func validate(_ trainer: Trainer, observer: some RunObserver) throws -> [Measured] {
        guard let validationSamples else { return [] }
        return try validations.enumerated().map { index, evaluation in
            observer.evaluating(evaluation.config.name, index: index, count: validations.count)
            return try measure(evaluation, of: validationSamples, trainer)
        }
    }

    private func measure(
        _ evaluation: Evaluation, of samples: SampleSet, _ trainer: Trainer
    ) throws -> Measured {
        let stream = pipeline(of: evaluation, samples).stream()
        stream.begin(epoch: 0)
        var metrics = ModelMetrics(config.train.loss, classes: samples.dataset.classes)
        var digest = Digest()
        while let batch = try stream.nextBatch() {
            trainer.measure(batch, into: &metrics)
            if !metrics.loss.isFinite,
                let values = try nonFinite(batch, step: 0, in: [evaluation.traced], samples)
            {
                throw values
            }
            batch.append(to: &digest)
        }
        guard metrics.count > 0 else { throw TrainingError.nothingToTest(name: evaluation.config.name) }
        let row = RobustnessRow(
            name: evaluation.config.name, parameters: evaluation.parameters,
            accuracy: metrics.classes?.accuracy, loss: metrics.loss, count: metrics.count,
            digest: digest.description,
            measures: headMeasures(metrics) + config.metrics.map { .init($0.name, $0.value(of: metrics)) },
            outcomes: metrics.outcomes)
        return Measured(metrics: metrics, row: row, skipped: stream.skipped)
    }

    /// What each head by itself is worth: its loss, and its accuracy where the table has another head's.
    private func headMeasures(_ metrics: ModelMetrics) -> [JSONValue.Member] {
        let loss = config.train.loss
        guard loss.hasHeads else { return [] }
        return zip(loss.heads, metrics.losses).enumerated().flatMap { index, head in
            let (name, result) = (head.0.name!, head.1)
            var measures = [JSONValue.Member("\(name)_loss", .number(result.mean))]
            if let correct = result.correct, index != loss.first(.labels) {
                let accuracy = Double(correct) / Double(metrics.count)
                measures.append(.init("\(name)_accuracy", .number(accuracy)))
            }
            return measures
        }
    }

    /// The stream of a test set.
    func pipeline(of evaluation: Evaluation) -> Pipeline { pipeline(of: evaluation, data.test) }

    private func pipeline(of evaluation: Evaluation, _ samples: SampleSet) -> Pipeline {
        Pipeline(
            samples, programs: [evaluation.program], batchSize: largestBatch,
            order: SampleOrder(.sequential, seed: Self.evaluationSeed), kernels: runtime.kernels,
            pool: runtime.pool, keepsClean: !config.train.loss.needsOnlyLabels, makesDigests: true)
    }
}

extension Experiment.Evaluation {
    /// All parameters, also those that the config leaves at their defaults; of a severity only what differs from it. Of
    /// several generators each behind its name.
    fileprivate var parameters: [RobustnessParameter] {
        chain.items.flatMap { item in
            var settings = item.completeSettings
            if item.severity != nil {
                var level = item
                level.settings = [:]
                let usual = level.completeSettings
                settings = settings.filter { $0.value != usual[$0.key] }
            }
            func key(_ name: String) -> String { chain.items.count > 1 ? "\(item.name).\(name)" : name }
            let severity = item.severity.map {
                [RobustnessParameter(key("severity"), .whole($0), text: "\($0)")]
            }
            let match = item.match.map { match in
                let (level, name) = (match.level, key(match.measure.rawValue))
                return [RobustnessParameter(name, level.json, text: level.text)]
            }
            return (severity ?? []) + (match ?? [])
                + item.plugin.parameters.compactMap { parameter in
                    settings[parameter.name].map {
                        RobustnessParameter(key(parameter.name), $0.json, text: $0.text)
                    }
                }
        }
    }
}

extension ParameterSetting {
    /// A value as it is, anything else as the config spells it.
    fileprivate var json: JSONValue { node.json }
}

extension ConfigNode {
    /// The same tree as JSON.
    var json: JSONValue {
        switch content {
        case .nothing: .null
        case .plain(let text):
            if let flag = Bool(text) {
                .flag(flag)
            } else if let whole = Int(text) {
                .whole(whole)
            } else if let number = Double(text) {
                .number(number)
            } else {
                .string(text)
            }
        case .quoted(let text): .string(text)
        case .list(let items): .list(items.map(\.json))
        case .table(let entries): .object(entries.map { JSONValue.Member($0.key, $0.value.json) })
        }
    }
}
