import Kernels
import Tensors
import VectorKernels
import Workers

/// Layers with their weights and memory, on one set of kernels and one pool of threads.
package final class Model {
    package let plan: ModelPlan
    /// Those of all layers, in order.
    package let weights: [Weight]
    let engine: Engine
    /// What a batch's values are to the first layer.
    private let input: Activation
    /// By head; one for a model without heads.
    let outputs: [Activation]
    /// In the order in which they run forward.
    let layers: [PlacedLayer]
    /// Those that run together, in their order.
    let groups: [SampleGroup]
    /// Those that a classifier's steps of training run together with the loss.
    let lastLayers: LastLayers?

    /// `capacity` is the largest batch that it will see, `leaves`, `precision` and `freeze` as in `TrainConfig`; start values
    /// are drawn from `seed`.
    package init(
        _ plan: ModelPlan, seed: UInt64, capacity: Int, leaves: Int, precision: Precision = .fp32,
        freeze: [NamePattern] = [], kernels: KernelSet, pool: WorkerPool
    ) {
        let engine = Engine(
            kernels: kernels, pool: pool, capacity: capacity, leaves: leaves, precision: precision,
            frozen: freeze)
        let maker = LayerMaker(engine: engine, seed: seed)
        let channels = plan.input.sizes.last ?? 1
        input = Activation(shape: plan.input, stride: channels, values: .borrowed(), gradient: nil)
        var first = input
        first.tokens = Tokens(source: .sample)
        outputs = maker.makeOutputs(plan.layers, of: first)
        layers = maker.layers
        weights = layers.flatMap(\.layer.weights)
        lastLayers = outputs.count == 1 ? LastLayers.find(layers, engine) : nil
        groups = SampleGroup.groups(layers.prefix(lastLayers?.firstLayer ?? layers.count - 1), engine)
        engine.memory.layOut()
        (self.plan, self.engine) = (plan, engine)
    }

    /// Bytes of all values and gradients between layers, for the largest batch.
    package var memory: Int { engine.memory.peak }

    /// Bytes of all weights with what optimisers keep of them.
    package var weightMemory: Int { weights.reduce(0) { $0 + $1.memory } }

    /// Computes the outputs of a batch; in a step of training `lastLayers` may leave theirs to the loss.
    ///
    /// - Parameter times: where the time of each layer is added; nil: it is not measured.
    func forward(_ batch: Batch, _ pass: Pass, times: LayerTimes? = nil) {
        precondition(batch.shape == plan.input, "the model wants samples \(plan.input), got \(batch.shape)")
        precondition(
            batch.count > 0 && batch.count <= engine.memory.capacity,
            "the model has room for 1 to \(engine.memory.capacity) samples, got \(batch.count)")
        input.values.lend(batch.values)
        times?.begin()
        var (index, group) = (0, 0)
        while index < layers.count {
            if let lastLayers, lastLayers.firstLayer == index, lastLayers.takes(pass) {
                return lastLayers.beginForward(pass, times: times)
            }
            if group < groups.count && groups[group].layers.lowerBound == index {
                groups[group].forward(pass, times: times)
                index = groups[group].layers.upperBound
                group += 1
            } else {
                layers[index].layer.forward(pass)
                times?.endForward(index)
                index += 1
            }
        }
    }

    /// Carries the gradient of the outputs of the last `forward` back and updates all weights that are trained; it ends at the
    /// first layer that has such.
    func backward(_ pass: Pass, times: LayerTimes? = nil) {
        times?.begin()
        var (index, group) = (layers.count - 1, groups.count - 1)
        if let lastLayers, lastLayers.takes(pass) {
            lastLayers.endBackward(pass, times: times)
            index = lastLayers.layers.lowerBound - 1
        }
        while index >= 0 {
            if group >= 0 && groups[group].layers.upperBound == index + 1 {
                groups[group].backward(pass, times: times)
                index = groups[group].layers.lowerBound - 1
                group -= 1
            } else {
                if layers[index].layer.output.gradient != nil {
                    layers[index].layer.backward(pass)
                    times?.endBackward(index)
                }
                index -= 1
            }
        }
    }
}
