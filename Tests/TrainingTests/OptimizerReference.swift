import Foundation

@testable import Training

/// The optimisers for one weight, straight from the papers' formulas, in Double.
struct OptimizerReference {
    var weight: Double
    private var first = 0.0
    private var second = 0.0

    init(weight: Double) { self.weight = weight }

    /// `step` counts from 1.
    mutating func take(_ optimizer: Optimizer, step: Int, gradient: Double) {
        switch optimizer {
        case .adam(let config):
            takeAdam(config, step: step, gradient: gradient + config.weightDecay * weight)
        case .adamW(let config):
            weight -= config.learningRate * config.weightDecay * weight
            takeAdam(config, step: step, gradient: gradient)
        case .sgd(let config):
            let g = gradient + config.weightDecay * weight
            first = config.momentum * first + g
            weight -= config.learningRate * (config.isNesterov ? g + config.momentum * first : first)
        case .lion(let config):
            let blend = config.beta1 * first + (1 - config.beta1) * gradient
            let sign: Double = blend > 0 ? 1 : blend < 0 ? -1 : 0
            weight -= config.learningRate * (sign + config.weightDecay * weight)
            first = config.beta2 * first + (1 - config.beta2) * gradient
        case .rmsProp(let config):
            let g = gradient + config.weightDecay * weight
            second = config.beta * second + (1 - config.beta) * g * g
            first = config.momentum * first + g / (second.squareRoot() + config.epsilon)
            weight -= config.learningRate * first
        }
    }

    private mutating func takeAdam(_ config: AdamConfig, step: Int, gradient g: Double) {
        first = config.beta1 * first + (1 - config.beta1) * g
        second = config.beta2 * second + (1 - config.beta2) * g * g
        let meanCorrected = first / (1 - pow(config.beta1, Double(step)))
        let squareCorrected = second / (1 - pow(config.beta2, Double(step)))
        weight -= config.learningRate * meanCorrected / (squareCorrected.squareRoot() + config.epsilon)
    }

    /// As `Golden/optimizers.py` has them.
    static let examples: [String: Optimizer] = {
        var adam = AdamConfig()
        (adam.learningRate, adam.beta1, adam.beta2, adam.epsilon) = (0.03, 0.8, 0.97, 1e-3)
        adam.weightDecay = 0.2
        var momentum = SGDConfig()
        (momentum.learningRate, momentum.momentum, momentum.weightDecay) = (0.2, 0.7, 0.1)
        var nesterov = momentum
        nesterov.isNesterov = true
        var lion = LionConfig()
        (lion.learningRate, lion.beta1, lion.beta2, lion.weightDecay) = (0.01, 0.8, 0.97, 0.5)
        var rmsProp = RMSPropConfig()
        (rmsProp.learningRate, rmsProp.beta, rmsProp.epsilon) = (0.02, 0.95, 1e-3)
        (rmsProp.momentum, rmsProp.weightDecay) = (0.6, 0.1)
        return [
            "adam": .adam(adam), "adamw": .adamW(adam), "momentum": .sgd(momentum),
            "nesterov": .sgd(nesterov), "lion": .lion(lion), "rmsprop": .rmsProp(rmsProp),
        ]
    }()
}

/// What `Golden/optimizers.py` wrote.
struct OptimizerGolden: Decodable {
    let start: [Float]
    let gradients: [[Float]]
    let weights: [String: [Double]]

    static let read: OptimizerGolden = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Golden/optimizers.json")
        return try! JSONDecoder().decode(OptimizerGolden.self, from: Data(contentsOf: file))
    }()
}
