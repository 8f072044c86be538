import Tensors
import Testing
import Workers

@testable import Training

/// Texts of five tokens out of nine, with lengths and with what is hidden of them.
private struct MaskedTexts {
    let samples = Samples(count: 7, shape: [5], classes: 9)
    let clean: Buffer<Float>
    let hidden: Buffer<UInt8>
    let lengths = Buffer<Int32>([5, 3, 1, 4, 5, 2, 5])

    init(hiding: (_ row: Int) -> Bool = { $0 % 7 < 3 }) {
        clean = Buffer((0..<35).map { Float($0 * 5 % 9) })
        hidden = Buffer((0..<35).map { hiding($0) ? 1 : 0 })
        for index in 0..<35 { samples.values[index] = hidden[index] == 1 ? 4 : clean[index] }
    }

    func batch(_ range: Range<Int> = 0..<7) -> Batch {
        var batch = samples.batch(range)
        let first = range.lowerBound
        batch.clean = UnsafePointer(clean.pointer) + first * 5
        batch.mask = UnsafePointer(hidden.pointer) + first * 5
        batch.lengths = UnsafePointer(lengths.pointer) + first
        return batch
    }
}

@Suite struct CountedRowsTests {
    private func model(threads: Int = 2, width: Int = 6) throws -> Model {
        let plan = try ModelPlan(
            [.tokenEmbedding(tokens: 9, width: width), .layerNorm, .dense(9)], input: [5], classes: 1,
            targets: [(nil, .tokens(9))])
        return Model(
            plan, seed: 7, capacity: 7, leaves: 1, kernels: Fixture.kernels,
            pool: WorkerPool(threads: threads))
    }

    private func config(_ part: LossConfig.Part) -> TrainConfig {
        var config = TrainConfig(epochs: 1)
        config.loss = ModelLoss(
            LossConfig(.crossEntropy(smoothing: 0.1, classWeights: []), target: .tokens, over: part))
        return config
    }

    /// The mean loss, and the gradients of all weights.
    private func gradients(
        _ model: Model, _ loss: LossSum, _ batch: Batch
    ) -> (loss: LossResult, [String: [Float]]) {
        if model.weights[0].collected == nil { _ = CollectedGradients(model.weights, engine: model.engine) }
        let pass = Pass(
            count: batch.count, ids: batch.ids, epoch: 0, update: .collect(isFirst: true),
            lengths: batch.lengths)
        loss.begin(batch)
        model.forward(batch, pass)
        _ = loss.evaluate(batch, wantsGradient: true)
        model.backward(pass)
        let pairs = model.weights.map { ($0.name, $0.unpadded($0.collected!)) }
        return (loss.results[0], Dictionary(uniqueKeysWithValues: pairs))
    }

    @Test(arguments: LossConfig.Part.allCases, [1, 2])
    func `what counts has the gradient that it has among all positions`(
        part: LossConfig.Part, threads: Int
    ) throws {
        let texts = MaskedTexts()
        let (few, all) = (try model(threads: threads), try model(threads: threads))
        let (counted, whole) = (
            config(part).makeLoss(of: few), config(part).makeLoss(of: all.outputs, engine: all.engine)
        )
        // Other batches before: what they left behind is not seen.
        for range in [0..<7, 2..<4, 1..<7] {
            let (loss, found) = gradients(few, counted, texts.batch(range))
            let (wanted, expected) = gradients(all, whole, texts.batch(range))
            expectClose([Float(loss.mean)], [wanted.mean], tolerance: 1e-6)
            #expect(loss.weight == wanted.weight && loss.correct == nil)
            for (name, values) in found {
                expectClose(values, expected[name]!.map(Double.init), tolerance: 2e-6)
                #expect(values.contains { $0 != 0 }, "\(name)")
            }
        }
    }

    @Test func `a batch of which nothing counts changes nothing`() throws {
        let texts = MaskedTexts { _ in false }
        let model = try model()
        let trainer = Trainer(model, config(.hidden), stepsPerEpoch: 3)
        let before = model.savedWeights()
        #expect(try trainer.step(texts.batch()).loss == 0)
        #expect(model.savedWeights() == before)
        #expect(trainer.evaluate(texts.batch())[0].weight == 0)
    }

    @Test func `weights are the same for any number of threads`() throws {
        let texts = MaskedTexts()
        let weights = try [1, 2, 3].map { threads in
            let model = try model(threads: threads, width: 40)
            let trainer = Trainer(model, config(.hidden), stepsPerEpoch: 3)
            for range in [0..<7, 0..<3, 3..<7] { _ = try trainer.step(texts.batch(range)) }
            return model.savedWeights()
        }
        #expect(weights[0] == weights[1] && weights[0] == weights[2])
    }

    @Test func `a test set without a mask counts whole`() throws {
        let texts = MaskedTexts()
        let model = try model()
        let trainer = Trainer(model, config(.hidden), stepsPerEpoch: 3)
        var batch = texts.batch()
        batch.mask = nil
        #expect(trainer.evaluate(batch)[0].weight == 25)
        #expect(trainer.evaluate(texts.batch())[0].weight < 15)
    }

    @Test func `the texts whose predictions overflow are named`() throws {
        let texts = MaskedTexts { $0 % 5 == 1 }
        let model = try model()
        let trainer = Trainer(model, config(.hidden), stepsPerEpoch: 3)
        _ = try trainer.step(texts.batch())
        let scale = model.weights.first { $0.name == "layer_norm1.scale" }!
        scale.unpadded = scale.unpadded.map { _ in 1e30 }
        let weight = model.weights.first { $0.name == "dense1.weight" }!
        weight.unpadded = weight.unpadded.map { $0 * 1e30 }
        let error = #expect(throws: TrainingError.self) { try trainer.step(texts.batch(1..<4)) }
        // The third text is too short to have a second token.
        #expect(
            error?.description.contains(
                "it begins forward in dense1 at model[2], for samples 1001, 1003; ") == true,
            "\(String(describing: error))")
    }
}
