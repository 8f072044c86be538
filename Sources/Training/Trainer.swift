import Tensors

/// Brings a model's weights forward, a batch at a time.
///
/// A step allocates nothing once each kind of work has been done once. Weights are bit-equal for any number of threads.
package final class Trainer {
    package let model: Model
    /// How many steps have been taken: batches trained on.
    package internal(set) var steps = 0
    private let config: TrainConfig
    private let stepsPerEpoch: Int
    private let loss: LossSum
    /// Nil where layers change their weights as soon as they know the gradient, which is faster.
    private let gradients: CollectedGradients?
    private let averages: WeightAverages?

    /// - Parameter stepsPerEpoch: what a schedule takes an epoch for.
    package init(_ model: Model, _ config: TrainConfig, stepsPerEpoch: Int) {
        (self.model, self.config, self.stepsPerEpoch) = (model, config, stepsPerEpoch)
        for weight in model.weights {
            weight.startTraining(config.optimizer, config.groups.first { $0.has(weight.name) })
        }
        precondition(
            model.plan.outputs.map(\.name) == config.loss.heads.map(\.name),
            "losses have the names and the order of the model's heads")
        loss = config.makeLoss(of: model)
        gradients =
            config.accumulate > 1 || config.clipNorm != nil
            ? CollectedGradients(model.weights, engine: model.engine) : nil
        averages = config.averageDecay.map {
            WeightAverages(model.weights, decay: $0, engine: model.engine)
        }
    }

    /// Looks over all weights: for those that are about to be kept, since a step looks only at its loss.
    package func checkWeights() throws(TrainingError) {
        for weight in model.weights where !weight.isFinite {
            throw .nonFiniteWeight(step: steps, name: weight.name, model.place(of: weight.name))
        }
    }

    /// What the schedule makes of the learning rate in the next step.
    package var learningRate: Double { config.optimizer.learningRate * rateFactor }

    /// Whether gradients that were collected belong to a trainer's state.
    var collectsOverSteps: Bool { config.accumulate > 1 }

    private var rateFactor: Double {
        config.schedule.factor(
            step: steps, totalSteps: config.epochs * stepsPerEpoch, stepsPerEpoch: stepsPerEpoch)
    }

    /// Takes the gradient of the batch's mean loss, and changes all weights by it, or every so many batches by their mean
    /// gradient. Where the loss is not finite, nothing is changed.
    package func step(_ batch: Batch) throws(TrainingError) -> StepResult { try step(batch, times: nil) }

    private func step(_ batch: Batch, times: LayerTimes?) throws(TrainingError) -> StepResult {
        try withoutDenormals { () throws(TrainingError) in try plainStep(batch, times: times) }
    }

    private func plainStep(_ batch: Batch, times: LayerTimes?) throws(TrainingError) -> StepResult {
        let pass = Pass(
            batch,
            update: gradients == nil
                ? update(gradientScale: 1) : .collect(isFirst: steps % config.accumulate == 0))
        loss.begin(batch)
        model.forward(batch, pass, times: times)
        let mean = loss.evaluate(batch, wantsGradient: true)
        guard mean.isFinite else {
            let (origin, samples) = model.nonFiniteForward(batch)
            throw .nonFinite(
                NonFiniteStep(
                    step: steps + 1, number: .loss(mean, head: loss.nonFiniteHead), origin: origin,
                    samples: samples))
        }
        model.backward(pass, times: times)
        let changesWeights = (steps + 1) % config.accumulate == 0
        if changesWeights { try applyGradients(batch) }
        steps += 1
        if changesWeights { averages?.update(steps: steps / config.accumulate) }
        return StepResult(loss: mean, correct: loss.correct, headLosses: loss.headLosses)
    }

    /// Takes some steps, with all batches that `next` gives, and says how long each layer ran in them.
    package func profile(_ next: () throws -> Batch?) throws -> [LayerProfile] {
        let times = LayerTimes(layers: model.layers.count)
        while let batch = try next() { _ = try step(batch, times: times) }
        return model.profile(times)
    }

    /// Changes the weights by what was collected, where that is not done yet.
    private func applyGradients(_ batch: Batch) throws(TrainingError) {
        guard let gradients else { return }
        var scale = 1 / Double(config.accumulate)
        if let limit = config.clipNorm {
            let norm = gradients.norm * scale
            guard norm.isFinite else {
                throw .nonFinite(
                    NonFiniteStep(
                        step: steps + 1, number: .gradientNorm(norm), origin: model.nonFiniteBackward(),
                        samples: (0..<batch.count).map { batch.ids[$0] }))
            }
            if norm > limit { scale *= limit / norm }
        }
        gradients.apply(update(gradientScale: scale))
    }

    private func update(gradientScale: Double) -> WeightUpdate {
        WeightUpdate(
            config.optimizer, step: steps / config.accumulate + 1, rateFactor: rateFactor,
            gradientScale: gradientScale)
    }

    /// Does something with the averages in the place of the weights, where averages are kept.
    package func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
        try with(\.average, body)
    }

    /// Does something with the weights that a run results in: the best ones where they are kept, otherwise as `withAverages`.
    package func withResult<Result>(_ body: () throws -> Result) rethrows -> Result {
        try model.weights[0].best == nil ? withAverages(body) : with(\.best, body)
    }

    private func with<Result>(
        _ others: KeyPath<Weight, Buffer<Float>?>, _ body: () throws -> Result
    ) rethrows -> Result {
        func exchange() {
            for weight in model.weights {
                if let buffer = weight[keyPath: others] { weight.exchangeValues(with: buffer) }
            }
        }
        exchange()
        defer { exchange() }
        return try body()
    }

    /// From now on the best weights are kept beside the newest ones; until `rememberAsBest` these are the ones as they are.
    package func startKeepingBest() { for weight in model.weights { weight.startKeepingBest() } }

    /// The weights, or their averages, are the best ones so far.
    package func rememberAsBest() { for weight in model.weights { weight.rememberAsBest() } }

    /// Computes the loss of each output without dropout and without changing anything.
    package func evaluate(_ batch: Batch) -> [LossResult] {
        loss.begin(batch)
        return withoutDenormals {
            model.forward(batch, Pass(batch, update: nil))
            _ = loss.evaluate(batch, wantsGradient: false)
            return loss.results
        }
    }
}

/// What a step found before it changed the weights.
package struct StepResult: Equatable, Sendable {
    /// Mean over the batch; of several heads the weighted sum.
    package var loss: Double
    /// How many samples had their largest output at their label; nil where outputs are no classes.
    package var correct: Int?
    /// That of each head, not weighted; none for a model without heads.
    package var headLosses: [Double]
}

/// Why training cannot go on.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The weights are as the step before left them.
    case nonFinite(NonFiniteStep)
    /// What so many steps left of a weight.
    case nonFiniteWeight(step: Int, name: String, LayerPlace?)
    /// Without noise; a step looks at the loss before it changes the weights, so only this shows what the last one did.
    case nonFiniteEvaluation(loss: Double)
    /// No sample of an epoch can be read.
    case nothingToTrainOn(epoch: Int)
    case nothingToTest(name: String)

    /// Whether numbers of the training itself became infinite or nan.
    package var isNonFinite: Bool {
        switch self {
        case .nonFinite, .nonFiniteWeight: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .nonFinite(let step): "\(step)"
        case .nonFiniteWeight(let step, let name, let place):
            "step \(step): it left values that are not finite in the weight \(name)\(NonFiniteStep.text(place)); "
                + NonFiniteStep.advice
        case .nothingToTest(let name): "no sample of the test set '\(name)' can be read"
        case .nothingToTrainOn(let epoch): "no sample of epoch \(epoch) can be read"
        case .nonFiniteEvaluation(let loss):
            "the loss on the clean test set is \(NonFiniteStep.text(loss)); \(NonFiniteStep.advice)"
        }
    }
}
