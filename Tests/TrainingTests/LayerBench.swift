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
    private let ids = Buffer<UInt64>([91, 17, 3_000_000_000_000, 55, 4])

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
    }

    /// The layers of a case as a model makes them, with weights no two of which are alike.
    convenience init(_ test: GradientCase, set: InstructionSet) throws {
        let plans = try ModelPlan.layers(test.layers, input: test.input)
        self.init(
            outputs: test.input, set: set, leaves: test.leaves, lengths: test.lengths, mask: test.mask,
            frozen: test.frozen
        ) { input, engine in
            let maker = LayerMaker(engine: engine, seed: 3)
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
            count: Self.count, ids: ids.pointer, epoch: 3, update: update,
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
            let size = Self.count * output.shape.count
            Self.write(Array(rest.prefix(size)), to: output.gradient!, of: output)
            rest = rest.dropFirst(size)
        }
        layer.backward(pass(Self.probe))
        let velocities = layer.weights.map { $0.unpadded($0.first) }
        return (Self.read(input.gradient!, of: input), velocities)
    }

    /// (f(v + h) − f(v − h)) / 2h for each value that `place` leads to, where f is Σ upstream · y.
    private func differences(
        _ count: Int, upstream: [Float], _ outputs: (_ index: Int, _ change: Float) -> [Float]
    ) -> [Double] {
        let h: Float = 0x1p-7
        return (0..<count).map { index in
            let (above, below) = (outputs(index, h), outputs(index, -h))
            return zip(zip(above, below), upstream).reduce(0.0) { sum, item in
                sum + (Double(item.0.0) - Double(item.0.1)) * Double(item.1)
            } / (2 * Double(h))
        }
    }

    /// Compares all gradients with central differences, with an uneven upstream gradient.
    func check(
        _ values: GradientCase.Values = .uneven, tolerance: Double = 1e-3, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let x = values.make(Self.count * input.shape.count)
        let size = outputs.reduce(0) { $0 + $1.shape.count }
        let upstream = Fixture.floats(Self.count * size, seed: 22)
        let found = gradients(x, upstream: upstream)
        if values.haveGradient {
            let wanted = differences(x.count, upstream: upstream) { index, change in
                var moved = x
                moved[index] += change
                return forward(moved)
            }
            expectClose(
                found.input, wanted, tolerance: tolerance, "input \(comment)", sourceLocation: sourceLocation)
        }
        for (weight, gradient) in zip(layer.weights, found.weights) {
            guard weight.isTrained else {
                #expect(gradient.allSatisfy { $0 == 0 }, "\(weight.name)", sourceLocation: sourceLocation)
                continue
            }
            let start = weight.unpadded
            let wanted = differences(start.count, upstream: upstream) { index, change in
                weight.unpadded[index] += change
                defer { weight.unpadded = start }
                return forward(x)
            }
            expectClose(
                gradient, wanted, tolerance: tolerance, "\(weight.name) \(comment)",
                sourceLocation: sourceLocation)
        }
    }
}
