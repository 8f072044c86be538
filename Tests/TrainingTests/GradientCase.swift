import Tensors
import Testing
import Training

/// Layers that are compared with their formulas in Double, and their gradients with central differences of these.
struct GradientCase: CustomTestStringConvertible, Sendable {
    let layers: [LayerConfig]
    /// Of one sample.
    let input: Shape
    var values = Values.uneven
    /// How many tokens each of the five samples has.
    var lengths: [Int32]?
    /// Which values of each of the five samples are hidden.
    var mask: [UInt8]?
    var leaves = 1
    /// Weights that stay as they are.
    var frozen: [String] = []

    enum Values: Sendable {
        /// No two alike, and away from zero, where a ReLU has no derivative.
        case uneven
        /// No two so near that a difference changes which is the largest.
        case apart
        /// The numbers of tokens.
        case tokens(Int)

        func make(_ count: Int) -> [Float] {
            switch self {
            case .uneven: Fixture.floats(count, seed: 21).map { $0 + ($0 < 0 ? -0.1 : 0.1) }
            case .apart: (0..<count).map { Float($0 * 97 % count) * 6 / Float(count) - 3 }
            case .tokens(let tokens): (0..<count).map { Float($0 * 7 % tokens) }
            }
        }
    }

    var testDescription: String {
        let lengths = lengths.map { " with lengths \($0)" } ?? ""
        let mask = mask.map { " with \($0.count { $0 == 1 }) values hidden" } ?? ""
        let frozen = frozen.isEmpty ? "" : " without \(frozen)"
        return layers.map { "\($0)" }.joined(separator: ", ") + " over \(input)" + lengths + mask + frozen
    }

    /// Of all five samples.
    var inputs: [Float] { values.make(LayerBench.count * input.count) }

    /// The kinds of all layers, and of those that they hold.
    var kinds: Set<LayerKind> { Self.kinds(layers) }

    private static func kinds(_ layers: [LayerConfig]) -> Set<LayerKind> {
        layers.reduce(into: []) { kinds, layer in
            if let kind = layer.layerKind { kinds.insert(kind) }
            switch layer {
            case .sequence(let items), .repetition(_, let items): kinds.formUnion(self.kinds(items))
            case .branch(let paths, _): kinds.formUnion(self.kinds(paths.flatMap { $0 }))
            case .residual(let items, let shortcut): kinds.formUnion(self.kinds(items + shortcut))
            case .heads(let heads): kinds.formUnion(self.kinds(heads.flatMap(\.layers)))
            default: break
            }
        }
    }

    static let all: [GradientCase] =
        affine + elementwise + norms + windows + tokens + visibleTokens + containers + partlyFrozen

    private static let affine: [GradientCase] = [
        GradientCase(layers: [.dense(2)], input: [3]),
        GradientCase(layers: [.dense(21)], input: [18], leaves: 2),
        GradientCase(layers: [.dense(10)], input: [37]),
        // So many inputs that the outputs are sums of two leaves.
        GradientCase(layers: [.dense(5)], input: [263]),
        GradientCase(layers: [.dense(3)], input: [7, 5]),
        GradientCase(layers: [.dense(3)], input: [26, 2]),
        GradientCase(layers: [.flatten], input: [2, 3, 5]),
        GradientCase(layers: [.flatten], input: [3, 16]),
        GradientCase(layers: [.reshape([6, 5])], input: [2, 3, 5]),
    ]

    private static let elementwise: [GradientCase] = [
        GradientCase(layers: [.relu], input: [4, 19]),
        GradientCase(layers: [.leakyReLU(slope: 0.2)], input: [3, 21]),
        GradientCase(layers: [.gelu], input: [3, 21]),
        GradientCase(layers: [.silu], input: [3, 21]),
        GradientCase(layers: [.tanh], input: [3, 21]),
        GradientCase(layers: [.sigmoid], input: [3, 21]),
        GradientCase(layers: [.softmax], input: [3, 7]),
        GradientCase(layers: [.dropout(0.4)], input: [70]),
        GradientCase(layers: [.dropout(0.4)], input: [3, 21]),
        GradientCase(layers: [.stochasticDepth(0.4)], input: [3, 7]),
    ]

    private static let norms: [GradientCase] =
        [
            ([.layerNorm], [19]), ([.layerNorm], [7, 5]), ([.layerNorm], [3, 32]),
            ([.rmsNorm], [19]), ([.rmsNorm], [7, 5]), ([.rmsNorm], [3, 32]),
            ([.batchNorm], [3, 4, 5]), ([.batchNorm], [18]),
            ([.groupNorm(groups: 3)], [3, 2, 6]), ([.groupNorm(groups: 1)], [5, 18]),
            ([.groupNorm(groups: 4)], [7, 4]), ([.batchNorm, .relu], [18]),
            ([.groupNorm(groups: 3), .relu], [3, 2, 6]),
        ].map { GradientCase(layers: $0.0, input: $0.1) }

    private static let strided = WindowConfig(size: [3, 2], stride: [2, 1], padding: .zeros([1, 0]))

    private static func convolution(
        _ kind: ConvolutionConfig.Kind, _ outputs: Int, _ window: WindowConfig, groups: Int = 1
    ) -> [LayerConfig] {
        [.convolution(ConvolutionConfig(kind, outputs: outputs, window: window, groups: groups))]
    }

    private static let windows: [GradientCase] = [
        GradientCase(layers: convolution(.conv2d, 5, WindowConfig(size: [3])), input: [4, 5, 3]),
        GradientCase(layers: convolution(.conv2d, 6, strided, groups: 2), input: [5, 4, 4]),
        GradientCase(
            layers: convolution(.conv2d, 17, WindowConfig(size: [2, 3], dilation: [2, 1])), input: [5, 6, 2]),
        GradientCase(layers: convolution(.conv2d, 4, WindowConfig(size: [3])), input: [4, 3, 18]),
        GradientCase(
            layers: convolution(.conv1d, 4, WindowConfig(size: [3], stride: [2])), input: [9, 3]),
        GradientCase(
            layers: convolution(
                .conv1d, 6, WindowConfig(size: [3], padding: .zeros([1]), dilation: [2]), groups: 3),
            input: [8, 9]),
        GradientCase(layers: convolution(.depthwise, 0, WindowConfig(size: [3])), input: [4, 5, 7]),
        GradientCase(layers: convolution(.depthwise, 0, strided), input: [5, 4, 18]),
        // What follows a convolution is done in the same pass.
        GradientCase(layers: convolution(.conv2d, 5, WindowConfig(size: [3])) + [.relu], input: [4, 5, 3]),
        GradientCase(
            layers: convolution(.conv2d, 6, WindowConfig(size: [3]), groups: 2) + [
                .relu,
                .pooling(
                    PoolingConfig(
                        .maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0])))),
            ], input: [5, 7, 4]),
        GradientCase(
            layers: convolution(.transposed, 3, WindowConfig(size: [3], stride: [2])), input: [3, 2, 4]),
        GradientCase(layers: convolution(.transposed, 4, strided, groups: 2), input: [3, 4, 6]),
        GradientCase(
            layers: convolution(
                .transposed, 3,
                WindowConfig(size: [2, 3], stride: [2, 1], padding: .zeros([0, 1]), dilation: [1, 2])),
            input: [3, 2, 4]),
        GradientCase(
            layers: [.pooling(PoolingConfig(.maximum, window: WindowConfig(size: [3], stride: [2])))],
            input: [5, 4, 3], values: .apart),
        GradientCase(
            layers: [
                .pooling(
                    PoolingConfig(
                        .maximum, window: WindowConfig(size: [3], stride: [2], padding: .zeros([1]))))
            ], input: [8, 5], values: .apart),
        GradientCase(
            layers: [.pooling(PoolingConfig(.average, window: WindowConfig(size: [2, 3])))],
            input: [4, 5, 3]),
        GradientCase(
            layers: [.pooling(PoolingConfig(.globalMaximum))], input: [3, 4, 5], values: .apart),
        GradientCase(layers: [.pooling(PoolingConfig(.globalAverage))], input: [3, 4, 5]),
        GradientCase(layers: [.pooling(PoolingConfig(.globalAverage))], input: [7, 3]),
        GradientCase(
            layers: [
                .pooling(
                    PoolingConfig(
                        .average, window: WindowConfig(size: [3], stride: [2, 1], padding: .zeros([1, 0]))))
            ], input: [4, 5, 3]),
        GradientCase(layers: [.upsample([2, 3])], input: [3, 2, 5]),
        GradientCase(layers: [.upsample([3])], input: [4, 5]),
    ]

    private static let partlyFrozen: [GradientCase] = [
        ([.dense(4)], [7], ["*.weight"]), ([.dense(3)], [26, 2], ["*.bias"]),
        ([.dense(3)], [26, 2], ["*.weight"]),
        ([.dense(4)], [7], ["*"]), ([.layerNorm], [7, 5], ["*.scale"]),
        ([.groupNorm(groups: 3)], [3, 2, 6], ["*.shift"]),
        // The averages take the place of the batch's statistics.
        ([.batchNorm], [3, 4, 5], ["*"]), ([.batchNorm], [3, 4, 5], ["*.variance"]),
        ([.batchNorm], [3, 4, 5], ["*.scale"]), ([.positions(.learned)], [4, 5], ["*"]),
        ([.classToken], [4, 19], ["*"]), ([.dense(4), .visibleTokens, .restoreTokens], [4, 5], ["*"]),
        (convolution(.conv2d, 5, WindowConfig(size: [3])), [4, 5, 3], ["*.weight"]),
        (convolution(.conv2d, 5, WindowConfig(size: [3])), [4, 5, 3], ["*"]),
        (convolution(.transposed, 3, WindowConfig(size: [3], stride: [2])), [3, 2, 4], ["*.bias"]),
        (convolution(.transposed, 3, WindowConfig(size: [3], stride: [2])), [3, 2, 4], ["*"]),
    ].map { GradientCase(layers: $0.0, input: $0.1, frozen: $0.2) }

    private static let lengths: [Int32] = [4, 1, 0, 3, 2]

    private static let tokens: [GradientCase] = [
        GradientCase(layers: [.tokenEmbedding(tokens: 7, width: 18)], input: [4], values: .tokens(7)),
        GradientCase(layers: [.patchEmbedding(size: 2, width: 5)], input: [6, 4, 3]),
        GradientCase(layers: [.positions(.learned)], input: [4, 5]),
        GradientCase(layers: [.positions(.sinusoidal)], input: [4, 5]),
        GradientCase(layers: [.classToken], input: [4, 19]),
        GradientCase(layers: [.firstToken], input: [4, 19]),
        GradientCase(layers: [.meanToken], input: [4, 19]),
        GradientCase(layers: [.meanToken], input: [4, 19], lengths: lengths),
        GradientCase(layers: [.attention(heads: 2)], input: [4, 6]),
        GradientCase(layers: [.attention(heads: 1)], input: [5, 7]),
        GradientCase(layers: [.attention(heads: 3)], input: [4, 6], lengths: lengths),
        GradientCase(
            layers: [.classToken, .attention(heads: 2), .meanToken], input: [4, 6], lengths: lengths),
    ]

    /// None, some and all of a sample's four tokens, and of three samples equally many.
    private static let hidden: [Set<Int>] = [[1, 2], [0, 3], [], [0, 1, 2, 3], [0, 2]]

    private static func mask(_ values: Int, tokens: [Set<Int>] = hidden) -> [UInt8] {
        tokens.flatMap { tokens in (0..<4 * values).map { tokens.contains($0 / values) ? 1 : 0 } }
    }

    private static let visibleTokens: [GradientCase] = [
        GradientCase(layers: [.visibleTokens], input: [4, 19], mask: mask(19)),
        GradientCase(layers: [.visibleTokens, .restoreTokens], input: [4, 19], mask: mask(19)),
        GradientCase(layers: [.visibleTokens, .restoreTokens], input: [4, 6]),
        GradientCase(
            layers: [.visibleTokens, .restoreTokens], input: [4, 6], lengths: lengths, mask: mask(6)),
        GradientCase(
            layers: [
                .classToken, .visibleTokens, .residual([.layerNorm, .attention(heads: 2)]), .restoreTokens,
                .dense(5),
            ], input: [4, 6], mask: mask(6)),
        GradientCase(
            layers: [.visibleTokens, .classToken, .attention(heads: 3), .meanToken], input: [4, 6],
            lengths: lengths, mask: mask(6)),
        GradientCase(
            layers: [.patchEmbedding(size: 2, width: 5), .visibleTokens, .gelu, .restoreTokens],
            input: [2, 8, 1], mask: pictureMask),
    ]

    /// Four squares side by side.
    private static let pictureMask: [UInt8] = hidden.flatMap { hidden in
        (0..<16).map { hidden.contains($0 % 8 / 2) ? 1 : 0 }
    }

    private static let containers: [GradientCase] = [
        GradientCase(layers: [.sequence([.dense(5), .tanh])], input: [4]),
        GradientCase(layers: [.repetition(2, [.dense(4), .silu])], input: [4]),
        GradientCase(layers: [.residual([.dense(6), .tanh, .dense(5)])], input: [3, 5]),
        GradientCase(layers: [.residual([.dense(3), .gelu], shortcut: [.dense(3)])], input: [5]),
        // All that a sum adds up has one gradient: of a ReLU behind it, of another sum, of a value that is used twice.
        GradientCase(
            layers: [.residual([.dense(6), .residual([.dense(6), .tanh]), .relu, .dense(4)]), .relu],
            input: [4]),
        GradientCase(
            layers: [
                .branch([[], [.residual([.residual([.dense(5)])])], []], join: .sum), .relu, .dense(3),
            ],
            input: [3, 5]),
        GradientCase(layers: [.residual([.flatten, .dense(15), .reshape([3, 5])]), .relu], input: [3, 5]),
        GradientCase(layers: [.branch([[.dense(6), .tanh], [], [.dense(3)]])], input: [3, 5]),
        GradientCase(
            layers: [.branch([[.dense(19), .tanh], [.dense(19)], [.dense(19)]], join: .sum)], input: [5]),
        GradientCase(
            layers: [
                .dense(6), .tanh,
                .heads([.init("a", [.flatten, .dense(19)]), .init("b", []), .init("c", [.dense(3), .gelu])]),
            ], input: [3, 5]),
    ]
}
