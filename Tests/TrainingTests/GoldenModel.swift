import Datasets
import Foundation
import Kernels
import Tensors
import Testing
import Workers

@testable import Training

/// A model of `Golden/make_golden.py`, with what PyTorch made of it in double precision.
struct GoldenModel: CustomTestStringConvertible, Sendable {
    let name: String
    let layers: [LayerConfig]
    let input: Shape
    var targets: [(head: String?, target: ModelPlan.Target)] = [(nil, .classes)]
    private let change: @Sendable (inout TrainConfig) -> Void

    static let steps = 10
    private static let (batch, batches, classes) = (7, 3, 5)

    var testDescription: String { name }

    static let all = [mlp, convnet, resnet, vit, text, heads]

    private static let mlp = GoldenModel(
        name: "mlp", layers: [.flatten, .dense(11), .relu, .dense(9), .tanh, .dense(5)], input: [5, 3, 1]
    ) {
        var config = RMSPropConfig()
        (config.learningRate, config.beta, config.epsilon, config.momentum) = (0.01, 0.9, 1e-3, 0.5)
        $0.optimizer = .rmsProp(config)
    }

    private static func convolution(_ outputs: Int, size: Int = 3, stride: Int = 1) -> LayerConfig {
        .convolution(
            ConvolutionConfig(
                .conv2d, outputs: outputs, window: WindowConfig(size: [size], stride: [stride])))
    }

    private static let pooling = LayerConfig.pooling(
        PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0]))))

    private static let convnet = GoldenModel(
        name: "convnet",
        layers: [convolution(5), .relu, pooling, convolution(6), .relu, .flatten, .dense(5)],
        input: [9, 7, 2]
    ) {
        var config = AdamConfig()
        (config.learningRate, config.epsilon) = (0.01, 1e-4)
        $0.optimizer = .adam(config)
    }

    private static let resnet = GoldenModel(
        name: "resnet",
        layers: [
            convolution(4), .batchNorm, .relu,
            .residual([convolution(4), .batchNorm, .relu, convolution(4), .batchNorm]), .relu,
            .residual(
                [convolution(6, stride: 2), .batchNorm, .relu, convolution(6), .batchNorm],
                shortcut: [convolution(6, size: 1, stride: 2), .batchNorm]), .relu,
            .pooling(PoolingConfig(.globalAverage)), .dense(5),
        ], input: [7, 6, 3]
    ) {
        var config = SGDConfig()
        (config.learningRate, config.momentum, config.isNesterov) = (0.05, 0.9, true)
        config.weightDecay = 0.01
        $0.optimizer = .sgd(config)
    }

    private static let vit = GoldenModel(
        name: "vit",
        layers: [
            .patchEmbedding(size: 2, width: 12), .classToken, .positions(.learned),
            .residual([.layerNorm, .attention(heads: 3)]),
            .residual([.layerNorm, .dense(20), .gelu, .dense(12)]), .layerNorm, .firstToken, .dense(5),
        ], input: [6, 4, 2]
    ) {
        var config = AdamConfig.decoupled
        (config.learningRate, config.epsilon, config.weightDecay) = (0.01, 1e-3, 0.1)
        $0.optimizer = .adamW(config)
        $0.schedule = LearningRateSchedule(.cosine(end: 0.1), warmUp: .steps(2))
        $0.clipNorm = 0.5
    }

    private static let text = GoldenModel(
        name: "text",
        layers: [
            .tokenEmbedding(tokens: 23, width: 10), .positions(.sinusoidal),
            .residual([.layerNorm, .attention(heads: 2)]),
            .residual([.layerNorm, .dense(14), .silu, .dense(10)]), .meanToken, .dense(5),
        ], input: [9]
    ) {
        var config = AdamConfig()
        (config.learningRate, config.epsilon) = (0.02, 1e-3)
        ($0.optimizer, $0.accumulate) = (.adam(config), 2)
    }

    private static let heads = GoldenModel(
        name: "heads",
        layers: [
            convolution(6), .relu,
            .heads([.init("classes", [.flatten, .dense(5)]), .init("picture", [convolution(2)])]),
        ], input: [5, 4, 2], targets: [("classes", .classes), ("picture", .samples)]
    ) {
        var config = AdamConfig()
        (config.learningRate, config.epsilon) = (0.01, 1e-4)
        $0.optimizer = .adam(config)
        $0.groups = [WeightGroup([NamePattern("conv2d2.*")], learningRate: 0.03, weightDecay: 0.5)]
        let classes = LossConfig(.crossEntropy(smoothing: 0.1), target: .labels)
        $0.loss = ModelLoss(heads: [
            .init("classes", classes, weight: 0.5),
            .init("picture", LossConfig(.squared, target: .clean, over: .hidden), weight: 3),
        ])
    }

    var config: TrainConfig {
        var config = TrainConfig(epochs: 1)
        change(&config)
        return config
    }

    /// The model without start weights; see `GoldenFile.load`.
    func model(threads: Int, set: InstructionSet) throws -> Model {
        try Fixture.model(
            layers, input: input, classes: Self.classes, capacity: Self.batch, threads: threads,
            kernels: KernelSet.of(set)!, targets: targets)
    }
}

/// What `make_golden.py` wrote for a model.
struct GoldenFile {
    let arrays: [String: SavedWeight]
    private let model: GoldenModel
    private let (values, labels, lengths): (Buffer<Float>, Buffer<Int32>, Buffer<Int32>)
    private let ids: Buffer<UInt64>
    private let (clean, mask): (Buffer<Float>, Buffer<UInt8>)
    private let batch = 7

    init(_ model: GoldenModel) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let file = try SafetensorsFile(folder.appending(path: "\(model.name).safetensors").path())
        var arrays: [String: SavedWeight] = [:]
        for name in file.names {
            let array = try file.array(name)
            arrays[name] = SavedWeight(shape: array.shape, values: try array.floats().values)
        }
        func whole(_ name: String) -> Buffer<Int32> {
            Buffer((arrays[name]?.values ?? []).map { Int32($0) })
        }
        (self.arrays, self.model, values) = (arrays, model, Buffer(arrays["x"]!.values))
        (labels, lengths) = (whole("labels"), whole("lengths"))
        clean = Buffer(arrays["clean"]?.values ?? [])
        mask = Buffer((arrays["mask"]?.values ?? []).map { UInt8($0) })
        ids = Buffer((0..<labels.count).map { UInt64($0) })
    }

    subscript(name: String) -> [Double] { arrays[name]!.values.map(Double.init) }

    /// All arrays whose names begin so, under the rest of the name.
    func arrays(_ prefix: String) -> [String: SavedWeight] {
        arrays.reduce(into: [:]) { found, entry in
            if entry.key.hasPrefix(prefix) {
                found[String(entry.key.dropFirst(prefix.count))] = entry.value
            }
        }
    }

    /// The batch of a step, which is valid as long as the file.
    func batch(_ step: Int) -> Batch {
        let first = step % (labels.count / batch) * batch
        var found = Batch(
            count: batch, shape: model.input, values: values.pointer + first * model.input.count,
            labels: labels.pointer + first, ids: ids.pointer + first, epoch: 0)
        if lengths.count > 0 { found.lengths = UnsafePointer(lengths.pointer + first) }
        if mask.count > 0 {
            found.clean = UnsafePointer(clean.pointer + first * model.input.count)
            found.mask = UnsafePointer(mask.pointer + first * model.input.count)
        }
        return found
    }
}
