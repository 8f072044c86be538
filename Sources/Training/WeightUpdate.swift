import Glibc
import VectorKernels

/// What an optimiser does to every weight in one step.
enum WeightUpdate {
    case adam(AdamStep)
    case momentum(MomentumStep)
    case lion(LionStep)
    case rmsProp(RMSPropStep)

    /// `step` counts from 1. `rateFactor` is what a schedule makes of the learning rate, and `gradientScale` what gradients are
    /// multiplied with.
    init(_ optimizer: Optimizer, step: Int, rateFactor: Double = 1, gradientScale: Double = 1) {
        let rate = optimizer.learningRate * rateFactor
        func l2(_ decay: Double) -> StepScales { StepScales(gradient: gradientScale, l2: decay) }
        func decoupled(_ decay: Double) -> StepScales {
            StepScales(gradient: gradientScale, kept: 1 - rate * decay)
        }
        self =
            switch optimizer {
            case .adam(let config):
                .adam(AdamStep(config, step: step, rate: rate, scales: l2(config.weightDecay)))
            case .adamW(let config):
                .adam(AdamStep(config, step: step, rate: rate, scales: decoupled(config.weightDecay)))
            case .sgd(let config):
                .momentum(
                    MomentumStep(
                        learningRate: rate, momentum: config.momentum, isNesterov: config.isNesterov,
                        scales: l2(config.weightDecay)))
            case .lion(let config):
                .lion(
                    LionStep(
                        learningRate: rate, beta1: config.beta1, beta2: config.beta2,
                        scales: decoupled(config.weightDecay)))
            case .rmsProp(let config):
                .rmsProp(
                    RMSPropStep(
                        learningRate: rate, beta: config.beta, epsilon: config.epsilon,
                        momentum: config.momentum, scales: l2(config.weightDecay)))
            }
    }

    /// The same for weights that do not decay, such as biases.
    var withoutDecay: WeightUpdate {
        func spared(_ scales: StepScales) -> StepScales {
            var scales = scales
            (scales.l2, scales.kept) = (0, 1)
            return scales
        }
        switch self {
        case .adam(var step):
            step.scales = spared(step.scales)
            return .adam(step)
        case .momentum(var step):
            step.scales = spared(step.scales)
            return .momentum(step)
        case .lion(var step):
            step.scales = spared(step.scales)
            return .lion(step)
        case .rmsProp(var step):
            step.scales = spared(step.scales)
            return .rmsProp(step)
        }
    }

    func apply(to panel: WeightPanel, _ kernels: TrainingKernels) {
        switch self {
        case .adam(let step): kernels.adam(panel, step)
        case .momentum(let step): kernels.momentum(panel, step)
        case .lion(let step): kernels.lion(panel, step)
        case .rmsProp(let step): kernels.rmsProp(panel, step)
        }
    }
}

extension AdamStep {
    fileprivate init(_ config: AdamConfig, step: Int, rate: Double, scales: StepScales) {
        // Moments start at zero, so they are too small at first (Kingma & Ba 2015, §3).
        let correction1 = 1 - pow(config.beta1, Double(step))
        let correction2 = 1 - pow(config.beta2, Double(step))
        self.init(
            beta1: config.beta1, beta2: config.beta2, epsilon: config.epsilon,
            stepSize: rate / correction1, rootScale: 1 / correction2.squareRoot(), scales: scales)
    }
}
