import Glibc
import VectorKernels

/// What an optimiser does to every weight in one step.
enum WeightUpdate {
    case adam(AdamStep)
    case momentum(MomentumStep)

    /// `step` counts from 1.
    init(_ optimizer: Optimizer, step: Int) {
        switch optimizer {
        case .adam(let config):
            // Moments start at zero, so they are too small at first (Kingma & Ba 2015, §3).
            let correction1 = 1 - pow(config.beta1, Double(step))
            let correction2 = 1 - pow(config.beta2, Double(step))
            self = .adam(
                AdamStep(
                    beta1: config.beta1, beta2: config.beta2, epsilon: config.epsilon,
                    stepSize: config.learningRate / correction1, rootScale: 1 / correction2.squareRoot()))
        case .sgd(let config):
            self = .momentum(MomentumStep(learningRate: config.learningRate, momentum: config.momentum))
        }
    }

    func apply(to panel: WeightPanel, _ kernels: TrainingKernels) {
        switch self {
        case .adam(let step): kernels.adam(panel, step)
        case .momentum(let step): kernels.momentum(panel, step)
        }
    }
}
