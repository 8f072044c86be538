import Kernels
import Tensors
import Testing
import Workers

@testable import Training

/// One kind of layer on its own, for five samples, with an input of any shape.
final class LayerBench {
    static let count = 5
    let layer: any Layer
    private let engine: Engine
    private let (input, output): (Activation, Activation)
    /// How many tokens each sample has.
    private let lengths: Buffer<Int32>?
    private let ids = Buffer<UInt64>([91, 17, 3_000_000_000_000, 55, 4])

    /// - Parameter make: makes the layer and says what its output is.
    init(
        _ shape: Shape, set: InstructionSet = InstructionSet.supported.max()!, threads: Int = 1,
        leaves: Int = 1, lengths: [Int32]? = nil, _ make: (Activation, Engine) -> (any Layer, Activation)
    ) {
        engine = Engine(
            kernels: KernelSet.of(set)!, pool: WorkerPool(threads: threads), capacity: Self.count + 2,
            leaves: leaves)
        engine.memory.beginLayer()
        input = engine.memory.output(shape, wantsGradient: true)
        self.lengths = lengths.map { Buffer($0) }
        engine.memory.beginLayer()
        var tokens = input
        if lengths != nil { tokens.leadingTokens = 0 }
        (layer, output) = make(tokens, engine)
        engine.memory.beginLayer()
        engine.memory.use(output)
        engine.memory.layOut()
    }

    private func pass(_ update: WeightUpdate?) -> Pass {
        Pass(
            count: Self.count, ids: ids.pointer, epoch: 3, update: update,
            lengths: lengths.map { UnsafePointer($0.pointer) })
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
        return Self.read(output.values, of: output)
    }

    /// The gradients of Σ upstream · y for the input and for each weight.
    func gradients(_ x: [Float], upstream: [Float]) -> (input: [Float], weights: [[Float]]) {
        _ = forward(x)
        Self.write(upstream, to: output.gradient!, of: output)
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
    func check(tolerance: Double = 1e-3, sourceLocation: SourceLocation = #_sourceLocation) {
        // Away from zero, where a ReLU has no derivative.
        let x = Fixture.floats(Self.count * input.shape.count, seed: 21).map { $0 + ($0 < 0 ? -0.1 : 0.1) }
        let upstream = Fixture.floats(Self.count * output.shape.count, seed: 22)
        let found = gradients(x, upstream: upstream)
        let wanted = differences(x.count, upstream: upstream) { index, change in
            var moved = x
            moved[index] += change
            return forward(moved)
        }
        expectClose(found.input, wanted, tolerance: tolerance, "input", sourceLocation: sourceLocation)
        for (weight, gradient) in zip(layer.weights, found.weights) where weight.isTrained {
            let start = weight.unpadded
            let wanted = differences(start.count, upstream: upstream) { index, change in
                weight.unpadded[index] += change
                defer { weight.unpadded = start }
                return forward(x)
            }
            expectClose(
                gradient, wanted, tolerance: tolerance, "\(weight.name)", sourceLocation: sourceLocation)
        }
    }
}

struct LayerTests {
    private func dense(
        _ shape: Shape, outputs: Int, seed: UInt64 = 3, name: String = "dense1", set: InstructionSet? = nil,
        leaves: Int = 1
    ) -> (bench: LayerBench, layer: Dense) {
        let bench = LayerBench(shape, set: set ?? InstructionSet.supported.max()!, leaves: leaves) {
            let layer = Dense(name: name, $0, outputs: outputs, seed: seed, engine: $1)
            return (layer, layer.output)
        }
        return (bench, bench.layer as! Dense)
    }

    private func relu(_ shape: Shape, _ set: InstructionSet) -> LayerBench {
        LayerBench(shape, set: set) {
            let layer = ReLU($0, engine: $1)
            return (layer, layer.output)
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `dense's gradients agree with central differences`(set: InstructionSet) {
        let cases: [(Shape, Int)] = [([3], 2), ([18], 21), ([37], 10), ([7, 5], 3)]
        for (shape, outputs) in cases {
            let (bench, layer) = dense(shape, outputs: outputs, set: set, leaves: shape == [18] ? 2 : 1)
            layer.bias.unpadded = Fixture.floats(outputs, seed: 23)
            bench.check()
        }
    }

    @Test func `dense is an affine map`() {
        let (bench, layer) = dense([3], outputs: 2)
        layer.weight.unpadded = [1, 2, 3, 4, 5, 6]
        layer.bias.unpadded = [0.5, -0.25]
        let x: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, -2, 3, 0, 0, 0]
        let y = bench.forward(x)
        #expect(y == [1.5, 1.75, 3.5, 3.75, 5.5, 5.75, 10.5, 11.75, 0.5, -0.25])
    }

    @Test(arguments: InstructionSet.supported)
    func `relu's gradient agrees with central differences`(set: InstructionSet) {
        relu([4, 19], set).check()
    }

    @Test(arguments: InstructionSet.supported)
    func `relu keeps what is above zero, and a NaN`(set: InstructionSet) {
        let bench = relu([1], set)
        let y = bench.forward([-2, 3, 0, .nan, -.infinity])
        #expect(y[0] == 0 && y[1] == 3 && y[2] == 0 && y[3].isNaN && y[4] == 0)
        let gradient = bench.gradients([-2, 3, 0, 0.5, -1], upstream: [1, 2, 3, 4, 5]).input
        #expect(gradient == [0, 2, 0, 4, 0])
    }

    @Test(arguments: InstructionSet.supported)
    func `dropout's gradient agrees with central differences`(set: InstructionSet) {
        for shape: Shape in [[70], [3, 21]] {
            LayerBench(shape, set: set) {
                let layer = Dropout(name: "dropout1", $0, rate: 0.4, seed: 3, engine: $1)
                return (layer, layer.output)
            }.check()
        }
    }

    @Test func `a wrong gradient is found`() {
        /// y = x², with the gradient of x³ / 3 · 1.5.
        final class Wrong: Layer {
            var weights: [Weight] { [] }
            let (input, output): (Activation, Activation)
            init(_ input: Activation, _ engine: Engine) {
                self.input = input
                engine.memory.use(input)
                output = engine.memory.output(input.shape, wantsGradient: true)
            }
            func forward(_ pass: Pass) {
                for i in 0..<pass.count * output.sampleStride {
                    output.values.pointer[i] = input.values.pointer[i] * input.values.pointer[i]
                }
            }
            func backward(_ pass: Pass) {
                input.gradient!.pointer.update(
                    from: output.gradient!.pointer, count: pass.count * output.sampleStride)
            }
        }
        withKnownIssue {
            LayerBench([4]) {
                let layer = Wrong($0, $1)
                return (layer, layer.output)
            }.check()
        }
    }

    @Test func `rows of another length hold the same values in the same order`() {
        for shape: Shape in [[30], [6, 5], [5, 6], [2, 15]] {
            let bench = LayerBench([2, 3, 5]) {
                let layer = Relayout($0, to: shape, engine: $1)
                return (layer, layer.output)
            }
            let x = Fixture.floats(5 * 30, seed: 31)
            #expect(bench.forward(x) == x)
            bench.check()
        }
    }

    @Test func `start weights are uniform within He's limit and come from the seed and the name`() {
        let weight = dense([200], outputs: 90).layer.weight.unpadded
        let limit = (6.0 / 200).squareRoot()
        let mean = weight.reduce(0.0) { $0 + Double($1) } / 18000
        let variance = weight.reduce(0.0) { $0 + Double($1) * Double($1) } / 18000
        #expect(weight.allSatisfy { abs(Double($0)) <= limit * 1.000001 })
        #expect(abs(mean) < 4 * limit / 3.0.squareRoot() / 18000.0.squareRoot())
        #expect(abs(variance / (limit * limit / 3) - 1) < 0.03)
        let again = dense([200], outputs: 90).layer.weight.unpadded
        let otherSeed = dense([200], outputs: 90, seed: 4).layer.weight.unpadded
        let otherName = dense([200], outputs: 90, name: "dense2").layer.weight.unpadded
        #expect(again == weight && otherSeed != weight && otherName != weight)
        let draw = DrawAddress.key(seed: 3, path: "model/dense1/weight", draw: "uniform")
        let bits = DrawAddress(key: draw, epoch: 0, sample: 0).bits(777)
        #expect(weight[777] == (Float(bits >> 8) * 0x1p-24 * 2 - 1) * Float(limit))
    }
}
