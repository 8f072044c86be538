import Testing
import Training

@testable import Experiments

@Suite struct ModelConfigTests {
    @Test(arguments: [
        ("flatten", LayerConfig.flatten), ("relu", .relu), ("{ dense: 128 }", .dense(128)),
        ("{ dropout: 0.2 }", .dropout(0.2)), ("{ reshape: [7, 12, 3] }", .reshape([7, 12, 3])),
        (
            "{ conv2d: 32 }",
            .convolution(ConvolutionConfig(.conv2d, outputs: 32, window: WindowConfig(size: [3])))
        ),
        (
            "{ conv2d: { outputs: 8, kernel: [5, 3], stride: 2, padding: [1, 0], dilation: 2, groups: 4 } }",
            .convolution(
                ConvolutionConfig(
                    .conv2d, outputs: 8,
                    window: WindowConfig(size: [5, 3], stride: [2], padding: .zeros([1, 0]), dilation: [2]),
                    groups: 4))
        ),
        (
            "{ conv1d: { outputs: 8, padding: same } }",
            .convolution(ConvolutionConfig(.conv1d, outputs: 8, window: WindowConfig(size: [3])))
        ),
        (
            "{ transposed_conv2d: { outputs: 8, kernel: 2, stride: 2, padding: 0 } }",
            .convolution(
                ConvolutionConfig(
                    .transposed, outputs: 8,
                    window: WindowConfig(size: [2], stride: [2], padding: .zeros([0]))))
        ),
        ("depthwise", .convolution(ConvolutionConfig(.depthwise, window: WindowConfig(size: [3])))),
        (
            "{ depthwise: [5, 3] }",
            .convolution(ConvolutionConfig(.depthwise, window: WindowConfig(size: [5, 3])))
        ),
        (
            "max_pool",
            .pooling(
                PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0]))))
        ),
        (
            "{ average_pool: { size: 3, stride: 2, padding: 1 } }",
            .pooling(
                PoolingConfig(.average, window: WindowConfig(size: [3], stride: [2], padding: .zeros([1]))))
        ),
        ("global_average_pool", .pooling(PoolingConfig(.globalAverage))), ("{ upsample: 3 }", .upsample([3])),
        ("{ sequence: [relu, dense: 3] }", .sequence([.relu, .dense(3)])),
        ("{ repeat: { times: 4, layers: [dense: 5] } }", .repetition(4, [.dense(5)])),
        ("leaky_relu", .leakyReLU(slope: 0.01)), ("{ leaky_relu: 0.2 }", .leakyReLU(slope: 0.2)),
        ("gelu", .gelu), ("layer_norm", .layerNorm), ("batch_norm", .batchNorm),
        ("{ group_norm: 4 }", .groupNorm(groups: 4)), ("{ attention: 4 }", .attention(heads: 4)),
        ("{ token_embedding: { tokens: 90, width: 8 } }", .tokenEmbedding(tokens: 90, width: 8)),
        ("{ patch_embedding: { size: 4, width: 64 } }", .patchEmbedding(size: 4, width: 64)),
        ("{ positions: sinusoidal }", .positions(.sinusoidal)), ("class_token", .classToken),
        ("mean_token", .meanToken), ("visible_tokens", .visibleTokens), ("restore_tokens", .restoreTokens),
        ("{ stochastic_depth: 0.1 }", .stochasticDepth(0.1)),
        ("{ residual: [dense: 5, relu] }", .residual([.dense(5), .relu])),
        ("{ dense: classes }", .denseClasses()),
        ("{ dense: { outputs: classes, init: zeros } }", .denseClasses(start: .zeros)),
        ("{ dense: { outputs: 7, init: glorot_uniform } }", .dense(7, start: .glorotUniform)),
        ("{ dense: { outputs: 7, init: normal } }", .dense(7, start: .normal(0.02))),
        (
            "{ attention: { heads: 3, init: { truncated_normal: 0.5 } } }",
            .attention(heads: 3, start: .truncatedNormal(0.5))
        ),
        ("{ token_embedding: 8 }", .tokenEmbedding(tokens: nil, width: 8)),
        (
            "{ token_embedding: { width: 8, init: orthogonal } }",
            .tokenEmbedding(tokens: nil, width: 8, start: .orthogonal)
        ),
        (
            "{ patch_embedding: { size: 4, width: 64, init: lecun_normal } }",
            .patchEmbedding(size: 4, width: 64, start: .lecunNormal)
        ),
        ("{ branch: [[dense: 5], [relu], []] }", .branch([[.dense(5)], [.relu], []])),
        ("{ branch: { paths: [[dense: 5], []], join: sum } }", .branch([[.dense(5)], []], join: .sum)),
        (
            "{ heads: { a: [dense: classes], b_2: [] } }",
            .heads([.init("a", [.denseClasses()]), .init("b_2", [])])
        ),
        (
            "{ residual: { layers: [dense: 5], shortcut: [relu, dense: 5] } }",
            .residual([.dense(5)], shortcut: [.relu, .dense(5)])
        ),
    ])
    func `a layer is read, and what the lock file writes reads back`(yaml: String, layer: LayerConfig) throws
    {
        #expect(try LayerConfig(Fixture.node("x: \(yaml)")) == layer)
        let written = ConfigWriter.yaml(ConfigNode(.table([ConfigEntry("x", layer.node)])))
        #expect(try LayerConfig(Fixture.node(written)) == layer)
    }

    @Test(arguments: [
        ("dense", "1:4: error: 'dense' needs its number of outputs: 'dense: 128' or 'dense: classes'"),
        ("conv2d", "1:4: error: 'conv2d' needs its number of outputs: 'conv2d: 32'"),
        ("{ conv2d: { kernel: 3 } }", "1:14: error: 'outputs' is required in 'conv2d'"),
        (
            "{ conv2d: { outputs: 3, kernal: 3 } }",
            "1:28: error: unknown key 'kernal' in 'conv2d'; did you mean 'kernel'?"
        ),
        (
            "{ max_pool: { size: 2, padding: wide } }",
            "1:36: error: 'padding' must be a whole number, got 'wide'"
        ),
        (
            "{ global_average_pool: 2 }",
            "1:6: error: 'global_average_pool' takes no value: '- global_average_pool'"
        ),
        ("dropout", "1:4: error: 'dropout' needs its rate: 'dropout: 0.2'"),
        ("attention", "1:4: error: 'attention' needs its number of heads: 'attention: 4'"),
        (
            "{ positions: random }",
            "1:17: error: 'positions' must be one of learned, sinusoidal, got 'random'"
        ),
        ("{ patch_embedding: { size: 4 } }", "1:23: error: 'width' is required in 'patch_embedding'"),
        ("residual", "1:4: error: 'residual' needs its layers: 'residual: [dense: 64, relu]'"),
        ("{ residual: [] }", "1:16: error: 'residual' must be at least one layer, got a list"),
        ("{ repeat: { layers: [relu] } }", "1:14: error: 'times' is required in 'repeat'"),
        ("branch", "1:4: error: 'branch' needs its paths: 'branch: [[dense: 64, relu], [dense: 32]]'"),
        (
            "{ branch: [[relu]] }",
            "1:14: error: 'branch' must be at least two lists of layers, got a list of 1"
        ),
        (
            "{ branch: { paths: [[], []], join: add } }",
            "1:39: error: 'join' must be one of concatenate, sum, got 'add'"
        ),
        (
            "heads",
            "1:4: error: 'heads' needs its heads: 'heads: { classes: [dense: 10], picture: [dense: 784] }'"
        ),
        (
            "{ heads: { a: [relu] } }",
            "1:13: error: 'heads' must be a table of at least two heads, each a list of layers, got a table of 1"
        ),
        (
            "{ heads: { a: [relu], a-b: [] } }",
            "1:26: error: the name of a head has letters, digits and '_', with a letter first; got 'a-b'"
        ),
        (
            "{ dense: { outputs: 3, init: he_normel } }",
            "1:33: error: unknown initialisation 'he_normel'; known are glorot_uniform, glorot_normal, he_uniform, "
                + "he_normal, lecun_normal, orthogonal, normal, truncated_normal, zeros; did you mean 'he_normal'?"
        ),
        (
            "{ dense: { outputs: 3, init: { normal: 0 } } }",
            "1:43: error: 'normal' must be in 1e-09...1000.0, got '0'"
        ),
        ("{ relu: 3 }", "1:6: error: 'relu' takes no value: '- relu'"),
        ("{ dense: 0 }", "1:13: error: 'dense' must be at least 1, got '0'"),
        ("{ dense: many }", "1:13: error: 'dense' must be a whole number or 'classes', got 'many'"),
        ("{ dropout: 1 }", "1:15: error: 'dropout' must be in 0.0..<1.0, got '1'"),
        (
            "{ dens: 3 }",
            "1:6: error: unknown layer 'dens'; did you mean 'dense'?"
        ),
        ("3", "1:4: error: 'x' must be a layer, such as 'relu' or 'dense: 128', got '3'"),
        ("{ dense: 3, relu: 1 }", "1:16: error: 'x' must name one layer, got 'dense' and 'relu'"),
    ])
    func `a layer that cannot be read`(yaml: String, message: String) {
        #expect(Fixture.complaint(LayerConfig.self, "x: \(yaml)") == "test.yaml:" + message)
    }

    @Test func `a layer that is like no other is answered with all of them`() {
        let message = Fixture.complaint(LayerConfig.self, "x: maxout") ?? ""
        #expect(message.hasPrefix("test.yaml:1:4: error: unknown layer 'maxout'; known are flatten, "))
        #expect(message.hasSuffix(", branch, heads"))
    }

    @Test func `a model that does not fit the data is named at its layer`() throws {
        let config = try ExperimentConfig(
            ConfigDocument(
                text: """
                    data: fashion-mnist
                    train: { epochs: 1 }
                    model:
                      - flatten
                      - dense: 5
                      - branch: { paths: [[], [dropout: 0.5]] }
                    """, file: "test.yaml"
            ).root, base: ".")
        #expect(config.error(.denseInput(.model(1), input: [2])).place.description == "test.yaml:5:5")
        let inside = LayerPlace.model(1).inside("residual.shortcut", 0)
        #expect(config.error(.rate(inside, kind: "dropout", rate: 2)).place.description == "test.yaml:5:5")
        let path = LayerPlace.model(2).inside("branch", 1).inside("", 0)
        #expect(config.error(.rate(path, kind: "dropout", rate: 2)).place.description == "test.yaml:6:28")
        #expect(
            config.error(.lastOutputs(.init(shape: [5]), classes: 3)).place.description == "test.yaml:6:5")
        #expect(config.error(.noWeights).place.description == "test.yaml:4:3")
    }

    @Test(arguments: [
        ("mlp", NamedModel(.mlp)), ("{ vit-tiny: }", NamedModel(.visionTransformerTiny)),
        ("{ resnet8: { width: 24, dropout: 0.3 } }", Self.resnet),
    ])
    func `a model's name stands for its layers`(yaml: String, model: NamedModel) throws {
        #expect(try ModelSection(Fixture.node("model: \(yaml)")) == .named(model))
    }

    private static var resnet: NamedModel {
        var model = NamedModel(.resnet8)
        (model.width, model.dropout) = (24, 0.3)
        return model
    }

    @Test(arguments: [
        (
            "resnet9",
            "1:8: error: unknown model 'resnet9'; known are mlp, lenet, convnet, resnet8, resnet18, conv1d, "
                + "denoising_autoencoder, vit-tiny, encoder-tiny; did you mean 'resnet8'?"
        ),
        ("{ lenet: { width: 3 } }", "1:19: error: unknown key 'width' in 'lenet'; it takes none"),
        ("{ mlp: { width: 0 } }", "1:24: error: 'width' must be in 1...65536, got '0'"),
        ("3", "1:8: error: 'model' must be a list of layers or a model's name, such as 'mlp', got '3'"),
    ])
    func `a model's name that cannot be read`(yaml: String, message: String) {
        #expect(
            Fixture.complaint { _ = try ModelSection(Fixture.node("model: \(yaml)")) } == "test.yaml:"
                + message)
    }
}
