import Tensors

/// What training makes small: a number for a batch of outputs, with its gradient for them.
protocol LossFunction: AnyObject {
    /// Looks at a batch before `forward`.
    func begin(_ batch: Batch)

    /// Looks at the model's output of the last `forward` of this batch; writes the gradient of the mean loss where that is
    /// wanted.
    func evaluate(_ batch: Batch, wantsGradient: Bool) -> LossResult
}

extension LossFunction {
    func begin(_ batch: Batch) {}
}

/// What a loss found in a batch.
package struct LossResult: Equatable, Sendable {
    /// Over all that counts, in a fixed order.
    package var lossSum: Double
    /// How much counts: what the sum is divided by for the mean. 0 where everything is left out.
    package var weight: Double
    /// How many samples have their largest output at their label; nil where outputs are no classes.
    package var correct: Int?

    package init(lossSum: Double = 0, weight: Double = 0, correct: Int? = nil) {
        (self.lossSum, self.weight, self.correct) = (lossSum, weight, correct)
    }

    package var mean: Double { weight > 0 ? lossSum / weight : lossSum }

    /// Of two batches together.
    package mutating func add(_ other: LossResult) {
        (lossSum, weight) = (lossSum + other.lossSum, weight + other.weight)
        if let found = other.correct { correct = (correct ?? 0) + found }
    }
}

extension TrainConfig {
    /// The loss of a model, whose last layer computes only what the loss looks at from now on, where that can be.
    func makeLoss(of model: Model) -> any LossFunction {
        // The consistency of views looks at everything.
        let counted = loss.target == .tokens && consistency == nil ? model.countRows() : nil
        return makeLoss(of: model.output, counted, engine: model.engine)
    }

    /// The loss of a model that gives `output`.
    ///
    /// - Parameter counted: where the loss says what it looks at, before each pass; nil: everything is computed.
    func makeLoss(of output: Activation, _ counted: CountedRows? = nil, engine: Engine) -> any LossFunction {
        let base: any LossFunction =
            switch loss.formula {
            case .crossEntropy(let smoothing, _) where loss.target == .tokens:
                TokenCrossEntropy(
                    of: output, counted, smoothing: smoothing, over: loss.over, engine: engine)
            case .crossEntropy(let smoothing, let classWeights):
                CrossEntropy(
                    of: output, smoothing: smoothing, classWeights: classWeights, engine: engine)
            default: ComparisonLoss(of: output, loss, engine: engine)
            }
        guard let consistency else { return base }
        return ConsistentLoss(base, of: output, strength: consistency, engine: engine)
    }
}
