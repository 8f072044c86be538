import Foundation
import Tensors

@testable import Training

/// The layers of a config by their formulas, in Double and by plain loops, in training: what the real ones must agree with.
///
/// It shares the addresses of draws with them, and nothing else.
struct DoubleModel {
    var layers: [LayerConfig]
    /// Of one sample.
    var input: Shape
    /// By name, row-major.
    var weights: [String: [Double]] = [:]
    /// Which of them stay as they are.
    var frozen: Set<String> = []
    /// How many tokens each sample has.
    var lengths: [Int]?
    /// What is hidden of each sample, in the shape of the input.
    var mask: [UInt8]?
    var draws = Draws()

    /// What random draws depend on, but for the layer's name.
    struct Draws {
        var seed: UInt64 = 0
        var epoch: UInt32 = 0
        /// Of the samples.
        var ids: [UInt64] = []
    }

    /// The output, or one for each head.
    func outputs(_ x: [Double]) throws -> [DoubleBatch] {
        let tokens = DoubleTokens(input, lengths: lengths)
        var pass = DoublePass(model: self)
        return try pass.outputs(layers, DoubleBatch(input, x, tokens: tokens))
    }
}

/// Why there is nothing to compare a layer with.
enum DoubleModelError: Error, Equatable, CustomStringConvertible {
    case noFormula(layer: String)
    case noWeight(String)
    case noTokens(layer: String)

    var description: String {
        switch self {
        case .noFormula(let layer): "'\(layer)' has no formula in Double; DoublePass.apply wants one"
        case .noWeight(let name): "the layers have no weight '\(name)'"
        case .noTokens(let layer): "'\(layer)' wants tokens that come from the sample's"
        }
    }
}

/// One batch on its way through a model.
struct DoublePass {
    let model: DoubleModel
    /// How many layers of each kind there were so far.
    private var numbers: [String: Int] = [:]

    init(model: DoubleModel) { self.model = model }

    fileprivate mutating func outputs(_ layers: [LayerConfig], _ x: DoubleBatch) throws -> [DoubleBatch] {
        guard case .heads(let heads)? = layers.last else { return [try apply(layers, to: x)] }
        let shared = try apply(Array(layers.dropLast()), to: x)
        return try heads.map { try apply($0.layers, to: shared) }
    }

    private mutating func apply(_ layers: [LayerConfig], to x: DoubleBatch) throws -> DoubleBatch {
        var y = x
        for layer in layers { y = try apply(layer, to: y) }
        return y
    }

    private mutating func apply(_ layer: LayerConfig, to x: DoubleBatch) throws -> DoubleBatch {
        switch layer {
        case .sequence(let items): return try apply(items, to: x)
        case .repetition(let times, let items):
            return try apply((0..<times).flatMap { _ in items }, to: x)
        case .residual(let items, let shortcut):
            return Self.sum([try apply(items, to: x), try apply(shortcut, to: x)])
        case .branch(let paths, let join):
            let outputs = try paths.map { try apply($0, to: x) }
            return join == .sum ? Self.sum(outputs) : Self.concatenation(outputs)
        default:
            numbers[layer.kind, default: 0] += 1
            return try apply(layer, named: "\(layer.kind)\(numbers[layer.kind]!)", to: x)
        }
    }

    /// y = Σ paths.
    private static func sum(_ paths: [DoubleBatch]) -> DoubleBatch {
        var sum = paths[0]
        for path in paths.dropFirst() {
            for index in sum.values.indices { sum.values[index] += path.values[index] }
        }
        sum.tokens = tokens(paths)
        return sum
    }

    /// The channels of all paths one behind the other, position by position.
    private static func concatenation(_ paths: [DoubleBatch]) -> DoubleBatch {
        var values: [Double] = []
        for sample in 0..<paths[0].samples {
            for position in 0..<paths[0].positions {
                for path in paths { values += path.row(position, of: sample) }
            }
        }
        let channels = paths.reduce(0) { $0 + $1.channels }
        let shape = Shape(paths[0].shape.sizes.dropLast() + [channels])
        return DoubleBatch(shape, values, tokens: tokens(paths))
    }

    /// Positions are tokens where they are the same in all paths.
    private static func tokens(_ paths: [DoubleBatch]) -> DoubleTokens? {
        paths.allSatisfy { $0.tokens == paths[0].tokens } ? paths[0].tokens : nil
    }

    func weight(_ name: String) throws -> [Double] {
        guard let values = model.weights[name] else { throw DoubleModelError.noWeight(name) }
        return values
    }

    /// A layer that holds no others.
    private func apply(_ layer: LayerConfig, named name: String, to x: DoubleBatch) throws -> DoubleBatch {
        switch layer {
        case .flatten: return DoubleBatch([x.shape.count], x.values)
        case .reshape(let shape): return DoubleBatch(shape, x.values)
        case .dense: return try dense(name, x)
        case .relu: return x.map { max($0, 0) }
        case .leakyReLU(let slope): return x.map { $0 > 0 ? $0 : slope * $0 }
        case .gelu: return x.map { $0 / 2 * erfc(-$0 / 2.0.squareRoot()) }
        case .silu: return x.map { $0 / (1 + exp(-$0)) }
        case .tanh: return x.map { 1 - 2 / (exp(2 * $0) + 1) }
        case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
        case .softmax: return x.softmaxed()
        case .dropout(let rate): return dropout(name, x, rate: rate)
        case .stochasticDepth(let rate): return stochasticDepth(name, x, rate: rate)
        case .layerNorm: return try scaled(name, x.normalised(x.rowGroups()))
        case .rmsNorm:
            return try scaled(name, x.normalised(x.rowGroups(), removesMean: false), shifts: false)
        case .groupNorm(let groups): return try scaled(name, x.normalised(x.channelGroups(groups)))
        case .batchNorm: return try batchNorm(name, x)
        case .convolution(let config): return try convolution(name, x, config)
        case .pooling(let config): return x.pooled(config)
        case .upsample(let factors): return x.upsampled(factors)
        case .tokenEmbedding(_, let width, _): return try tokenEmbedding(name, x, width: width)
        case .patchEmbedding(let size, _, _): return try dense(name, x.patches(size))
        case .positions(.learned): return x.adding(try weight("\(name).table"))
        case .positions(.sinusoidal): return x.adding(x.waves())
        case .classToken: return try classToken(name, x)
        case .firstToken: return x.firstToken()
        case .meanToken: return x.meanToken()
        case .visibleTokens: return try visibleTokens(name, x)
        case .restoreTokens: return try restoreTokens(name, x)
        case .attention(let heads, _):
            return try dense("\(name).out", dense("\(name).qkv", x).attention(heads: heads))
        default: throw DoubleModelError.noFormula(layer: layer.kind)
        }
    }
}
