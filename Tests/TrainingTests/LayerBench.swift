import Kernels
import Tensors
import Testing
import Workers

@testable import Training

/// Layers one behind the other, as one.
final class Stack: Layer {
    let layers: [any Layer]
    var weights: [Weight] { layers.flatMap(\.weights) }
    let output: Activation

    init(_ layers: [any Layer], output: Activation) { (self.layers, self.output) = (layers, output) }

    func forward(_ pass: Pass) { for layer in layers { layer.forward(pass) } }
    func backward(_ pass: Pass) { for layer in layers.reversed() { layer.backward(pass) } }
}

/// One kind of layer on its own, for five samples, with an input of any shape.
final class LayerBench {
    static let count = 5
    let layer: any Layer
    private let engine: Engine
    private let input: Activation
    /// One, or one for each head.
    private let outputs: [Activation]
    /// How many tokens each sample has.
    private let lengths: Buffer<Int32>?
    private let mask: Buffer<UInt8>?
    /// What the draws of all passes depend on.
    static let draws = DoubleModel.Draws(seed: 3, epoch: 3, ids: [91, 17, 3_000_000_000_000, 55, 4])
    private let ids = Buffer(draws.ids)

    /// - Parameter make: makes the layer and says what its output is.
    convenience init(
        _ shape: Shape, set: InstructionSet = InstructionSet.supported.max()!, threads: Int = 1,
        leaves: Int = 1, lengths: [Int32]? = nil, mask: [UInt8]? = nil,
        _ make: (Activation, Engine) -> (any Layer, Activation)
    ) {
        self.init(outputs: shape, set: set, threads: threads, leaves: leaves, lengths: lengths, mask: mask) {
            let (layer, output) = make($0, $1)
            return (layer, [output])
        }
    }

    private init(
        outputs shape: Shape, set: InstructionSet, threads: Int = 1, leaves: Int, lengths: [Int32]?,
        mask: [UInt8]? = nil, frozen: [String] = [], _ make: (Activation, Engine) -> (any Layer, [Activation])
    ) {
        engine = Engine(
            kernels: KernelSet.of(set)!, pool: WorkerPool(threads: threads), capacity: Self.count + 2,
            leaves: leaves, frozen: frozen.map { NamePattern($0) })
        engine.memory.beginLayer()
        input = engine.memory.output(shape, wantsGradient: true)
        self.lengths = lengths.map { Buffer($0) }
        self.mask = mask.map { Buffer($0) }
        engine.memory.beginLayer()
        var tokens = input
        tokens.tokens = Tokens(source: .sample)
        (layer, outputs) = make(tokens, engine)
        engine.memory.beginLayer()
        for output in outputs { engine.memory.use(output) }
        engine.memory.layOut()
        for weight in layer.weights { weight.startTraining(.sgd(Self.still)) }
    }

    /// The layers of a case as a model makes them, with weights no two of which are alike.
    convenience init(_ test: GradientCase, set: InstructionSet) throws {
        let plans = try ModelPlan.layers(test.layers, input: test.input)
        self.init(
            outputs: test.input, set: set, leaves: test.leaves, lengths: test.lengths, mask: test.mask,
            frozen: test.frozen
        ) { input, engine in
            let maker = LayerMaker(engine: engine, seed: Self.draws.seed)
            let outputs = maker.makeOutputs(plans, of: input)
            return (Stack(maker.layers.map(\.layer), output: outputs[0]), outputs)
        }
        for (index, weight) in layer.weights.enumerated() where !weight.isStatistic || weight.isFrozen {
            let uneven = Fixture.floats(weight.shape.count, seed: 61 + UInt64(index))
            weight.unpadded = zip(weight.unpadded, uneven).map { $0 + 0.4 * $1 }
        }
    }

    private func pass(_ update: WeightUpdate?) -> Pass {
        Pass(
            count: Self.count, ids: ids.pointer, epoch: Self.draws.epoch, update: update,
            lengths: lengths.map { UnsafePointer($0.pointer) },
            mask: mask.map { UnsafePointer($0.pointer) })
    }

    /// Writes rows with zeros as padding.
    private static func write(_ values: [Float], to memory: PlannedMemory, of activation: Activation) {
        let (channels, stride) = (activation.channels, activation.stride)
        for row in 0..<count * activation.positions {
            for column in 0..<stride {
                memory.pointer[row * stride + column] =
                    column < channels ? values[row * channels + column] : 0
            }
        }
    }

    /// The values without padding; padding must be zero.
    private static func read(
        _ memory: PlannedMemory, of activation: Activation, sourceLocation: SourceLocation = #_sourceLocation
    ) -> [Float] {
        let (channels, stride) = (activation.channels, activation.stride)
        var values: [Float] = []
        for row in 0..<count * activation.positions {
            for column in 0..<stride {
                let value = memory.pointer[row * stride + column]
                if column < channels {
                    values.append(value)
                } else if value != 0 {
                    Issue.record("padding of row \(row) is \(value)", sourceLocation: sourceLocation)
                    return values
                }
            }
        }
        return values
    }

    /// Plain descent that changes nothing: the velocity is then the gradient.
    static let probe = WeightUpdate(.sgd(still), step: 1)
    private static var still: SGDConfig {
        var config = SGDConfig()
        config.learningRate = 0
        return config
    }

    func forward(_ x: [Float], update: WeightUpdate? = probe) -> [Float] {
        Self.write(x, to: input.values, of: input)
        layer.forward(pass(update))
        return outputs.flatMap { Self.read($0.values, of: $0) }
    }

    /// The gradients of Σ upstream · y for the input and for each weight.
    func gradients(_ x: [Float], upstream: [Float]) -> (input: [Float], weights: [[Float]]) {
        _ = forward(x)
        var rest = upstream[...]
        for output in outputs {
            let size = Self.count * output.positions * output.channels
            Self.write(Array(rest.prefix(size)), to: output.gradient!, of: output)
            rest = rest.dropFirst(size)
        }
        layer.backward(pass(Self.probe))
        let velocities = layer.weights.map { weight in
            // What no optimizer changes has no gradient.
            weight.first.map(weight.unpadded) ?? Array(repeating: 0, count: weight.shape.count)
        }
        return (Self.read(input.gradient!, of: input), velocities)
    }

    /// Expects the outputs, and the gradients for the input and for every weight, as they are by formulas in Double.
    ///
    /// The tolerance is that of Float32 sums: the farthest value of all cases is 2.3e-6 away, behind a layer norm that divides rows
    /// of almost nothing by √ε.
    func check(
        _ x: [Float], _ wanted: DoubleGradients, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        func expect(_ what: String, _ found: [Float], _ wanted: [Double]) {
            expectClose(
                found, wanted, tolerance: 5e-6, "\(what) \(comment)", sourceLocation: sourceLocation)
        }
        expect("outputs", forward(x), wanted.outputs)
        let found = gradients(x, upstream: wanted.upstream)
        expect("input", found.input, wanted.input)
        for (weight, gradient) in zip(layer.weights, found.weights) {
            let nothing = [Double](repeating: 0, count: weight.isTrained ? 0 : gradient.count)
            expect(weight.name, gradient, wanted.weights[weight.name] ?? nothing)
        }
    }
}
