import VectorKernels

/// How a model is trained.
package struct TrainConfig: Equatable, Sendable {
    package var loss = ModelLoss(.crossEntropy)
    /// How much the divergence between a sample's views counts beside the loss; nil: not at all.
    package var consistency: Double?
    package var optimizer: Optimizer = .adam(AdamConfig())
    package var schedule = LearningRateSchedule()
    /// Where the norm of all weights' gradient together is larger, the gradient is scaled down to it (Pascanu et al. 2013).
    package var clipNorm: Double?
    /// No weight is in two of them.
    package var groups: [WeightGroup] = []
    /// Names of weights that stay as they are; what a batch norm measures stays, too, and is used in the place of the batch's.
    package var freeze: [NamePattern] = []
    /// Where start values come from; nil: all are drawn.
    package var initFrom: EarlierRun?
    /// Weights change every so many batches, by their mean gradient.
    package var accumulate = 1
    /// Of a moving average of the weights, which is evaluated and saved in their place; nil: none is kept.
    package var averageDecay: Double?
    /// What steps round the factors of products and convolutions to; all else, and evaluation, is in fp32.
    package var precision = Precision.fp32
    /// Samples a step.
    package var batchSize = 32
    package var epochs: Int
    /// How many parts a sum over a batch has, a power of two up to 64; they are combined by a binary tree, so weights
    /// depend on this number and never on how many threads, or processes, share the work.
    ///
    /// One part, because it is the fastest (two cost 2 %, four 6 % of a step of 32 samples) and threads share weights, not
    /// samples, so they need no more. Processes that share a batch need a part each.
    package var leaves = 1
    /// How often what a run needs to go on is saved.
    package var checkpoint = CheckpointInterval.seconds(10)

    package init(epochs: Int) { self.epochs = epochs }
}

/// Weights that have a learning rate or a weight decay of their own, whatever their shape; nil: the optimizer's.
package struct WeightGroup: Equatable, Sendable {
    package var weights: [NamePattern]
    package var learningRate: Double?
    package var weightDecay: Double?

    package init(_ weights: [NamePattern], learningRate: Double? = nil, weightDecay: Double? = nil) {
        (self.weights, self.learningRate, self.weightDecay) = (weights, learningRate, weightDecay)
    }

    package func has(_ name: String) -> Bool { weights.contains { $0.means(name) } }
}

package enum CheckpointInterval: Equatable, Sendable {
    case seconds(Double)
    case steps(Int)
}
