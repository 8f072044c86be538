import Tensors

/// The losses of all outputs of a model, as `ModelLoss` adds them up.
final class LossSum {
    /// By output, of the last batch.
    private(set) var results: [LossResult]
    /// The mean of each head; none for a model without heads.
    private(set) var headLosses: [Double]
    private let config: ModelLoss
    private let terms: [(output: Activation, loss: any LossFunction)]
    /// The first output that tells classes.
    private let judged: Int?

    fileprivate init(_ config: ModelLoss, _ terms: [(output: Activation, loss: any LossFunction)]) {
        (self.config, self.terms, judged) = (config, terms, config.first(.labels))
        results = Array(repeating: LossResult(), count: terms.count)
        headLosses = Array(repeating: 0, count: config.hasHeads ? terms.count : 0)
    }

    /// Looks at a batch before `forward`. By index, as in `evaluate`: in builds without optimisation an iterator allocates.
    func begin(_ batch: Batch) { for index in terms.indices { terms[index].loss.begin(batch) } }

    /// The mean loss of a batch, with its gradient for all outputs where that is wanted.
    func evaluate(_ batch: Batch, wantsGradient: Bool) -> Double {
        for index in terms.indices {
            let (output, loss) = terms[index]
            // With frozen weights alone before it, an output has no gradient.
            let isTrained = wantsGradient && output.gradient != nil
            results[index] = loss.evaluate(
                batch, gradientScale: isTrained ? config.heads[index].weight : nil)
        }
        for index in headLosses.indices { headLosses[index] = results[index].mean }
        return config.mean(results)
    }

    /// Of the first output that tells classes.
    var correct: Int? { judged.flatMap { results[$0].correct } }

    /// The first head whose loss is infinite or nan.
    var nonFiniteHead: String? {
        zip(config.heads, results).first { !$0.1.mean.isFinite }?.0.name
    }
}

extension TrainConfig {
    /// The loss of a model, whose last layer computes only what the loss looks at from now on, where that can be.
    func makeLoss(of model: Model) -> LossSum {
        // The consistency of views looks at everything.
        let isCounted = !loss.hasHeads && loss.first(.tokens) != nil && consistency == nil
        return makeLoss(
            of: model.outputs, isCounted ? model.countRows() : nil, lastLayers: model.lastLayers,
            engine: model.engine)
    }

    /// The loss of a model with these outputs.
    ///
    /// - Parameters:
    ///   - counted: where the loss of the only output says what it looks at, before each pass; nil: everything is computed.
    ///   - lastLayers: those behind which the only output stands; nil: each runs on its own.
    func makeLoss(
        of outputs: [Activation], _ counted: CountedRows? = nil, lastLayers: LastLayers? = nil,
        engine: Engine
    ) -> LossSum {
        precondition(
            outputs.count == loss.heads.count,
            "\(outputs.count) outputs want as many losses, got \(loss.heads.count)")
        // The views' divergence is a part of one loss.
        let judged = consistency == nil ? nil : loss.first(.labels)
        return LossSum(
            loss,
            outputs.indices.map { index in
                var function = loss.heads[index].loss.make(of: outputs[index], counted, engine: engine)
                if let lastLayers {
                    let entropy = consistency == nil ? function as? CrossEntropy : nil
                    lastLayers.join(entropy)
                    if entropy != nil { function = lastLayers }
                }
                if let consistency, index == judged {
                    function = ConsistentLoss(
                        function, of: outputs[index], strength: consistency, engine: engine)
                }
                return (outputs[index], function)
            })
    }
}
