import CAllocations
import Tensors
import Testing
import Workers

@testable import Training

@Suite(.serialized) struct HeadsTests {
    private static let shared: [LayerConfig] = [.dense(9), .tanh]
    private static let classes = LayerConfig.Head("classes", [.dense(5)])
    private static let picture = LayerConfig.Head("picture", [.dense(4), .gelu, .dense(6)])
    private static let squared = LossConfig(.squared, target: .clean)
    private static let targets: [(head: String?, target: ModelPlan.Target)] = [
        ("classes", .classes), ("picture", .samples),
    ]

    private let samples = Samples(count: 12, shape: [6], classes: 5)
    private let clean = Fixture.buffer(72, seed: 17)

    private func batch(_ range: Range<Int> = 0..<12) -> Batch {
        var batch = samples.batch(range)
        batch.clean = UnsafePointer(clean.pointer + 6 * range.lowerBound)
        return batch
    }

    private func trainer(
        weights: (classes: Double, picture: Double) = (0.5, 3), freeze: [String] = []
    ) throws -> Trainer {
        var config = TrainConfig(epochs: 1)
        var sgd = SGDConfig()
        sgd.learningRate = 0.25
        config.optimizer = .sgd(sgd)
        config.loss = ModelLoss(heads: [
            .init("classes", .crossEntropy, weight: weights.classes),
            .init("picture", Self.squared, weight: weights.picture),
        ])
        let model = try Fixture.model(
            Self.shared + [.heads([Self.classes, Self.picture])], input: [6], classes: 5, freeze: freeze,
            targets: Self.targets)
        return Trainer(model, config, stepsPerEpoch: 1)
    }

    /// A trainer of the model that ends in one of the heads alone.
    private func plainTrainer(_ head: LayerConfig.Head, _ loss: LossConfig) throws -> Trainer {
        var config = TrainConfig(epochs: 1)
        var sgd = SGDConfig()
        sgd.learningRate = 0.25
        (config.optimizer, config.loss) = (.sgd(sgd), ModelLoss(loss))
        let model = try Fixture.model(
            Self.shared + head.layers, input: [6], classes: 5,
            targets: [(nil, loss.target == .labels ? .classes : .samples)])
        return Trainer(model, config, stepsPerEpoch: 1)
    }

    @Test func `a plan numbers the layers of all heads by kind`() throws {
        let plan = try ModelPlan(
            Self.shared + [.heads([Self.classes, Self.picture])], input: [6], classes: 5,
            targets: Self.targets.reversed())
        #expect(plan.layers.map(\.name) == ["dense1", "tanh1", "heads1"])
        #expect(plan.layers[2].paths.map { $0.map(\.name) } == [["dense2"], ["dense3", "gelu1", "dense4"]])
        #expect(plan.outputs.map(\.name) == ["classes", "picture"])
        #expect(plan.outputs.map(\.shape) == [[5], [6]])
        #expect(plan.outputs[1].place?.description == "model[2].heads.picture[2]")
    }

    @Test func `the loss is the weighted sum of the heads' losses`() throws {
        let (both, first) = (try trainer(), try plainTrainer(Self.classes, .crossEntropy))
        let result = try both.step(batch())
        let alone = try first.step(batch())
        #expect(result.headLosses[0] == alone.loss && result.correct == alone.correct)
        #expect(result.loss == 0.5 * result.headLosses[0] + 3 * result.headLosses[1])
        #expect(alone.headLosses.isEmpty)
    }

    @Test func `a head without weight changes no bit of what the other one learns`() throws {
        let (both, alone) = (
            try trainer(weights: (1, 0)), try plainTrainer(Self.classes, .crossEntropy)
        )
        let start = both.model.savedWeights()
        for step in 0..<5 {
            let range = step * 2..<step * 2 + 4
            _ = try both.step(batch(range))
            _ = try alone.step(batch(range))
        }
        let (found, wanted) = (both.model.savedWeights(), alone.model.savedWeights())
        for (name, weight) in wanted { #expect(found[name] == weight, "\(name)") }
        for name in ["dense3.weight", "dense4.bias"] { #expect(found[name] == start[name], "\(name)") }
        #expect(found["dense1.weight"] != start["dense1.weight"])
    }

    @Test func `gradients of a whole model agree with differences of the weighted sum`() throws {
        let trainer = try trainer()
        let config = ModelLoss(heads: [
            .init("classes", .crossEntropy, weight: 0.5), .init("picture", Self.squared, weight: 3),
        ])
        let before = trainer.model.savedWeights()
        _ = try trainer.step(batch())
        let after = trainer.model.savedWeights()
        for weight in trainer.model.weights {
            let start = before[weight.name]!.values
            let found = zip(start, after[weight.name]!.values).map { ($0 - $1) / 0.25 }
            try trainer.model.load(before)
            let h: Float = 0x1p-8
            let wanted = start.indices.map { index in
                func loss(_ change: Float) -> Double {
                    weight.unpadded[index] = start[index] + change
                    return config.mean(trainer.evaluate(batch()))
                }
                let difference = (loss(h) - loss(-h)) / (2 * Double(h))
                weight.unpadded[index] = start[index]
                return difference
            }
            expectClose(found, wanted, tolerance: 2e-3, "\(weight.name)")
        }
    }

    @Test func `a head whose weights are frozen, and all before it, is only measured`() throws {
        let trainer = try trainer(freeze: ["dense1.*", "dense3.*", "dense4.*"])
        let before = trainer.model.savedWeights()
        let result = try trainer.step(batch())
        #expect(result.headLosses[1] > 0)
        let after = trainer.model.savedWeights()
        for name in before.keys.sorted() {
            #expect((after[name] == before[name]) != name.hasPrefix("dense2"), "\(name)")
        }
    }

    @Test func `a step allocates nothing`() throws {
        let trainer = try trainer()
        let batch = batch()
        func stepAndEvaluate() throws {
            _ = try trainer.step(batch)
            _ = trainer.evaluate(batch)
        }
        try stepAndEvaluate()
        let before = allocations_of_this_thread()
        for _ in 0..<10 { try stepAndEvaluate() }
        #expect(allocations_of_this_thread() == before)
    }

    @Test func `a loss that is not finite is named by its head`() throws {
        let trainer = try trainer()
        clean.pointer[7] = 3e38
        let error = #expect(throws: TrainingError.self) { try trainer.step(batch()) }
        #expect(
            error?.description
                == "step 1: the loss of the head 'picture' is inf: the outputs of all layers are finite, so the loss itself "
                + "overflows, in the batch of samples 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007 and 4 more; "
                + NonFiniteStep.advice)
        clean.pointer[7] = 0
        let weight = trainer.model.weights.first { $0.name == "dense4.bias" }!
        weight.unpadded[2] = .infinity
        let other = #expect(throws: TrainingError.self) { try trainer.step(batch(0..<1)) }
        #expect(
            other?.description
                == "step 1: the loss of the head 'picture' is inf: the steps before left such values in the weight dense4.bias "
                + "at model[2].heads.picture[2], in the batch of sample 1000; \(NonFiniteStep.advice)")
    }

    @Test func `each metric is of the first head that it fits`() throws {
        let trainer = try trainer()
        var metrics = ModelMetrics(
            ModelLoss(heads: [
                .init("classes", .crossEntropy, weight: 0.5), .init("picture", Self.squared, weight: 3),
            ]), classes: 5)
        for range in [0..<5, 5..<12] { trainer.measure(batch(range), into: &metrics) }
        let whole = trainer.evaluate(batch())
        #expect(metrics.losses[0].correct == whole[0].correct)
        #expect(metrics.classes?.accuracy == Double(whole[0].correct!) / 12)
        #expect(abs(metrics.samples!.meanSquare - whole[1].mean) < 1e-6)
        #expect(abs(metrics.loss - (0.5 * whole[0].mean + 3 * whole[1].mean)) < 1e-6)
        // Which compare runs sample for sample.
        #expect(metrics.outcomes.count == 12 && metrics.outcomes.allSatisfy { $0 == 0 || $0 == 1 })
    }

    @Test(arguments: [
        (
            [LayerConfig.heads([Self.classes, Self.picture]), .relu],
            "model[0] heads: must stand last in the model's list, behind the layers that all heads share"
        ),
        (
            [.dense(9), .sequence([.heads([Self.classes, Self.picture])])],
            "model[1].sequence[0] heads: must stand last in the model's list, behind the layers that all heads share"
        ),
        (
            [.dense(9), .heads([.init("classes", [.relu, .dense(4)]), Self.picture])],
            "model[1].heads.classes[1]: the last layer gives [batch, 4], the data has 5 classes; 'dense: 5' as the last layer?"
        ),
        (
            [.dense(9), .heads([Self.classes, .init("picture", [])])],
            "model[1].heads.picture[0]: the last layer gives [batch, 9], the loss compares it with samples [batch, 6]; "
                + "'dense: 6' as the last layer?"
        ),
        (
            [.heads([Self.classes, .init("picture", [.relu, .dropout(2), .dense(6)])])],
            "model[0].heads.picture[1] dropout: the rate must be at least 0 and below 1, got 2.0"
        ),
        (
            [.heads([Self.classes, .init("pictures", [.dense(6)])])],
            "the loss has a head 'picture', which the model has not; known are classes, pictures; did you mean 'pictures'?"
        ),
        (
            [.dense(5)],
            "the loss has a head 'classes', the model has none; 'heads: { classes: [dense: classes], … }' as the last layer?"
        ),
        (
            [.heads([Self.classes, Self.picture, .init("third", [.dense(6)])])],
            "the loss has nothing for the model's head 'third'"
        ),
    ])
    func `heads that do not fit say where`(layers: [LayerConfig], message: String) {
        let error = #expect(throws: ModelError.self) {
            try ModelPlan(layers, input: [6], classes: 5, targets: Self.targets)
        }
        #expect(error?.description == message)
    }

    @Test func `heads want a loss each`() {
        let error = #expect(throws: ModelError.self) {
            try ModelPlan([.heads([Self.classes, Self.picture])], input: [6], classes: 5)
        }
        #expect(
            error?.description
                == "the model has the heads classes, picture, each of which wants a loss: "
                + "'loss: { heads: { classes: …, picture: … } }'")
    }
}
