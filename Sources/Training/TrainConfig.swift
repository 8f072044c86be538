/// How a model is trained.
package struct TrainConfig: Equatable, Sendable {
    package var loss: Loss = .crossEntropy
    package var optimizer: Optimizer = .adam(AdamConfig())
    /// Samples a step.
    package var batchSize = 32
    package var epochs: Int
    /// How many parts a sum over a batch has, a power of two up to 64; they are combined by a binary tree, so weights
    /// depend on this number and never on how many threads, or processes, share the work.
    ///
    /// One part, because it is the fastest (two cost 2 %, four 6 % of a step of 32 samples) and threads share weights by
    /// columns, so they need no more. Processes that share a batch need a part each.
    package var leaves = 1
    /// How often what a run needs to go on is saved.
    package var checkpoint = CheckpointInterval.seconds(10)

    package init(epochs: Int) { self.epochs = epochs }
}

package enum CheckpointInterval: Equatable, Sendable {
    case seconds(Double)
    case steps(Int)
}

package enum Loss: String, CaseIterable, Sendable {
    /// Mean of −ln softmax(outputs)[label] over the batch.
    case crossEntropy = "cross_entropy"
}

package enum Optimizer: Equatable, Sendable {
    case adam(AdamConfig)
    case sgd(SGDConfig)

    package var learningRate: Double {
        switch self {
        case .adam(let adam): adam.learningRate
        case .sgd(let sgd): sgd.learningRate
        }
    }
}

/// Adam (Kingma & Ba 2015), with the defaults of the paper.
package struct AdamConfig: Equatable, Sendable {
    package var learningRate = 0.001
    /// How much of the gradient's mean is kept in a step.
    package var beta1 = 0.9
    /// How much of the gradient's mean square is kept in a step.
    package var beta2 = 0.999
    /// Added to the root of the mean square; above 0.
    package var epsilon = 1e-8

    package init() {}
}

/// Stochastic gradient descent: v ← momentum · v + g, w ← w − learningRate · v.
package struct SGDConfig: Equatable, Sendable {
    package var learningRate = 0.01
    package var momentum = 0.0

    package init() {}
}
