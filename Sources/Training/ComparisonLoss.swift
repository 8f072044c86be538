import Tensors
import VectorKernels

/// Compares each output with a target of its own; the mean is over the elements that count, or for the cosine over rows.
final class ComparisonLoss: LossFunction {
    private let engine: Engine
    private let output: Activation
    private let config: LossConfig
    private let losses: Buffer<Double>
    private let region: Region<ComparisonTask>
    /// Targets that do not lie in a batch as outputs do: of labels, and of several views of a sample.
    private var ownTargets: Buffer<Float>?

    /// - Parameter output: one of a model's, whose gradient this writes.
    init(of output: Activation, _ config: LossConfig, engine: Engine) {
        (self.output, self.config, self.engine) = (output, config, engine)
        losses = Buffer(count: engine.memory.capacity)
        region = Region(engine.pool)
    }

    func evaluate(_ batch: Batch, gradientScale: Double?) -> LossResult {
        let mask = config.over == .all ? nil : batch.mask
        var loss = ElementLoss(
            outputs: output.values.pointer, stride: output.stride, targets: targets(of: batch), mask: mask,
            counted: config.over == .hidden ? 1 : 0, samples: batch.count, positions: output.positions,
            channels: output.channels, losses: losses.pointer,
            gradient: gradientScale == nil ? nil : output.gradient!.pointer, scale: 0)
        let weight = count(loss)
        if let gradientScale, weight > 0 { loss.scale = Float(gradientScale) / Float(weight) }
        region.run(
            ComparisonTask(loss: loss, formula: config.formula, kernels: engine.kernels),
            multiplications: batch.count * output.sampleStride * 16)
        var result = LossResult(lossSum: 0, weight: Double(weight))
        for sample in 0..<batch.count { result.lossSum += losses.pointer[sample] }
        if config.judgesClasses { result.correct = correct(batch) }
        return result
    }

    /// How many elements, or rows for the cosine, count.
    private func count(_ loss: ElementLoss) -> Int {
        let rows = loss.samples * loss.positions
        let (groups, size) =
            config.formula == .cosine ? (rows, loss.channels) : (rows * loss.channels, 1)
        guard let mask = loss.mask else { return groups }
        return engine.kernels.training.losses.countGroups(mask, loss.counted, groups, size)
    }

    private func targets(of batch: Batch) -> UnsafePointer<Float> {
        let size = output.positions * output.channels
        switch config.target {
        case .clean:
            guard let clean = batch.clean else {
                preconditionFailure("the loss wants clean samples, the pipeline keeps none")
            }
            if batch.views == 1 { return clean }
            let own = makeOwnTargets()
            for row in 0..<batch.count {
                (own + row * size).update(from: clean + row / batch.views * size, count: size)
            }
            return UnsafePointer(own)
        case .tokens: preconditionFailure("tokens are classes, no numbers to compare")
        case .labels:
            if let targets = batch.targets { return targets }
            let own = makeOwnTargets()
            own.update(repeating: 0, count: batch.count * size)
            for row in 0..<batch.count { own[row * size + Int(batch.labels[row])] = 1 }
            return UnsafePointer(own)
        }
    }

    /// Once the first batch shows that it is needed.
    private func makeOwnTargets() -> UnsafeMutablePointer<Float> {
        if ownTargets == nil { ownTargets = Buffer(count: engine.memory.capacity * output.shape.count) }
        return ownTargets!.pointer
    }

    private func correct(_ batch: Batch) -> Int {
        var correct = 0
        for row in 0..<batch.count {
            let outputs = output.values.pointer + row * output.stride
            var best = 0
            for index in 1..<max(1, output.channels) where outputs[index] > outputs[best] { best = index }
            if best == Int(batch.labels[row]) { correct += 1 }
        }
        return correct
    }
}

/// Computes the losses of all samples, each thread those of some.
private struct ComparisonTask: ParallelTask {
    let loss: ElementLoss
    let formula: LossConfig.Formula
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let samples = part(thread, of: threads, count: loss.samples, unit: 1)
        let part = loss.part(samples)
        switch formula {
        case .binaryCrossEntropy: kernels.training.losses.binaryCrossEntropy(part)
        case .squared: kernels.training.losses.squaredError(part)
        case .absolute: kernels.training.losses.absoluteError(part)
        case .huber(let delta): kernels.training.losses.huberError(part, HuberError(delta: Float(delta)))
        case .cosine: kernels.training.losses.cosine(CosineLoss(rows: part))
        case .crossEntropy: preconditionFailure("cross-entropy is no comparison of elements")
        }
    }
}
