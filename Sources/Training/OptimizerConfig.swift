/// How gradients change weights.
///
/// Weight decay λ is L2 in `sgd`, `adam` and `rmsprop`, as in PyTorch: it adds λ w to the gradient. In `adamw` and `lion` it is
/// decoupled from the gradient: it takes α λ w from each weight. It spares biases and what else has only one axis, where no
/// `WeightGroup` says otherwise.
package enum Optimizer: Equatable, Sendable {
    case adam(AdamConfig)
    case adamW(AdamConfig)
    case sgd(SGDConfig)
    case lion(LionConfig)
    case rmsProp(RMSPropConfig)

    package var learningRate: Double {
        switch self {
        case .adam(let config), .adamW(let config): config.learningRate
        case .sgd(let config): config.learningRate
        case .lion(let config): config.learningRate
        case .rmsProp(let config): config.learningRate
        }
    }

    package var weightDecay: Double {
        switch self {
        case .adam(let config), .adamW(let config): config.weightDecay
        case .sgd(let config): config.weightDecay
        case .lion(let config): config.weightDecay
        case .rmsProp(let config): config.weightDecay
        }
    }

    /// Whether it needs the mean square of each weight's gradients.
    var keepsSquares: Bool {
        switch self {
        case .adam, .adamW, .rmsProp: true
        case .sgd, .lion: false
        }
    }
}

/// Adam (Kingma & Ba 2015), with the defaults of the paper; with decoupled decay AdamW (Loshchilov & Hutter 2019).
package struct AdamConfig: Equatable, Sendable {
    package var learningRate = 0.001
    /// How much of the gradient's mean is kept in a step.
    package var beta1 = 0.9
    /// How much of the gradient's mean square is kept in a step.
    package var beta2 = 0.999
    /// Added to the root of the mean square; above 0.
    package var epsilon = 1e-8
    package var weightDecay = 0.0

    package init() {}

    /// PyTorch's defaults of AdamW.
    package static var decoupled: AdamConfig {
        var config = AdamConfig()
        config.weightDecay = 0.01
        return config
    }
}

/// Stochastic gradient descent: see `MomentumStep`.
package struct SGDConfig: Equatable, Sendable {
    package var learningRate = 0.01
    package var momentum = 0.0
    package var isNesterov = false
    package var weightDecay = 0.0

    package init() {}
}

/// Lion (Chen et al. 2023), with the defaults of the authors' code.
package struct LionConfig: Equatable, Sendable {
    /// Every weight moves by this much in each step, so it is about a tenth of Adam's.
    package var learningRate = 0.0001
    /// How much the mean counts in a step's direction.
    package var beta1 = 0.9
    /// How much of the gradient's mean is kept in a step.
    package var beta2 = 0.99
    package var weightDecay = 0.0

    package init() {}
}

/// RMSProp (Tieleman & Hinton 2012), with the defaults of PyTorch.
package struct RMSPropConfig: Equatable, Sendable {
    package var learningRate = 0.01
    /// How much of the gradient's mean square is kept in a step.
    package var beta = 0.99
    /// Added to the root of the mean square; above 0.
    package var epsilon = 1e-8
    package var momentum = 0.0
    package var weightDecay = 0.0

    package init() {}
}
