import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

struct VisibleTokensTests {
    /// Five samples of four tokens of two values, of which these are hidden.
    private static let hidden: [Set<Int>] = [[1, 2], [0, 3], [], [0, 1, 2, 3], [0]]
    private static let mask: [UInt8] = hidden.flatMap { hidden in
        (0..<8).map { hidden.contains($0 / 2) ? 1 : 0 }
    }
    private static let x = (0..<40).map { Float($0 + 1) }

    private func bench(
        _ layers: [LayerConfig], _ shape: Shape = [4, 2], mask: [UInt8]? = Self.mask,
        lengths: [Int32]? = nil
    ) throws -> LayerBench {
        try LayerBench(
            GradientCase(layers: layers, input: shape, lengths: lengths, mask: mask),
            set: InstructionSet.supported.max()!)
    }

    /// The tokens of `x` that begin with these values.
    private func tokens(_ begins: [Float]) -> [Float] { begins.flatMap { $0 == 0 ? [0, 0] : [$0, $0 + 1] } }

    @Test func `visible tokens come one behind the other, and behind the fewer ones is padding`() throws {
        // The third sample has all its four.
        let y = try bench([.visibleTokens]).forward(Self.x)
        #expect(
            y
                == tokens(
                    [1, 7, 0, 0] + [11, 13, 0, 0] + [17, 19, 21, 23] + [0, 0, 0, 0] + [35, 37, 39, 0]))
    }

    @Test func `a batch has no more positions than its samples want`() throws {
        let mask: [UInt8] = (0..<40).map { [0, 1, 2].contains($0 % 8 / 2) ? 1 : 0 }
        let bench = try bench([.visibleTokens], mask: mask)
        #expect(bench.forward(Self.x) == tokens([7, 15, 23, 31, 39]))
    }

    @Test func `without a mask all tokens pass`() throws {
        #expect(try bench([.visibleTokens], mask: nil).forward(Self.x) == Self.x)
        let padded = try bench([.visibleTokens, .restoreTokens], mask: nil, lengths: [4, 4, 3, 0, 4])
        let wanted = Self.x.enumerated().map {
            [22, 23].contains($0.offset) || 24..<32 ~= $0.offset ? 0 : $0.element
        }
        #expect(padded.forward(Self.x) == wanted)
    }

    @Test func `a token with a visible value is visible`() throws {
        var mask = Self.mask
        mask[3] = 0
        let y = try bench([.visibleTokens], mask: mask).forward(Self.x)
        #expect(Array(y[..<8]) == tokens([1, 3, 7, 0]))
    }

    @Test func `patches are hidden where all their pixels are`() throws {
        // Two rows of three squares of 2 × 2 pixels; of the first square one pixel is visible.
        let rows: [[UInt8]] = [
            [1, 1, 0, 0, 1, 1], [1, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1],
        ]
        let bench = LayerBench([4, 6, 1], mask: (0..<5).flatMap { _ in rows.flatMap { $0 } }) {
            input, engine in
            engine.memory.tokens = Tokens(source: .patches(2, of: [4, 6, 1]), haveLengths: false)
            let patches = Patches(input, size: 2, engine: engine)
            let visible = VisibleTokens(engine.memory.tokens!, of: patches.output, capacity: 7)
            (engine.memory.tokens!.areVisibleOnly, engine.memory.visible) = (true, visible)
            engine.memory.beginLayer()
            let layer = VisibleTokensLayer(patches.output, visible, engine: engine)
            return (Stack([patches, layer], output: layer.output), layer.output)
        }
        let y = bench.forward((0..<120).map(Float.init))
        #expect(Array(y[..<12]) == [0, 1, 6, 7, 2, 3, 8, 9, 12, 13, 18, 19])
    }

    @Test func `restored tokens are at their places, and the mask token at all others`() throws {
        let bench = try bench([.classToken, .visibleTokens, .restoreTokens])
        let m = bench.layer.weights.first { $0.name == "restore_tokens1.mask_token" }!.unpadded
        #expect(m.allSatisfy { $0 != 0 })
        let y = bench.forward(Self.x)
        let wanted = Self.x.indices.map { Self.mask[$0] == 1 ? m[$0 % 2] : Self.x[$0] }
        #expect(y == wanted)
    }

    @Test func `hidden values have no say, nor have batch-mates`() throws {
        let layers: [LayerConfig] = [
            .dense(16), .positions(.sinusoidal), .visibleTokens, .classToken,
            .residual([.layerNorm, .attention(heads: 2)]),
            .residual([.layerNorm, .dense(24), .gelu, .dense(16)]),
            .restoreTokens, .dense(3),
        ]
        let y = try bench(layers).forward(Self.x)
        var (x, mask) = (Self.x, Self.mask)
        for index in x.indices where mask[index] == 1 { x[index] = -100 }
        #expect(try bench(layers).forward(x) == y)
        // Now the longest sample has fewer, so that there are fewer positions.
        for index in 18..<24 { mask[index] = 1 }
        let changed = try bench(layers, mask: mask).forward(x)
        #expect(changed[..<24] == y[..<24] && changed[36...] == y[36...])
        #expect(changed[24..<36] != y[24..<36])
    }

    @Test func `attention has room for any number of visible tokens`() throws {
        // Of 176 tokens, 128 want more memory than all.
        let most = AttentionHead.workspaceCount(tokens: 176, size: 4)
        #expect(AttentionHead.workspaceCount(tokens: 128, size: 4) > most)
        let mask: [UInt8] = (0..<5 * 176 * 4).map { $0 / 4 % 176 < 48 ? 1 : 0 }
        let x = Fixture.floats(5 * 176 * 4, seed: 3)
        let some = try bench([.visibleTokens, .attention(heads: 1)], [176, 4], mask: mask)
        let alone = try bench([.attention(heads: 1)], [128, 4], mask: nil)
        let visible = zip(x, mask).filter { $0.1 == 0 }.map(\.0)
        #expect(some.forward(x) == alone.forward(visible))
        let upstream = Fixture.floats(5 * 128 * 4, seed: 4)
        let (found, wanted) = (
            some.gradients(x, upstream: upstream), alone.gradients(visible, upstream: upstream)
        )
        #expect(found.weights == wanted.weights)
        #expect(zip(found.input, mask).filter { $0.1 == 0 }.map(\.0) == wanted.input)
    }

    @Test func `multiplications are those of the tokens that are there`() throws {
        let model = try Fixture.model(
            [.patchEmbedding(size: 2, width: 16), .visibleTokens, .dense(32), .meanToken, .dense(3)],
            input: [8, 4, 1], classes: 3)
        func products() -> Int { model.profile.first { $0.name == "dense1" }!.forwardMultiplications }
        #expect(products() == 8 * 16 * 32)
        let samples = Samples(count: 2, shape: [8, 4, 1], classes: 3)
        let mask = Buffer<UInt8>((0..<64).map { $0 % 32 >= 8 ? 1 : 0 })
        var batch = samples.batch(0..<2)
        batch.mask = UnsafePointer(mask.pointer)
        model.forward(batch, Pass(batch, update: nil))
        #expect(products() == 2 * 16 * 32)
        withExtendedLifetime(mask) {}
    }

    @Test func `layers that want all tokens say so`() {
        func error(
            _ layers: [LayerConfig], _ input: Shape = [8, 4, 1], target: ModelPlan.Target = .classes
        ) -> String? {
            #expect(throws: ModelError.self) {
                try ModelPlan(layers, input: input, classes: 3, targets: [(nil, target)])
            }?.description
        }
        let patches = LayerConfig.patchEmbedding(size: 2, width: 6)
        #expect(
            error([patches, .visibleTokens, .positions(.learned)])
                == "model[2] positions: would number the visible tokens, wherever these stood; put it before 'visible_tokens'"
        )
        #expect(
            error([patches, .visibleTokens, .flatten, .dense(3)])
                == "model[2] flatten: gets the visible tokens alone, in each batch another number of them; "
                + "a 'restore_tokens', 'mean_token' or 'first_token' is missing before it")
        #expect(
            error([patches, .visibleTokens, .gelu, .visibleTokens])
                == "model[3] visible_tokens: its tokens are the visible ones already; "
                + "a 'restore_tokens' is missing before it")
        #expect(
            error([patches, .restoreTokens])
                == "model[1] restore_tokens: no token was left out; a 'visible_tokens' is missing before it")
        #expect(
            error([patches, .residual([.visibleTokens])])
                == "model[1].residual[0] visible_tokens: all paths of a residual or a branch must have the same tokens, "
                + "so it stands in none")
        #expect(
            error(
                [
                    .convolution(ConvolutionConfig(.conv1d, outputs: 4, window: WindowConfig(size: [3]))),
                    .visibleTokens,
                ], [8, 4])
                == "model[1] visible_tokens: what hides its tokens is not known, since they come from no values of the "
                + "sample alone; it stands behind 'patch_embedding', 'token_embedding' or 'dense', and before what mixes or "
                + "moves positions")
        #expect(
            error([patches, .visibleTokens, .dense(4)], target: .samples)
                == "model: the last layer gives the visible tokens alone; a 'restore_tokens' is missing")
    }

    @Test func `the class token ends where tokens are restored`() throws {
        let plan = try ModelPlan(
            [
                .patchEmbedding(size: 2, width: 6), .classToken, .repetition(2, [.layerNorm]), .visibleTokens,
                .residual([.attention(heads: 2)]), .dense(5), .restoreTokens, .positions(.learned), .dense(4),
            ], input: [8, 4, 1], classes: 3, targets: [(nil, .samples)])
        #expect(plan.layers.map(\.output.sizes[0]) == [8, 9, 9, 9, 9, 9, 9, 8, 8, 8])
    }

    @Test func `a model may have visible tokens more than once, and sounds' frames too`() throws {
        let layers: [LayerConfig] = [
            .dense(8), .visibleTokens, .attention(heads: 2), .restoreTokens, .visibleTokens, .meanToken,
            .dense(3),
        ]
        let model = try Fixture.model(layers, input: [6, 4], classes: 3)
        let samples = Samples(count: 3, shape: [6, 4], classes: 3)
        let mask = Buffer<UInt8>((0..<72).map { $0 / 4 % 5 < 2 ? 1 : 0 })
        var batch = samples.batch(0..<3)
        batch.mask = UnsafePointer(mask.pointer)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let first = try trainer.step(batch).loss
        for _ in 0..<60 { _ = try trainer.step(batch) }
        #expect(try trainer.step(batch).loss < first / 2)
        withExtendedLifetime(mask) {}
    }

    @Test func `a classifier takes a masked autoencoder's encoder by the names of its weights`() throws {
        let front: [LayerConfig] = [.patchEmbedding(size: 2, width: 6), .positions(.learned)]
        let blocks: [LayerConfig] = [
            .residual([.layerNorm, .attention(heads: 2)]),
            .residual([.layerNorm, .dense(9), .gelu, .dense(6)]),
            .layerNorm,
        ]
        let decoder: [LayerConfig] = [
            .dense(5), .restoreTokens, .positions(.learned), .residual([.layerNorm, .attention(heads: 1)]),
            .dense(4),
        ]
        let plan = try ModelPlan(
            front + [.visibleTokens] + blocks + decoder, input: [8, 4, 1], classes: 3,
            targets: [(nil, .samples)])
        let autoencoder = Model(
            plan, seed: 3, capacity: 4, leaves: 1, kernels: Fixture.kernels, pool: WorkerPool(threads: 1))
        let classifier = try Fixture.model(
            front + blocks + [.meanToken, .dense(3)], input: [8, 4, 1], classes: 3)
        let saved = autoencoder.savedWeights()
        let encoder = classifier.weights.filter { !$0.name.hasPrefix("dense3.") }
        #expect(try classifier.start(with: saved, nil) == encoder.count)
        for weight in encoder { #expect(weight.unpadded == saved[weight.name]?.values, "\(weight.name)") }
    }
}
