import Tensors
import Testing
import Workers

@testable import Training

/// A model whose first three layers with weights are a dense one, a batch norm and another dense one.
private let layers: [LayerConfig] = [.dense(21), .batchNorm, .relu, .dense(18), .relu, .dense(7)]
private let samples = Samples(count: 48, shape: [35], classes: 7)

private func trainer(
    freezing frozen: [String], threads: Int = 1, _ change: (inout TrainConfig) -> Void = { _ in }
) throws -> Trainer {
    var config = TrainConfig(epochs: 1)
    config.freeze = frozen.map { NamePattern($0) }
    change(&config)
    let model = Model(
        try ModelPlan(layers, input: [35], classes: 7), seed: 7, capacity: 16, leaves: 1,
        freeze: config.freeze, kernels: Fixture.kernels, pool: WorkerPool(threads: threads))
    return Trainer(model, config, stepsPerEpoch: 3)
}

/// Takes some steps of sixteen samples each.
private func take(_ steps: Int, _ trainer: Trainer) throws {
    for step in 0..<steps { _ = try trainer.step(samples.batch(step * 16..<step * 16 + 16)) }
}

@Suite struct FreezeTests {
    @Test(arguments: [
        ["dense2.*"], ["dense1.weight", "dense3.bias"], ["dense1.*", "batch_norm1.*"], ["*1.*", "*2.*"],
        // What a batch norm measures is its own to change.
        ["dense1.*", "*.scale", "*.shift"],
    ])
    func `weights whose names are given stay as they are, and all others change`(frozen: [String]) throws {
        let trainer = try trainer(freezing: frozen) {
            $0.optimizer = .adamW(.decoupled)
            $0.averageDecay = 0.5
        }
        let before = trainer.model.savedWeights()
        try take(3, trainer)
        let check = {
            for weight in trainer.model.weights {
                let isFrozen = frozen.contains { NamePattern($0).means(weight.name) }
                #expect((weight.unpadded == before[weight.name]!.values) == isFrozen, "\(weight.name)")
            }
        }
        check()
        trainer.withAverages(check)
    }

    @Test func `memory for an optimizer is there where it keeps something`() throws {
        let names = [
            "dense1.weight", "dense1.bias", "batch_norm1.scale", "batch_norm1.shift", "dense2.weight",
            "dense2.bias",
        ]
        for (optimizer, suffixes) in [
            (Optimizer.adam(AdamConfig()), [".first", ".second"]),
            (.rmsProp(RMSPropConfig()), [".first", ".second"]),
            (.sgd(SGDConfig()), [".first"]), (.lion(LionConfig()), [".first"]),
        ] {
            let trainer = try trainer(freezing: ["dense3.*"]) { $0.optimizer = optimizer }
            let kept = Set(trainer.state.arrays.keys).subtracting(trainer.model.savedWeights().keys)
            #expect(kept == Set(names.flatMap { name in suffixes.map { name + $0 } }))
            // Panels have whole vectors: 35 rows of 32 columns, 21 of 32 and 18 of 16; and one row of each bias and of the norm.
            let (trained, frozen) = ((35 + 1 + 2 + 21 + 1) * 32, 2 * 32 + (18 + 1) * 16)
            #expect(trainer.model.weightMemory == 4 * ((1 + suffixes.count) * trained + frozen))
        }
        let model = try Fixture.model([.dense(3)], input: [2], classes: 3)
        #expect(model.weightMemory == 4 * (2 + 1) * 16)
    }

    @Test func `a frozen layer changes no gradient but its own`() throws {
        let plain = Optimizer.sgd(SGDConfig())
        let (frozen, free) = (
            try trainer(freezing: ["dense2.*"]) { $0.optimizer = plain },
            try trainer(freezing: []) { $0.optimizer = plain }
        )
        let start = free.model.savedWeights()
        try take(1, frozen)
        try take(1, free)
        for (name, saved) in free.model.savedWeights() {
            let wanted = name.hasPrefix("dense2.") ? start[name]! : saved
            #expect(frozen.model.savedWeights()[name] == wanted, "\(name)")
        }
    }

    @Test func `the way back ends at the first layer that is trained`() throws {
        let (frozen, free) = (
            try trainer(freezing: ["dense1.*", "batch_norm1.*", "dense2.*"]).model,
            try trainer(freezing: []).model
        )
        let profile = frozen.profile
        // relu1 is done with batch_norm1.
        #expect(profile.map(\.name) == ["input", "dense1", "batch_norm1", "dense2", "relu2", "dense3"])
        #expect(profile.map(\.backwardMultiplications) == [0, 0, 0, 0, 0, 18 * 7])
        #expect(profile.map(\.weights) == free.profile.map(\.weights))
        #expect(frozen.layers.map { $0.layer.output.gradient != nil } == profile.map { $0.name == "dense3" })
        #expect(frozen.memory < free.memory)
        // Behind a layer that is trained the gradient passes a frozen one, at the cost of one product.
        let behind = try trainer(freezing: ["dense2.*"]).model.profile
        #expect(behind[1].backwardMultiplications == 35 * 21 && behind[3].backwardMultiplications == 21 * 18)
    }

    @Test func `a frozen batch norm treats samples in training as in evaluation`() throws {
        let trainer = try trainer(freezing: ["*1.*", "dense2.*"]) { $0.optimizer = .sgd(SGDConfig()) }
        try #require(trainer.model.weights.first { $0.name == "batch_norm1.mean" }).unpadded =
            Fixture.floats(21, seed: 9)
        let batch = samples.batch(16..<32)
        let evaluated = trainer.evaluate(batch)[0]
        #expect(try trainer.step(batch).loss == evaluated.mean)
        // A batch norm that measures does not.
        let other = try self.trainerThatMeasures()
        #expect(try other.step(batch).loss != other.evaluate(batch)[0].mean)
    }

    private func trainerThatMeasures() throws -> Trainer {
        try trainer(freezing: ["dense*"]) {
            var still = SGDConfig()
            still.learningRate = .leastNormalMagnitude
            $0.optimizer = .sgd(still)
        }
    }

    @Test func `gradients are collected of the trained weights alone`() throws {
        let frozen = ["dense1.*", "batch_norm1.*"]
        let plain = Optimizer.sgd(SGDConfig())
        let (immediate, collected) = (
            try trainer(freezing: frozen) { $0.optimizer = plain },
            try trainer(freezing: frozen) { ($0.optimizer, $0.clipNorm) = (plain, 1e9) }
        )
        try take(3, immediate)
        try take(3, collected)
        #expect(immediate.model.savedWeights() == collected.model.savedWeights())
        #expect(
            collected.model.weights.filter { $0.collected != nil }.map(\.name) == [
                "dense2.weight", "dense2.bias", "dense3.weight", "dense3.bias",
            ])
    }

    @Test func `weights beside frozen ones are bit-equal for any number of threads`() throws {
        let wanted = try trainer(freezing: ["dense1.weight", "dense2.*"])
        try take(3, wanted)
        for threads in [2, 3, 8] {
            let found = try trainer(freezing: ["dense1.weight", "dense2.*"], threads: threads)
            try take(3, found)
            #expect(found.model.savedWeights() == wanted.model.savedWeights(), "\(threads) threads")
        }
    }
}
