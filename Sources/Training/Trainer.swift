import Tensors

/// Brings a model's weights forward, a batch at a time.
///
/// A step allocates nothing once each kind of work has been done once. Weights are bit-equal for any number of threads.
package final class Trainer {
    package let model: Model
    /// How many steps have been taken.
    package internal(set) var steps = 0
    private let optimizer: Optimizer
    private let loss: CrossEntropy

    package init(_ model: Model, optimizer: Optimizer) {
        (self.model, self.optimizer) = (model, optimizer)
        loss = CrossEntropy(of: model.output, engine: model.engine)
    }

    /// Updates all weights by the gradient of the batch's mean loss. Where that loss is not finite, nothing is changed.
    package func step(_ batch: Batch) throws(TrainingError) -> StepResult {
        let pass = Pass(
            count: batch.count, ids: batch.ids, epoch: UInt32(batch.epoch),
            update: WeightUpdate(optimizer, step: steps + 1))
        model.forward(batch, pass)
        let result = loss.evaluate(
            labels: batch.labels, targets: batch.targets, count: batch.count, wantsGradient: true)
        let mean = result.lossSum / Double(batch.count)
        guard mean.isFinite else { throw .nonFinite(step: steps + 1, loss: mean) }
        model.backward(pass)
        steps += 1
        return StepResult(loss: mean, correct: result.correct)
    }

    /// Computes the loss without dropout and without changing anything.
    package func evaluate(_ batch: Batch) -> (lossSum: Double, correct: Int) {
        let pass = Pass(count: batch.count, ids: batch.ids, epoch: UInt32(batch.epoch), update: nil)
        model.forward(batch, pass)
        return loss.evaluate(labels: batch.labels, targets: batch.targets, count: batch.count)
    }
}

/// What a step found before it changed the weights.
package struct StepResult: Equatable, Sendable {
    /// Mean over the batch.
    package var loss: Double
    /// How many samples had their largest output at their label.
    package var correct: Int
}

/// Why training cannot go on.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// `step` counts from 1; the weights are as the step before left them.
    case nonFinite(step: Int, loss: Double)
    /// Without noise; a step looks at the loss before it changes the weights, so only this shows what the last one did.
    case nonFiniteEvaluation(loss: Double)
    /// No sample of an epoch can be read.
    case nothingToTrainOn(epoch: Int)
    case nothingToTest(name: String)

    package var description: String {
        switch self {
        case .nonFinite(let step, let loss): "step \(step): the loss is \(Self.advice(loss))"
        case .nothingToTest(let name): "no sample of the test set '\(name)' can be read"
        case .nothingToTrainOn(let epoch): "no sample of epoch \(epoch) can be read"
        case .nonFiniteEvaluation(let loss): "the loss on the clean test set is \(Self.advice(loss))"
        }
    }

    private static func advice(_ loss: Double) -> String {
        "\(loss.isNaN ? "not a number" : "\(loss)"); try a lower learning rate, "
            + "and check the strength of the noise and the range of the data"
    }
}
