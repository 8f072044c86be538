import CAllocations
import Kernels
import Tensors
import Testing
import Workers

@testable import Training

private let layers: [LayerConfig] = [
    .flatten, .dense(150), .relu, .dropout(0.2), .dense(70), .relu, .dense(7),
]
private let shape: Shape = [11, 9, 1]

/// All weights after some steps whose batches have 32 samples, and every fourth fewer.
private func trainedWeights(
    _ layers: [LayerConfig] = layers, shape: Shape = shape, steps: Int, threads: Int, leaves: Int = 2,
    set: InstructionSet = Fixture.kernels.instructionSet
) throws -> [String: SavedWeight] {
    let model = try Fixture.model(
        layers, input: shape, classes: 7, leaves: leaves, threads: threads, kernels: KernelSet.of(set)!)
    let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
    let samples = Samples(count: 101, shape: shape, classes: 7)
    for step in 0..<steps {
        let begin = step * 13 % 60
        let count = step % 4 == 3 ? 1 + step % 31 : 32
        _ = try trainer.step(samples.batch(begin..<begin + count, epoch: step / 5))
    }
    return model.savedWeights()
}

@Suite(.serialized) struct TrainerTests {
    @Test(arguments: InstructionSet.supported)
    func `weights are bit-equal for any number of threads`(set: InstructionSet) throws {
        let wanted = try trainedWeights(steps: 50, threads: 1, set: set)
        for threads in [2, 3, 5] {
            let found = try trainedWeights(steps: 50, threads: threads, set: set)
            #expect(found == wanted, "\(threads) threads")
        }
        // They did move, and the comparison sees a difference.
        let earlier = try trainedWeights(steps: 49, threads: 1, set: set)
        #expect(earlier != wanted)
    }

    @Test func `weights are bit-equal where threads share the rows of few columns`() throws {
        let layers: [LayerConfig] = [.flatten, .dropout(0.1), .dense(7)]
        let wanted = try trainedWeights(layers, shape: [50, 41], steps: 9, threads: 1)
        for threads in [2, 3, 4] {
            let found = try trainedWeights(layers, shape: [50, 41], steps: 9, threads: threads)
            #expect(found == wanted, "\(threads) threads")
        }
    }

    @Test func `weights are bit-equal where threads share many rows and pack their own part of the products`()
        throws
    {
        let layers: [LayerConfig] = [
            .relu, .dense(70), .relu, .dense(66), .flatten, .dropout(0.3), .dense(7),
        ]
        let wanted = try trainedWeights(layers, shape: [30, 80], steps: 5, threads: 1)
        for threads in [2, 3, 4] {
            let found = try trainedWeights(layers, shape: [30, 80], steps: 5, threads: threads)
            #expect(found == wanted, "\(threads) threads")
        }
    }

    @Test func `weights are bit-equal where rows are too few for the threads`() throws {
        let layers: [LayerConfig] = [.flatten, .dense(4), .relu, .dense(7)]
        let wanted = try trainedWeights(layers, steps: 9, threads: 1)
        for threads in [2, 3, 4] {
            let found = try trainedWeights(layers, steps: 9, threads: threads)
            #expect(found == wanted, "\(threads) threads")
        }
    }

    @Test func `a model learns to tell shifted samples apart`() throws {
        let model = try Fixture.model(layers, input: shape, classes: 7)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let samples = Samples(count: 210, shape: shape, classes: 7)
        for sample in 0..<210 {
            samples.values.pointer[sample * shape.count + 3 * Int(samples.labels[sample])] += 2
        }
        let before = trainer.evaluate(samples.batch(180..<210))[0]
        for step in 0..<300 {
            let begin = step % 6 * 30
            _ = try trainer.step(samples.batch(begin..<begin + 30, epoch: step / 6))
        }
        let after = trainer.evaluate(samples.batch(180..<210))[0]
        #expect(before.correct! < 15 && after.correct! > 24, "\(before), \(after)")
        #expect(after.lossSum < before.lossSum / 2)
    }

    @Test func `evaluation changes nothing and does not depend on the batch`() throws {
        let model = try Fixture.model(layers, input: shape, classes: 7, threads: 2)
        let trainer = Trainer(model, optimizer: .sgd(SGDConfig()))
        let samples = Samples(count: 32, shape: shape, classes: 7)
        let weights = model.savedWeights()
        let whole = trainer.evaluate(samples.batch(0..<32))[0]
        let parts = [0..<1, 1..<20, 20..<32].map { trainer.evaluate(samples.batch($0))[0] }
        #expect(parts.reduce(0) { $0 + $1.correct! } == whole.correct)
        #expect(abs(parts.reduce(0) { $0 + $1.lossSum } - whole.lossSum) < 1e-12)
        #expect(model.savedWeights() == weights)
    }

    @Test(arguments: [1, 3]) func `a step allocates nothing`(threads: Int) throws {
        let pool = WorkerPool(threads: threads)
        let model = Model(
            try ModelPlan(layers, input: shape, classes: 7), seed: 7, capacity: 32, leaves: 2,
            kernels: Fixture.kernels, pool: pool)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let samples = Samples(count: 32, shape: shape, classes: 7)
        let (large, small) = (samples.batch(0..<32), samples.batch(4..<9))
        func stepAndEvaluate() throws {
            _ = try trainer.step(large)
            _ = try trainer.step(small)
            _ = trainer.evaluate(large)
        }
        try stepAndEvaluate()
        let before = allocations_of_this_thread()
        for _ in 0..<10 { try stepAndEvaluate() }
        #expect(allocations_of_this_thread() == before)
    }

    @Test func `a loss that is not finite stops before the weights change`() throws {
        let model = try Fixture.model(layers, input: shape, classes: 7)
        let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
        let samples = Samples(count: 8, shape: shape, classes: 7)
        _ = try trainer.step(samples.batch(0..<4))
        let weights = model.savedWeights()
        samples.values[5 * shape.count + 1] = .nan
        let error = #expect(throws: TrainingError.self) { try trainer.step(samples.batch(4..<8)) }
        #expect(
            error?.description
                == "step 2: the loss is not a number: so are values of sample 1005 before the first layer; "
                + NonFiniteStep.advice)
        #expect(model.savedWeights() == weights)
        #expect(trainer.steps == 1)
    }
}
