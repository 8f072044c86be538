import Tensors
import Testing

@testable import Training

@Suite(.serialized) struct NonFiniteTests {
    private static let layers: [LayerConfig] = [
        .flatten, .dense(9), .residual([.dense(6), .relu, .dense(9)]), .dense(3),
    ]
    private let samples = Samples(count: 12, shape: [4, 3], classes: 3)

    private func trainer(_ change: (inout TrainConfig) -> Void = { _ in }) throws -> Trainer {
        var config = TrainConfig(epochs: 1)
        change(&config)
        let model = try Fixture.model(Self.layers, input: [4, 3], classes: 3)
        return Trainer(model, config, stepsPerEpoch: 10)
    }

    private func message(_ trainer: Trainer, _ range: Range<Int>) -> String? {
        #expect(throws: TrainingError.self) { try trainer.step(samples.batch(range)) }?.description
    }

    @Test func `the layer inside a residual that overflows is named with the samples that do`() throws {
        let trainer = try trainer()
        _ = try trainer.step(samples.batch(0..<4))
        // Only samples that are large overflow in the second layer of all.
        for index in 0..<12 { samples.values[6 * 12 + index] = index < 6 ? 3e38 : -3e38 }
        let weight = trainer.model.weights.first { $0.name == "dense1.weight" }!
        weight.unpadded = weight.unpadded.indices.map { $0 / 9 < 6 ? 0.05 : 0.001 * Float($0 % 9) }
        let inner = trainer.model.weights.first { $0.name == "dense2.weight" }!
        inner.unpadded = inner.unpadded.indices.map { 3 + Float($0 % 5) }
        let before = trainer.model.savedWeights()
        #expect(
            message(trainer, 4..<9)
                == "step 2: the loss is not a number: it begins forward in dense2 at model[2].residual[0], "
                + "for sample 1006; \(NonFiniteStep.advice)")
        #expect(trainer.model.savedWeights() == before)
        #expect(trainer.steps == 1)
    }

    @Test func `a weight that a step spoiled is named, and never kept`() throws {
        let trainer = try trainer()
        _ = try trainer.step(samples.batch(0..<4))
        try trainer.checkWeights()
        let weight = trainer.model.weights.first { $0.name == "dense3.bias" }!
        weight.unpadded[1] = .nan
        #expect(
            #expect(throws: TrainingError.self) { try trainer.checkWeights() }?.description
                == "step 1: it left values that are not finite in the weight dense3.bias at model[2].residual[2]; "
                + NonFiniteStep.advice)
        #expect(
            message(trainer, 0..<2)
                == "step 2: the loss is not a number: the steps before left such values in the weight dense3.bias at "
                + "model[2].residual[2], in the batch of samples 1000, 1001; \(NonFiniteStep.advice)")
    }

    @Test func `a gradient that overflows behind a finite loss is named by its first weight`() throws {
        // Large inputs times large weights in the last layer: of the outputs the small weights of the first one are a factor,
        // of its own gradient they are not.
        let trainer = try trainer {
            ($0.clipNorm, $0.loss) = (1, ModelLoss(LossConfig(.absolute, target: .labels)))
        }
        let weights = trainer.model.weights
        for (name, factor) in [("dense1.weight", Float(1e-30)), ("dense4.weight", 1e20)] {
            let weight = weights.first { $0.name == name }!
            weight.unpadded = weight.unpadded.map { $0 * factor }
        }
        for index in 0..<3 * 12 { samples.values[index] *= 1e20 }
        let before = trainer.model.savedWeights()
        let text = message(trainer, 0..<3) ?? "none"
        #expect(text.hasPrefix("step 1: the gradient's norm is "), "\(text)")
        #expect(
            text.hasSuffix(
                ": it begins backward in the gradient of dense1.weight at model[1], in the batch of samples 1000, 1001, "
                    + "1002; \(NonFiniteStep.advice)"), "\(text)")
        #expect(trainer.model.savedWeights() == before)
    }

    @Test func `a long list of samples is cut short`() {
        let step = NonFiniteStep(
            step: 7, number: .loss(.infinity), origin: .loss, samples: (20..<40).map { UInt64($0) })
        #expect(
            step.description
                == "step 7: the loss is inf: the outputs of all layers are finite, so the loss itself overflows, "
                + "in the batch of samples 20, 21, 22, 23, 24, 25, 26, 27 and 12 more; \(NonFiniteStep.advice)"
        )
    }
}
