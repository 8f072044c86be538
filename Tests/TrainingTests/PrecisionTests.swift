import Kernels
import Tensors
import Testing
import VectorKernels

@testable import Training

/// Training whose factors are rounded to bf16.
@Suite(
    .serialized,
    .enabled(if: Fixture.kernels.precisions.contains(.bf16), "this processor has no AVX512-BF16"))
struct PrecisionTests {
    @Test(arguments: ThreadModel.all)
    func `weights trained in bf16 are bit-equal for any number of threads, and not those of fp32`(
        model: ThreadModel
    ) throws {
        let set = Fixture.kernels.instructionSet
        let wanted = try model.trainer(threads: 1, set: set, precision: .bf16)
        try model.take(0..<9, wanted)
        for threads in [2, 3, 8] {
            let found = try model.trainer(threads: threads, set: set, precision: .bf16)
            try model.take(0..<9, found)
            #expect(found.state == wanted.state, "\(threads) threads")
        }
        let single = try model.trainer(threads: 1, set: set)
        try model.take(0..<9, single)
        #expect(single.state.arrays != wanted.state.arrays)
    }

    private static func convolution(_ kind: ConvolutionConfig.Kind, stride: Int = 1) -> LayerConfig {
        .convolution(
            ConvolutionConfig(kind, outputs: 32, window: WindowConfig(size: [3], stride: [stride])))
    }

    private static let pooling = LayerConfig.pooling(
        PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0]))))

    @Test(
        arguments: [
            [.flatten, .dense(33), .relu, .dense(7)],
            [convolution(.conv2d), convolution(.conv2d), .relu, pooling, .flatten, .dense(7)],
            [convolution(.conv2d, stride: 2), convolution(.transposed, stride: 2), .flatten, .dense(7)],
            [.reshape([60, 2]), .dense(24), .attention(heads: 2), .meanToken, .dense(7)],
        ] as [[LayerConfig]])
    func `evaluation is in fp32, steps are not`(layers: [LayerConfig]) throws {
        let samples = Samples(count: 19, shape: [6, 10, 2], classes: 7)
        let trainers = try Precision.allCases.map { precision in
            let model = try Fixture.model(layers, input: samples.shape, classes: 7, precision: precision)
            return Trainer(model, TrainConfig(epochs: 1), stepsPerEpoch: 1)
        }
        let losses = trainers.map { $0.evaluate(samples.batch(0..<19)) }
        #expect(losses[0] == losses[1])
        let steps = try trainers.map { try $0.step(samples.batch(0..<19)).loss }
        #expect(steps[0] != steps[1])
    }

    /// One step of plain gradient descent from the same weights: what it changes is the gradient.
    @Test func `gradients in bf16 are near those of fp32`() throws {
        let layers: [LayerConfig] = [
            .convolution(ConvolutionConfig(.conv2d, outputs: 32, window: WindowConfig(size: [3]))), .relu,
            .convolution(ConvolutionConfig(.conv2d, outputs: 32, window: WindowConfig(size: [3]))), .relu,
            .pooling(
                PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0])))),
            .flatten, .dense(40), .gelu, .dense(7),
        ]
        let samples = Samples(count: 24, shape: [8, 10, 2], classes: 7)
        func step(_ precision: Precision) throws -> [(name: String, change: [Double])] {
            let model = try Fixture.model(layers, input: samples.shape, classes: 7, precision: precision)
            let before = model.weights.map { $0.values.values }
            var config = SGDConfig()
            config.learningRate = 1
            _ = try Trainer(model, optimizer: .sgd(config)).step(samples.batch(0..<24))
            return zip(model.weights, before).map { weight, before in
                (weight.name, zip(weight.values.values, before).map { Double($0 - $1) })
            }
        }
        for (exact, rounded) in zip(try step(.fp32), try step(.bf16)) {
            func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            let distance = norm(zip(exact.change, rounded.change).map { $0 - $1 }) / norm(exact.change)
            #expect(distance < 0.1 && distance > 0, "\(exact.name): \(distance)")
        }
    }
}
