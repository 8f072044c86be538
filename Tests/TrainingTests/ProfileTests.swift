import Tensors
import Testing

@testable import Training

struct ProfileTests {
    @Test func `a profile has the layers of the plan with their weights and operations`() throws {
        let model = try Fixture.model(
            [.dense(5), .residual([.dense(5), .relu]), .dense(3)], input: [4], classes: 3)
        #expect(model.profile.map(\.name) == ["input", "dense1", "residual1", "dense2", "relu1", "dense3"])
        #expect(model.profile.map(\.weights) == [0, 25, 0, 30, 0, 18])
        #expect(model.profile.map(\.forwardMultiplications) == [0, 20, 0, 25, 0, 15])
        // The first layer's input has no gradient, since nothing before has weights.
        #expect(model.profile.map(\.backwardMultiplications) == [0, 20, 0, 50, 0, 30])
    }

    @Test func `a profile knows the weights of convolutions by their own names`() throws {
        let convolution = ConvolutionConfig(.conv2d, outputs: 3, window: WindowConfig(size: [3]))
        let model = try Fixture.model(
            [.convolution(convolution), .relu, .convolution(convolution), .flatten, .dense(2)],
            input: [4, 5, 2], classes: 2)
        let weights = Dictionary(uniqueKeysWithValues: model.profile.map { ($0.name, $0.weights) })
        #expect(weights["conv2d1"] == 9 * 2 * 3 + 3 && weights["conv2d2"] == 9 * 3 * 3 + 3)
        #expect(weights["dense1"] == 60 * 2 + 2)
    }

    @Test func `profiled steps are steps`() throws {
        func train(profiled: Bool) throws -> ([String: SavedWeight], [LayerProfile]) {
            let model = try Fixture.model([.dense(5), .relu, .dense(3)], input: [16], classes: 3)
            let trainer = Trainer(model, TrainConfig(epochs: 1), stepsPerEpoch: 3)
            let samples = Samples(count: 24, shape: [16], classes: 3)
            var profiles: [LayerProfile] = []
            if profiled {
                var step = 0
                profiles = try trainer.profile {
                    defer { step += 1 }
                    return step == 3 ? nil : samples.batch(step * 8..<step * 8 + 8)
                }
            } else {
                for step in 0..<3 { _ = try trainer.step(samples.batch(step * 8..<step * 8 + 8)) }
            }
            #expect(trainer.steps == 3)
            return (model.savedWeights(), profiles)
        }
        let (weights, profiles) = try train(profiled: true)
        #expect(try train(profiled: false).0 == weights)
        #expect(profiles.map(\.name) == ["dense1", "relu1", "dense2"])
        #expect(profiles.allSatisfy { $0.forward > 0 && $0.backward > 0 })
    }
}
