import Kernels
import Tensors
import Testing
import VectorKernels

@testable import Training

/// 300 inputs and up to 40 outputs make two leaves of the inputs; 41 samples are two shares of one thread, the second of which is no
/// multiple of a tile.
private let input: Shape = [10, 10, 3]
private let classes = 5
private let samples = Samples(count: 50, shape: input, classes: classes)

private let layers: [LayerConfig] = [
    .flatten, .dense(40), .relu, .dropout(0.3), .dense(24), .gelu, .dense(classes),
]

/// With `isTogether` false a consistency of views, of which there are none, looks at the outputs, so that layers run on their own.
private func trainer(
    _ layers: [LayerConfig] = layers, of shape: Shape = input, isTogether: Bool, threads: Int = 1,
    freeze: [String] = [], _ change: (inout TrainConfig) -> Void = { _ in }
) throws -> Trainer {
    let model = try Fixture.model(
        layers, input: shape, classes: classes, capacity: 50, threads: threads, freeze: freeze)
    var config = TrainConfig(epochs: 1)
    var descent = SGDConfig()
    (descent.learningRate, descent.momentum) = (0.3, 0.9)
    config.optimizer = .sgd(descent)
    if !isTogether { config.consistency = 1 }
    change(&config)
    return Trainer(model, config, stepsPerEpoch: 10)
}

private struct Steps: Equatable {
    var weights: [UInt32]
    var results: [StepResult]
    var evaluation: [LossResult]
}

/// Some steps of different sizes, and what comes of them.
private func steps(
    _ trainer: Trainer, _ sizes: [Int], of samples: Samples = samples,
    _ change: (inout Batch) -> Void = { _ in }
) throws -> Steps {
    func batch(_ size: Int, epoch: Int) -> Batch {
        var batch = samples.batch(50 - size..<50, epoch: epoch)
        change(&batch)
        return batch
    }
    let results = try sizes.enumerated().map { try trainer.step(batch($1, epoch: $0)) }
    return Steps(
        weights: trainer.model.weights.flatMap(\.unpadded).map(\.bitPattern), results: results,
        evaluation: trainer.evaluate(batch(13, epoch: 0)))
}

struct LastLayersTests {
    @Test(
        arguments: [
            (layers, 2..<7 as Range<Int>?),
            ([.flatten, .dense(200), .tanh, .dense(classes)], 2..<4),
            // A last layer whose own output is a sum of leaves.
            ([.flatten, .dense(300), .relu, .dense(classes)], nil),
            // One that is as large as it may be, and one that is too large.
            ([.flatten, .dense(255), .relu, .dense(32)], 2..<4),
            ([.flatten, .dense(255), .relu, .dense(33)], nil),
            // One with nothing before it that could come along.
            ([.flatten, .dense(40), .layerNorm, .dense(classes)], 3..<4),
            // Nobody wants a gradient of what comes first.
            ([.reshape([150, 2]), .meanToken, .dense(classes)], nil),
            // The layer before has several positions.
            ([.reshape([10, 30]), .dense(16), .flatten, .dense(classes)], 2..<3),
        ] as [([LayerConfig], Range<Int>?)])
    func `layers at the end are taken as far as they are small`(
        layers: [LayerConfig], taken: Range<Int>?
    ) throws {
        guard case .dense(let outputs, _) = layers.last else {
            Issue.record("\(layers) do not end in a dense layer")
            return
        }
        let model = try Fixture.model(layers, input: input, classes: outputs)
        #expect(model.lastLayers?.layers == taken)
    }

    @Test func `only a classifier's loss takes them, and only in training`() throws {
        let model = try Fixture.model(layers, input: input, classes: classes)
        let last = try #require(model.lastLayers)
        let batch = samples.batch(0..<9)
        let update = WeightUpdate(.sgd(SGDConfig()), step: 1)
        #expect(!last.takes(Pass(batch, update: update)))
        _ = Trainer(model, optimizer: .sgd(SGDConfig()))
        #expect(last.takes(Pass(batch, update: update)))
        #expect(!last.takes(Pass(batch, update: nil)))
        let apart = try trainer(isTogether: false).model
        #expect(!apart.lastLayers!.takes(Pass(batch, update: update)))
    }

    /// Shares of 32 and 9, or less than is worth a second thread, and batches that follow one another.
    @Test(arguments: [1, 2, 3, 8])
    func `steps have the bits of layers that run on their own`(threads: Int) throws {
        let sizes = [41, 5, 50, 16, 33]
        let alone = try steps(try trainer(isTogether: false), sizes)
        #expect(try steps(try trainer(isTogether: true, threads: threads), sizes) == alone)
        #expect(Set(alone.results.map(\.loss)).count == sizes.count)
    }

    @Test(arguments: [["dense1.*"], ["dense2.bias"], ["dense3.*"], ["dense2.*", "dense3.*"]])
    func `weights that are frozen stay, and others have the same bits`(freeze: [String]) throws {
        let together = try trainer(isTogether: true, threads: 2, freeze: freeze)
        let frozen = together.model.weights.filter(\.isFrozen)
        let before = frozen.map(\.unpadded)
        let found = try steps(together, [50, 21])
        #expect(found == (try steps(try trainer(isTogether: false, freeze: freeze), [50, 21])))
        #expect(!frozen.isEmpty && frozen.map(\.unpadded) == before)
    }

    @Test func `so it is with gradients that are collected, clipped and averaged`() throws {
        func change(_ config: inout TrainConfig) {
            (config.accumulate, config.clipNorm, config.averageDecay) = (2, 0.5, 0.9)
        }
        let together = try trainer(isTogether: true, threads: 2, change)
        #expect(
            try steps(together, [50, 21, 7, 44])
                == steps(try trainer(isTogether: false, change), [50, 21, 7, 44]))
    }

    @Test func `and with smoothed and blended labels, and classes that weigh differently`() throws {
        func change(_ config: inout TrainConfig) {
            config.loss = ModelLoss(
                LossConfig(
                    .crossEntropy(smoothing: 0.1, classWeights: [1, 0.5, 2, 0.25, 3]), target: .labels))
        }
        let targets = Buffer(Fixture.floats(50 * classes, seed: 9).map { abs($0) })
        let blend = { (batch: inout Batch) in batch.targets = UnsafePointer(targets.pointer) }
        for blend in [blend, { _ in }] {
            #expect(
                try steps(try trainer(isTogether: true, threads: 2, change), [50, 21], blend)
                    == steps(try trainer(isTogether: false, change), [50, 21], blend))
        }
    }

    /// Behind a layer with an input gradient, one that is a sum of leaves at several positions, small ones, and others.
    @Test(
        arguments: [
            [
                .convolution(ConvolutionConfig(.conv2d, outputs: 7, window: WindowConfig(size: [3]))), .relu,
                .flatten, .dense(40), .relu, .dense(classes),
            ],
            [.patchEmbedding(size: 16, width: 16), .flatten, .dense(classes)],
            [.reshape([64, 16]), .dense(16), .flatten, .dense(36), .relu, .dense(classes)],
            [.flatten, .dense(40), .layerNorm, .dense(classes)],
            [.flatten, .dense(200), .sigmoid, .dense(classes)],
        ] as [[LayerConfig]], [1, 3])
    func `so it is behind layers of all kinds`(layers: [LayerConfig], threads: Int) throws {
        let samples = Samples(count: 50, shape: [32, 32, 1], classes: classes)
        func found(isTogether: Bool, threads: Int) throws -> Steps {
            let trainer = try trainer(layers, of: samples.shape, isTogether: isTogether, threads: threads)
            #expect(trainer.model.lastLayers != nil)
            return try steps(trainer, [50, 21, 33], of: samples)
        }
        #expect(try found(isTogether: true, threads: threads) == found(isTogether: false, threads: 1))
    }

    @Test func `a model's next trainer decides anew`() throws {
        let model = try trainer(isTogether: true).model
        let start = model.weights.map(\.unpadded)
        func found(_ change: (inout TrainConfig) -> Void) throws -> Steps {
            for (weight, values) in zip(model.weights, start) { weight.unpadded = values }
            var config = TrainConfig(epochs: 1)
            change(&config)
            return try steps(Trainer(model, config, stepsPerEpoch: 10), [50, 21])
        }
        let first = try found { _ in }
        #expect(try found { $0.consistency = 1 } == first)
        #expect(try found { _ in } == first)
        let squared = try found { $0.loss = ModelLoss(LossConfig(.squared, target: .labels)) }
        #expect(squared.results != first.results && squared.weights != first.weights)
    }

    @Test(arguments: [2, 8, 24]) func `each of them has a time of its own`(threads: Int) throws {
        let trainer = try trainer(isTogether: true, threads: threads)
        var left = 3
        let profiles = try trainer.profile {
            left -= 1
            return left < 0 ? nil : samples.batch(0..<22)
        }
        #expect(
            profiles.map(\.name) == ["flatten1", "dense1", "relu1", "dropout1", "dense2", "gelu1", "dense3"])
        #expect(profiles.dropFirst().allSatisfy { $0.forward > 0 && $0.backward > 0 })
    }

    @Test func `comparing steps can fail`() throws {
        let found = try steps(try trainer(isTogether: true), [50])
        let others = try steps(try trainer(isTogether: true), [49, 1])
        #expect(found.weights != others.weights && found.results != others.results)
        #expect(found.evaluation != others.evaluation)
    }
}
