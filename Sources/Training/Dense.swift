import Tensors
import VectorKernels

/// An affine map, y = x · W + b.
///
/// - Shapes: x `[batch, inputs]` → y `[batch, outputs]`; W `[inputs, outputs]`; b `[outputs]`. W has a row for each
///   input, the other way round than in PyTorch: then the rows of W are what the product adds up, and nothing is packed.
/// - Start: W uniform in ±√(6 / inputs), b zero: variance 2 / inputs, which keeps that of values through ReLUs (He et al.
///   2015, eq. 10).
/// - Threads own columns (see `Partition`): the same thread computes them, their gradient and their update, so that W
///   stays in its cache.
final class Dense: Layer {
    let weight: Weight
    let bias: Weight
    var weights: [Weight] { [weight, bias] }

    private let engine: Engine
    private let inputs: Int
    private let output: Buffer<Float>
    private let inputGradient: Buffer<Float>
    /// `[outputs, batch]` and `[inputs, batch]`: to find the input's gradient, W is multiplied by a transposed batch,
    /// since a batch is smaller than W.
    private let transposedGradient: Buffer<Float>
    private let transposedInputGradient: Buffer<Float>

    private let outputRegion: Region<OutputTask>
    private let inputRegion: Region<InputGradientTask>
    private let updateRegion: Region<UpdateTask>
    /// The last `forward`'s.
    private var input: Rows?

    init(name: String, inputs: Int, outputs: Int, seed: UInt64, engine: Engine) {
        weight = Weight(name: "\(name).weight", shape: [inputs, outputs], threads: engine.pool.threads)
        bias = Weight(name: "\(name).bias", shape: [outputs], threads: engine.pool.threads)
        (self.engine, self.inputs) = (engine, inputs)
        output = .rows(engine.capacity, stride: weight.partition.columns)
        inputGradient = .rows(engine.capacity, stride: paddedTo16(inputs))
        let batchStride = paddedTo16(engine.capacity)
        transposedGradient = .rows(outputs, stride: batchStride)
        transposedInputGradient = .rows(inputs, stride: batchStride)
        outputRegion = Region(engine.pool)
        inputRegion = Region(engine.pool)
        updateRegion = Region(engine.pool)
        weight.drawHeUniform(name: name, seed: seed, kernels: engine.kernels.noise)
    }

    func forward(_ input: Rows, _ pass: Pass) -> Rows {
        self.input = input
        let (partition, outputs) = (weight.partition, weight.partition.columns)
        let product = MatrixProduct(
            a: input.values, aRowStride: input.stride, aDepthStride: 1, b: weight.values.pointer,
            bStride: partition.width, c: output.pointer, cStride: outputs, rows: pass.count,
            columns: outputs, depth: inputs, bias: bias.values.pointer)
        outputRegion.run(
            OutputTask(product: product, partition: partition, kernels: engine.kernels.training),
            multiplications: multiplications(pass))
        return Rows(values: output.pointer, stride: outputs)
    }

    func backward(_ gradient: Rows, _ pass: Pass, wantsInputGradient: Bool) -> Rows {
        // A region of its own, before the weights change.
        if wantsInputGradient { findInputGradient(gradient, pass) }
        updateWeights(gradient, pass)
        return Rows(values: inputGradient.pointer, stride: paddedTo16(inputs))
    }

    private func findInputGradient(_ gradient: Rows, _ pass: Pass) {
        let batchStride = paddedTo16(pass.count)
        engine.kernels.training.transpose(
            transposedGradient.pointer, batchStride, gradient.values, gradient.stride, pass.count,
            weight.columns)
        let product = MatrixProduct(
            a: weight.values.pointer, aRowStride: weight.partition.width, aDepthStride: 1,
            b: transposedGradient.pointer,
            bStride: batchStride, c: transposedInputGradient.pointer, cStride: batchStride, rows: inputs,
            columns: batchStride, depth: weight.columns)
        let task = InputGradientTask(
            product: product, partition: weight.partition, batch: pass.count,
            inputGradient: inputGradient.pointer,
            inputGradientStride: paddedTo16(inputs), kernels: engine.kernels.training)
        inputRegion.run(task, multiplications: multiplications(pass))
    }

    private func updateWeights(_ gradient: Rows, _ pass: Pass) {
        let input = input!
        let weightGradient = MatrixProduct(
            a: input.values, aRowStride: 1, aDepthStride: input.stride, b: gradient.values,
            bStride: gradient.stride, c: weight.values.pointer, cStride: 0, rows: inputs,
            columns: weight.partition.columns, depth: pass.count, leaves: engine.leaves)
        var biasGradient = weightGradient
        (biasGradient.a, biasGradient.aDepthStride, biasGradient.rows) = (Self.one, 0, 1)
        let task = UpdateTask(
            weightGradient: weightGradient, biasGradient: biasGradient,
            weight: weight.firstPanel(gradient: gradient.values),
            bias: bias.firstPanel(gradient: gradient.values), partition: weight.partition,
            update: pass.update!, workspace: engine.workspace, kernels: engine.kernels.training)
        updateRegion.run(task, multiplications: multiplications(pass))
    }

    private func multiplications(_ pass: Pass) -> Int { pass.count * inputs * weight.partition.columns }

    /// A single 1, for sums as products. Never written after the start.
    nonisolated(unsafe) private static let one: UnsafePointer<Float> = {
        let one = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        one.initialize(to: 1)
        return UnsafePointer(one)
    }()
}

extension Weight {
    /// Draws start values: uniform in ±√(6 / rows), at the address `model/<layer>/weight`.
    fileprivate func drawHeUniform(name: String, seed: UInt64, kernels: NoiseKernels) {
        let draws = Buffer<Float>(count: shape.count)
        let key = DrawAddress.key(seed: seed, path: "model/\(name)/weight", draw: "uniform")
        kernels.uniform(draws.pointer, shape.count, key, 0, 0, 0)
        let limit = Float((6 / Double(rows)).squareRoot())
        unpadded = draws.values.map { ($0 * 2 - 1) * limit }
    }
}
