import Kernels
import Tensors
import Workers

/// Layers with their weights and buffers, on one set of kernels and one pool of threads.
package final class Model {
    package let plan: ModelPlan
    /// Those of all layers, in order.
    package let weights: [Weight]
    let engine: Engine
    private let layers: [any Layer]
    /// The first layer that has weights: gradients are not carried further back.
    private let firstTrained: Int
    /// Values in one sample.
    private let features: Int
    /// Samples with padded rows, where their own are not a multiple of 16 long; nil where none are.
    private let paddedInput: Buffer<Float>?

    /// `capacity` is the largest batch that it will see, `leaves` as in `TrainConfig`; start values are drawn from
    /// `seed`.
    package init(
        _ plan: ModelPlan, seed: UInt64, capacity: Int, leaves: Int, kernels: KernelSet, pool: WorkerPool
    ) {
        let engine = Engine(kernels: kernels, pool: pool, capacity: capacity, leaves: leaves)
        // A flatten only names the rows that there are anyway.
        layers = plan.layers.compactMap { $0.make(seed: seed, engine: engine) }
        weights = layers.flatMap(\.weights)
        firstTrained = layers.firstIndex { !$0.weights.isEmpty }!
        features = plan.input.count
        paddedInput = features % 16 == 0 ? nil : .rows(capacity, stride: paddedTo16(features))
        (self.plan, self.engine) = (plan, engine)
    }

    /// Computes the outputs of a batch.
    func forward(_ batch: Batch, _ pass: Pass) -> Rows {
        precondition(batch.shape == plan.input, "the model wants samples \(plan.input), got \(batch.shape)")
        precondition(
            batch.count > 0 && batch.count <= engine.capacity,
            "the model has room for 1 to \(engine.capacity) samples, got \(batch.count)")
        var rows = input(batch)
        for index in 0..<layers.count { rows = layers[index].forward(rows, pass) }
        return rows
    }

    /// Carries the gradient of the outputs of the last `forward` back and updates all weights.
    func backward(_ gradient: Rows, _ pass: Pass) {
        var rows = gradient
        for index in stride(from: layers.count - 1, through: firstTrained, by: -1) {
            rows = layers[index].backward(rows, pass, wantsInputGradient: index > firstTrained)
        }
    }

    private func input(_ batch: Batch) -> Rows {
        guard let paddedInput else { return Rows(values: batch.values, stride: features) }
        let stride = paddedTo16(features)
        for row in 0..<batch.count {
            (paddedInput.pointer + row * stride).update(from: batch.values + row * features, count: features)
        }
        return Rows(values: paddedInput.pointer, stride: stride)
    }
}

extension ModelPlan.Layer {
    /// Nil for what is nothing to compute.
    fileprivate func make(seed: UInt64, engine: Engine) -> (any Layer)? {
        switch config {
        case .flatten: nil
        case .dense(let outputs):
            Dense(name: name, inputs: input.count, outputs: outputs, seed: seed, engine: engine)
        case .relu: ReLU(features: input.count, engine: engine)
        case .dropout(let rate):
            Dropout(name: name, rate: rate, features: input.count, seed: seed, engine: engine)
        }
    }
}
