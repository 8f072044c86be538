import CAllocations
import Kernels
import Tensors
import Testing
import Workers

@testable import Training

private let layers: [LayerConfig] = [.dense(70), .relu, .dense(35), .relu, .dense(7)]
private let shape: Shape = [41]
private let samples = Samples(count: 96, shape: shape, classes: 7)

private func model(threads: Int = 1) throws -> Model {
    try Fixture.model(layers, input: shape, classes: 7, threads: threads)
}

/// A trainer with ten steps in an epoch, of which there are two.
private func trainer(
    threads: Int = 1, optimizer: Optimizer = .sgd(SGDConfig()), _ change: (inout TrainConfig) -> Void
) throws -> Trainer {
    var config = TrainConfig(epochs: 2)
    config.optimizer = optimizer
    change(&config)
    return Trainer(try model(threads: threads), config, stepsPerEpoch: 10)
}

/// Takes steps of eight samples each.
private func take(_ steps: Range<Int>, _ trainer: Trainer) throws {
    for step in steps {
        let begin = step * 8 % 96
        _ = try trainer.step(samples.batch(begin..<begin + 8))
    }
}

/// All weights, one after the other.
private func values(_ trainer: Trainer) -> [Float] { trainer.model.weights.flatMap(\.unpadded) }

private func everything(_ config: inout TrainConfig) {
    (config.accumulate, config.clipNorm, config.averageDecay) = (3, 0.05, 0.9)
    config.schedule = LearningRateSchedule(.cosine(end: 0.1), warmUp: .steps(4))
}

@Suite(.serialized) struct TrainerOptionsTests {
    static var sgd: Optimizer {
        var config = SGDConfig()
        (config.learningRate, config.momentum, config.weightDecay) = (0.5, 0.5, 0.01)
        return .sgd(config)
    }

    @Test(arguments: [Optimizer.adam(AdamConfig()), TrainerOptionsTests.sgd])
    func `collected gradients change weights as immediate ones do`(optimizer: Optimizer) throws {
        let immediate = try trainer(optimizer: optimizer) { _ in }
        let collected = try trainer(optimizer: optimizer) { $0.clipNorm = 1e9 }
        try take(0..<7, immediate)
        try take(0..<7, collected)
        #expect(values(immediate) == values(collected))
    }

    @Test func `several batches together are one larger batch`() throws {
        let accumulating = try trainer(optimizer: Self.sgd) { $0.accumulate = 4 }
        let whole = try trainer(optimizer: Self.sgd) { _ in }
        let start = values(whole)
        for round in 0..<3 {
            let before = values(accumulating)
            try take(round * 4..<round * 4 + 3, accumulating)
            #expect(values(accumulating) == before)
            try take(round * 4 + 3..<round * 4 + 4, accumulating)
            _ = try whole.step(samples.batch(round * 32..<round * 32 + 32))
        }
        expectClose(values(accumulating), values(whole).map(Double.init), tolerance: 1e-6)
        #expect(values(whole) != start)
    }

    @Test func `a gradient beyond the limit is scaled down to it`() throws {
        var plain = SGDConfig()
        plain.learningRate = 1
        let (free, clipped) = (
            try trainer(optimizer: .sgd(plain)) { _ in },
            try trainer(optimizer: .sgd(plain)) { $0.clipNorm = 0.125 }
        )
        let start = values(free)
        try take(0..<1, free)
        try take(0..<1, clipped)
        // With a learning rate of 1 the change is the gradient.
        let gradient = zip(start, values(free)).map { Double($0) - Double($1) }
        let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(norm > 0.5)
        expectClose(
            values(clipped), zip(start, gradient).map { Double($0) - $1 * 0.125 / norm }, tolerance: 1e-6)
    }

    @Test func `weights are bit-equal for any number of threads`() throws {
        let adamW = Optimizer.adamW(.decoupled)
        let wanted = try trainer(optimizer: adamW, everything)
        try take(0..<14, wanted)
        for threads in [2, 3, 8] {
            let found = try trainer(threads: threads, optimizer: adamW, everything)
            try take(0..<14, found)
            #expect(values(found) == values(wanted), "\(threads) threads")
            found.withAverages { wanted.withAverages { #expect(values(found) == values(wanted)) } }
        }
    }

    @Test func `a trainer goes on where another one was, between two changes of the weights`() throws {
        let whole = try trainer(threads: 2, optimizer: .adamW(.decoupled), everything)
        try take(0..<7, whole)
        let state = whole.state
        #expect(state.arrays.keys.contains("dense1.weight.gradient"))
        try take(7..<15, whole)
        let resumed = try trainer(threads: 3, optimizer: .adamW(.decoupled), everything)
        try resumed.restore(state)
        try take(7..<15, resumed)
        #expect(resumed.state == whole.state)
        // The state matters.
        let without = try trainer(optimizer: .adamW(.decoupled), everything)
        try take(7..<15, without)
        #expect(values(without) != values(whole))
    }

    @Test func `a state without averages does not fit a trainer with them`() throws {
        let plain = try trainer { _ in }
        let averaging = try trainer { $0.averageDecay = 0.5 }
        #expect(throws: ModelError.missingWeight(name: "dense1.weight.average", shape: [41, 70])) {
            try averaging.restore(plain.state)
        }
    }

    @Test func `averages follow the weights`() throws {
        let trainer = try trainer(optimizer: Self.sgd) { $0.averageDecay = 0.25 }
        var average = values(trainer).map(Double.init)
        for step in 0..<5 {
            try take(step..<step + 1, trainer)
            // (1 + t) / (10 + t) is below 0.25 for t = 1 alone.
            let decay = step == 0 ? 2.0 / 11 : 0.25
            average = zip(average, values(trainer)).map { $0 * decay + Double($1) * (1 - decay) }
        }
        let weights = values(trainer)
        let found = trainer.withAverages { values(trainer) }
        expectClose(found, average, tolerance: 1e-6)
        #expect(found != weights)
        #expect(values(trainer) == weights)
    }

    @Test func `the schedule changes the steps`() throws {
        let trainer = try trainer(optimizer: Self.sgd) {
            $0.schedule = LearningRateSchedule(.step(factor: 0, every: .epochs(0.5)), warmUp: .steps(2))
        }
        #expect(trainer.learningRate == 0.25)
        try take(0..<5, trainer)
        #expect(trainer.learningRate == 0)
        let before = values(trainer)
        try take(5..<7, trainer)
        #expect(values(trainer) == before)
    }

    @Test func `a step allocates nothing`() throws {
        let trainer = try trainer(threads: 2, everything)
        try take(0..<6, trainer)
        let batch = samples.batch(0..<8)
        let before = allocations_of_this_thread()
        for _ in 6..<12 { _ = try trainer.step(batch) }
        #expect(allocations_of_this_thread() == before)
    }
}
