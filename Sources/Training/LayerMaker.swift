import Tensors
import VectorKernels

/// Makes the layers of a plan, each with the output of the one before it.
final class LayerMaker {
    let engine: Engine
    let seed: UInt64
    /// In the order in which they run forward.
    private(set) var layers: [PlacedLayer] = []
    /// Of the plan's layer that is being made.
    private var name = "input"

    init(engine: Engine, seed: UInt64) { (self.engine, self.seed) = (engine, seed) }

    /// The outputs of a whole model: one, or one for each head.
    func makeOutputs(_ plans: [ModelPlan.Layer], of input: Activation) -> [Activation] {
        guard let heads = plans.last, case .heads = heads.config else { return [make(plans, of: input)] }
        let shared = make(plans.dropLast(), of: input)
        name = heads.name
        let paths = add { Fork(shared, count: heads.paths.count, engine: $0) }.outputs
        let outputs = zip(heads.paths, paths).map { make($0, of: $1) }
        // The losses write all gradients before the last head begins its way back.
        engine.memory.beginLayer()
        for output in outputs { engine.memory.use(output) }
        return outputs
    }

    func make(_ plans: [ModelPlan.Layer], of input: Activation) -> Activation {
        var (activation, rest) = (input, plans[...])
        while let plan = rest.first {
            if case .convolution(let config) = plan.config, config.kind != .transposed {
                let (following, count) = following(rest.dropFirst(), config)
                engine.memory.tokens = nil
                activation = convolution(
                    plan, config, following, rest[rest.startIndex + count].output, activation)
                rest = rest.dropFirst(1 + count)
            } else {
                let rectifies = plan.config.canRectify && rest.dropFirst().first?.config == .relu
                activation = make(plan, of: activation, rectifies: rectifies)
                rest = rest.dropFirst(rectifies ? 2 : 1)
            }
        }
        return activation
    }

    /// What a convolution does in the same pass, and how many of the layers behind it that is.
    private func following(
        _ plans: ArraySlice<ModelPlan.Layer>, _ config: ConvolutionConfig
    ) -> (Convolution.Following, count: Int) {
        guard let relu = plans.first, relu.config == .relu else { return (.nothing, 0) }
        let window = WindowConfig(size: [2], stride: [2], padding: .zeros([0]))
        let isPooled = plans.dropFirst().first?.config == .pooling(PoolingConfig(.maximum, window: window))
        return isPooled && relu.output.rank == 3 ? (.reluAndPooling, 2) : (.relu, 1)
    }

    private func convolution(
        _ plan: ModelPlan.Layer, _ config: ConvolutionConfig, _ following: Convolution.Following,
        _ outputShape: Shape, _ input: Activation
    ) -> Activation {
        name = plan.name
        return add {
            Convolution(
                name: plan.name, input, geometry: Self.geometry(config, plan), outputShape: outputShape,
                following: following, start: config.start, seed: seed, engine: $0)
        }.output
    }

    /// A plan is checked, so its layers have shapes.
    private static func geometry(_ config: ConvolutionConfig, _ plan: ModelPlan.Layer) -> ConvolutionGeometry
    {
        guard let geometry = try? config.geometry(input: plan.input, place: plan.place) else {
            preconditionFailure("\(plan.name) has no place over \(plan.input)")
        }
        return geometry
    }

    private func pooling(_ config: PoolingConfig, _ plan: ModelPlan.Layer, _ input: Activation) -> Activation
    {
        guard let (vertical, horizontal) = try? config.axes(input: plan.input, place: plan.place) else {
            preconditionFailure("\(plan.name) has no windows over \(plan.input)")
        }
        return add {
            Pooling(
                input, vertical: vertical, horizontal: horizontal, outputShape: plan.output,
                isMaximum: config.isMaximum, engine: $0)
        }.output
    }

    private func upsampling(_ plan: ModelPlan.Layer, _ input: Activation) -> Activation {
        func axis(_ output: Int, over input: Int) -> ConvolutionAxis {
            ConvolutionAxis(input: output, kernel: output / input, stride: output / input)
        }
        let (large, small) = (plan.output, plan.input)
        let (vertical, horizontal) =
            small.rank == 2
            ? (ConvolutionAxis(input: 1, kernel: 1), axis(large[0], over: small[0]))
            : (axis(large[0], over: small[0]), axis(large[1], over: small[1]))
        return add {
            Upsampling(
                input, vertical: vertical, horizontal: horizontal, outputShape: plan.output, engine: $0)
        }.output
    }

    /// - Parameter rectifies: whether it is to do the ReLU behind it, too.
    private func make(_ plan: ModelPlan.Layer, of unpadded: Activation, rectifies: Bool) -> Activation {
        let input = plan.config.takesUnpaddedRows ? unpadded : padded(unpadded)
        // Only now: rows that are padded are the model's input.
        name = plan.name
        engine.memory.tokens = plan.tokens
        switch plan.config {
        case .flatten, .reshape:
            var output = relaid(input, as: plan.output)
            output.tokens = plan.tokens
            return output
        case .dense(let outputs, let start):
            return dense(plan.name, input, outputs: outputs, start)
        case .relu: return add { ReLU(input, engine: $0) }.output
        case .leakyReLU(let slope): return elementwise(.leakyReLU(slope: Float(slope)), input)
        case .gelu: return elementwise(.gelu, input)
        case .silu: return elementwise(.silu, input)
        case .tanh: return elementwise(.tanh, input)
        case .sigmoid: return elementwise(.sigmoid, input)
        case .softmax: return add { SoftmaxLayer(input, engine: $0) }.output
        case .batchNorm:
            return add { BatchNormLayer(name: plan.name, input, rectifies: rectifies, engine: $0) }.output
        case .groupNorm(let groups):
            return add {
                GroupNormLayer(name: plan.name, input, groups: groups, rectifies: rectifies, engine: $0)
            }.output
        case .tokenEmbedding(let tokens?, let width, let start):
            return add {
                TokenEmbedding(
                    name: plan.name, input, rows: tokens, width: width, start: start, seed: seed, engine: $0)
            }.output
        case .patchEmbedding(let size, let width, let start):
            let patches = add { Patches(input, size: size, engine: $0) }.output
            return dense(plan.name, patches, outputs: width, start)
        case .positions(.learned):
            return add { LearnedPositions(name: plan.name, input, seed: seed, engine: $0) }.output
        case .positions(.sinusoidal): return add { SinusoidalPositions(input, engine: $0) }.output
        case .classToken: return add { ClassToken(name: plan.name, input, seed: seed, engine: $0) }.output
        case .firstToken: return add { FirstToken(input, engine: $0) }.output
        case .meanToken: return add { MeanToken(input, engine: $0) }.output
        case .visibleTokens:
            // A plan is checked, so its tokens are known.
            let visible = VisibleTokens(input.tokens!, of: input, capacity: engine.memory.capacity)
            engine.memory.visible = visible
            return add { VisibleTokensLayer(input, visible, engine: $0) }.output
        case .restoreTokens:
            return add { RestoreTokens(name: plan.name, input, seed: seed, engine: $0) }.output
        case .attention(let heads, let start):
            let rows = dense("\(plan.name).qkv", input, outputs: 3 * input.channels, start)
            let found = add { AttentionLayer(rows, heads: heads, engine: $0) }.output
            return dense("\(plan.name).out", found, outputs: input.channels, start)
        case .stochasticDepth(let rate):
            return add {
                StochasticDepth(name: plan.name, input, rate: rate, seed: seed, engine: $0)
            }.output
        case .layerNorm, .rmsNorm:
            return add {
                RowNormLayer(name: plan.name, input, removesMean: plan.config == .layerNorm, engine: $0)
            }.output
        case .convolution(let config):
            return add {
                TransposedConvolution(
                    name: plan.name, input, geometry: Self.geometry(config, plan), outputShape: plan.output,
                    start: config.start, seed: seed, engine: $0)
            }.output
        case .pooling(let config): return pooling(config, plan, input)
        case .upsample: return upsampling(plan, input)
        case .dropout(let rate):
            return add { Dropout(name: plan.name, input, rate: rate, seed: seed, engine: $0) }.output
        case .residual: return branch(plan, of: input, join: .sum, rectifies: rectifies)
        case .branch(_, let join): return branch(plan, of: input, join: join, rectifies: rectifies)
        case .custom(let custom):
            // A plan is checked, so the layer is there.
            return add {
                CustomLayerRunner(
                    name: plan.name, input, layer: custom.layer!, outputShape: plan.output, seed: seed,
                    engine: $0)
            }.output
        case .heads: preconditionFailure("\(plan.place) heads: only a whole model ends in several outputs")
        case .sequence, .repetition, .denseClasses, .tokenEmbedding(nil, _, _):
            preconditionFailure("a plan holds the layers of \(plan.config.kind)")
        }
    }

    private func branch(
        _ plan: ModelPlan.Layer, of input: Activation, join: BranchJoin, rectifies: Bool
    ) -> Activation {
        let paths = add { Fork(input, count: plan.paths.count, engine: $0) }.outputs
        let outputs = zip(plan.paths, paths).map { self.make($0, of: $1) }
        (name, engine.memory.tokens) = (plan.name, plan.tokens)
        return switch join {
        case .sum: add { Sum(outputs, rectifies: rectifies, engine: $0) }.output
        case .concatenate: add { Concatenation(outputs, shape: plan.output, engine: $0) }.output
        }
    }

    private func dense(
        _ name: String, _ input: Activation, outputs: Int, _ start: WeightStart
    ) -> Activation {
        add { Dense(name: name, input, outputs: outputs, start: start, seed: seed, engine: $0) }.output
    }

    private func elementwise(_ function: ActivationFunction, _ input: Activation) -> Activation {
        add { ElementwiseLayer(function, input, engine: $0) }.output
    }

    private func add<Made: Layer>(_ make: (Engine) -> Made) -> Made {
        engine.memory.beginLayer()
        let layer = make(engine)
        layers.append(PlacedLayer(name: name, layer: layer, number: engine.memory.layer))
        return layer
    }

    /// The rows as layers want them; only the model's input may lack padding.
    private func padded(_ input: Activation) -> Activation {
        if input.stride % 16 == 0 { return input }
        engine.memory.tokens = input.tokens
        return add { Relayout(input, to: input.shape, engine: $0) }.output
    }

    /// The same memory where the values lie in it as the new shape wants them.
    private func relaid(_ input: Activation, as shape: Shape) -> Activation {
        let channels = shape.sizes.last ?? 1
        if input.stride == input.channels && channels % 16 == 0 {
            return input.viewed(as: shape, stride: channels)
        }
        return add { Relayout(input, to: shape, engine: $0) }.output
    }
}

/// A layer that runs, under the name of the plan's layer that it was made for; some of these are made of several.
struct PlacedLayer {
    let name: String
    let layer: any Layer
    /// Of the memory plan.
    let number: Int
}

extension LayerConfig {
    /// Whether it does a ReLU behind it in the same pass.
    fileprivate var canRectify: Bool {
        switch self {
        case .batchNorm, .groupNorm, .residual, .branch(_, join: .sum): true
        default: false
        }
    }

    /// Whether it reads rows without padding, as the pipeline delivers them.
    fileprivate var takesUnpaddedRows: Bool {
        switch self {
        case .flatten, .reshape, .tokenEmbedding, .patchEmbedding, .custom: true
        default: false
        }
    }
}
