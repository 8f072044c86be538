import Datasets
import Generators
import Pipelines
import Reports
import Tensors
import Training

/// Hears how a run or an evaluation gets on; called on the thread that trains, between steps.
package protocol RunObserver {
    /// - Parameter progress: where training is; a few times a second.
    func trained(_ progress: TrainingProgress)
    func finishedEpoch(_ progress: TrainingProgress)
    /// After every step.
    func stepped(_ step: TrainedStep)
    /// After every epoch, when it has been validated, too.
    func validatedEpoch(_ epoch: TrainedEpoch)
    /// Whether training shall end here, as if all epochs were done; asked after every step and every epoch.
    var wantsStop: Bool { get }
    func evaluating(_ name: String, index: Int, count: Int)
    /// - Parameter text: what a person should know.
    func say(_ text: String)
}

extension RunObserver {
    package func stepped(_ step: TrainedStep) {}
    package func validatedEpoch(_ epoch: TrainedEpoch) {}
    package var wantsStop: Bool { false }
}

/// A step that has changed the weights.
package struct TrainedStep {
    /// Counts from 1, over all epochs.
    package var number: Int
    package var epoch: Int
    /// Samples in its batch.
    package var samples: Int
    package var result: StepResult
    /// With which it was taken.
    package var learningRate: Double
    /// Of this epoch so far.
    package var samplesPerSecond: Double
}

/// An epoch that is over.
package struct TrainedEpoch {
    package var progress: TrainingProgress
    /// How many steps have been taken in all epochs.
    package var steps: Int
    /// Of its last step.
    package var learningRate: Double
    /// On each set of samples that are kept back from training; none where there are none, or not behind this epoch.
    package var validation: [RobustnessRow]
}

/// Where training is.
package struct TrainingProgress {
    /// Counts from 0.
    package var epoch: Int
    package var epochs: Int
    /// Samples of this epoch that were trained on, and all of them.
    package var samples: Int
    package var samplesPerEpoch: Int
    /// Means over this epoch so far.
    package var loss: Double
    /// Nil where the model finds no classes.
    package var accuracy: Double?
    package var samplesPerSecond: Double
    package var secondsLeft: Double
}

/// What came of a run.
package struct RunResult {
    package var folder: RunFolder
    package var steps: Int
    package var epochs: Int
    package var samplesPerSecond: Double
    /// Samples that were left out because they cannot be read.
    package var skipped: Int
    package var seconds: Double
    /// Nil if the run was interrupted before its evaluation was done.
    package var robustness: RobustnessTable?
    package var wasInterrupted: Bool
}

extension Experiment {
    /// Trains, evaluates and writes the run's folder.
    ///
    /// - Parameters:
    ///   - out: the folder, which must not exist; nil for the next free one in `runs`.
    ///   - isInterrupted: asked after every step; true ends the run with what it has, saved.
    /// - Throws: `FileError`, `TrainingError`. What was written before stays readable.
    package func train(
        out: String?, observer: some RunObserver, isInterrupted: () -> Bool
    ) throws -> RunResult {
        // Before there is a folder: it says what does not fit.
        let trainer = try newTrainer(observer)
        let folder = try out.map(RunFolder.create) ?? RunFolder.next(named: name)
        try AtomicFile.write(folder.lock, text: lockFile)
        let metrics = try MetricsLog(folder.metrics)
        return try run(
            trainer, in: folder, metrics, from: RunState(), observer: observer, isInterrupted: isInterrupted)
    }

    /// Goes on with a run that was interrupted or killed, to the same weights as if it had not been.
    ///
    /// - Parameter path: the run's folder; what follows its newest checkpoint is done again.
    package static func resume(
        run path: String, runtime: Runtime, observer: some RunObserver, isInterrupted: () -> Bool
    ) throws -> RunResult {
        let folder = try RunFolder.open(path)
        guard !folder.has(folder.robustness) else {
            throw FileError(folder.path, "this run is complete; nothing is left to do")
        }
        let isPrepared = !folder.has(folder.metrics)
        let experiment = try Experiment(file: folder.lock, runtime: runtime)
        // Before anything of the run is touched.
        try experiment.checkPrecision()
        let metrics = try MetricsLog(folder.metrics)
        if let note = experiment.note(of: "the weights") { observer.say(note) }
        experiment.notes.forEach(observer.say)
        let newest = try Checkpoint.newest(in: folder)
        if let problem = newest?.problem { observer.say(problem) }
        let state = newest?.checkpoint.run ?? RunState()
        folder.removePartialFiles()
        if !isPrepared {
            observer.say(
                newest == nil
                    ? "\(folder.path) has no checkpoint yet and starts anew"
                    : "goes on behind step \(state.step), in epoch \(state.epoch + 1)")
        }
        if try metrics.size() < state.metricsSize {
            observer.say("\(folder.metrics) is shorter than it was; what is missing in it is lost")
        }
        try metrics.cut(to: state.metricsSize)
        let trainer = try experiment.trainer(from: newest?.checkpoint, in: folder, observer)
        return try experiment.run(
            trainer, in: folder, metrics, from: state, observer: observer, isInterrupted: isInterrupted)
    }

    /// A trainer where a checkpoint was; nil: where a run begins.
    private func trainer(
        from checkpoint: Checkpoint?, in folder: RunFolder, _ observer: some RunObserver
    ) throws -> Trainer {
        guard let checkpoint else {
            // A run that a sweep has trained in the meantime has weights now, whose hash belongs to the record.
            if config.train.initFrom != nil { try AtomicFile.write(folder.lock, text: lockFile) }
            return try newTrainer(observer)
        }
        let trainer = try trainer(of: trainingModel())
        do {
            try trainer.restore(checkpoint.trainer)
        } catch {
            throw FileError(folder.checkpoint, error.description)
        }
        return trainer
    }

    private func run(
        _ trainer: Trainer, in folder: RunFolder, _ metrics: MetricsLog, from state: RunState,
        observer: some RunObserver, isInterrupted: () -> Bool
    ) throws -> RunResult {
        let clock = ContinuousClock()
        let start = clock.now
        var loop = TrainingLoop(
            self, trainer: trainer, folder: folder, metrics: metrics, state: state)
        do {
            try loop.run(observer: observer, isInterrupted: isInterrupted)
        } catch {
            // The weights before the failed step are good, or not worth a file; the reason for the failure goes first.
            let saved: Void? = try? trainer.withResult {
                try trainer.checkWeights()
                try trainer.model.save(to: folder.model)
            }
            switch error {
            case let error as TrainingError where error.isNonFinite:
                throw StoppedTraining(error, in: folder, hasModel: saved != nil)
            default: throw error
            }
        }
        try trainer.withResult { try trainer.model.save(to: folder.model) }
        var (table, skipped) = (RobustnessTable?.none, loop.state.skipped.count)
        if !isInterrupted() {
            let (complete, left) = try trainer.withResult {
                try evaluate(trainer, observer: observer, isInterrupted: isInterrupted)
            }
            if complete.rows.count == evaluations.count {
                try folder.writeSkipped(train: loop.state.skipped, test: left)
                skipped += left.count
                try folder.write(complete)
                table = complete
            }
        }
        return RunResult(
            folder: folder, steps: trainer.steps, epochs: loop.state.epoch,
            samplesPerSecond: loop.samplesPerSecond, skipped: skipped,
            seconds: (clock.now - start) / .seconds(1), robustness: table, wasInterrupted: table == nil)
    }

    /// The stream that training reads.
    var trainingPipeline: Pipeline {
        Pipeline(
            data.train, programs: programs, batchSize: config.train.batchSize,
            order: .training(data.train, seed: config.seed), kernels: runtime.kernels, pool: runtime.pool,
            keepsClean: !config.train.loss.needsOnlyLabels, makesDigests: true)
    }
}

extension ExperimentConfig {
    /// Takes the samples to validate with away from those to learn from; nil where there is no validation.
    func holdOut(_ data: inout DatasetSplits) throws(ConfigError) -> SampleSet? {
        guard let validation else { return nil }
        do {
            let (rest, heldOut) = try data.train.holdingOut(validation.holdOut)
            data.train = rest
            return heldOut
        } catch {
            throw ConfigError(dataPlace, error.description)
        }
    }
}

extension Experiment {
    /// What made a step's loss infinite or nan: a sample of its batch, or the training itself.
    func cause(of error: TrainingError, in batch: Batch) throws -> any Error {
        try nonFinite(batch, step: nil, in: traced, data.train) ?? error
    }

    /// The first sample of a batch that is not finite.
    ///
    /// - Parameters:
    ///   - step: of the optimiser; nil for the one at which training has the sample.
    ///   - chains: by view.
    func nonFinite(
        _ batch: Batch, step: Int?, in chains: [TracedChain], _ samples: SampleSet
    ) throws -> NonFiniteValues? {
        let size = batch.shape.count
        for row in 0..<batch.count {
            let values = UnsafeBufferPointer(start: batch.values + row * size, count: size)
            guard values.contains(where: { !$0.isFinite }) else { continue }
            let id = batch.ids[row]
            if let values = try NonFiniteValues(
                of: id, epoch: batch.epoch,
                step: step ?? trainingStep(of: id, epoch: batch.epoch),
                in: chains[row % batch.views], kernels: runtime.kernels, source: DatasetSamples(samples))
            {
                return values
            }
        }
        return nil
    }

    private func trainingStep(of id: UInt64, epoch: Int) -> Int {
        let order = SampleOrder.training(data.train, seed: config.seed)
        return order.step(of: id, epoch: epoch, in: data.train, batchSize: config.train.batchSize) ?? 0
    }
}
