import Kernels
import Tensors
import Testing
import Workers

@testable import Training

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

    @Test func `dense is an affine map`() {
        let (bench, layer) = dense([3], outputs: 2)
        layer.weight.unpadded = [1, 2, 3, 4, 5, 6]
        layer.bias.unpadded = [0.5, -0.25]
        let x: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, -2, 3, 0, 0, 0]
        let y = bench.forward(x)
        #expect(y == [1.5, 1.75, 3.5, 3.75, 5.5, 5.75, 10.5, 11.75, 0.5, -0.25])
    }

    @Test(arguments: InstructionSet.supported)
    func `dense is an affine map of many inputs, too`(set: InstructionSet) {
        let (inputs, outputs) = (509, 7)
        let (bench, layer) = dense([inputs], outputs: outputs, set: set)
        let bias = Fixture.floats(outputs, seed: 21)
        layer.bias.unpadded = bias
        let (x, weight) = (Fixture.floats(5 * inputs, seed: 22), layer.weight.unpadded)
        let expected = (0..<5 * outputs).map { place in
            let (row, output) = (place / outputs, place % outputs)
            return (0..<inputs).reduce(Double(bias[output])) {
                $0 + Double(x[row * inputs + $1]) * Double(weight[$1 * outputs + output])
            }
        }
        expectClose(bench.forward(x), expected)
    }

    @Test(arguments: InstructionSet.supported)
    func `relu keeps what is above zero, and a NaN`(set: InstructionSet) {
        let bench = relu([1], set)
        let y = bench.forward([-2, 3, 0, .nan, -.infinity])
        #expect(y[0] == 0 && y[1] == 3 && y[2] == 0 && y[3].isNaN && y[4] == 0)
        let gradient = bench.gradients([-2, 3, 0, 0.5, -1], upstream: [1, 2, 3, 4, 5]).input
        #expect(gradient == [0, 2, 0, 4, 0])
    }

    @Test func `a wrong gradient is found`() {
        /// y = x², with the gradient of x.
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
        let x = Fixture.floats(LayerBench.count * 4, seed: 21)
        let bench = LayerBench([4]) {
            let layer = Wrong($0, $1)
            return (layer, layer.output)
        }
        let squares = DoubleGradients(x) { x, _ in x.map { $0 * $0 } }
        withKnownIssue {
            bench.check(x, squares)
        } matching: {
            $0.comments.contains { $0.rawValue.contains("(input ") }
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
