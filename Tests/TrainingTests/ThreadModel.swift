import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

/// A model that is large enough for all threads to take part, with an optimiser of its own: together all kinds of layers that
/// share work, and all optimisers.
struct ThreadModel: CustomTestStringConvertible, Sendable {
    let name: String
    let layers: [LayerConfig]
    let input: Shape
    private let optimizer: Optimizer
    /// How many tokens there are, where samples are texts.
    private var vocabulary: Int?
    private var targets: [(head: String?, target: ModelPlan.Target)]
    private var leaves = 2
    private var change: @Sendable (inout TrainConfig) -> Void = { _ in }

    var testDescription: String { name }

    static let all: [ThreadModel] = [
        mlp, sparse(collects: false), sparse(collects: true), convnet, resnet, vit, maskedAutoencoder, text,
        heads,
    ]

    private static let mlp = ThreadModel(
        name: "mlp", layers: [.flatten, .dropout(0.2), .dense(101), .relu, .dropout(0.1), .dense(7)],
        input: [14, 13, 1], optimizer: .lion(LionConfig()))

    /// With lists of what is not zero: one leaf, and a hidden layer of which little comes back.
    private static func sparse(collects: Bool) -> ThreadModel {
        var model = ThreadModel(
            name: collects ? "sparse mlp with collected gradients" : "sparse mlp",
            layers: [
                .flatten, .dense(101), .relu, .dropout(0.4), .dense(75), .relu, .dropout(0.5), .dense(7),
            ],
            input: [19, 15, 1], optimizer: .adam(AdamConfig())
        ) { if collects { $0.accumulate = 2 } }
        model.leaves = 1
        return model
    }

    private static func convolution(_ outputs: Int, stride: Int = 1) -> LayerConfig {
        .convolution(
            ConvolutionConfig(.conv2d, outputs: outputs, window: WindowConfig(size: [3], stride: [stride])))
    }

    private static let pooling = LayerConfig.pooling(
        PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0]))))

    private static let convnet = ThreadModel(
        name: "convnet",
        layers: [convolution(17), .relu, pooling, convolution(33), .relu, .flatten, .dense(65), .dense(7)],
        input: [14, 12, 3], optimizer: .adam(AdamConfig()))

    private static let resnet = ThreadModel(
        name: "resnet",
        layers: [
            convolution(18), .batchNorm, .relu,
            .residual([convolution(18), .batchNorm, .relu, convolution(18), .batchNorm]), .relu,
            .residual(
                [convolution(20, stride: 2), .groupNorm(groups: 4)],
                shortcut: [convolution(20, stride: 2), .batchNorm]), .relu,
            .pooling(PoolingConfig(.globalAverage)), .dense(7),
        ], input: [13, 12, 3], optimizer: .sgd(nesterov))

    private static var nesterov: SGDConfig {
        var config = SGDConfig()
        (config.momentum, config.isNesterov, config.weightDecay) = (0.9, true, 0.01)
        return config
    }

    private static func block(_ width: Int) -> [LayerConfig] {
        [
            .residual([.layerNorm, .attention(heads: 4), .stochasticDepth(0.1)]),
            .residual([.rmsNorm, .dense(4 * width), .gelu, .dense(width), .dropout(0.1)]),
        ]
    }

    private static let vit = ThreadModel(
        name: "vit",
        layers: [
            .patchEmbedding(size: 2, width: 28), .classToken, .positions(.learned), .sequence(block(28)),
            .layerNorm, .firstToken, .dense(7),
        ], input: [12, 10, 3], optimizer: .adamW(.decoupled)
    ) { $0.clipNorm = 0.5 }

    private static let maskedAutoencoder = ThreadModel(
        name: "masked autoencoder",
        layers: [
            .patchEmbedding(size: 2, width: 28), .classToken, .positions(.learned), .visibleTokens,
            .sequence(block(28)), .layerNorm, .dense(20), .restoreTokens, .positions(.learned),
            .sequence(block(20)), .meanToken, .dense(7),
        ], input: [12, 10, 3], optimizer: .adamW(.decoupled))

    private static let text = ThreadModel(
        name: "text",
        layers: [
            .tokenEmbedding(tokens: 90, width: 36), .positions(.sinusoidal), .sequence(block(36)), .layerNorm,
            .meanToken, .dense(7),
        ], input: [21], optimizer: .rmsProp(RMSPropConfig()), vocabulary: 90
    ) { $0.accumulate = 3 }

    private static let heads = ThreadModel(
        name: "heads",
        layers: [
            convolution(18), .relu, .flatten, .dense(65), .relu,
            .heads([
                .init("classes", [.dense(7)]), .init("picture", [.dense(90), .gelu, .dense(12 * 10 * 3)]),
            ]),
        ], input: [12, 10, 3], optimizer: .adam(AdamConfig()),
        targets: [("picture", .samples), ("classes", .classes)]
    ) {
        $0.loss = ModelLoss(heads: [
            .init("classes", .crossEntropy, weight: 0.75),
            .init("picture", LossConfig(.squared, target: .clean, over: .hidden), weight: 2),
        ])
    }

    private init(
        name: String, layers: [LayerConfig], input: Shape, optimizer: Optimizer, vocabulary: Int? = nil,
        targets: [(head: String?, target: ModelPlan.Target)] = [(nil, .classes)],
        change: @escaping @Sendable (inout TrainConfig) -> Void = { _ in }
    ) {
        (self.name, self.layers, self.input, self.optimizer) = (name, layers, input, optimizer)
        (self.vocabulary, self.targets, self.change) = (vocabulary, targets, change)
    }

    private static let stepsPerEpoch = 6

    /// A trainer with an average, a schedule and the best weights: all that a state may hold.
    func trainer(
        threads: Int, set: InstructionSet, precision: Precision = .fp32
    ) throws -> Trainer {
        let model = try Fixture.model(
            layers, input: input, classes: 7, leaves: precision == .fp32 ? leaves : 1, threads: threads,
            precision: precision, kernels: KernelSet.of(set)!, targets: targets)
        var config = TrainConfig(epochs: 2)
        (config.optimizer, config.averageDecay) = (optimizer, 0.9)
        config.schedule = LearningRateSchedule(.cosine(end: 0.1), warmUp: .steps(2))
        change(&config)
        let trainer = Trainer(model, config, stepsPerEpoch: Self.stepsPerEpoch)
        trainer.startKeepingBest()
        return trainer
    }

    /// Takes some steps over 75 samples, of which each epoch's last batch has 11; the fourth step's weights are the best.
    func take(_ steps: Range<Int>, _ trainer: Trainer) throws {
        let samples = Samples(count: 75, shape: input, classes: 7)
        if let vocabulary {
            for index in 0..<75 * input.count { samples.values[index] = Float(index * 31 % vocabulary) }
        }
        let lengths = Buffer<Int32>((0..<75).map { Int32($0 * 5 % input[0] + 1) })
        let clean = Fixture.buffer(75 * input.count, seed: 33)
        let mask = Buffer<UInt8>(count: 75 * input.count)
        if input.rank == 3 {
            // Of the squares of 2 × 2 pixels a share, of each sample another one.
            for index in 0..<mask.count {
                let (sample, value) = index.quotientAndRemainder(dividingBy: input.count)
                let (row, column) = (value / input[2] / input[1] / 2, value / input[2] % input[1] / 2)
                mask[index] = (row * 5 + column) * 7 % 11 < 3 + sample % 6 ? 1 : 0
            }
        }
        for step in steps {
            let (epoch, place) = step.quotientAndRemainder(dividingBy: Self.stepsPerEpoch)
            let begin = place * 9
            var batch = samples.batch(
                begin..<begin + (place == Self.stepsPerEpoch - 1 ? 11 : 30), epoch: epoch)
            if vocabulary != nil { batch.lengths = UnsafePointer(lengths.pointer + begin) }
            batch.clean = UnsafePointer(clean.pointer + begin * input.count)
            batch.mask = UnsafePointer(mask.pointer + begin * input.count)
            _ = try trainer.step(batch)
            if step == 3 { trainer.rememberAsBest() }
        }
        withExtendedLifetime((samples, lengths, clean, mask)) {}
    }
}
