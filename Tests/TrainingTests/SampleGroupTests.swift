import Tensors
import Testing
import VectorKernels

@testable import Training

/// Over 100 tokens: 24 samples are eight leaves of two shares each, of layers that run together; 2 are too few for that.
private let layers: [LayerConfig] = [
    .dense(20), .residual([.layerNorm, .attention(heads: 2)]), .rmsNorm, .dense(36), .gelu, .dense(12), .silu,
    .meanToken, .dense(5),
]
private let samples = Samples(count: 24, shape: [100, 11], classes: 5)

private func trainer(
    capacity: Int, threads: Int = 1, freeze: [String] = [], _ change: (inout TrainConfig) -> Void = { _ in }
) throws -> Trainer {
    let model = try Fixture.model(
        layers, input: [100, 11], classes: 5, capacity: capacity, threads: threads, freeze: freeze)
    var config = TrainConfig(epochs: 1)
    var descent = SGDConfig()
    descent.learningRate = 0.5
    config.optimizer = .sgd(descent)
    change(&config)
    return Trainer(model, config, stepsPerEpoch: 10)
}

private func values(_ trainer: Trainer) -> [Float] { trainer.model.weights.flatMap(\.unpadded) }

struct SampleGroupTests {
    @Test(arguments: [
        (3, 40, 1, 1), (4, 40, 1, 2), (15, 49, 1, 8), (64, 49, 1, 8), (125, 49, 1, 8), (128, 49, 1, 16),
        (2, 3200, 1, 16), (6, 197, 1, 4), (15, 4096, 1, 8), (512, 1, 1, 8), (5000, 1000, 1, 64), (2, 2, 4, 4),
    ])
    func `few rows have leaves for many threads, and no group has more leaves than samples`(
        samples: Int, positions: Int, least: Int, leaves: Int
    ) {
        let found = RowsGradientTask.leaves(samples: samples, positions: positions, atLeast: least)
        #expect(found == leaves)
    }

    @Test func `layers in a row make groups, which end where gradients meet`() throws {
        let model = try trainer(capacity: 24).model
        // padding, dense, fork, norm, qkv, heads, out, sum, norm, dense, gelu, dense, silu, mean, dense.
        #expect(model.groups.map(\.layers) == [3..<7, 8..<13])
        #expect(try trainer(capacity: 3).model.groups.isEmpty)
    }

    @Test func `outputs have the bits that they have where each layer runs on its own`() throws {
        let (together, alone) = (try trainer(capacity: 24, threads: 3), try trainer(capacity: 3))
        func outputs(_ model: Model, _ range: Range<Int>) -> [Float] {
            let batch = samples.batch(range)
            model.forward(batch, Pass(batch, update: nil))
            let output = model.outputs[0]
            return (0..<range.count).flatMap { sample in
                (0..<5).map { output.values.pointer[sample * output.stride + $0] }
            }
        }
        let wanted = (0..<8).flatMap { outputs(alone.model, $0 * 3..<$0 * 3 + 3) }
        #expect(outputs(together.model, 0..<24) == wanted)
        // A batch that is smaller than the model has room for.
        #expect(outputs(together.model, 0..<7) == Array(wanted.prefix(35)))
    }

    @Test(arguments: [[], ["dense1.*"], ["dense2.weight"]], [24, 10, 4])
    func `a step is that of small batches together, in which each layer runs on its own`(
        freeze: [String], count: Int
    ) throws {
        let together = try trainer(capacity: 24, threads: 2, freeze: freeze)
        let alone = try trainer(capacity: 2, freeze: freeze) { $0.accumulate = count / 2 }
        let start = values(together)
        _ = try together.step(samples.batch(0..<count))
        for begin in stride(from: 0, to: count, by: 2) {
            _ = try alone.step(samples.batch(begin..<begin + 2))
        }
        expectClose(values(together), values(alone).map(Double.init), tolerance: 1e-6)
        #expect(values(together) != start)
    }

    @Test func `times of layers that run together are shared out`() throws {
        let trainer = try trainer(capacity: 24)
        let times = LayerTimes(layers: trainer.model.layers.count)
        let batch = samples.batch(0..<24)
        trainer.model.forward(batch, Pass(batch, update: nil), times: times)
        #expect(trainer.model.groups[0].layers.allSatisfy { times.forward[$0] > 0 })
    }

    /// A share is one sample then, whatever its size, and a leaf has two.
    @Test(arguments: [300, 381], [Precision.fp32, .bf16])
    func `gradients over many tokens are those of a layer that runs on its own`(
        tokens: Int, precision: Precision
    ) throws {
        guard Fixture.kernels.precisions.contains(precision) else { return }
        let samples = Samples(count: 16, shape: [tokens, 3], classes: 5)
        func trained(_ threads: Int, _ precision: Precision, isTogether: Bool) throws -> [Float] {
            // A reshape between them ends a group.
            let between: [LayerConfig] = isTogether ? [] : [.flatten, .reshape([tokens, 80])]
            let model = try Fixture.model(
                [.dense(80)] + between + [.dense(530)]
                    + (isTogether ? [] : [.flatten, .reshape([tokens, 530])])
                    + [.dense(48), .meanToken, .dense(5)],
                input: samples.shape, classes: 5, capacity: 16, threads: threads, precision: precision)
            #expect(model.groups.isEmpty != isTogether)
            var descent = SGDConfig()
            descent.learningRate = 0.5
            _ = try Trainer(model, optimizer: .sgd(descent)).step(samples.batch(0..<16))
            return model.weights.flatMap(\.unpadded)
        }
        let together = try trained(2, precision, isTogether: true)
        let alone = try trained(1, .fp32, isTogether: false).map(Double.init)
        expectClose(together, alone, tolerance: precision == .fp32 ? 1e-5 : 2e-2)
        #expect(try trained(3, precision, isTogether: true) == together)
    }
}
