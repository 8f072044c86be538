import Tensors
import Testing

@testable import Training

struct NamedModelTests {
    private func plan(_ model: NamedModel, _ data: DataForm, target: ModelPlan.Target = .classes) throws
        -> ModelPlan
    {
        let layers = try model.layers(for: data).enumerated().map {
            try $1.forData(data, place: .model($0))
        }
        return try ModelPlan(layers, input: data.sample, classes: data.classes, targets: [(nil, target)])
    }

    private func weights(_ plan: ModelPlan) -> Int {
        let model = Model(
            plan, seed: 3, capacity: 1, leaves: 1, kernels: Fixture.kernels, pool: .init(threads: 1))
        return model.weights.filter(\.isTrained).reduce(0) { $0 + $1.shape.count }
    }

    private static let picture = DataForm(sample: [28, 28, 1], classes: 10)

    @Test(arguments: [
        (NamedModel.Name.mlp, 784 * 128 + 128 + 1290),
        // As LeNet-5 has it where every map of the third layer sees all of the second.
        (.lenet, 61_706),
        (.convnet, 320 + 64 * 289 + 128 * 3137 + 1290),
        // Convolutions with biases, and two numbers a channel of each norm.
        (.resnet8, 78_090),
        (.visionTransformerTiny, 64 * 17 + 64 + 50 * 64 + 4 * (12 * 64 * 64 + 13 * 64) + 128 + 650),
    ])
    func `a named model of pictures has the weights that its layers add up to`(
        name: NamedModel.Name, count: Int
    ) throws {
        #expect(weights(try plan(NamedModel(name), Self.picture)) == count)
    }

    @Test func `residual networks halve the picture and double the channels`() throws {
        let plan = try plan(NamedModel(.resnet18), DataForm(sample: [32, 32, 3], classes: 7))
        let blocks = plan.layers.filter { $0.config.kind == "residual" }
        #expect(
            blocks.map(\.output) == [
                [32, 32, 64], [32, 32, 64], [16, 16, 128], [16, 16, 128], [8, 8, 256], [8, 8, 256],
                [4, 4, 512],
                [4, 4, 512],
            ])
        #expect(blocks.map { $0.paths[1].isEmpty } == [true, true, false, true, false, true, false, true])
    }

    @Test(arguments: [Shape([101, 64]), [8000, 1], [8000]])
    func `a model along time takes spectrograms and waveforms`(sample: Shape) throws {
        #expect(
            try plan(NamedModel(.conv1d), DataForm(sample: sample, classes: 5)).layers.last?.output == [5])
    }

    @Test func `an autoencoder gives samples, an encoder takes the data's vocabulary`() throws {
        let sound = DataForm(sample: [20, 9], classes: 4)
        let last = try plan(NamedModel(.denoisingAutoencoder), sound, target: .samples).layers.last
        #expect(last?.output == [20, 9])
        let text = DataForm(sample: [30], classes: 4, vocabulary: 500)
        #expect(
            try plan(NamedModel(.encoderTiny), text).layers.first?.config
                == .tokenEmbedding(tokens: 500, width: 64))
    }

    @Test func `width and dropout are what is asked for`() throws {
        var model = NamedModel(.mlp)
        (model.width, model.dropout) = (33, 0)
        #expect(
            try model.layers(for: Self.picture) == [.flatten, .dense(33), .relu, .denseClasses()])
    }

    private func error(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return "\(error)" }
    }

    @Test func `what does not fit the data is named, with what would`() {
        #expect(
            error { _ = try plan(NamedModel(.resnet8), DataForm(sample: [101, 64], classes: 5)) }
                == "model 'resnet8' is for other samples than [101, 64]; for these there are "
                + "mlp, conv1d, denoising_autoencoder")
        #expect(
            error { _ = try plan(NamedModel(.mlp), DataForm(sample: [9], classes: 5, vocabulary: 3)) }
                == "model 'mlp' is for other samples than [9]; for these there are encoder-tiny")
        let inside = LayerConfig.branch([[], [.relu, .tokenEmbedding(tokens: nil, width: 4)]])
        #expect(
            error { _ = try inside.forData(Self.picture, place: .model(2)) }
                == "model[2].branch[1][1] token_embedding: the data has no vocabulary, its samples are values "
                + "[28, 28, 1]; 'token_embedding: { tokens: 1000, width: 64 }' says how many tokens there are"
        )
        #expect(
            error {
                _ = try LayerConfig.residual([.denseClasses()]).forData(
                    DataForm(sample: [3], classes: 0), place: .model(1))
            }
                == "model[1].residual[0] dense: the data has no classes to count; 'dense: 10' says how many outputs it has"
        )
    }

    @Test func `the data's numbers reach layers in others`() throws {
        let data = DataForm(sample: [5], classes: 3, vocabulary: 8)
        #expect(
            try LayerConfig.repetition(2, [.sequence([.residual([.denseClasses()])])])
                .forData(data, place: .model(0))
                == .repetition(2, [.sequence([.residual([.dense(3)])])]))
    }
}
