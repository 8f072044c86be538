import Tensors
import VectorKernels

/// A convolution, y = bias + Σ weight · x over each output's window; with ReLU and 2 × 2 max-pooling behind it, where a
/// model has them, in the same pass.
///
/// - Shapes: x `[batch, height, width, channels]`, y `[batch, height, width, outputs]`, or without heights; weight
///   `[kernel height, kernel width, channels / groups, outputs]`; bias `[outputs]`.
/// - Start: bias zero, weight as `WeightStart` says, with kernel height · kernel width · channels / groups inputs;
///   `heUniform` where nothing else is said.
/// - Threads share samples; see `ConvolutionGradients` for the weights' gradient.
final class Convolution: Layer {
    /// What is done to sums before they are stored.
    enum Following { case nothing, relu, reluAndPooling }

    let weight: Weight
    let bias: Weight
    var weights: [Weight] { [weight, bias] }
    let output: Activation

    var multiplications: Multiplications {
        Multiplications(products: geometry.multiplications, input: input, weights: weights)
    }

    private let engine: Engine
    private let input: Activation
    private let geometry: ConvolutionGeometry
    private let following: Following
    /// Of every thread.
    private let workspace: PlannedMemory
    private let backwardWorkspace: PlannedMemory
    /// Which pixels won their windows.
    private let winners: PlannedMemory
    /// The output's gradient where the ReLU lets it through.
    private let rectified: PlannedMemory
    private let gradients: ConvolutionGradients
    private let forwardRegion: Region<ConvolutionTask>
    private let rectifiedRegion: Region<RectifyGradientTask>
    private let inputRegion: Region<ConvolutionTask>

    /// - Parameter outputShape: of one sample, behind what follows.
    init(
        name: String, _ input: Activation, geometry: ConvolutionGeometry, outputShape: Shape,
        following: Following, start: WeightStart = .heUniform, seed: UInt64, engine: Engine
    ) {
        var geometry = geometry
        geometry.inputStride = input.stride
        (self.engine, self.input, self.following, self.geometry) = (engine, input, following, geometry)
        let memory = engine.memory
        precondition(
            input.gradient == nil || input.stride % 16 == 0,
            "a convolution's gradient wants padded rows, got a stride of \(input.stride)")
        weight = engine.weight(
            "\(name).weight",
            [
                geometry.vertical.kernel, geometry.horizontal.kernel, geometry.groupChannels,
                geometry.outputs,
            ])
        bias = engine.weight("\(name).bias", [geometry.outputs])
        memory.use(input)
        output = engine.output(outputShape, of: input, [weight, bias])
        let count = engine.pool.threads * geometry.workspaceCount
        workspace = memory.scratch(count, in: .forward)
        backwardWorkspace = memory.scratch(count, in: .backward)
        let values = memory.capacity * output.sampleStride
        winners = memory.scratch(following == .reluAndPooling ? values : 0, in: .forwardToBackward)
        rectified = memory.scratch(following == .relu ? values : 0, in: .backward)
        gradients = ConvolutionGradients(geometry, engine: engine)
        forwardRegion = Region(engine.pool)
        rectifiedRegion = Region(engine.pool)
        inputRegion = Region(engine.pool)
        weight.begin(
            start, inputs: geometry.weightRows,
            outputs: geometry.vertical.kernel * geometry.horizontal.kernel * geometry.groupOutputs,
            seed: seed,
            kernels: engine.kernels.noise)
    }

    func forward(_ pass: Pass) {
        var convolution = ConvolutionPass(
            geometry: geometry, direction: .forward, source: input.values.pointer,
            weights: weight.values.pointer, bias: bias.values.pointer, target: output.values.pointer,
            rectifies: following != .nothing, winners: winnersPointer, workspace: workspace.pointer)
        convolution.precision = engine.precision(pass)
        forwardRegion.run(
            ConvolutionTask(pass: convolution, samples: pass.count, kernels: engine.kernels),
            multiplications: pass.count * geometry.multiplications)
    }

    func backward(_ pass: Pass) {
        var gradient = output.gradient!.pointer!
        if following == .relu {
            let task = RectifyGradientTask(
                out: rectified.pointer, y: output.values.pointer, gradient: gradient,
                size: output.sampleStride, count: pass.count, kernels: engine.kernels)
            rectifiedRegion.run(task, multiplications: pass.count * output.sampleStride)
            gradient = rectified.pointer
        }
        if let inputGradient = input.gradient { findInputGradient(inputGradient, gradient, pass) }
        guard weight.isTrained || bias.isTrained else { return }
        var sums = ConvolutionWeightPass(
            geometry: geometry, samples: 0..<pass.count, input: input.values.pointer, gradient: gradient,
            winners: winnersPointer.map { UnsafePointer($0) },
            weightGradient: gradients.weight.pointer, biasGradient: gradients.bias.pointer,
            workspace: backwardWorkspace.pointer)
        sums.precision = engine.precision(pass)
        gradients.sum(sums)
        gradients.apply(pass.update!, weight: weight, bias: bias)
    }

    private func findInputGradient(
        _ inputGradient: PlannedMemory, _ gradient: UnsafePointer<Float>, _ pass: Pass
    ) {
        var convolution = ConvolutionPass(
            geometry: geometry, direction: .backward, source: gradient, weights: weight.values.pointer,
            target: inputGradient.pointer, winners: winnersPointer, workspace: backwardWorkspace.pointer)
        convolution.precision = engine.precision(pass)
        inputRegion.run(
            ConvolutionTask(pass: convolution, samples: pass.count, kernels: engine.kernels),
            multiplications: pass.count * geometry.multiplications)
    }

    private var winnersPointer: UnsafeMutablePointer<UInt32>? {
        guard following == .reluAndPooling else { return nil }
        return winners.words(engine.memory.capacity * output.sampleStride)
    }
}

extension ConvolutionGeometry {
    /// Of one sample.
    var multiplications: Int {
        vertical.output * horizontal.output * vertical.kernel * horizontal.kernel * groupChannels * outputs
    }
}
