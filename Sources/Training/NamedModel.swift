import Tensors

/// A model that its name alone describes: a list of layers for some data.
package struct NamedModel: Equatable, Sendable {
    package enum Name: String, CaseIterable, Sendable {
        /// One hidden layer.
        case mlp
        /// LeNet-5 (LeCun et al. 1998), with tanh as there, plain average pooling, and a dense layer in place of the RBF units.
        case lenet
        /// Two convolutions with pooling, one hidden layer.
        case convnet
        /// A residual network of 3 blocks (He et al. 2016), for small pictures: no pooling behind the first convolution.
        case resnet8
        /// The same of 8 blocks.
        case resnet18
        /// Convolutions along time, of spectrograms or of waveforms; of these with the first two layers of Dai et al. 2017.
        case conv1d
        /// One hidden layer from a disturbed sample to a clean one (Vincent et al. 2008), with ReLU for the sigmoid and linear
        /// outputs.
        case denoisingAutoencoder = "denoising_autoencoder"
        /// A small vision transformer (Dosovitskiy et al. 2021).
        case visionTransformerTiny = "vit-tiny"
        /// A small transformer of texts (Vaswani et al. 2017), with norms before what they feed, and the mean of all tokens.
        case encoderTiny = "encoder-tiny"

        /// How wide it is where nothing else is said; nil where its paper fixes that.
        package var usualWidth: Int? {
            switch self {
            case .lenet: nil
            case .resnet8: 16
            case .convnet, .conv1d: 32
            case .resnet18, .visionTransformerTiny, .encoderTiny: 64
            case .mlp: 128
            case .denoisingAutoencoder: 512
            }
        }

        /// How much is dropped where nothing else is said; nil where there is no dropout.
        package var usualDropout: Double? {
            switch self {
            case .lenet, .denoisingAutoencoder: nil
            case .resnet8, .resnet18, .visionTransformerTiny: 0
            case .encoderTiny: 0.1
            case .mlp, .convnet, .conv1d: 0.2
            }
        }
    }

    package var name: Name
    /// Of the first convolution, the hidden layer, or a token.
    package var width: Int
    /// The share of values that are set to zero in training, 0 ..< 1; with 0 there are no such layers.
    package var dropout: Double

    package init(_ name: Name) {
        (self.name, width, dropout) = (name, name.usualWidth ?? 0, name.usualDropout ?? 0)
    }

    /// The list that it stands for.
    package func layers(for data: DataForm) throws(ModelError) -> [LayerConfig] {
        try checkFits(data)
        return switch name {
        case .mlp: [.flatten, .dense(width), .relu] + dropped + [.denseClasses()]
        case .lenet: lenet
        case .convnet:
            [.convolution(.square(width)), .relu, .halved]
                + [.convolution(.square(2 * width)), .relu, .halved]
                + [.flatten, .dense(4 * width), .relu] + dropped + [.denseClasses()]
        case .resnet8: residualNetwork(blocks: [(1, 1), (2, 2), (4, 2)])
        case .resnet18:
            residualNetwork(
                blocks: [(1, 1), (1, 1), (2, 2), (2, 1), (4, 2), (4, 1), (8, 2), (8, 1)])
        case .conv1d: alongTime(data.sample)
        case .denoisingAutoencoder:
            [.flatten, .dense(width), .relu, .dense(data.sample.count), .reshape(data.sample)]
        case .visionTransformerTiny:
            [.patchEmbedding(size: 4, width: width), .classToken, .positions(.learned)] + dropped
                + [.repetition(4, transformerBlock), .layerNorm, .firstToken, .denseClasses()]
        case .encoderTiny:
            [.tokenEmbedding(tokens: nil, width: width), .positions(.learned)] + dropped
                + [.repetition(2, transformerBlock), .layerNorm, .meanToken, .denseClasses()]
        }
    }

    private var dropped: [LayerConfig] { dropout > 0 ? [.dropout(dropout)] : [] }

    private var lenet: [LayerConfig] {
        func dense(_ outputs: Int) -> [LayerConfig] { [.dense(outputs, start: .lecunNormal), .tanh] }
        func convolution(_ outputs: Int, _ padding: WindowConfig.Padding) -> [LayerConfig] {
            var config = ConvolutionConfig(
                .conv2d, outputs: outputs, window: WindowConfig(size: [5], padding: padding))
            config.start = .lecunNormal
            let window = WindowConfig(size: [2], stride: [2], padding: .zeros([0]))
            return [.convolution(config), .tanh, .pooling(PoolingConfig(.average, window: window))]
        }
        return convolution(6, .same) + convolution(16, .zeros([0])) + [.flatten] + dense(120) + dense(84)
            + [.denseClasses(start: .lecunNormal)]
    }

    /// - Parameter blocks: how many times as wide as the first layer each is, and by how much it shrinks the picture.
    private func residualNetwork(blocks: [(width: Int, stride: Int)]) -> [LayerConfig] {
        var (layers, channels): ([LayerConfig], Int) = (
            [.convolution(.square(width)), .batchNorm, .relu], width
        )
        for block in blocks {
            let outputs = width * block.width
            let path: [LayerConfig] =
                [.convolution(.square(outputs, stride: block.stride)), .batchNorm, .relu]
                + dropped + [.convolution(.square(outputs)), .batchNorm]
            let isSame = outputs == channels && block.stride == 1
            let shortcut: [LayerConfig] =
                isSame ? [] : [.convolution(.square(outputs, size: 1, stride: block.stride)), .batchNorm]
            layers += [.residual(path, shortcut: shortcut), .relu]
            channels = outputs
        }
        return layers + [.pooling(PoolingConfig(.globalAverage)), .denseClasses()]
    }

    /// Of `[samples]`, `[samples, 1]` or `[frames, bins]`.
    private func alongTime(_ sample: Shape) -> [LayerConfig] {
        let isWaveform = sample.rank == 1 || sample[1] == 1
        // A waveform has many places and says little at each.
        let pool = isWaveform ? 4 : 2
        func block(_ outputs: Int, kernel: Int = 3, stride: Int = 1) -> [LayerConfig] {
            let window = WindowConfig(size: [kernel], stride: [stride])
            return [
                .convolution(ConvolutionConfig(.conv1d, outputs: outputs, window: window)), .batchNorm, .relu,
            ]
        }
        let pooling: [LayerConfig] = [
            .pooling(
                PoolingConfig(
                    .maximum, window: WindowConfig(size: [pool], stride: [pool], padding: .zeros([0]))))
        ]
        let first = isWaveform ? block(width, kernel: 80, stride: 4) : block(width)
        let front: [LayerConfig] = sample.rank == 1 ? [.reshape([sample[0], 1])] : []
        return front + first + pooling + block(width) + pooling + block(2 * width) + pooling
            + block(4 * width) + [.pooling(PoolingConfig(.globalAverage))] + dropped + [.denseClasses()]
    }

    private var transformerBlock: [LayerConfig] {
        [
            .residual([.layerNorm, .attention(heads: 4)] + dropped),
            .residual([.layerNorm, .dense(4 * width), .gelu, .dense(width)] + dropped),
        ]
    }
}

extension NamedModel {
    private func checkFits(_ data: DataForm) throws(ModelError) {
        guard name.wants.contains(DataForm.Kind(data)) else {
            let others = Name.allCases.filter { $0.wants.contains(DataForm.Kind(data)) }
            throw .namedModel(name.rawValue, sample: data.sample, others: others.map(\.rawValue))
        }
    }
}

extension DataForm {
    fileprivate enum Kind {
        case picture, series, row, text

        init(_ data: DataForm) {
            self =
                if data.vocabulary != nil { .text } else {
                    switch data.sample.rank {
                    case 3: .picture
                    case 2: .series
                    default: .row
                    }
                }
        }
    }
}

extension NamedModel.Name {
    fileprivate var wants: [DataForm.Kind] {
        switch self {
        case .mlp, .denoisingAutoencoder: [.picture, .series, .row]
        case .lenet, .convnet, .resnet8, .resnet18, .visionTransformerTiny: [.picture]
        case .conv1d: [.series, .row]
        case .encoderTiny: [.text]
        }
    }
}

extension ConvolutionConfig {
    fileprivate static func square(_ outputs: Int, size: Int = 3, stride: Int = 1) -> ConvolutionConfig {
        ConvolutionConfig(.conv2d, outputs: outputs, window: WindowConfig(size: [size], stride: [stride]))
    }
}

extension LayerConfig {
    fileprivate static var halved: LayerConfig {
        .pooling(
            PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0]))))
    }
}
