import Experiments
import Generators
import Kernels
import Training

/// A training from a config, as `mottle train` does it, with layers of one's own and with callbacks.
///
/// ```swift
/// let training = try Training(config: "swish.yaml", layers: ["swish": Swish()])
/// training.onEpoch { epoch in print("epoch \(epoch.number): loss \(epoch.loss)") }
/// let result = try training.run()
/// ```
///
/// The folder that it writes is a run like any other; its lock file says which layers are the program's own. `mottle verify` and
/// `mottle replay` know what to do with it; only a program that has these layers makes the model again.
public final class Training {
    private let experiment: Experiment
    private var stepCallbacks: [(TrainingStep) -> Void] = []
    private var epochCallbacks: [(TrainingEpoch) -> Void] = []

    /// Reads a config and everything that it names; nothing is written.
    ///
    /// - Parameters:
    ///   - config: the path of a YAML file, or of an earlier run's `config.lock.yaml`.
    ///   - overrides: changes as `--set` takes them: `train.epochs=3`.
    ///   - seed: goes before the config's own.
    ///   - layers: by the names that the config calls them: small letters, digits and `_`, with a letter first and last.
    ///   - plugins: where generators are looked for.
    ///   - threads: how many train; nil takes one for each processor that the process may use. The weights are the same.
    /// - Throws: a ``MottleError``: of the kind `argument` for what is wrong in the config (with file, line and column) or in the
    ///   other arguments, of the kind `plugin` for what a plugin does wrong, of the kind `data` for samples that cannot be read.
    public init(
        config: String, overrides: [String] = [], seed: UInt64? = nil, layers: [String: any Layer] = [:],
        plugins: PluginLibrary = PluginLibrary(folders: ["plugins"]), threads: Int? = nil
    ) throws(MottleError) {
        guard threads ?? 1 > 0 else { throw MottleError(.argument, "training wants at least one thread") }
        for name in layers.keys.sorted() { try Self.check(name) }
        let runtime = Runtime(
            kernels: KernelSet.current, threads: threads, pluginFolders: plugins.folders,
            layers: layers.mapValues { LayerAdapter(layer: $0) })
        do {
            experiment = try Experiment(file: config, overrides: overrides, seed: seed, runtime: runtime)
        } catch {
            throw MottleError(training: error)
        }
    }

    /// A layer's name stands in configs, and with a number behind it in names of weights: `swish2.beta`.
    private static func check(_ name: String) throws(MottleError) {
        guard !LayerConfig.names.contains(name) else {
            throw MottleError(.argument, "'\(name)' is a layer of Mottle's own; give yours another name")
        }
        let letters: ClosedRange<Character> = "a"..."z"
        guard let (first, last) = name.first.map({ ($0, name.last!) }), letters ~= first, letters ~= last,
            name.allSatisfy({ letters ~= $0 || "0"..."9" ~= $0 || $0 == "_" })
        else {
            throw MottleError(
                .argument,
                "the name of a layer has small letters, digits and '_', with a letter first and last; got '\(name)'"
            )
        }
    }

    /// Calls `body` after every step, on the thread that trains.
    ///
    /// Callbacks see what training does and change no bit of it; ``TrainingStep/stop()`` ends it. Several are called in the order in
    /// which they were given.
    public func onStep(_ body: @escaping (_ step: TrainingStep) -> Void) { stepCallbacks.append(body) }

    /// Calls `body` after every epoch, when it has been validated, on the thread that trains.
    public func onEpoch(_ body: @escaping (_ epoch: TrainingEpoch) -> Void) { epochCallbacks.append(body) }

    /// Trains, evaluates and writes the run's folder. Blocks while it does so; each call trains anew, from the start values.
    ///
    /// - Parameter out: the folder, which must not exist; nil for the next free one in `runs`.
    /// - Throws: a ``MottleError``: of the kind `run` where training cannot go on (the loss is not finite) or a file cannot be
    ///   written, of the kind `plugin` for a generator that makes values that are not finite, of the kind `data` for samples
    ///   that cannot be read. What was written before stays readable.
    public func run(out: String? = nil) throws(MottleError) -> TrainingResult {
        let listener = TrainingListener(steps: stepCallbacks, epochs: epochCallbacks)
        if let note = experiment.note(of: "the weights") { listener.say(note) }
        experiment.notes.forEach(listener.say)
        do {
            let result = try experiment.train(out: out, observer: listener, isInterrupted: { false })
            return TrainingResult(result, notes: listener.notes)
        } catch {
            throw MottleError(training: error)
        }
    }
}

/// Hands what training tells to callbacks.
private final class TrainingListener: RunObserver {
    private let steps: [(TrainingStep) -> Void]
    private let epochs: [(TrainingEpoch) -> Void]
    private let stopping = StopRequest()
    private(set) var notes: [String] = []

    init(steps: [(TrainingStep) -> Void], epochs: [(TrainingEpoch) -> Void]) {
        (self.steps, self.epochs) = (steps, epochs)
    }

    var wantsStop: Bool { stopping.isMade }

    func stepped(_ step: TrainedStep) {
        guard !steps.isEmpty else { return }
        let event = TrainingStep(step, stopping)
        for body in steps { body(event) }
    }

    func validatedEpoch(_ epoch: TrainedEpoch) {
        guard !epochs.isEmpty else { return }
        let event = TrainingEpoch(epoch, stopping)
        for body in epochs { body(event) }
    }

    func say(_ text: String) { notes.append(text) }
    func trained(_ progress: TrainingProgress) {}
    func finishedEpoch(_ progress: TrainingProgress) {}
    func evaluating(_ name: String, index: Int, count: Int) {}
}
