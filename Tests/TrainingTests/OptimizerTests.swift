import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

@testable import Training

/// A weight of 5 rows and 21 columns in steps with gradients that differ from step to step.
private struct Descent {
    static let (rows, columns, stride) = (5, 21, 32)

    let optimizer: Optimizer
    let kernels: TrainingKernels

    static func gradient(step: Int) -> [Float] {
        // From tiny to large: epsilon must matter for some.
        Fixture.floats(rows * columns, seed: UInt64(100 + step)).enumerated().map { index, value in
            value * Float(pow(10, Double(index % 12) - 9))
        }
    }

    /// The weights after `steps` steps, which are done in parts that `cuts` of the rows and of the columns bound.
    func weights(steps: Int, rowCuts: [Int] = [0, rows], columnCuts: [Int] = [0, stride]) -> [Float] {
        let weight = Weight(name: "w", shape: [Self.rows, Self.columns], threads: 1)
        weight.unpadded = Fixture.floats(Self.rows * Self.columns, seed: 31)
        let gradient = Buffer<Float>(count: Self.rows * Self.stride)
        for step in 1...steps {
            for (index, value) in Self.gradient(step: step).enumerated() {
                gradient.pointer[index / Self.columns * Self.stride + index % Self.columns] = value
            }
            let update = WeightUpdate(optimizer, step: step)
            for (top, bottom) in zip(rowCuts, rowCuts.dropFirst()) {
                for (left, right) in zip(columnCuts, columnCuts.dropFirst()) {
                    let part = weight.firstPanel(gradient: gradient.pointer).part(
                        rows: top..<bottom, columns: left..<right,
                        gradient: gradient.pointer + top * Self.stride + left, gradientStride: Self.stride)
                    update.apply(to: part, kernels)
                }
            }
        }
        return weight.unpadded
    }

    /// The change of each weight by the formulas of the papers, in Double.
    func expectedChanges(steps: Int) -> [Double] {
        (0..<Self.rows * Self.columns).map { index in
            var (weight, first, second) = (0.0, 0.0, 0.0)
            for step in 1...steps {
                let g = Double(Self.gradient(step: step)[index])
                switch optimizer {
                case .adam(let config):
                    first = config.beta1 * first + (1 - config.beta1) * g
                    second = config.beta2 * second + (1 - config.beta2) * g * g
                    let meanCorrected = first / (1 - pow(config.beta1, Double(step)))
                    let squareCorrected = second / (1 - pow(config.beta2, Double(step)))
                    weight -=
                        config.learningRate * meanCorrected / (squareCorrected.squareRoot() + config.epsilon)
                case .sgd(let config):
                    first = config.momentum * first + g
                    weight -= config.learningRate * first
                }
            }
            return weight
        }
    }
}

struct OptimizerTests {
    static let optimizers: [Optimizer] = {
        var adam = AdamConfig()
        (adam.learningRate, adam.beta1, adam.beta2, adam.epsilon) = (0.03, 0.8, 0.97, 1e-3)
        var momentum = SGDConfig()
        (momentum.learningRate, momentum.momentum) = (0.2, 0.7)
        return [.adam(AdamConfig()), .adam(adam), .sgd(SGDConfig()), .sgd(momentum)]
    }()

    @Test(arguments: InstructionSet.supported, optimizers)
    func `twenty steps agree with the formulas in Double`(set: InstructionSet, optimizer: Optimizer) {
        let descent = Descent(optimizer: optimizer, kernels: KernelSet.of(set)!.training)
        let start = Fixture.floats(Descent.rows * Descent.columns, seed: 31)
        // After the first step a wrong correction of the bias shows most, later a wrong decay.
        for steps in [1, 2, 20] {
            let wanted = zip(start, descent.expectedChanges(steps: steps)).map { Double($0) + $1 }
            expectClose(descent.weights(steps: steps), wanted, tolerance: 2e-6, "after \(steps) steps")
        }
    }

    @Test(arguments: InstructionSet.supported, optimizers)
    func `bits do not depend on how a weight is split`(set: InstructionSet, optimizer: Optimizer) {
        let descent = Descent(optimizer: optimizer, kernels: KernelSet.of(set)!.training)
        let whole = descent.weights(steps: 3)
        #expect(descent.weights(steps: 3, rowCuts: [0, 1, 4, 5], columnCuts: [0, 16, 32]) == whole)
    }

    @Test func `epsilon stands outside the root`() {
        // With one gradient of 1e-6 the corrected root is 1e-6: the change is α · 1e-6 / (1e-6 + ε).
        var config = AdamConfig()
        (config.learningRate, config.epsilon) = (0.5, 3e-6)
        let weight = Weight(name: "w", shape: [1], threads: 1)
        let gradient = Buffer<Float>(count: 16)
        gradient[0] = 1e-6
        WeightUpdate(.adam(config), step: 1).apply(
            to: weight.firstPanel(gradient: gradient.pointer), Fixture.kernels.training)
        expectClose(weight.unpadded, [-0.125])
    }

    @Test func `the defaults are the papers'`() {
        let adam = AdamConfig()
        #expect([adam.learningRate, adam.beta1, adam.beta2, adam.epsilon] == [0.001, 0.9, 0.999, 1e-8])
        #expect([SGDConfig().learningRate, SGDConfig().momentum] == [0.01, 0])
        #expect(TrainConfig(epochs: 3).optimizer == .adam(adam))
    }
}
