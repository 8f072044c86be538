import Tensors
import VectorKernels

/// Runs a layer that somebody brought along, as one of the model's own: gives it rows without padding, and its gradients to
/// the optimiser.
///
/// It is called once for a batch, on the thread that trains, so its sums have one order whatever the number of threads.
final class CustomLayerRunner: Layer {
    var weights: [Weight] { dense.map(\.weight) }
    let output: Activation
    private let layer: any CustomLayer
    private let engine: Engine
    private let input: Activation
    private let dense: [DenseWeight]
    private let (x, y): (DenseRows, DenseRows)
    private let (inputGradient, outputGradient): (DenseRows, DenseRows?)
    private let weightValues: [UnsafeBufferPointer<Float>]
    private let weightGradients: [UnsafeMutableBufferPointer<Float>]

    init(
        name: String, _ input: Activation, layer: any CustomLayer, outputShape: Shape, seed: UInt64,
        engine: Engine
    ) {
        (self.layer, self.input, self.engine) = (layer, input, engine)
        dense = layer.weights(for: input.shape).map {
            DenseWeight($0, layer: name, seed: seed, engine: engine)
        }
        weightValues = dense.map { UnsafeBufferPointer($0.values.all) }
        weightGradients = dense.map(\.gradient.all)
        let memory = engine.memory
        memory.use(input)
        output = engine.output(outputShape, of: input, dense.map(\.weight))
        x = DenseRows(of: input, input.values, memory, .forwardToBackward)
        y = DenseRows(of: output, output.values, memory, .forwardToBackward)
        // A layer writes the gradient for its input also where nobody wants it.
        let gradient = input.gradient ?? memory.scratch(memory.capacity * input.sampleStride, in: .backward)
        inputGradient = DenseRows(of: input, gradient, memory, .backward)
        outputGradient = output.gradient.map { [output] in DenseRows(of: output, $0, memory, .backward) }
    }

    func forward(_ pass: Pass) {
        x.gather(pass.count)
        for weight in dense { weight.gatherValues() }
        layer.forward(batch(pass))
        y.spread(pass.count)
    }

    func backward(_ pass: Pass) {
        guard let outputGradient else { return }
        outputGradient.gather(pass.count)
        layer.backward(
            CustomBackward(
                forward: batch(pass), outputGradient: UnsafeBufferPointer(outputGradient.all(pass.count)),
                inputGradient: inputGradient.all(pass.count), weightGradients: weightGradients))
        inputGradient.spread(pass.count)
        for weight in dense {
            weight.spreadGradient()
            pass.update!.apply(to: weight.weight, gradient: weight.paddedGradient, engine.kernels)
        }
    }

    private func batch(_ pass: Pass) -> CustomForward {
        CustomForward(
            count: pass.count, input: input.shape, output: output.shape,
            x: UnsafeBufferPointer(x.all(pass.count)), weights: weightValues, y: y.all(pass.count))
    }
}

/// The rows of an activation without padding: a copy where they have some.
private struct DenseRows {
    private let memory: PlannedMemory
    private let copy: PlannedMemory?
    /// Of a sample.
    private let (rows, channels, stride): (Int, Int, Int)

    init(of activation: Activation, _ memory: PlannedMemory, _ plan: MemoryPlan, _ phase: MemoryPlan.Phase) {
        self.memory = memory
        (rows, channels, stride) = (activation.positions, activation.channels, activation.stride)
        copy = channels == stride ? nil : plan.scratch(plan.capacity * rows * channels, in: phase)
    }

    /// Of so many samples.
    func all(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: (copy ?? memory).pointer, count: count * rows * channels)
    }

    /// Brings the rows of so many samples together.
    func gather(_ count: Int) {
        guard let copy else { return }
        copyRows(count * rows, channels, from: memory.pointer, stride, to: copy.pointer, channels)
    }

    /// Puts them where they belong, with zeros behind each.
    func spread(_ count: Int) {
        guard let copy else { return }
        copyRows(count * rows, channels, from: copy.pointer, channels, to: memory.pointer, stride)
    }
}

/// A weight with its values and its gradient row-major.
private struct DenseWeight {
    let weight: Weight
    let values: Buffer<Float>
    let gradient: Buffer<Float>
    /// As the optimiser wants the gradient.
    private let padded: Buffer<Float>
    private let stride: Int

    init(_ config: CustomWeight, layer: String, seed: UInt64, engine: Engine) {
        weight = engine.weight("\(layer).\(config.name)", config.shape)
        stride = weight.partition.width
        let isDense = stride == weight.columns
        values = isDense ? weight.values : Buffer(count: weight.shape.count)
        gradient = Buffer(count: weight.shape.count)
        padded = isDense ? gradient : Buffer(count: weight.values.count)
        weight.unpadded = config.start.values(
            weight.shape.count, weight: weight.name, seed: seed, kernels: engine.kernels.noise)
    }

    /// As the optimiser wants it.
    var paddedGradient: UnsafePointer<Float> { UnsafePointer(padded.pointer) }

    func gatherValues() {
        guard stride != weight.columns else { return }
        copyRows(
            weight.rows, weight.columns, from: weight.values.pointer, stride, to: values.pointer,
            weight.columns)
    }

    func spreadGradient() {
        guard stride != weight.columns else { return }
        copyRows(
            weight.rows, weight.columns, from: gradient.pointer, weight.columns, to: padded.pointer, stride)
    }
}

extension Buffer<Float> {
    fileprivate var all: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }
}

/// Copies rows of so many columns to others, which get zeros up to their stride.
private func copyRows(
    _ rows: Int, _ columns: Int, from source: UnsafePointer<Float>, _ sourceStride: Int,
    to target: UnsafeMutablePointer<Float>, _ targetStride: Int
) {
    for row in 0..<rows {
        let written = target + row * targetStride
        written.update(from: source + row * sourceStride, count: columns)
        (written + columns).update(repeating: 0, count: targetStride - columns)
    }
}
