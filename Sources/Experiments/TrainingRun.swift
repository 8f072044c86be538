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
    func evaluating(_ name: String, index: Int, count: Int)
    /// - Parameter text: what a person should know.
    func say(_ text: String)
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
    package var accuracy: Double
    package var samplesPerSecond: Double
    package var secondsLeft: Double
}

/// What came of a run.
package struct RunResult {
    package var folder: RunFolder
    package var steps: Int
    package var epochs: Int
    package var samplesPerSecond: Double
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
        let clock = ContinuousClock()
        let start = clock.now
        let folder = try out.map(RunFolder.create) ?? RunFolder.next(named: name)
        try AtomicFile.write(folder.lock, text: lockFile)
        let metrics = try MetricsLog(folder.metrics)
        let trainer = Trainer(makeModel(), optimizer: config.train.optimizer)
        var loop = TrainingLoop(self, trainer: trainer, metrics: metrics)
        do {
            try loop.run(observer: observer, isInterrupted: isInterrupted)
        } catch {
            // The weights before the failed step are good; the reason for the failure goes first.
            try? trainer.model.save(to: folder.model)
            throw error
        }
        try trainer.model.save(to: folder.model)
        var table: RobustnessTable?
        if !isInterrupted() {
            let complete = try evaluate(trainer, observer: observer, isInterrupted: isInterrupted)
            if complete.rows.count == evaluations.count {
                try AtomicFile.write(folder.robustness, text: complete.json)
                table = complete
            }
        }
        return RunResult(
            folder: folder, steps: trainer.steps, epochs: loop.finishedEpochs,
            samplesPerSecond: loop.samplesPerSecond,
            seconds: (clock.now - start) / .seconds(1), robustness: table, wasInterrupted: table == nil)
    }
}

extension Experiment {
    /// What made a step's loss infinite or nan: a sample of its batch, or the training itself.
    fileprivate func cause(of error: TrainingError, in batch: Batch, step: Int) throws -> any Error {
        let size = batch.shape.count
        for slot in 0..<batch.count {
            let values = UnsafeBufferPointer(start: batch.values + slot * size, count: size)
            guard values.contains(where: { !$0.isFinite }),
                let values = try NonFiniteValues(
                    of: batch.ids[slot], epoch: batch.epoch, step: step, in: traced, kernels: runtime.kernels,
                    source: DatasetSamples(data.train))
            else { continue }
            return values
        }
        return error
    }
}

/// The steps of all epochs, with what is measured on the way.
private struct TrainingLoop {
    let experiment: Experiment
    let trainer: Trainer
    let metrics: MetricsLog
    private(set) var finishedEpochs = 0

    private var trainedSamples = 0
    private var trainedSeconds = 0.0

    /// Steps between two lines of the metrics, and between two calls of the observer.
    private static let metricsInterval = 500
    private static let progressInterval = 8

    /// Sums since some step.
    private struct Sums {
        var (loss, correct, samples, start) = (0.0, 0, 0, ContinuousClock.now)

        mutating func add(_ result: StepResult, samples count: Int) {
            loss += result.loss * Double(count)
            correct += result.correct
            samples += count
        }

        var meanLoss: Double { loss / Double(samples) }
        var accuracy: Double { Double(correct) / Double(samples) }
        var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
    }

    init(_ experiment: Experiment, trainer: Trainer, metrics: MetricsLog) {
        (self.experiment, self.trainer, self.metrics) = (experiment, trainer, metrics)
    }

    var samplesPerSecond: Double { trainedSeconds > 0 ? Double(trainedSamples) / trainedSeconds : 0 }

    mutating func run(observer: some RunObserver, isInterrupted: () -> Bool) throws {
        let (config, runtime) = (experiment.config, experiment.runtime)
        let pipeline = Pipeline(
            dataset: experiment.data.train, program: experiment.program, batchSize: config.train.batchSize,
            order: SampleOrder(.shuffled, seed: config.seed), kernels: runtime.kernels, pool: runtime.pool)
        let stream = pipeline.stream()
        for epoch in 0..<config.train.epochs {
            stream.begin(epoch: epoch)
            var (whole, recent) = (Sums(), Sums())
            while let batch = try stream.nextBatch() {
                let step = trainer.steps
                let result: StepResult
                do throws(TrainingError) {
                    result = try trainer.step(batch)
                } catch {
                    throw try experiment.cause(of: error, in: batch, step: step)
                }
                whole.add(result, samples: batch.count)
                recent.add(result, samples: batch.count)
                if trainer.steps % Self.metricsInterval == 0 {
                    try log(recent, epoch: epoch)
                    recent = Sums()
                }
                if trainer.steps % Self.progressInterval == 0 {
                    observer.trained(progress(whole, epoch: epoch))
                }
                if isInterrupted() {
                    if recent.samples > 0 { try log(recent, epoch: epoch) }
                    count(whole)
                    return
                }
            }
            count(whole)
            finishedEpochs += 1
            try metrics.epoch(
                epoch, step: trainer.steps, loss: whole.meanLoss, accuracy: whole.accuracy,
                seconds: whole.seconds,
                samplesPerSecond: Double(whole.samples) / whole.seconds)
            observer.finishedEpoch(progress(whole, epoch: epoch))
        }
    }

    private mutating func count(_ epoch: Sums) {
        trainedSamples += epoch.samples
        trainedSeconds += epoch.seconds
    }

    private func log(_ sums: Sums, epoch: Int) throws {
        try metrics.step(
            trainer.steps, epoch: epoch, loss: sums.meanLoss, accuracy: sums.accuracy,
            learningRate: experiment.config.train.optimizer.learningRate,
            samplesPerSecond: Double(sums.samples) / sums.seconds)
    }

    private func progress(_ sums: Sums, epoch: Int) -> TrainingProgress {
        let (epochs, perEpoch) = (experiment.config.train.epochs, experiment.data.train.count)
        let rate = Double(sums.samples) / sums.seconds
        let left = (epochs - epoch) * perEpoch - sums.samples
        return TrainingProgress(
            epoch: epoch, epochs: epochs, samples: sums.samples, samplesPerEpoch: perEpoch,
            loss: sums.meanLoss,
            accuracy: sums.accuracy, samplesPerSecond: rate, secondsLeft: Double(left) / rate)
    }
}
