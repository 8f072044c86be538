import Tensors
import VectorKernels

/// A transposed convolution: forward it is what a convolution is backward, and the other way round (Dumoulin & Visin 2016,
/// §4).
///
/// - Shapes: x `[batch, height, width, channels]`, y `[batch, height, width, outputs]`; weight `[kernel height, kernel width,
///   outputs / groups, channels]`, as the convolution from y to x has it; bias `[outputs]`.
/// - Start: bias zero, weight as `WeightStart` says, with as many inputs as an output sees on average; `heUniform` where
///   nothing else is said.
/// - Threads: as `Convolution`'s.
final class TransposedConvolution: Layer {
    let weight: Weight
    let bias: Weight
    var weights: [Weight] { [weight, bias] }
    let output: Activation

    var multiplications: Multiplications {
        Multiplications(products: geometry.multiplications, input: input, weights: weights)
    }

    private let engine: Engine
    private let input: Activation
    /// From y to x.
    private let geometry: ConvolutionGeometry
    /// Of every thread.
    private let workspace: PlannedMemory
    private let backwardWorkspace: PlannedMemory
    /// Of each sample, the gradient of the bias.
    private let biasSums: PlannedMemory
    private let gradients: ConvolutionGradients
    private let forwardRegion: Region<ConvolutionTask>
    private let inputRegion: Region<ConvolutionTask>

    init(
        name: String, _ input: Activation, geometry: ConvolutionGeometry, outputShape: Shape,
        start: WeightStart = .heUniform, seed: UInt64, engine: Engine
    ) {
        precondition(
            input.stride == geometry.outputStride,
            "a transposed convolution wants padded rows, got a stride of \(input.stride)")
        (self.engine, self.input, self.geometry) = (engine, input, geometry)
        let (vertical, horizontal, memory) = (geometry.vertical, geometry.horizontal, engine.memory)
        weight = engine.weight(
            "\(name).weight",
            [vertical.kernel, horizontal.kernel, geometry.groupChannels, geometry.outputs])
        bias = engine.weight("\(name).bias", [geometry.channels])
        memory.use(input)
        output = engine.output(outputShape, of: input, [weight, bias])
        let count = engine.pool.threads * geometry.workspaceCount
        workspace = memory.scratch(count, in: .forward)
        backwardWorkspace = memory.scratch(count, in: .backward)
        biasSums = memory.scratch(memory.capacity * output.stride, in: .backward)
        gradients = ConvolutionGradients(geometry, engine: engine)
        forwardRegion = Region(engine.pool)
        inputRegion = Region(engine.pool)
        let places = vertical.kernel * horizontal.kernel
        weight.begin(
            start, inputs: max(1, places * geometry.groupOutputs / (vertical.stride * horizontal.stride)),
            outputs: places * geometry.groupChannels, seed: seed, kernels: engine.kernels.noise)
    }

    func forward(_ pass: Pass) {
        run(forwardRegion, pass, .backward, from: input.values, to: output.values, bias: bias, in: workspace)
    }

    func backward(_ pass: Pass) {
        let outputGradient = output.gradient!
        if let inputGradient = input.gradient {
            run(
                inputRegion, pass, .forward, from: outputGradient, to: inputGradient, bias: nil,
                in: backwardWorkspace)
        }
        guard weight.isTrained || bias.isTrained else { return }
        var sums = ConvolutionWeightPass(
            geometry: geometry, samples: 0..<pass.count, input: outputGradient.pointer,
            gradient: input.values.pointer, weightGradient: gradients.weight.pointer, biasGradient: nil,
            workspace: backwardWorkspace.pointer)
        sums.precision = engine.precision(pass)
        gradients.sum(sums)
        sumBias(outputGradient, pass)
        gradients.apply(pass.update!, weight: weight, bias: bias)
    }

    private func run(
        _ region: Region<ConvolutionTask>, _ pass: Pass, _ direction: ConvolutionPass.Direction,
        from source: PlannedMemory, to target: PlannedMemory, bias: Weight?, in workspace: PlannedMemory
    ) {
        var convolution = ConvolutionPass(
            geometry: geometry, direction: direction, source: source.pointer, weights: weight.values.pointer,
            bias: bias.map { UnsafePointer($0.values.pointer) }, target: target.pointer,
            workspace: workspace.pointer)
        convolution.precision = engine.precision(pass)
        region.run(
            ConvolutionTask(pass: convolution, samples: pass.count, kernels: engine.kernels),
            multiplications: pass.count * geometry.multiplications)
    }

    /// Each sample's sum over its pixels, then the sum over samples.
    private func sumBias(_ gradient: PlannedMemory, _ pass: Pass) {
        let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
        let whole = PoolingPass(
            vertical: ConvolutionAxis(input: vertical.input, kernel: vertical.input),
            horizontal: ConvolutionAxis(input: horizontal.input, kernel: horizontal.input),
            stride: output.stride, source: gradient.pointer, target: biasSums.pointer)
        engine.kernels.convolution.sumWindows(whole, false, 0..<pass.count)
        engine.kernels.layers.sumRows(
            gradients.bias.pointer, biasSums.pointer, pass.count, output.stride, output.stride)
    }
}
