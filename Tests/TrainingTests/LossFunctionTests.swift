import Kernels
import Tensors
import Testing
import Workers

@testable import Training

/// A model whose output is a dense layer's, for samples of six values.
private func model(outputs: Int, threads: Int = 1) throws -> Model {
    Model(
        try ModelPlan([.dense(outputs)], input: [6], classes: outputs), seed: 7, capacity: 64, leaves: 1,
        kernels: Fixture.kernels, pool: WorkerPool(threads: threads))
}

private func trainer(
    outputs: Int = 5, threads: Int = 1, loss: LossConfig = .crossEntropy, consistency: Double? = nil
) throws -> Trainer {
    var config = TrainConfig(epochs: 1)
    var sgd = SGDConfig()
    sgd.learningRate = 0.25
    (config.optimizer, config.loss, config.consistency) = (.sgd(sgd), ModelLoss(loss), consistency)
    return Trainer(try model(outputs: outputs, threads: threads), config, stepsPerEpoch: 1)
}

/// The outputs of the model for each sample, in Double.
private func outputs(_ trainer: Trainer, _ batch: Batch) -> [[Double]] {
    let (weight, bias) = (trainer.model.weights[0].unpadded, trainer.model.weights[1].unpadded)
    let count = bias.count
    return (0..<batch.count).map { row in
        (0..<count).map { output in
            (0..<6).reduce(Double(bias[output])) {
                $0 + Double(batch.values[row * 6 + $1]) * Double(weight[$1 * count + output])
            }
        }
    }
}

@Suite(.serialized) struct LossFunctionTests {
    private let samples = Samples(count: 12, shape: [6], classes: 5)
    private let mask = Buffer<UInt8>((0..<72).map { $0 % 5 < 2 ? 1 : 0 })
    private let clean = Fixture.buffer(72, seed: 17)

    private func batch(views: Int = 1, hasMask: Bool = true) -> Batch {
        var batch = samples.batch(0..<12)
        (batch.views, batch.clean) = (views, UnsafePointer(clean.pointer))
        if hasMask { batch.mask = UnsafePointer(mask.pointer) }
        return batch
    }

    @Test func `classes with more weight count more`() throws {
        let weights = [0.5, 2, 1, 0, 3]
        let trainer = try trainer(
            loss: LossConfig(.crossEntropy(smoothing: 0, classWeights: weights), target: .labels))
        let batch = batch()
        let result = trainer.evaluate(batch)[0]
        let found = outputs(trainer, batch)
        var (sum, total) = (0.0, 0.0)
        for row in 0..<12 {
            let label = Int(batch.labels[row])
            sum -= weights[label] * softmax(found[row][...])[label].logarithm
            total += weights[label]
        }
        expectClose([Float(result.mean), Float(result.weight)], [sum / total, total])
        #expect(result.correct != nil)
    }

    @Test(arguments: LossConfig.Part.allCases)
    func `a comparison with clean samples is over what counts`(part: LossConfig.Part) throws {
        let trainer = try trainer(outputs: 6, loss: LossConfig(.squared, target: .clean, over: part))
        let batch = batch()
        let found = outputs(trainer, batch)
        var (sum, count) = (0.0, 0)
        for index in 0..<72 where part == .all || (mask[index] == 1) == (part == .hidden) {
            let error = found[index / 6][index % 6] - Double(clean[index])
            (sum, count) = (sum + error * error, count + 1)
        }
        let result = trainer.evaluate(batch)[0]
        expectClose([Float(result.mean)], [sum / Double(count)])
        #expect(result.weight == Double(count))
        #expect(result.correct == nil)
        // Where nothing is masked, all counts.
        #expect(trainer.evaluate(self.batch(hasMask: false))[0].weight == 72)
        #expect(try trainer.step(batch).correct == nil)
        #expect(trainer.evaluate(batch)[0].mean < result.mean)
    }

    @Test func `a batch of which nothing counts changes nothing`() throws {
        let trainer = try trainer(outputs: 6, loss: LossConfig(.absolute, target: .clean, over: .hidden))
        var batch = batch()
        let visible = Buffer<UInt8>(count: 72)
        batch.mask = UnsafePointer(visible.pointer)
        let before = trainer.model.savedWeights()
        #expect(try trainer.step(batch).loss == 0)
        #expect(trainer.model.savedWeights() == before)
    }

    @Test func `each view is compared with its own clean sample`() throws {
        let trainer = try trainer(outputs: 6, loss: LossConfig(.squared, target: .clean))
        let batch = batch(views: 3)
        let found = outputs(trainer, batch)
        var sum = 0.0
        for row in 0..<12 {
            for index in 0..<6 {
                let error = found[row][index] - Double(clean[row / 3 * 6 + index])
                sum += error * error
            }
        }
        expectClose([Float(trainer.evaluate(batch)[0].lossSum)], [sum])
    }

    @Test func `labels are targets, too, and blended ones`() throws {
        let trainer = try trainer(loss: LossConfig(.squared, target: .labels))
        var batch = batch()
        let found = outputs(trainer, batch)
        func sum(_ target: (Int, Int) -> Double) -> Double {
            (0..<60).reduce(0) {
                let error = found[$1 / 5][$1 % 5] - target($1 / 5, $1 % 5)
                return $0 + error * error
            }
        }
        let result = trainer.evaluate(batch)[0]
        expectClose([Float(result.lossSum)], [sum { Int(batch.labels[$0]) == $1 ? 1 : 0 }])
        let correct = (0..<12).count {
            found[$0].firstIndex(of: found[$0].max()!)! == Int(batch.labels[$0])
        }
        #expect(result.correct == correct)
        let shares = Fixture.buffer(60, seed: 3)
        batch.targets = UnsafePointer(shares.pointer)
        expectClose([Float(trainer.evaluate(batch)[0].lossSum)], [sum { Double(shares[$0 * 5 + $1]) }])
    }

    @Test(arguments: [
        LossConfig.Formula.squared, .absolute, .huber(delta: 0.5), .cosine, .binaryCrossEntropy,
        .crossEntropy(smoothing: 0.1),
    ])
    func `every loss is trained down`(formula: LossConfig.Formula) throws {
        let trainer = try trainer(loss: LossConfig(formula, target: .labels))
        let before = trainer.evaluate(batch())[0].mean
        for _ in 0..<20 { _ = try trainer.step(batch()) }
        #expect(trainer.evaluate(batch())[0].mean < before * 0.97)
    }

    @Test func `views that disagree cost, and learn to agree`() throws {
        let plain = try trainer()
        let consistent = try trainer(consistency: 12)
        let batch = batch(views: 3)
        let rows = outputs(plain, batch).map { softmax($0[...]) }
        var divergence = 0.0
        for sample in 0..<4 {
            let views = rows[sample * 3..<sample * 3 + 3]
            for k in 0..<5 {
                let mean = views.reduce(0) { $0 + $1[k] } / 3
                for view in views { divergence += view[k] * (view[k].logarithm - mean.logarithm) / 12 }
            }
        }
        let (a, b) = (try plain.step(batch), try consistent.step(batch))
        expectClose([Float(b.loss - a.loss)], [12 * divergence])
        // Evaluation is the classifier's loss alone.
        let again = try trainer(consistency: 12)
        #expect(again.evaluate(batch)[0] == (try trainer()).evaluate(batch)[0])
    }

    @Test(arguments: [LossConfig.crossEntropy, LossConfig(.squared, target: .labels)])
    func `weights are bit-equal for any number of threads`(loss: LossConfig) throws {
        let samples = Samples(count: 64, shape: [6], classes: 300)
        var batch = samples.batch(0..<64)
        batch.views = 2
        func weights(threads: Int) throws -> [String: SavedWeight] {
            let trainer = try trainer(
                outputs: 300, threads: threads, loss: loss,
                consistency: loss == .crossEntropy ? 3 : nil)
            for _ in 0..<4 { _ = try trainer.step(batch) }
            return trainer.model.savedWeights()
        }
        let wanted = try weights(threads: 1)
        for threads in [2, 3, 8] { #expect(try weights(threads: threads) == wanted) }
    }

    @Test func `what the model gives must be what the loss compares`() {
        let error = #expect(throws: ModelError.self) {
            try ModelPlan([.flatten, .dense(7)], input: [4, 2, 1], classes: 5, targets: [(nil, .samples)])
        }
        #expect(
            error?.description
                == "model: the last layer gives [batch, 7], the loss compares it with samples [batch, 4, 2, 1]; "
                + "'dense: 8' as the last layer?")
        let tokens = #expect(throws: ModelError.self) {
            try ModelPlan([.dense(7)], input: [4, 3], classes: 5, targets: [(nil, .tokens(9))])
        }
        #expect(
            tokens?.description
                == "model: the last layer gives [batch, 4, 7], the loss wants [batch, 4, 3, 9], a value for each token at "
                + "each position; 'dense: 9' as the last layer?")
    }

    @Test(arguments: LossConfig.Part.allCases)
    func `tokens are told apart where they count`(part: LossConfig.Part) throws {
        // Four samples in two views of three positions with two values each, of which one is a token from 0 to 4.
        let engine = Engine(
            kernels: Fixture.kernels, pool: WorkerPool(threads: 2), capacity: 8, leaves: 1)
        let output = engine.memory.output([3, 5], wantsGradient: true)
        let loss = TokenCrossEntropy(of: output, smoothing: 0, over: part, engine: engine)
        engine.memory.layOut()
        let logits = Fixture.floats(8 * 3 * 5, seed: 47).map { $0 * 4 }
        for (index, value) in logits.enumerated() {
            output.values.pointer[index / 5 * output.stride + index % 5] = value
        }
        let samples = Samples(count: 8, shape: [3], classes: 5)
        let tokens = Buffer<Float>((0..<12).map { Float($0 * 3 % 5) })
        let hidden = Buffer<UInt8>((0..<24).map { $0 % 7 < 3 ? 1 : 0 })
        let lengths = Buffer<Int32>([3, 2, 3, 1, 3, 3, 2, 3])
        var batch = samples.batch(0..<8)
        (batch.views, batch.clean, batch.mask, batch.lengths) = (
            2, UnsafePointer(tokens.pointer), UnsafePointer(hidden.pointer), UnsafePointer(lengths.pointer)
        )
        let result = loss.evaluate(batch, gradientScale: 1)
        var (sum, count) = (0.0, 0)
        for row in 0..<24 {
            let (sample, position) = (row / 3, row % 3)
            let isWanted = part == .all || (hidden[row] == 1) == (part == .hidden)
            let gradient = (0..<5).map { output.gradient!.pointer[row * output.stride + $0] }
            guard isWanted, position < Int(lengths[sample]) else {
                #expect(gradient == [0, 0, 0, 0, 0])
                continue
            }
            let shares = softmax(logits[row * 5..<row * 5 + 5].map(Double.init)[...])
            let token = Int(tokens[sample / 2 * 3 + position])
            (sum, count) = (sum - shares[token].logarithm, count + 1)
            expectClose(
                gradient, (0..<5).map { (shares[$0] - ($0 == token ? 1 : 0)) / result.weight },
                tolerance: 1e-6)
        }
        expectClose([Float(result.lossSum)], [sum])
        #expect(result.weight == Double(count))
        #expect(result.correct == nil)
    }
}
