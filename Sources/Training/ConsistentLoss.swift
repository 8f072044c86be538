import Tensors
import VectorKernels

/// A classifier's loss, and in training how much its outputs differ between the views of each sample: `strength` times the mean
/// of `ViewDivergence` (AugMix: Hendrycks et al. 2020, eq. 3).
final class ConsistentLoss: LossFunction {
    private let base: any LossFunction
    private let logits: Activation
    private let strength: Double
    private let engine: Engine
    private let losses: Buffer<Float>
    private let normalisers: Buffer<Float>
    private let region: Region<ViewDivergenceTask>

    init(_ base: any LossFunction, of logits: Activation, strength: Double, engine: Engine) {
        (self.base, self.logits, self.strength, self.engine) = (base, logits, strength, engine)
        let rows = engine.memory.capacity * logits.positions
        (losses, normalisers) = (Buffer(count: rows), Buffer(count: rows))
        region = Region(engine.pool)
    }

    func begin(_ batch: Batch) { base.begin(batch) }

    func evaluate(_ batch: Batch, gradientScale: Double?) -> LossResult {
        var result = base.evaluate(batch, gradientScale: gradientScale)
        guard let gradientScale, batch.views > 1 else { return result }
        let rows = batch.count * logits.positions
        let divergence = ViewDivergence(
            logits: logits.values.pointer, stride: logits.stride, classes: logits.channels,
            samples: batch.count / batch.views, views: batch.views, positions: logits.positions,
            losses: losses.pointer, normalisers: normalisers.pointer, gradient: logits.gradient!.pointer,
            scale: Float(gradientScale * strength / Double(rows)))
        region.run(
            ViewDivergenceTask(divergence: divergence, kernels: engine.kernels),
            multiplications: rows * logits.stride * 64 * batch.views)
        var sum = 0.0
        for row in 0..<rows { sum += Double(losses.pointer[row]) }
        // As a part of the mean.
        result.lossSum += strength * sum / Double(rows) * result.weight
        return result
    }
}

/// Compares the views of all samples, each thread those of some.
private struct ViewDivergenceTask: ParallelTask {
    let divergence: ViewDivergence
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let samples = part(thread, of: threads, count: divergence.samples, unit: 1)
        kernels.training.losses.viewDivergence(divergence.part(samples))
    }
}
