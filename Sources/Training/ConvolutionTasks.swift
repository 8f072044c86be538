import Tensors
import VectorKernels

/// Convolves in either direction, each thread some of the samples.
struct ConvolutionTask: ParallelTask {
    /// Whose workspace is the first thread's; the others' follow.
    let pass: ConvolutionPass
    let samples: Int
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        var pass = pass
        pass.workspace += thread * pass.geometry.workspaceCount
        kernels.convolution.convolve(pass, part(thread, of: threads, count: samples, unit: 1))
    }
}

/// Sums the gradient of the weights, each thread for some of the chunks of samples, or some pieces of it where there is one chunk.
struct ConvolutionWeightTask: ParallelTask {
    /// Whose workspace is the first thread's, and whose sums the first chunk's; the others' follow.
    let pass: ConvolutionWeightPass
    let chunks: Int
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        var pass = pass
        pass.workspace += thread * pass.geometry.workspaceCount
        if chunks == 1 {
            let pieces = part(thread, of: threads, count: pass.pieces, unit: 1)
            if !pieces.isEmpty { kernels.convolution.sumWeights(pass, pieces) }
            return
        }
        for index in part(thread, of: threads, count: chunks, unit: 1) {
            var chunk = pass
            chunk.samples = part(index, of: chunks, count: pass.samples.count, unit: 1)
            chunk.weightGradient += index * pass.geometry.weightCount
            chunk.biasGradient = pass.biasGradient.map { $0 + index * pass.geometry.outputStride }
            kernels.convolution.sumWeights(chunk, 0..<pass.pieces)
        }
    }
}

/// Brings weights forward, each thread some of the rows.
private struct ConvolutionUpdateTask: ParallelTask {
    let weight: WeightPanel
    let update: WeightUpdate
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let rows = part(thread, of: threads, count: weight.rows, unit: 1)
        let panel = weight.part(
            rows: rows, columns: 0..<weight.columns,
            gradient: weight.gradient + rows.lowerBound * weight.gradientStride,
            gradientStride: weight.gradientStride)
        update.apply(to: panel, kernels)
    }
}

/// The gradients of a convolution's weights and bias, whole, before they bring these forward.
///
/// Threads share the weights, and each reads all samples. Where that takes longer than the sums, which it does for few weights,
/// they share the samples: in chunks, by their number alone, whose sums are added in order.
struct ConvolutionGradients {
    let weight: PlannedMemory
    let bias: PlannedMemory
    private let engine: Engine
    private let multiplications: Int
    private let most: Int
    private let sumRegion: Region<ConvolutionWeightTask>
    private let updateRegion: Region<ConvolutionUpdateTask>

    init(_ geometry: ConvolutionGeometry, engine: Engine) {
        most = geometry.weightCount <= 1 << 14 ? 8 : 1
        weight = engine.memory.scratch(most * geometry.weightCount, in: .backward)
        bias = engine.memory.scratch(most * max(geometry.outputStride, geometry.inputStride), in: .backward)
        self.engine = engine
        multiplications = geometry.multiplications
        sumRegion = Region(engine.pool)
        updateRegion = Region(engine.pool)
    }

    func sum(_ pass: ConvolutionWeightPass) {
        let (chunks, geometry) = (min(most, pass.samples.count), pass.geometry)
        let task = ConvolutionWeightTask(pass: pass, chunks: chunks, kernels: engine.kernels)
        sumRegion.run(task, multiplications: pass.samples.count * multiplications)
        if chunks == 1 { return }
        addChunks(weight.pointer, chunks, count: geometry.weightCount)
        if pass.biasGradient != nil { addChunks(bias.pointer, chunks, count: geometry.outputStride) }
    }

    private func addChunks(_ sums: UnsafeMutablePointer<Float>, _ chunks: Int, count: Int) {
        engine.kernels.layers.sumRows(sums, sums, chunks, count, count)
    }

    func apply(_ update: WeightUpdate, weight: Weight, bias: Weight) {
        if weight.isTrained {
            let task = ConvolutionUpdateTask(
                weight: weight.firstPanel(gradient: self.weight.pointer), update: update,
                kernels: engine.kernels)
            updateRegion.run(task, multiplications: weight.values.count * 8)
        }
        update.apply(to: bias, gradient: self.bias.pointer, engine.kernels)
    }
}
