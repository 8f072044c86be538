import VectorKernels

/// An exponential moving average of all weights, which often does better on new samples than the weights themselves (Polyak &
/// Juditsky 1992): average ← average + (1 − d) · (weight − average) after each step.
///
/// d is the smaller one of `decay` and (1 + t) / (10 + t) after t steps, so that the first weights are soon forgotten.
final class WeightAverages {
    private let weights: [Weight]
    private let engine: Engine
    private let decay: Double
    private let region: Region<ApproachTask>

    init(_ weights: [Weight], decay: Double, engine: Engine) {
        for weight in weights { weight.startAverage() }
        (self.weights, self.decay, self.engine) = (weights, decay, engine)
        region = Region(engine.pool)
    }

    /// `steps` have been taken.
    func update(steps: Int) {
        let share = Float(1 - min(decay, Double(1 + steps) / Double(10 + steps)))
        // An iterator over objects would allocate in debug builds.
        for index in 0..<weights.count {
            let weight = weights[index]
            let task = ApproachTask(
                average: weight.average!.pointer, values: weight.values.pointer, share: share,
                count: weight.values.count, kernels: engine.kernels)
            region.run(task, multiplications: weight.values.count)
        }
    }
}

/// Brings one weight's average forward, each thread a part of it.
private struct ApproachTask: ParallelTask {
    let average: UnsafeMutablePointer<Float>
    let values: UnsafePointer<Float>
    let share: Float
    let count: Int
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let own = part(thread, of: threads, count: count, unit: 16)
        kernels.training.approach(average + own.lowerBound, values + own.lowerBound, share, own.count)
    }
}
