import Tensors

/// How the outputs of several paths become one.
package enum BranchJoin: String, CaseIterable, Sendable {
    /// Their channels one behind the other, in the order of the paths.
    case concatenate
    /// Added up.
    case sum
}

/// One item of a model's description.
package indirect enum LayerConfig: Equatable, Sendable {
    /// `[batch, height, width, channels]` to `[batch, features]`.
    case flatten
    /// Another shape of a sample, of as many values.
    case reshape(Shape)
    /// An affine map of a sample, or of each of its positions, to so many outputs.
    case dense(Int, start: WeightStart = .heUniform)
    /// The same with an output for each class of the data; `forData` makes a `dense` of it.
    case denseClasses(start: WeightStart = .heUniform)
    case relu
    /// x > 0 ? x : slope · x (Maas et al. 2013).
    case leakyReLU(slope: Double)
    /// x · Φ(x) (Hendrycks & Gimpel 2016).
    case gelu
    /// x / (1 + e⁻ˣ) (Elfwing et al. 2017).
    case silu
    case tanh
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
    /// Each row less its mean, over its deviation (Ba et al. 2016).
    case layerNorm
    /// Each row over the root of the mean of its squares (Zhang & Sennrich 2019).
    case rmsNorm
    /// eˣ / Σ eˣ over the channels of each row.
    case softmax
    /// Each channel less its mean over the batch, over its deviation (Ioffe & Szegedy 2015).
    case batchNorm
    /// The same for each sample by itself, over so many groups of channels (Wu & He 2018).
    case groupNorm(groups: Int)
    /// A row of a table for each token's number: `[batch, tokens]` to `[batch, tokens, width]`. Where `tokens` is nil, `forData`
    /// puts the size of the data's vocabulary there.
    case tokenEmbedding(tokens: Int?, width: Int, start: WeightStart = .normal(0.02))
    /// Squares of a picture, each mapped to so many features (Dosovitskiy et al. 2021): `[batch, height, width, channels]` to
    /// `[batch, patches, width]`.
    case patchEmbedding(size: Int, width: Int, start: WeightStart = .heUniform)
    /// Adds to each position a row of its own.
    case positions(PositionKind)
    /// A learned token in front of all others.
    case classToken
    /// `[batch, tokens, channels]` to `[batch, channels]`.
    case firstToken
    /// The mean of the tokens that are no padding: `[batch, tokens, channels]` to `[batch, channels]`.
    case meanToken
    /// The tokens that the batch's mask leaves visible (He et al. 2022).
    case visibleTokens
    /// These back at their places, and a learned token at all others.
    case restoreTokens
    /// Multi-head attention of tokens to one another (Vaswani et al. 2017).
    case attention(heads: Int, start: WeightStart = .heUniform)
    /// Skips this share of the samples in training, 0 ..< 1 (Huang et al. 2016).
    case stochasticDepth(Double)
    case convolution(ConvolutionConfig)
    case pooling(PoolingConfig)
    /// Makes each place a square of so many, or of so many by so many.
    case upsample([Int])
    /// Sets this share of the values to zero in training, 0 ..< 1.
    case dropout(Double)
    /// Layers one behind the other, where one is asked for.
    case sequence([LayerConfig])
    /// So many copies of some layers one behind the other, each with weights of its own.
    case repetition(Int, [LayerConfig])
    /// y = layers(x) + shortcut(x), where no shortcut is x itself (He et al. 2016).
    case residual([LayerConfig], shortcut: [LayerConfig] = [])
    /// Several paths from the same input, whose outputs are joined; a path of no layers is the input itself.
    case branch([[LayerConfig]], join: BranchJoin = .concatenate)
    /// Several outputs from the same input, each with a loss of its own; the last layer of a model.
    case heads([Head])
    /// What a program that uses the library brings along.
    case custom(CustomLayerConfig)

    package struct Head: Equatable, Sendable {
        package var name: String
        /// None where it gives what all heads get.
        package var layers: [LayerConfig]

        package init(_ name: String, _ layers: [LayerConfig]) { (self.name, self.layers) = (name, layers) }
    }

    /// Whether there is something to train in it for an input of shape `input`, but for the layers that it holds.
    func hasWeights(input: Shape) -> Bool {
        switch self {
        case .custom(let custom): custom.layer?.weights(for: input).isEmpty == false
        case .dense, .layerNorm, .rmsNorm, .batchNorm, .groupNorm, .tokenEmbedding, .patchEmbedding,
            .classToken,
            .positions(.learned), .attention, .restoreTokens, .convolution:
            true
        default: false
        }
    }

    /// A layer's weights beyond this are taken for a slip: with what Adam keeps they would take 12 GiB.
    static let weightLimit = 1 << 30

    /// The shape of one sample's output for an input of shape `input`, of layers that hold no others.
    func outputShape(input: Shape, place: LayerPlace) throws(ModelError) -> Shape {
        switch self {
        case .flatten: return [input.count]
        case .relu, .gelu, .silu, .tanh, .sigmoid, .softmax, .layerNorm, .rmsNorm, .batchNorm, .sequence,
            .repetition, .residual, .branch, .heads:
            return input
        case .groupNorm, .tokenEmbedding, .patchEmbedding, .positions, .classToken, .firstToken, .meanToken,
            .visibleTokens, .restoreTokens, .attention:
            return try tokenShape(input: input, place: place)
        case .leakyReLU(let slope):
            guard slope >= 0, slope < 1 else { throw .slope(place, kind: kind, slope: slope) }
            return input
        case .reshape(let shape):
            guard shape.count == input.count else { throw .reshape(place, input: input, wanted: shape) }
            return shape
        case .custom(let custom): return try custom.outputShape(input: input, place: place)
        case .convolution(let config): return try config.outputShape(input: input, place: place)
        case .pooling(let config): return try config.outputShape(input: input, place: place)
        case .upsample(let factors):
            // Each place of the input is a window over the output.
            let (vertical, horizontal) = try WindowConfig(size: factors, stride: factors).axes(
                over: input, kind: kind, place: place)
            let height = vertical.input * vertical.stride
            let (width, channels) = (horizontal.input * horizontal.stride, input.sizes.last!)
            return input.rank == 2 ? [width, channels] : [height, width, channels]
        case .dropout(let rate), .stochasticDepth(let rate):
            guard rate >= 0, rate < 1 else { throw .rate(place, kind: kind, rate: rate) }
            return input
        case .denseClasses: preconditionFailure("\(place) dense: a plan is of layers for some data")
        case .dense(let outputs, _):
            guard outputs > 0 else { throw .denseOutputs(place, outputs: outputs) }
            // A picture is almost never meant to be mapped pixel by pixel; rows of tokens or frames are.
            guard input.rank == 1 || input.rank == 2 else { throw .denseInput(place, input: input) }
            let inputs = input.sizes.last!
            let (weights, overflow) = inputs.multipliedReportingOverflow(by: outputs)
            guard !overflow, weights <= Self.weightLimit else {
                throw .denseSize(place, inputs: inputs, outputs: outputs)
            }
            return Shape(input.sizes.dropLast() + [outputs])
        }
    }
}
