import Datasets
import Pipelines
import Reports
import Tensors
import Training

/// The steps of all epochs, with what is measured and saved on the way.
struct TrainingLoop {
    private let experiment: Experiment
    private let trainer: Trainer
    private let folder: RunFolder
    private let metrics: MetricsLog
    private let pipeline: Pipeline
    private(set) var state: RunState

    /// Of the last step.
    private var learningRate = 0.0
    private var lastCheckpoint = ContinuousClock.now
    private var measuredUntil = ContinuousClock.now

    /// Steps between two lines of the metrics, and between two calls of the observer.
    private static let metricsInterval = 500
    private static let progressInterval = 8

    init(
        _ experiment: Experiment, trainer: Trainer, folder: RunFolder, metrics: MetricsLog, state: RunState
    ) {
        (self.experiment, self.trainer, self.folder) = (experiment, trainer, folder)
        (self.metrics, self.state) = (metrics, state)
        pipeline = experiment.trainingPipeline
    }

    var samplesPerSecond: Double {
        let seconds = state.trainedSeconds + state.whole.seconds
        return seconds > 0 ? Double(state.trainedSamples + state.whole.samples) / seconds : 0
    }

    /// Trains until all epochs are done or somebody interrupts.
    mutating func run(observer: some RunObserver, isInterrupted: () -> Bool) throws {
        let stream = pipeline.stream()
        if state.batch > 0 { try recognise(stream) }
        measuredUntil = .now
        while state.epoch < experiment.config.train.epochs, !state.validation.hasStopped {
            stream.begin(epoch: state.epoch, at: state.position)
            while let batch = try stream.nextBatch() {
                try step(batch, observer)
                if trainer.steps % Self.metricsInterval == 0 { try logRecent() }
                if trainer.steps % Self.progressInterval == 0 { observer.trained(progress) }
                if isInterrupted() || observer.wantsStop { return try save(stream) }
                if isCheckpointDue { try save(stream) }
            }
            try finishEpoch(observer)
            if isInterrupted() || observer.wantsStop { return try save(stream) }
        }
        try save(stream)
    }

    /// Makes the batch before the checkpoint once more: a run must not go on with other data, or another config.
    private func recognise(_ stream: BatchStream) throws {
        stream.begin(epoch: state.epoch, at: state.beforeLast.position)
        var digest = state.beforeLast.digest
        let batch = try stream.nextBatch()
        batch?.append(to: &digest)
        guard batch?.nextPosition == state.position, digest == state.digest else {
            throw FileError(
                folder.path,
                "the stream is not the one that this run was trained on: the batch before its checkpoint differs; were the "
                    + "data or the lock file changed?")
        }
    }

    private mutating func step(_ batch: Batch, _ observer: some RunObserver) throws {
        let result: StepResult
        learningRate = trainer.learningRate
        do throws(TrainingError) {
            result = try trainer.step(batch)
        } catch {
            throw try experiment.cause(of: error, in: batch)
        }
        state.step = trainer.steps
        state.beforeLast = RunState.Place(position: state.position, digest: state.digest)
        state.position = batch.nextPosition
        state.batch += 1
        batch.append(to: &state.digest)
        state.whole.add(result, samples: batch.count)
        state.recent.add(result, samples: batch.count)
        observer.stepped(
            TrainedStep(
                number: trainer.steps, epoch: state.epoch, samples: batch.count, result: result,
                learningRate: learningRate, samplesPerSecond: rate))
    }

    private mutating func finishEpoch(_ observer: some RunObserver) throws {
        measureTime()
        let whole = state.whole
        guard whole.samples > 0 else { throw TrainingError.nothingToTrainOn(epoch: state.epoch) }
        let progress = progress
        observer.finishedEpoch(progress)
        try metrics.epoch(
            state.epoch, step: state.step, loss: whole.meanLoss, accuracy: whole.accuracy,
            heads: headLosses(whole),
            digest: state.digest.description, batches: state.batch, seconds: whole.seconds,
            samplesPerSecond: whole.samplesPerSecond)
        state.trainedSamples += whole.samples
        state.trainedSeconds += whole.seconds
        (state.epoch, state.position, state.batch) = (state.epoch + 1, 0, 0)
        (state.whole, state.recent, state.digest) = (RunState.Sums(), RunState.Sums(), Digest())
        let rows = try validate(observer)
        observer.validatedEpoch(
            TrainedEpoch(
                progress: progress, steps: state.step, learningRate: learningRate, validation: rows))
        measuredUntil = .now
    }

    /// Judges the weights behind an epoch, and stops where they have not become better for too long.
    private mutating func validate(_ observer: some RunObserver) throws -> [RobustnessRow] {
        guard let config = experiment.config.validation, state.epoch % config.every == 0 else { return [] }
        let sets = try trainer.withAverages { try experiment.validate(trainer, observer: observer) }
        try metrics.validation(state.epoch - 1, step: state.step, rows: sets.map(\.row.json))
        let value = sets.reduce(0) { $0 + config.criterion.value(of: $1.metrics) } / Double(sets.count)
        let isBest = state.validation.add(
            value, epoch: state.epoch, isMoreBetter: config.criterion.isMoreBetter)
        if isBest, config.keepsBest { trainer.rememberAsBest() }
        let validation = state.validation
        let rows = sets.map(\.row)
        guard let patience = config.patience, validation.withoutBetter >= patience else { return rows }
        state.validation.hasStopped = true
        observer.say(
            "stopped behind epoch \(state.epoch): no better \(config.criterion.name) than "
                + "\(validation.best.map { "\($0)" } ?? "none") behind epoch \(validation.bestEpoch)")
        return rows
    }

    private mutating func logRecent() throws {
        measureTime()
        let recent = state.recent
        try metrics.step(
            state.step, epoch: state.epoch, batch: state.batch, loss: recent.meanLoss,
            accuracy: recent.accuracy, heads: headLosses(recent), digest: state.digest.description,
            learningRate: trainer.learningRate,
            samplesPerSecond: recent.samplesPerSecond)
        state.recent = RunState.Sums()
    }

    /// The mean loss of each head, as the table calls it.
    private func headLosses(_ sums: RunState.Sums) -> [JSONValue.Member] {
        zip(experiment.config.train.loss.heads, sums.headLosses ?? []).map { head, loss in
            .init("\(head.name!)_loss", .number(loss / Double(sums.samples)))
        }
    }

    /// Adds the time since the last call to the sums.
    private mutating func measureTime() {
        let now = ContinuousClock.now
        let seconds = (now - measuredUntil) / .seconds(1)
        measuredUntil = now
        state.whole.seconds += seconds
        state.recent.seconds += seconds
    }

    private var isCheckpointDue: Bool {
        switch experiment.config.train.checkpoint {
        case .steps(let steps): trainer.steps % steps == 0
        case .seconds(let seconds): (ContinuousClock.now - lastCheckpoint) / .seconds(1) >= seconds
        }
    }

    /// Never what would spoil the checkpoint before it.
    private mutating func save(_ stream: BatchStream) throws {
        try trainer.checkWeights()
        measureTime()
        state.skipped.merge(stream.skipped) { $1 }
        try folder.writeSkipped(train: state.skipped)
        state.metricsSize = try metrics.size()
        try Checkpoint(run: state, trainer: trainer.state).write(to: folder)
        lastCheckpoint = .now
    }

    /// Samples a second in this epoch.
    private var rate: Double {
        let seconds = state.whole.seconds + (ContinuousClock.now - measuredUntil) / .seconds(1)
        return Double(state.whole.samples) / seconds
    }

    private var progress: TrainingProgress {
        let (epochs, perEpoch) = (
            experiment.config.train.epochs, pipeline.samplesPerEpoch * experiment.config.views
        )
        let rate = rate
        let left = (epochs - state.epoch) * perEpoch - state.whole.samples
        return TrainingProgress(
            epoch: state.epoch, epochs: epochs, samples: state.whole.samples, samplesPerEpoch: perEpoch,
            loss: state.whole.meanLoss, accuracy: state.whole.accuracy, samplesPerSecond: rate,
            secondsLeft: Double(left) / rate)
    }
}
