import Kernels
import Tensors
import Testing

@testable import Training

struct WeightStartTests {
    private func values(
        _ start: WeightStart, _ shape: Shape, name: String = "dense1.weight", inputs: Int = 50,
        outputs: Int = 150
    ) -> [Float] {
        let weight = Weight(name: name, shape: shape, threads: 2)
        weight.begin(
            start, inputs: inputs, outputs: outputs, seed: 9, kernels: Fixture.kernels.noise)
        return weight.unpadded
    }

    @Test(arguments: [
        (WeightStart.glorotUniform, 0.01), (.glorotNormal, 0.01), (.heUniform, 0.04), (.heNormal, 0.04),
        (.lecunNormal, 0.02), (.normal(0.3), 0.09),
        // Of a normal distribution cut at two deviations: 1 − 4 φ(2) / (2 Φ(2) − 1) of its variance.
        (.truncatedNormal(0.3), 0.0696),
    ])
    func `start values have the variance of their paper`(start: WeightStart, variance: Double) {
        let found = values(start, [90, 110]).map(Double.init)
        let mean = found.reduce(0, +) / 9900
        let spread = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9900
        #expect(abs(mean) < 0.04 * variance.squareRoot())
        #expect(abs(spread / variance - 1) < 0.06)
        #expect(Set(found).count > 9000)
    }

    @Test func `uniform start values stay in their limits, and truncated ones within two deviations`() {
        #expect(values(.heUniform, [90, 110]).allSatisfy { abs($0) <= Float(0.12).squareRoot() })
        #expect(values(.glorotUniform, [90, 110]).allSatisfy { abs($0) <= Float(0.03).squareRoot() })
        let (whole, cut) = (values(.normal(0.5), [90, 110]), values(.truncatedNormal(0.5), [90, 110]))
        #expect(cut.allSatisfy { abs($0) <= 1 } && !whole.allSatisfy { abs($0) <= 1 })
        #expect(zip(whole, cut).allSatisfy { abs($0) > 1 || $0 == $1 })
    }

    @Test(arguments: [
        ("dense1.weight", "model/dense1/weight"), ("attention2.qkv.weight", "model/attention2.qkv/weight"),
    ])
    func `start values have addresses of their layer`(name: String, path: String) {
        let key = DrawAddress.key(seed: 9, path: path, draw: "uniform")
        let draws = Buffer<Float>(count: 35)
        Fixture.kernels.noise.uniform(draws.pointer, 35, key, 0, 0, 0)
        let limit = Float((6.0 / 50).squareRoot())
        #expect(values(.heUniform, [5, 7], name: name) == draws.values.map { ($0 * 2 - 1) * limit })
    }

    @Test(arguments: [Shape([11, 6]), [5, 9], [3, 2, 4], [7]])
    func `orthogonal start values are vectors of length 1 at right angles`(shape: Shape) {
        let found = values(.orthogonal, shape).map(Double.init)
        let columns = shape.sizes.last!
        let rows = found.count / columns
        let vectors: [[Double]] =
            rows < columns
            ? (0..<rows).map { row in (0..<columns).map { found[row * columns + $0] } }
            : (0..<columns).map { column in (0..<rows).map { found[$0 * columns + column] } }
        for (index, vector) in vectors.enumerated() {
            for (other, second) in vectors.enumerated() {
                let product = zip(vector, second).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(product - (index == other ? 1 : 0)) < 1e-6)
            }
        }
    }

    @Test func `each layer starts as it is told`() throws {
        var convolution = ConvolutionConfig(.conv2d, outputs: 3, window: WindowConfig(size: [3]))
        convolution.start = .zeros
        var transposed = ConvolutionConfig(
            .transposed, outputs: 4, window: WindowConfig(size: [2], stride: [2]))
        transposed.start = .zeros
        let model = try Fixture.model(
            [
                .convolution(convolution), .convolution(transposed),
                .patchEmbedding(size: 2, width: 8, start: .zeros),
                .attention(heads: 2, start: .zeros), .flatten, .dense(3, start: .zeros),
            ], input: [4, 4, 2], classes: 3)
        #expect(model.weights.count == 12)
        #expect(model.weights.allSatisfy { $0.unpadded.allSatisfy { $0 == 0 } })
        let tokens = try Fixture.model(
            [.tokenEmbedding(tokens: 9, width: 8, start: .zeros), .flatten, .dense(3)], input: [4], classes: 3
        )
        #expect(tokens.weights[0].unpadded.allSatisfy { $0 == 0 })
        #expect(tokens.weights[1].unpadded.allSatisfy { $0 != 0 })
    }
}
