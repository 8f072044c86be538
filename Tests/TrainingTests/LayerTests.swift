import Kernels
import Tensors
import Testing
import Workers

@testable import Training

/// One layer on its own.
private struct Bench {
    let layer: any Layer
    let inputs: Int
    let outputs: Int
    let ids = Buffer<UInt64>([91, 17, 3_000_000_000_000, 55, 4])
    static let count = 5

    func pass(_ update: WeightUpdate?) -> Pass {
        Pass(count: Self.count, ids: ids.pointer, epoch: 3, update: update)
    }

    /// Rows with padding from rows without.
    static func padded(_ values: [Float], _ width: Int) -> (memory: Buffer<Float>, rows: Rows) {
        let stride = paddedTo16(width)
        let memory = Buffer<Float>.rows(count, stride: stride)
        for (index, value) in values.enumerated() {
            memory.pointer[index / width * stride + index % width] = value
        }
        return (memory, Rows(values: memory.pointer, stride: stride))
    }

    static func unpadded(_ rows: Rows, _ width: Int) -> [Float] {
        (0..<count).flatMap { row in (0..<width).map { rows.values[row * rows.stride + $0] } }
    }

    /// Plain descent that changes nothing: the velocity is then the gradient.
    static let probe = WeightUpdate(.sgd(still), step: 1)
    private static var still: SGDConfig {
        var config = SGDConfig()
        config.learningRate = 0
        return config
    }

    func forward(_ x: [Float], update: WeightUpdate? = probe) -> [Float] {
        let (memory, rows) = Self.padded(x, inputs)
        return withExtendedLifetime(memory) { Self.unpadded(layer.forward(rows, pass(update)), outputs) }
    }

    /// The gradients of Σ upstream · y for the input and for each weight.
    func gradients(_ x: [Float], upstream: [Float]) -> (input: [Float], weights: [[Float]]) {
        let (memory, rows) = Self.padded(x, inputs)
        let (upstreamMemory, upstreamRows) = Self.padded(upstream, outputs)
        return withExtendedLifetime((memory, upstreamMemory)) {
            _ = layer.forward(rows, pass(Self.probe))
            let gradient = layer.backward(upstreamRows, pass(Self.probe), wantsInputGradient: true)
            let velocities = layer.weights.map { $0.unpadded($0.first) }
            return (Self.unpadded(gradient, inputs), velocities)
        }
    }

    /// (f(v + h) − f(v − h)) / 2h for each value that `place` leads to, where f is Σ upstream · y.
    func differences(_ count: Int, upstream: [Float], _ outputs: (_ index: Int, _ change: Float) -> [Float])
        -> [Double]
    {
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
        let x = Fixture.floats(Self.count * inputs, seed: 21).map { $0 + ($0 < 0 ? -0.1 : 0.1) }
        let upstream = Fixture.floats(Self.count * outputs, seed: 22)
        let found = gradients(x, upstream: upstream)
        let wanted = differences(x.count, upstream: upstream) { index, change in
            var moved = x
            moved[index] += change
            return forward(moved)
        }
        expectClose(found.input, wanted, tolerance: tolerance, "input", sourceLocation: sourceLocation)
        for (weight, gradient) in zip(layer.weights, found.weights) {
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
    private func engine(
        _ set: InstructionSet = InstructionSet.supported.max()!, threads: Int = 1, leaves: Int = 1
    ) -> Engine {
        Engine(
            kernels: KernelSet.of(set)!, pool: WorkerPool(threads: threads), capacity: 7, leaves: leaves)
    }

    @Test(arguments: InstructionSet.supported)
    func `dense's gradients agree with central differences`(set: InstructionSet) {
        for (inputs, outputs) in [(3, 2), (18, 21), (37, 10)] {
            let engine = engine(set, leaves: inputs == 18 ? 2 : 1)
            let layer = Dense(name: "dense1", inputs: inputs, outputs: outputs, seed: 3, engine: engine)
            layer.bias.unpadded = Fixture.floats(outputs, seed: 23)
            Bench(layer: layer, inputs: inputs, outputs: outputs).check()
        }
    }

    @Test func `dense is an affine map`() {
        let layer = Dense(name: "dense1", inputs: 3, outputs: 2, seed: 3, engine: engine())
        layer.weight.unpadded = [1, 2, 3, 4, 5, 6]
        layer.bias.unpadded = [0.5, -0.25]
        let x: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, -2, 3, 0, 0, 0]
        let y = Bench(layer: layer, inputs: 3, outputs: 2).forward(x)
        #expect(y == [1.5, 1.75, 3.5, 3.75, 5.5, 5.75, 10.5, 11.75, 0.5, -0.25])
    }

    @Test(arguments: InstructionSet.supported)
    func `relu's gradient agrees with central differences`(set: InstructionSet) {
        Bench(layer: ReLU(features: 19, engine: engine(set)), inputs: 19, outputs: 19).check()
    }

    @Test(arguments: InstructionSet.supported)
    func `relu keeps what is above zero, and a NaN`(set: InstructionSet) {
        let bench = Bench(layer: ReLU(features: 1, engine: engine(set)), inputs: 1, outputs: 1)
        let y = bench.forward([-2, 3, 0, .nan, -.infinity])
        #expect(y[0] == 0 && y[1] == 3 && y[2] == 0 && y[3].isNaN && y[4] == 0)
        let gradient = bench.gradients([-2, 3, 0, 0.5, -1], upstream: [1, 2, 3, 4, 5]).input
        #expect(gradient == [0, 2, 0, 4, 0])
    }

    @Test(arguments: InstructionSet.supported)
    func `dropout's gradient agrees with central differences`(set: InstructionSet) {
        let layer = Dropout(name: "dropout1", rate: 0.4, features: 70, seed: 3, engine: engine(set))
        Bench(layer: layer, inputs: 70, outputs: 70).check()
    }

    @Test func `a wrong gradient is found`() {
        /// y = x², with the gradient of x³ / 3 · 1.5.
        final class Wrong: Layer {
            var weights: [Weight] { [] }
            let memory = Buffer<Float>.rows(Bench.count, stride: 16)
            func forward(_ input: Rows, _ pass: Pass) -> Rows {
                for i in 0..<Bench.count * 16 { memory.pointer[i] = input.values[i] * input.values[i] }
                return Rows(values: memory.pointer, stride: 16)
            }
            func backward(_ gradient: Rows, _ pass: Pass, wantsInputGradient: Bool) -> Rows { gradient }
        }
        withKnownIssue { Bench(layer: Wrong(), inputs: 4, outputs: 4).check() }
    }

    @Test func `start weights are uniform within He's limit and come from the seed and the name`() {
        let engine = engine()
        let weight = Dense(name: "dense1", inputs: 200, outputs: 90, seed: 3, engine: engine).weight.unpadded
        let limit = (6.0 / 200).squareRoot()
        let mean = weight.reduce(0.0) { $0 + Double($1) } / 18000
        let variance = weight.reduce(0.0) { $0 + Double($1) * Double($1) } / 18000
        #expect(weight.allSatisfy { abs(Double($0)) <= limit * 1.000001 })
        #expect(abs(mean) < 4 * limit / 3.0.squareRoot() / 18000.0.squareRoot())
        #expect(abs(variance / (limit * limit / 3) - 1) < 0.03)
        let again = Dense(name: "dense1", inputs: 200, outputs: 90, seed: 3, engine: engine).weight.unpadded
        let otherSeed = Dense(name: "dense1", inputs: 200, outputs: 90, seed: 4, engine: engine).weight
            .unpadded
        let otherName = Dense(name: "dense2", inputs: 200, outputs: 90, seed: 3, engine: engine).weight
            .unpadded
        #expect(again == weight && otherSeed != weight && otherName != weight)
        let draw = DrawAddress.key(seed: 3, path: "model/dense1/weight", draw: "uniform")
        let bits = DrawAddress(key: draw, epoch: 0, sample: 0).bits(777)
        #expect(weight[777] == (Float(bits >> 8) * 0x1p-24 * 2 - 1) * Float(limit))
    }
}
