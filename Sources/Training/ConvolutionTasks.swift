import Tensors
import VectorKernels

/// Convolves in either direction, each thread some of the samples.
struct ConvolutionTask: ParallelTask {
    /// Whose workspace is the first thread's; the others' follow.
    let pass: ConvolutionPass
    let samples: Int
    let kernels: ConvolutionKernels

    func work(thread: Int, threads: Int) {
        var pass = pass
        pass.workspace += thread * pass.geometry.workspaceCount
        kernels.convolve(pass, part(thread, of: threads, count: samples, unit: 1))
    }
}

/// Lets through the gradient of what a ReLU has let through, each thread some of it.
struct RectifiedGradientTask: ParallelTask {
    let target: UnsafeMutablePointer<Float>
    let values: UnsafePointer<Float>
    let gradient: UnsafePointer<Float>
    let count: Int
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        let share = part(thread, of: threads, count: count, unit: 16)
        let begin = share.lowerBound
        kernels.rectifyBackward(target + begin, values + begin, gradient + begin, share.count)
    }
}

/// Sums the gradient of the weights, each thread some pieces of it.
struct ConvolutionWeightTask: ParallelTask {
    /// Whose workspace is the first thread's; the others' follow.
    let pass: ConvolutionWeightPass
    let kernels: ConvolutionKernels

    func work(thread: Int, threads: Int) {
        var pass = pass
        pass.workspace += thread * pass.geometry.workspaceCount
        let pieces = part(thread, of: threads, count: pass.pieces, unit: 1)
        if !pieces.isEmpty { kernels.sumWeights(pass, pieces) }
    }
}

/// Brings weights forward, each thread some of the rows.
private struct ConvolutionUpdateTask: ParallelTask {
    let weight: WeightPanel
    let update: WeightUpdate
    let kernels: TrainingKernels

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
struct ConvolutionGradients {
    let weight: PlannedMemory
    let bias: PlannedMemory
    private let engine: Engine
    private let multiplications: Int
    private let sumRegion: Region<ConvolutionWeightTask>
    private let updateRegion: Region<ConvolutionUpdateTask>

    init(_ geometry: ConvolutionGeometry, engine: Engine) {
        weight = engine.memory.scratch(geometry.weightCount, in: .backward)
        bias = engine.memory.scratch(max(geometry.outputStride, geometry.inputStride), in: .backward)
        self.engine = engine
        multiplications = geometry.multiplications
        sumRegion = Region(engine.pool)
        updateRegion = Region(engine.pool)
    }

    func sum(_ pass: ConvolutionWeightPass) {
        sumRegion.run(
            ConvolutionWeightTask(pass: pass, kernels: engine.kernels.convolution),
            multiplications: pass.samples * multiplications)
    }

    func apply(_ update: WeightUpdate, weight: Weight, bias: Weight) {
        if weight.isTrained {
            let task = ConvolutionUpdateTask(
                weight: weight.firstPanel(gradient: self.weight.pointer), update: update,
                kernels: engine.kernels.training)
            updateRegion.run(task, multiplications: weight.values.count * 8)
        }
        update.apply(to: bias, gradient: self.bias.pointer, engine.kernels.training)
    }
}
