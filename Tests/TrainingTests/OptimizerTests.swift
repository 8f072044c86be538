import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

@testable import Training

extension WeightUpdate {
    fileprivate func apply(to panel: WeightPanel, in kernels: KernelSet) {
        withUnsafePointer(to: kernels) { apply(to: panel, $0) }
    }
}

/// A weight of 5 rows and 21 columns in steps with gradients that differ from step to step.
private struct Descent {
    static let (rows, columns, stride) = (5, 21, 32)

    let optimizer: Optimizer
    let kernels: KernelSet

    static func gradient(step: Int) -> [Float] {
        // From tiny to large: epsilon must matter for some.
        Fixture.floats(rows * columns, seed: UInt64(100 + step)).enumerated().map { index, value in
            value * Float(pow(10, Double(index % 12) - 9))
        }
    }

    /// The weights after `steps` steps, which are done in parts that `cuts` of the rows and of the columns bound.
    func weights(steps: Int, rowCuts: [Int] = [0, rows], columnCuts: [Int] = [0, stride]) -> [Float] {
        let weight = optimizer.weight([Self.rows, Self.columns])
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
                    update.apply(to: part, in: kernels)
                }
            }
        }
        return weight.unpadded
    }

    /// Each weight by the formulas of the papers, in Double.
    func expected(steps: Int) -> [Double] {
        Fixture.floats(Self.rows * Self.columns, seed: 31).enumerated().map { index, start in
            var reference = OptimizerReference(weight: Double(start))
            for step in 1...steps {
                reference.take(optimizer, step: step, gradient: Double(Self.gradient(step: step)[index]))
            }
            return reference.weight
        }
    }
}

struct OptimizerTests {
    static let optimizers: [Optimizer] =
        OptimizerReference.examples.map(\.value) + [
            .adam(AdamConfig()), .adamW(.decoupled), .sgd(SGDConfig()), .lion(LionConfig()),
            .rmsProp(RMSPropConfig()),
        ]

    @Test(arguments: InstructionSet.supported, optimizers)
    func `twenty steps agree with the formulas in Double`(set: InstructionSet, optimizer: Optimizer) {
        let descent = Descent(optimizer: optimizer, kernels: KernelSet.of(set)!)
        // After the first step a wrong correction of the bias shows most, later a wrong decay.
        for steps in [1, 2, 20] {
            expectClose(
                descent.weights(steps: steps), descent.expected(steps: steps), tolerance: 2e-6,
                "after \(steps) steps")
        }
    }

    @Test(arguments: InstructionSet.supported, optimizers)
    func `bits do not depend on how a weight is split`(set: InstructionSet, optimizer: Optimizer) {
        let descent = Descent(optimizer: optimizer, kernels: KernelSet.of(set)!)
        let whole = descent.weights(steps: 3)
        #expect(descent.weights(steps: 3, rowCuts: [0, 1, 4, 5], columnCuts: [0, 16, 32]) == whole)
    }

    @Test func `epsilon stands outside the root`() {
        // With one gradient of 1e-6 the corrected root is 1e-6: the change is α · 1e-6 / (1e-6 + ε).
        var config = AdamConfig()
        (config.learningRate, config.epsilon) = (0.5, 3e-6)
        let weight = Optimizer.adam(config).weight([1])
        let gradient = Buffer<Float>(count: 16)
        gradient[0] = 1e-6
        WeightUpdate(.adam(config), step: 1).apply(
            to: weight.firstPanel(gradient: gradient.pointer), in: Fixture.kernels)
        expectClose(weight.unpadded, [-0.125])
    }

    @Test func `the defaults are the papers'`() {
        let adam = AdamConfig()
        #expect([adam.learningRate, adam.beta1, adam.beta2, adam.epsilon] == [0.001, 0.9, 0.999, 1e-8])
        #expect([SGDConfig().learningRate, SGDConfig().momentum] == [0.01, 0])
        #expect(!SGDConfig().isNesterov)
        #expect(
            [adam.weightDecay, SGDConfig().weightDecay, AdamConfig.decoupled.weightDecay] == [0, 0, 0.01])
        let (lion, rmsProp) = (LionConfig(), RMSPropConfig())
        #expect([lion.learningRate, lion.beta1, lion.beta2, lion.weightDecay] == [0.0001, 0.9, 0.99, 0])
        #expect(
            [rmsProp.learningRate, rmsProp.beta, rmsProp.epsilon, rmsProp.momentum, rmsProp.weightDecay]
                == [0.01, 0.99, 1e-8, 0, 0])
        #expect(TrainConfig(epochs: 3).optimizer == .adam(adam))
    }

    @Test(arguments: InstructionSet.supported, OptimizerReference.examples.map(\.key))
    func `ten steps agree with PyTorch`(set: InstructionSet, name: String) throws {
        let golden = OptimizerGolden.read
        let weight = OptimizerReference.examples[name]!.weight([1, golden.start.count])
        weight.unpadded = golden.start
        for (index, gradient) in golden.gradients.enumerated() {
            let memory = Buffer<Float>(count: 16)
            for (place, value) in gradient.enumerated() { memory[place] = value }
            WeightUpdate(OptimizerReference.examples[name]!, step: index + 1).apply(
                to: weight.firstPanel(gradient: memory.pointer), in: KernelSet.of(set)!)
        }
        expectClose(weight.unpadded, try #require(golden.weights[name]), tolerance: 2e-6)
    }

    @Test(arguments: OptimizerReference.examples.map(\.key))
    func `a scale of the gradient and a factor of the rate`(name: String) {
        let optimizer = OptimizerReference.examples[name]!
        let halved = optimizer.with(rate: optimizer.learningRate / 2, decay: optimizer.weightDecay)
        func stepped(_ gradients: [Float], _ update: WeightUpdate) -> [Float] {
            let weight = optimizer.weight([1, gradients.count])
            weight.unpadded = Fixture.floats(gradients.count, seed: 8)
            let memory = Buffer(gradients)
            update.apply(to: weight.firstPanel(gradient: memory.pointer), in: Fixture.kernels)
            return weight.unpadded
        }
        let gradients = Fixture.floats(16, seed: 9)
        let plain = stepped(gradients, WeightUpdate(halved, step: 1))
        // Powers of two, so the bits are the same.
        let scaled = WeightUpdate(optimizer, step: 1, rateFactor: 0.5, gradientScale: 0.25)
        #expect(stepped(gradients.map { $0 * 4 }, scaled) == plain)
        #expect(stepped(gradients, WeightUpdate(optimizer, step: 1)) != plain)
    }

    @Test func `biases do not decay`() throws {
        var config = SGDConfig()
        (config.learningRate, config.weightDecay) = (0.5, 0.5)
        let model = try Fixture.model([.dense(3)], input: [2], classes: 3)
        let samples = Samples(count: 4, shape: [2], classes: 3)
        let before = model.weights.map(\.unpadded)
        var undecayed = SGDConfig()
        undecayed.learningRate = 0.5
        let other = try Fixture.model([.dense(3)], input: [2], classes: 3)
        _ = try Trainer(model, optimizer: .sgd(config)).step(samples.batch(0..<4))
        _ = try Trainer(other, optimizer: .sgd(undecayed)).step(samples.batch(0..<4))
        let wanted = zip(other.weights[0].unpadded, before[0]).map { Double($0) - 0.25 * Double($1) }
        expectClose(model.weights[0].unpadded, wanted, tolerance: 1e-6)
        #expect(model.weights[1].unpadded == other.weights[1].unpadded)
    }

    @Test func `a pattern means the names that fit it`() {
        for pattern in ["dense1.weight", "*", "*.weight", "dense*", "d*1*t", "dense1.weight*"] {
            #expect(NamePattern(pattern).means("dense1.weight"), "\(pattern)")
        }
        for pattern in ["", "dense1", "*.bias", "weight", "dense2*", "dense1.weight.first", "*x*"] {
            #expect(!NamePattern(pattern).means("dense1.weight"), "\(pattern)")
        }
    }

    @Test(arguments: OptimizerReference.examples.map(\.key))
    func `a group has its own learning rate and weight decay, whatever the optimizer's are`(name: String)
        throws
    {
        let optimizer = OptimizerReference.examples[name]!
        func weights(_ optimizer: Optimizer, _ groups: [WeightGroup], clipNorm: Double? = nil) throws
            -> [[Float]]
        {
            var config = TrainConfig(epochs: 1)
            (config.optimizer, config.groups, config.clipNorm) = (optimizer, groups, clipNorm)
            let model = try Fixture.model([.dense(4), .layerNorm, .dense(3)], input: [2], classes: 3)
            let samples = Samples(count: 4, shape: [2], classes: 3)
            let trainer = Trainer(model, config, stepsPerEpoch: 1)
            _ = try trainer.step(samples.batch(0..<4))
            return model.weights.map(\.unpadded)
        }
        // By index: dense1's weight and bias, the norm's scale and shift, dense2's weight and bias.
        let (plain, other) = (
            optimizer.with(rate: 0.03, decay: 0.02), optimizer.with(rate: 0.007, decay: 0.3)
        )
        let all = try weights(plain, [])
        // What only the second layer's group changes leaves the others' bits as they are.
        let group = WeightGroup([NamePattern("dense2.*")], learningRate: 0.007, weightDecay: 0.3)
        let grouped = try weights(plain, [group])
        #expect(grouped[..<4] == all[..<4])
        expectClose(grouped[4], try weights(other, [])[4].map(Double.init), tolerance: 1e-6)
        #expect(grouped[4] != all[4] && grouped[5] != all[5])
        // Collected gradients come to the same.
        #expect(try weights(plain, [group], clipNorm: 1e6) == grouped)
        // What has one axis decays where its group says so; other weights have the optimizer's decay anyway.
        let without = try weights(other, [])
        let decaying = try weights(other, [WeightGroup([NamePattern("*")], weightDecay: 0.3)])
        #expect(decaying[0] == without[0] && decaying[4] == without[4])
        #expect(decaying[2] != without[2])
        let spared = try weights(other, [WeightGroup([NamePattern("dense1.weight")], weightDecay: 0)])
        #expect(
            spared[0] == (try weights(optimizer.with(rate: 0.007, decay: 0), []))[0]
                && spared[0] != without[0])
        #expect(spared[1...] == without[1...])
    }

    @Test(arguments: [Optimizer.lion(LionConfig()), .adam(AdamConfig()), .rmsProp(RMSPropConfig())])
    func `a gradient that is no number stays visible`(optimizer: Optimizer) {
        let weight = optimizer.weight([2])
        let gradient = Buffer<Float>(count: 16)
        (gradient[0], gradient[1]) = (.nan, 1)
        WeightUpdate(optimizer, step: 1).apply(
            to: weight.firstPanel(gradient: gradient.pointer), in: Fixture.kernels)
        #expect(weight.unpadded[0].isNaN)
        #expect(weight.unpadded[1] < 0)
    }
}

extension Optimizer {
    /// A weight that it is about to train.
    fileprivate func weight(_ shape: Shape) -> Weight {
        let weight = Weight(name: "w", shape: shape, threads: 1)
        weight.startTraining(self)
        return weight
    }

    fileprivate func with(rate: Double, decay: Double) -> Optimizer {
        switch self {
        case .adam(var config):
            (config.learningRate, config.weightDecay) = (rate, decay)
            return .adam(config)
        case .adamW(var config):
            (config.learningRate, config.weightDecay) = (rate, decay)
            return .adamW(config)
        case .sgd(var config):
            (config.learningRate, config.weightDecay) = (rate, decay)
            return .sgd(config)
        case .lion(var config):
            (config.learningRate, config.weightDecay) = (rate, decay)
            return .lion(config)
        case .rmsProp(var config):
            (config.learningRate, config.weightDecay) = (rate, decay)
            return .rmsProp(config)
        }
    }
}
