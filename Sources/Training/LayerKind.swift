/// The layers that a config may name. The compiler keeps the list complete: `LayerConfig.layerKind` finds one for every layer.
package enum LayerKind: String, CaseIterable, Sendable {
    case flatten, reshape, dense, relu
    case leakyReLU = "leaky_relu"
    case gelu, silu, tanh, sigmoid, softmax
    case layerNorm = "layer_norm"
    case rmsNorm = "rms_norm"
    case batchNorm = "batch_norm"
    case groupNorm = "group_norm"
    case tokenEmbedding = "token_embedding"
    case patchEmbedding = "patch_embedding"
    case positions
    case classToken = "class_token"
    case firstToken = "first_token"
    case meanToken = "mean_token"
    case visibleTokens = "visible_tokens"
    case restoreTokens = "restore_tokens"
    case attention
    case conv2d, conv1d, depthwise
    case transposedConv2d = "transposed_conv2d"
    case maxPool = "max_pool"
    case averagePool = "average_pool"
    case globalMaxPool = "global_max_pool"
    case globalAveragePool = "global_average_pool"
    case upsample, dropout
    case stochasticDepth = "stochastic_depth"
    case sequence, `repeat`, residual, branch, heads
}

extension LayerConfig {
    /// Nil for a layer that a program brought along.
    package var layerKind: LayerKind? {
        switch self {
        case .flatten: .flatten
        case .reshape: .reshape
        case .dense, .denseClasses: .dense
        case .relu: .relu
        case .leakyReLU: .leakyReLU
        case .gelu: .gelu
        case .silu: .silu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .layerNorm: .layerNorm
        case .rmsNorm: .rmsNorm
        case .softmax: .softmax
        case .batchNorm: .batchNorm
        case .groupNorm: .groupNorm
        case .tokenEmbedding: .tokenEmbedding
        case .patchEmbedding: .patchEmbedding
        case .positions: .positions
        case .classToken: .classToken
        case .firstToken: .firstToken
        case .meanToken: .meanToken
        case .visibleTokens: .visibleTokens
        case .restoreTokens: .restoreTokens
        case .attention: .attention
        case .stochasticDepth: .stochasticDepth
        case .convolution(let config): config.kind.layerKind
        case .pooling(let config): config.kind.layerKind
        case .upsample: .upsample
        case .dropout: .dropout
        case .sequence: .sequence
        case .repetition: .repeat
        case .residual: .residual
        case .branch: .branch
        case .heads: .heads
        case .custom: nil
        }
    }

    /// As a config and a weight's name call it.
    package var kind: String {
        if case .custom(let custom) = self { return custom.name }
        return layerKind!.rawValue
    }
}

extension ConvolutionConfig.Kind {
    fileprivate var layerKind: LayerKind {
        switch self {
        case .conv1d: .conv1d
        case .conv2d: .conv2d
        case .depthwise: .depthwise
        case .transposed: .transposedConv2d
        }
    }
}

extension PoolingConfig.Kind {
    fileprivate var layerKind: LayerKind {
        switch self {
        case .maximum: .maxPool
        case .average: .averagePool
        case .globalMaximum: .globalMaxPool
        case .globalAverage: .globalAveragePool
        }
    }
}
