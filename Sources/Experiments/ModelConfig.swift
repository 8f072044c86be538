import Tensors
import Training

extension LayerKind {
    /// The layer that its name alone says; nil where it wants a value.
    fileprivate var plain: LayerConfig? {
        switch self {
        case .flatten: .flatten
        case .relu: .relu
        case .leakyReLU: .leakyReLU(slope: 0.01)
        case .gelu: .gelu
        case .silu: .silu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .softmax: .softmax
        case .layerNorm: .layerNorm
        case .rmsNorm: .rmsNorm
        case .batchNorm: .batchNorm
        case .classToken: .classToken
        case .firstToken: .firstToken
        case .meanToken: .meanToken
        case .visibleTokens: .visibleTokens
        case .restoreTokens: .restoreTokens
        case .depthwise: .convolution(.depthwise)
        case .maxPool: .pooling(PoolingConfig(.maximum, sideBySide: [2]))
        case .averagePool: .pooling(PoolingConfig(.average, sideBySide: [2]))
        case .globalMaxPool: .pooling(PoolingConfig(.globalMaximum))
        case .globalAveragePool: .pooling(PoolingConfig(.globalAverage))
        case .reshape, .dense, .groupNorm, .tokenEmbedding, .patchEmbedding, .positions, .attention,
            .conv2d, .conv1d, .transposedConv2d, .upsample, .dropout, .stochasticDepth, .sequence,
            .repeat, .residual, .branch, .heads:
            nil
        }
    }

    /// The value that it wants, with an example; empty where it takes none.
    fileprivate var value: String {
        switch self {
        case .reshape: "its shape: 'reshape: [7, 112]'"
        case .dense: "its number of outputs: 'dense: 128' or 'dense: classes'"
        case .leakyReLU: "its slope: 'leaky_relu: 0.2'"
        case .groupNorm: "its number of groups: 'group_norm: 8'"
        case .tokenEmbedding: "its width: 'token_embedding: 64'"
        case .patchEmbedding: "its size: 'patch_embedding: { size: 4, width: 64 }'"
        case .positions: "their kind: 'positions: learned' or 'positions: sinusoidal'"
        case .attention: "its number of heads: 'attention: 4'"
        case .conv2d, .conv1d, .transposedConv2d: "its number of outputs: '\(rawValue): 32'"
        case .depthwise: "its kernel: 'depthwise: 3'"
        case .maxPool, .averagePool: "its size: '\(rawValue): 2'"
        case .upsample: "its factor: 'upsample: 2'"
        case .dropout: "its rate: 'dropout: 0.2'"
        case .stochasticDepth: "its rate: 'stochastic_depth: 0.1'"
        case .sequence: "its layers: 'sequence: [dense: 64, relu]'"
        case .repeat: "its layers: 'repeat: { times: 3, layers: [dense: 64, relu] }'"
        case .residual: "its layers: 'residual: [dense: 64, relu]'"
        case .branch: "its paths: 'branch: [[dense: 64, relu], [dense: 32]]'"
        case .heads: "its heads: 'heads: { classes: [dense: 10], picture: [dense: 784] }'"
        case .flatten, .relu, .gelu, .silu, .tanh, .sigmoid, .softmax, .layerNorm, .rmsNorm, .batchNorm,
            .classToken, .firstToken, .meanToken, .visibleTokens, .restoreTokens, .globalMaxPool,
            .globalAveragePool:
            ""
        }
    }
}

extension LayerConfig: ConfigValue {
    /// What layers of Mottle's own are called.
    package static var names: [String] { LayerKind.allCases.map(\.rawValue) }

    package init(_ node: ConfigNode) throws(ConfigError) { try self.init(node, CustomLayers()) }

    /// `flatten`, `relu`, `dense: 128`, `dropout: 0.2`, `residual: [dense: 64, relu]`.
    init(_ node: ConfigNode, _ layers: CustomLayers) throws(ConfigError) {
        guard node.isTable else {
            guard let name = try? node.word(among: Self.names) else {
                throw node.mismatch(wanted: "a layer, such as 'relu' or 'dense: 128'")
            }
            if let custom = try layers.layer(name, node.place) {
                self = .custom(custom)
                return
            }
            let kind = try LayerKind(name, kind: "layer", place: node.place)
            guard let layer = kind.plain else { throw Self.incomplete(node, kind.value) }
            self = layer
            return
        }
        var table = try node.table()
        if let entry = table.unread.first, try layers.layer(entry.key, entry.place) != nil {
            throw ConfigError(entry.place, "'\(entry.key)' takes no value: '- \(entry.key)'")
        }
        let (kind, entry) = try table.takeOnly(naming: "one layer", kind: "layer", as: LayerKind.self)
        try table.finish()
        switch kind {
        case .dense: self = try Self.dense(entry.value)
        case .leakyReLU: self = .leakyReLU(slope: try entry.value.value(in: 0..<1))
        case .conv2d: self = .convolution(try ConvolutionConfig(.conv2d, node: entry.value))
        case .conv1d: self = .convolution(try ConvolutionConfig(.conv1d, node: entry.value))
        case .depthwise: self = .convolution(try ConvolutionConfig(.depthwise, node: entry.value))
        case .transposedConv2d: self = .convolution(try ConvolutionConfig(.transposed, node: entry.value))
        case .maxPool: self = .pooling(try PoolingConfig(.maximum, node: entry.value))
        case .averagePool: self = .pooling(try PoolingConfig(.average, node: entry.value))
        case .upsample: self = .upsample(try WindowConfig.numbers(entry.value, in: 1...10_000))
        case .dropout: self = .dropout(try entry.value.value(in: 0..<1))
        case .reshape: self = .reshape(try Self.shape(entry.value))
        case .sequence: self = .sequence(try Self.list(entry.value, layers))
        case .repeat: self = try Self.repetition(entry.value, layers)
        case .residual: self = try Self.residual(entry.value, layers)
        case .branch: self = try Self.branch(entry.value, layers)
        case .heads: self = try Self.heads(entry.value, layers)
        case .groupNorm: self = .groupNorm(groups: try entry.value.value(in: 1...))
        case .tokenEmbedding: self = try Self.tokenEmbedding(entry.value)
        case .patchEmbedding: self = try Self.patchEmbedding(entry.value)
        case .positions: self = .positions(try entry.value.value())
        case .attention: self = try Self.attention(entry.value)
        case .stochasticDepth: self = .stochasticDepth(try entry.value.value(in: 0..<1))
        case .flatten, .relu, .gelu, .silu, .tanh, .sigmoid, .softmax, .layerNorm, .rmsNorm, .batchNorm,
            .classToken, .firstToken, .meanToken, .visibleTokens, .restoreTokens, .globalMaxPool,
            .globalAveragePool:
            throw ConfigError(entry.place, "'\(entry.key)' takes no value: '- \(entry.key)'")
        }
    }

    private static func incomplete(_ node: ConfigNode, _ what: String) -> ConfigError {
        ConfigError(node.place, "\(node.found) needs \(what)")
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .flatten, .relu, .gelu, .silu, .tanh, .sigmoid, .softmax, .layerNorm, .rmsNorm, .batchNorm,
            .classToken, .firstToken, .meanToken, .visibleTokens, .restoreTokens, .custom:
            .string(kind)
        case .groupNorm(let groups): .table([kind: .whole(groups)])
        case .tokenEmbedding(let tokens, let width, let start):
            Self.table(
                kind,
                (tokens.map { [ConfigEntry("tokens", .whole($0))] } ?? [])
                    + [ConfigEntry("width", .whole(width)), ConfigEntry("init", start.node)])
        case .patchEmbedding(let size, let width, let start):
            Self.table(
                kind,
                [
                    ConfigEntry("size", .whole(size)), ConfigEntry("width", .whole(width)),
                    ConfigEntry("init", start.node),
                ])
        case .positions(let positions): .table([kind: .string(positions.rawValue)])
        case .attention(let heads, let start):
            Self.table(kind, [ConfigEntry("heads", .whole(heads)), ConfigEntry("init", start.node)])
        case .stochasticDepth(let rate): .table([kind: .number(rate)])
        case .leakyReLU(let slope): .table([kind: .number(slope)])
        case .convolution(let config): .table([kind: config.node])
        case .pooling(let config): config.node.map { .table([kind: $0]) } ?? .string(kind)
        case .upsample(let factors): .table([kind: WindowConfig.list(factors)])
        case .reshape(let shape): .table([kind: .list(shape.sizes.map(ConfigNode.whole))])
        case .dense(let outputs, let start):
            Self.table(kind, [ConfigEntry("outputs", .whole(outputs)), ConfigEntry("init", start.node)])
        case .denseClasses(let start):
            Self.table(kind, [ConfigEntry("outputs", .string("classes")), ConfigEntry("init", start.node)])
        case .dropout(let rate): .table([kind: .number(rate)])
        case .sequence(let layers): .table([kind: .list(layers.map(\.node))])
        case .repetition(let times, let layers):
            .table([kind: .table(["times": .whole(times), "layers": .list(layers.map(\.node))])])
        case .residual(let layers, let shortcut) where shortcut.isEmpty:
            .table([kind: .list(layers.map(\.node))])
        case .residual(let layers, let shortcut):
            .table([
                kind: .table([
                    "layers": .list(layers.map(\.node)), "shortcut": .list(shortcut.map(\.node)),
                ])
            ])
        case .branch(let paths, let join):
            Self.table(
                kind,
                [
                    ConfigEntry("paths", .list(paths.map { .list($0.map(\.node)) })),
                    ConfigEntry("join", .string(join.rawValue)),
                ])
        case .heads(let heads):
            Self.table(kind, heads.map { ConfigEntry($0.name, .list($0.layers.map(\.node))) })
        }
    }

    private static func table(_ kind: String, _ entries: [ConfigEntry]) -> ConfigNode {
        ConfigNode(.table([ConfigEntry(kind, ConfigNode(.table(entries)))]))
    }
}

extension PositionKind: ConfigValue {}

extension ExperimentConfig {
    /// Token ids are no values: only an embedding knows what to do with them.
    ///
    /// - Parameter vocabulary: how many tokens there are; nil for other data.
    func checkFirstLayer(of model: [LayerConfig], vocabulary: Int?) throws(ConfigError) {
        guard let vocabulary else { return }
        let place = (try? modelNode.items())?.first?.place ?? modelNode.place
        guard case .tokenEmbedding(let rows?, _, _)? = model.first else {
            throw ConfigError(
                place,
                "the data are token ids 0...\(vocabulary - 1), which only 'token_embedding: 64' takes as the first layer"
            )
        }
        guard rows >= vocabulary else {
            throw ConfigError(
                place,
                "'token_embedding' has rows for \(rows) tokens, the data have ids 0...\(vocabulary - 1)")
        }
    }

    /// The config's error for a model that doesn't fit the data.
    func error(_ error: ModelError) -> ConfigError {
        if let place = error.place { return ConfigError(self.place(of: place), error.description) }
        let (loss, heads) = (trainNode.value(of: "loss"), trainNode.value(of: "loss")?.value(of: "heads"))
        switch error {
        case .headWithoutLoss, .lossBesideHeads(nil, _):
            return ConfigError((heads ?? loss ?? trainNode).place, error.description)
        case .lossBesideHeads(let name?, _):
            return ConfigError((heads?.value(of: name) ?? trainNode).place, error.description)
        case .lastOutputs, .outputsBesideSamples, .outputsBesideTokens, .outputsOfVisible:
            let last = try? modelNode.items().last
            return ConfigError(last?.place ?? modelNode.place, error.description)
        default: return ConfigError(modelNode.place, error.description)
        }
    }

    /// Where a layer stands in the file; the layer that holds it where keys do not lead further.
    private func place(of layer: LayerPlace) -> ConfigPlace {
        var node = modelNode
        for (depth, step) in layer.steps.enumerated() {
            var list: ConfigNode? = node
            if depth > 0 {
                for key in step.list.split(separator: ".") { list = list?.value(of: String(key)) }
                for key in ["layers", "paths"] { list = list?.value(of: key) ?? list }
            }
            guard let items = try? list?.items(), items.indices.contains(step.index) else { break }
            node = items[step.index]
        }
        return node.place
    }
}

extension ConfigNode {
    fileprivate func value(of key: String) -> ConfigNode? {
        guard case .table(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}
