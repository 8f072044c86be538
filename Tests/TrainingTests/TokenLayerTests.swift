import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

struct TokenLayerTests {
    private func attention(
        _ shape: Shape, heads: Int, set: InstructionSet = InstructionSet.supported.max()!, threads: Int = 1,
        lengths: [Int32]? = nil
    ) -> LayerBench {
        LayerBench(shape, set: set, threads: threads, lengths: lengths) {
            let layer = AttentionLayer($0, heads: heads, engine: $1)
            return (layer, layer.output)
        }
    }

    @Test func `padded tokens have no say`() {
        let lengths: [Int32] = [6, 1, 0, 4, 5]
        let (bench, size) = (attention([6, 24], heads: 2, lengths: lengths), 6 * 24)
        var x = Fixture.floats(5 * size, seed: 1)
        let upstream = Fixture.floats(5 * 6 * 8, seed: 2)
        let (y, gradient) = (bench.forward(x), bench.gradients(x, upstream: upstream).input)
        for sample in 0..<5 {
            for index in Int(lengths[sample]) * 24..<size { x[sample * size + index] = .nan }
        }
        #expect(bench.forward(x) == y)
        #expect(bench.gradients(x, upstream: upstream).input == gradient)
        for sample in 0..<5 {
            let padding = y[(sample * 6 + Int(lengths[sample])) * 8..<(sample + 1) * 48]
            #expect(padding.allSatisfy { $0 == 0 })
        }
    }

    @Test func `attention has the same bits for any number of threads`() {
        let shape: Shape = [49, 96]
        let x = Fixture.floats(5 * shape.count, seed: 1)
        let upstream = Fixture.floats(5 * 49 * 32, seed: 2)
        let one = attention(shape, heads: 2)
        let (y, gradient) = (one.forward(x), one.gradients(x, upstream: upstream).input)
        for threads in [2, 3, 8] {
            let found = attention(shape, heads: 2, threads: threads)
            #expect(found.forward(x) == y && found.gradients(x, upstream: upstream).input == gradient)
        }
    }

    @Test func `patches are squares in reading order`() {
        let bench = LayerBench([4, 6, 1]) {
            let layer = Patches($0, size: 2, engine: $1)
            return (layer, layer.output)
        }
        let x = (0..<5 * 24).map(Float.init)
        let y = bench.forward(x)
        #expect(Array(y[..<12]) == [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11])
        #expect(Array(y[12..<24]) == [12, 13, 18, 19, 14, 15, 20, 21, 16, 17, 22, 23])
    }

    @Test func `stochastic depth skips whole samples, and keeps their mean`() {
        let bench = LayerBench([2, 3]) {
            let layer = StochasticDepth(name: "stochastic_depth1", $0, rate: 0.5, seed: 3, engine: $1)
            return (layer, layer.output)
        }
        let x = Fixture.floats(30, seed: 5)
        let y = bench.forward(x)
        let kept = (0..<5).map { y[$0 * 6] != 0 }
        #expect(kept.contains(true) && kept.contains(false))
        #expect(y == x.indices.map { kept[$0 / 6] ? x[$0] * 2 : 0 })
        #expect(bench.forward(x, update: nil) == x)
    }

    @Test func `sinusoidal positions are waves of growing length`() {
        let bench = LayerBench([30, 6]) {
            let layer = SinusoidalPositions($0, engine: $1)
            return (layer, layer.output)
        }
        let y = bench.forward([Float](repeating: 0, count: 5 * 180))
        #expect(Array(y[..<6]) == [0, 1, 0, 1, 0, 1])
        // sin and cos of 7, of 7 / 10000^(1/3), and of 7 / 10000^(2/3).
        expectClose(
            Array(y[42..<48]), [0.6569866, 0.7539023, 0.3192247, 0.9476791, 0.0150805, 0.9998863],
            tolerance: 2e-6)
    }

    @Test func `a token's embedding is its row, and rows get the gradients of all their tokens`() {
        let bench = LayerBench([3]) {
            let layer = TokenEmbedding(name: "t", $0, rows: 7, width: 18, seed: 3, engine: $1)
            return (layer, layer.output)
        }
        let table = bench.layer.weights[0].unpadded
        let numbers = [0, 6, 6, 2, 2, 2, 1, 0, 5, 3, 6, 0, 4, 4, 1]
        let x = numbers.map(Float.init)
        let y = bench.forward(x)
        #expect(y == numbers.flatMap { table[$0 * 18..<($0 + 1) * 18] })
        let upstream = Fixture.floats(15 * 18, seed: 8)
        var wanted = [Double](repeating: 0, count: 7 * 18)
        for (token, number) in numbers.enumerated() {
            for column in 0..<18 { wanted[number * 18 + column] += Double(upstream[token * 18 + column]) }
        }
        expectClose(bench.gradients(x, upstream: upstream).weights[0], wanted)
        for wrong: Float in [-1, 7, .nan] {
            let found = bench.forward([wrong] + x.dropFirst())
            #expect(found[..<18].allSatisfy(\.isNaN) && found[18...].allSatisfy(\.isFinite))
        }
    }
}

struct TransformerTests {
    /// Pre-norm blocks, as in a vision transformer.
    private func blocks(_ count: Int, width: Int, heads: Int) -> LayerConfig {
        .repetition(
            count,
            [
                .residual([.layerNorm, .attention(heads: heads), .stochasticDepth(0.1)]),
                .residual([.layerNorm, .dense(4 * width), .gelu, .dense(width), .stochasticDepth(0.1)]),
            ])
    }

    private func losses(_ layers: [LayerConfig], input: Shape, threads: Int) throws -> (
        losses: [Double], weights: [[Float]]
    ) {
        let model = try Fixture.model(layers, input: input, classes: 3, threads: threads)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let samples = Samples(count: 24, shape: input, classes: 3)
        let losses = try (0..<30).map { _ in try trainer.step(samples.batch(0..<24)).loss }
        return (losses, model.weights.map(\.unpadded))
    }

    @Test func `a vision transformer learns, with the same bits for any number of threads`() throws {
        let layers: [LayerConfig] = [
            .patchEmbedding(size: 2, width: 20), .positions(.learned), .classToken,
            blocks(2, width: 20, heads: 2), .layerNorm, .firstToken, .dense(3),
        ]
        let one = try losses(layers, input: [8, 6, 2], threads: 1)
        #expect(one.losses.last! < one.losses[0] / 2, "\(one.losses)")
        let three = try losses(layers, input: [8, 6, 2], threads: 3)
        #expect(three.losses == one.losses && three.weights == one.weights)
    }

    @Test func `tokens behind a sample's length change nothing`() throws {
        let model = try Fixture.model(
            [
                .tokenEmbedding(tokens: 50, width: 16), .positions(.sinusoidal), .classToken,
                blocks(2, width: 16, heads: 4), .layerNorm, .meanToken, .dense(3),
            ], input: [9], classes: 3)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let lengths = Buffer<Int32>([9, 3, 0, 5])
        let (labels, ids) = (Buffer<Int32>([0, 1, 2, 1]), Buffer<UInt64>([5, 6, 7, 8]))
        func loss(padding: Int) -> Double {
            let values = Buffer<Float>(
                (0..<36).map { Float($0 % 9 < lengths[$0 / 9] ? $0 * 7 % 50 : ($0 + padding) % 50) })
            var batch = Batch(
                count: 4, shape: [9], values: values.pointer, labels: labels.pointer, ids: ids.pointer,
                epoch: 0)
            batch.lengths = UnsafePointer(lengths.pointer)
            defer { withExtendedLifetime(values) {} }
            return trainer.evaluate(batch)[0].lossSum
        }
        let before = loss(padding: 3)
        #expect(loss(padding: 20) == before)
        lengths[1] = 4
        #expect(loss(padding: 3) != before)
    }

    @Test func `a transformer's slips are named`() {
        func error(_ layers: [LayerConfig], _ input: Shape) -> String? {
            #expect(throws: ModelError.self) { try ModelPlan(layers, input: input, classes: 3) }?.description
        }
        #expect(
            error([.attention(heads: 5)], [9, 16])
                == "model[0] attention: 16 cannot be cut evenly by 5 heads")
        #expect(
            error([.attention(heads: 4)], [28, 28, 1])
                == "model[0] attention: expects [batch, tokens, channels], gets [batch, 28, 28, 1]")
        #expect(
            error([.patchEmbedding(size: 5, width: 8)], [28, 25, 1])
                == "model[0] patch_embedding: 28 cannot be cut evenly by 5 pixels a patch")
        #expect(
            error([.tokenEmbedding(tokens: 8, width: 8)], [3, 4])
                == "model[0] token_embedding: expects [batch, tokens], gets [batch, 3, 4]")
        #expect(
            error([.tokenEmbedding(tokens: 1 << 40, width: 8)], [3])
                == "model[0] token_embedding: 1099511627776 times 8 weights; must be 1 to 1073741824")
        #expect(
            error([.groupNorm(groups: 3)], [8])
                == "model[0] group_norm: 8 cannot be cut evenly by 3 groups of channels")
        #expect(
            error([.stochasticDepth(1)], [8])
                == "model[0] stochastic_depth: the rate must be at least 0 and below 1, got 1.0")
        #expect(
            error([.leakyReLU(slope: -1)], [8])
                == "model[0] leaky_relu: the slope must be at least 0 and below 1, got -1.0")
    }
}
