import Glibc
import VectorKernels

/// What one step does to every weight.
enum WeightUpdate {
    /// Weights stay; their gradients are added up, beginning with the first.
    case collect(isFirst: Bool)
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

    /// Changes a whole weight, where it is trained.
    func apply(to weight: Weight, gradient: UnsafePointer<Float>, _ kernels: TrainingKernels) {
        if weight.isTrained { apply(to: weight.firstPanel(gradient: gradient), kernels) }
    }

    func apply(to panel: WeightPanel, _ kernels: TrainingKernels) {
        switch self {
        case .collect(let isFirst): kernels.collect(panel, isFirst)
        case .adam(var step):
            step.scales = step.scales.for(panel)
            kernels.adam(panel, step)
        case .momentum(var step):
            step.scales = step.scales.for(panel)
            kernels.momentum(panel, step)
        case .lion(var step):
            step.scales = step.scales.for(panel)
            kernels.lion(panel, step)
        case .rmsProp(var step):
            step.scales = step.scales.for(panel)
            kernels.rmsProp(panel, step)
        }
    }
}

extension StepScales {
    /// Without decay where the panel is spared.
    fileprivate func `for`(_ panel: WeightPanel) -> StepScales {
        var scales = self
        if !panel.decays { (scales.l2, scales.kept) = (0, 1) }
        return scales
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
