import Tensors

/// A number for a batch of one output, with its gradient for it.
protocol LossFunction: AnyObject {
    /// Looks at a batch before `forward`.
    func begin(_ batch: Batch)

    /// Looks at the output of the last `forward` of this batch, which `LastLayers` compute only now, and writes the gradient of the mean loss times `gradientScale`;
    /// nil: nobody wants a gradient.
    func evaluate(_ batch: Batch, gradientScale: Double?) -> LossResult
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

extension LossConfig {
    /// This loss of an output.
    ///
    /// - Parameter counted: where the loss says what it looks at, before each pass; nil: everything is computed.
    func make(of output: Activation, _ counted: CountedRows? = nil, engine: Engine) -> any LossFunction {
        switch formula {
        case .crossEntropy(let smoothing, _) where target == .tokens:
            TokenCrossEntropy(of: output, counted, smoothing: smoothing, over: over, engine: engine)
        case .crossEntropy(let smoothing, let classWeights):
            CrossEntropy(of: output, smoothing: smoothing, classWeights: classWeights, engine: engine)
        default: ComparisonLoss(of: output, self, engine: engine)
        }
    }
}
