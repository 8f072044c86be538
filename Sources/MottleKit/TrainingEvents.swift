import Experiments
import Reports

/// A step that has changed the weights.
public struct TrainingStep {
    /// Counts from 1, over all epochs.
    public let number: Int
    /// Counts from 0.
    public let epoch: Int
    /// How many rows its batch had.
    public let count: Int
    /// The batch's mean, before the step.
    public let loss: Double
    /// The share of the batch whose class was found, before the step; nil where the model finds none.
    public let accuracy: Double?
    /// With which it was taken.
    public let learningRate: Double
    /// Of this epoch so far.
    public let samplesPerSecond: Double
    private let stopping: StopRequest

    init(_ step: TrainedStep, _ stopping: StopRequest) {
        (number, epoch, count, loss) = (step.number, step.epoch, step.samples, step.result.loss)
        accuracy = step.result.correct.map { Double($0) / Double(step.samples) }
        (learningRate, samplesPerSecond) = (step.learningRate, step.samplesPerSecond)
        self.stopping = stopping
    }

    /// Ends training behind this step, as if all epochs were done: the model is evaluated and saved as it is.
    public func stop() { stopping.isMade = true }
}

/// An epoch that is over.
public struct TrainingEpoch {
    /// Counts from 0.
    public let number: Int
    /// How many steps have been taken in all epochs.
    public let steps: Int
    /// The mean over the epoch.
    public let loss: Double
    /// The share of the samples whose class was found while they were trained on; nil where the model finds none.
    public let accuracy: Double?
    /// Of its last step.
    public let learningRate: Double
    public let samplesPerSecond: Double
    /// The sets of `validate`, the clean one first; none where the config has none, or does not validate behind this epoch.
    public let validation: [TestResult]
    private let stopping: StopRequest

    init(_ epoch: TrainedEpoch, _ stopping: StopRequest) {
        let progress = epoch.progress
        (number, steps, loss, accuracy) = (progress.epoch, epoch.steps, progress.loss, progress.accuracy)
        (learningRate, samplesPerSecond) = (epoch.learningRate, progress.samplesPerSecond)
        validation = epoch.validation.map { TestResult($0) }
        self.stopping = stopping
    }

    /// Ends training behind this epoch, as if all were done: the model is evaluated and saved as it is.
    public func stop() { stopping.isMade = true }
}

/// Whether somebody wants training to end.
final class StopRequest {
    var isMade = false
}

/// How a model does on one set of samples.
public struct TestResult: Sendable, Equatable {
    /// `clean`, or what the noise is called.
    public let name: String
    /// The noise's parameters as text, in the order of the plugin.
    public let parameters: [Parameter]
    public let count: Int
    /// The share of samples whose class was found; nil where the model finds none.
    public let accuracy: Double?
    /// The mean over the samples.
    public let loss: Double
    /// The numbers of the config's `metrics`, by their names there, and of each head of a model with several: `picture_loss`.
    public let metrics: [String: Double]

    /// A parameter of the noise.
    public struct Parameter: Sendable, Equatable {
        public let name: String
        /// `0.1`, `uniform 0.1…0.2`.
        public let value: String
    }

    init(_ row: RobustnessRow) {
        (name, count, accuracy, loss) = (row.name, row.count, row.accuracy, row.loss)
        parameters = row.parameters.map { Parameter(name: $0.name, value: $0.text) }
        var metrics: [String: Double] = [:]
        for measure in row.measures {
            if case .number(let value) = measure.value { metrics[measure.key] = value }
        }
        self.metrics = metrics
    }
}

/// What came of a training.
public struct TrainingResult: Sendable {
    /// Holds the weights, what was measured on the way, the table and the lock file.
    public let folder: String
    /// Of the optimiser.
    public let steps: Int
    /// How many were finished.
    public let epochs: Int
    /// Of everything, evaluation too.
    public let seconds: Double
    /// While it trained.
    public let samplesPerSecond: Double
    /// Samples that were left out because they cannot be read.
    public let skipped: Int
    /// The clean test set first.
    public let testSets: [TestResult]
    /// What a person should know.
    public let notes: [String]

    init(_ result: RunResult, notes: [String]) {
        (folder, steps, epochs) = (result.folder.path, result.steps, result.epochs)
        (seconds, samplesPerSecond) = (result.seconds, result.samplesPerSecond)
        (skipped, self.notes) = (result.skipped, notes)
        testSets = result.robustness?.rows.map { TestResult($0) } ?? []
    }
}
