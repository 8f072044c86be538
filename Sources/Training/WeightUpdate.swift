import Glibc
import VectorKernels

/// What one step does to every weight.
enum WeightUpdate {
    /// Weights stay; their gradients are added up, beginning with the first.
    case collect(isFirst: Bool)
    case change(OptimizerStep)

    /// `step` counts from 1. `rateFactor` is what a schedule makes of the learning rate, and `gradientScale` what gradients are
    /// multiplied with.
    init(_ optimizer: Optimizer, step: Int, rateFactor: Double = 1, gradientScale: Double = 1) {
        self = .change(
            OptimizerStep(optimizer, step: step, rateFactor: rateFactor, gradientScale: gradientScale))
    }

    /// Changes a whole weight, where it is trained.
    func apply(to weight: Weight, gradient: UnsafePointer<Float>, _ kernels: KernelTable) {
        if weight.isTrained { apply(to: weight.firstPanel(gradient: gradient), kernels) }
    }

    func apply(to panel: WeightPanel, _ kernels: KernelTable) {
        switch self {
        case .collect(let isFirst): kernels.training.collect(panel, isFirst)
        case .change(let step): step.apply(to: panel, kernels)
        }
    }
}

/// An optimiser's step, computed once for all weights but for what their groups change.
struct OptimizerStep {
    private let rule: Rule
    /// α of this step, before a group's factor.
    private let learningRate: Double
    private let gradientScale: Double
    /// Whether weight decay shrinks weights (see `Optimizer`), in the place of being part of the gradient.
    private let decouplesDecay: Bool

    private enum Rule {
        case adam(AdamStep)
        case momentum(MomentumStep)
        case lion(LionStep)
        case rmsProp(RMSPropStep)
    }

    fileprivate init(_ optimizer: Optimizer, step: Int, rateFactor: Double, gradientScale: Double) {
        let rate = optimizer.learningRate * rateFactor
        (learningRate, self.gradientScale) = (rate, gradientScale)
        switch optimizer {
        case .adam(let config):
            (rule, decouplesDecay) = (.adam(AdamStep(config, step: step, rate: rate)), false)
        case .adamW(let config):
            (rule, decouplesDecay) = (.adam(AdamStep(config, step: step, rate: rate)), true)
        case .sgd(let config):
            let step = MomentumStep(
                learningRate: rate, momentum: config.momentum, isNesterov: config.isNesterov)
            (rule, decouplesDecay) = (.momentum(step), false)
        case .lion(let config):
            let step = LionStep(learningRate: rate, beta1: config.beta1, beta2: config.beta2)
            (rule, decouplesDecay) = (.lion(step), true)
        case .rmsProp(let config):
            let step = RMSPropStep(
                learningRate: rate, beta: config.beta, epsilon: config.epsilon, momentum: config.momentum)
            (rule, decouplesDecay) = (.rmsProp(step), false)
        }
    }

    fileprivate func apply(to panel: WeightPanel, _ kernels: KernelTable) {
        let factor = Float(panel.rateScale)
        switch rule {
        case .adam(var step):
            (step.stepSize, step.scales) = (step.stepSize * factor, scales(of: panel))
            kernels.training.adam(panel, step)
        case .momentum(var step):
            (step.learningRate, step.scales) = (step.learningRate * factor, scales(of: panel))
            kernels.training.momentum(panel, step)
        case .lion(var step):
            (step.learningRate, step.scales) = (step.learningRate * factor, scales(of: panel))
            kernels.training.lion(panel, step)
        case .rmsProp(var step):
            (step.learningRate, step.scales) = (step.learningRate * factor, scales(of: panel))
            kernels.training.rmsProp(panel, step)
        }
    }

    private func scales(of panel: WeightPanel) -> StepScales {
        if decouplesDecay {
            let decay = learningRate * panel.rateScale * panel.weightDecay
            return StepScales(gradient: gradientScale, kept: 1 - decay)
        }
        return StepScales(gradient: gradientScale, l2: panel.weightDecay)
    }
}

extension AdamStep {
    fileprivate init(_ config: AdamConfig, step: Int, rate: Double) {
        // Moments start at zero, so they are too small at first (Kingma & Ba 2015, §3).
        let correction1 = 1 - pow(config.beta1, Double(step))
        let correction2 = 1 - pow(config.beta2, Double(step))
        self.init(
            beta1: config.beta1, beta2: config.beta2, epsilon: config.epsilon,
            stepSize: rate / correction1, rootScale: 1 / correction2.squareRoot())
    }
}
