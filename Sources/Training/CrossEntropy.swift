import Tensors
import VectorKernels

/// The loss of a classifier: see `SoftmaxCrossEntropy`. The mean is over the weights of the samples' classes.
final class CrossEntropy: LossFunction {
    private let engine: Engine
    private let logits: Activation
    private let smoothing: Float
    private let classWeights: Buffer<Float>?
    private let losses: Buffer<Float>
    /// By thread, a cache line apart.
    private let correct: Buffer<Int>
    private let region: Region<CrossEntropyTask>
    /// That of the batch at work, and what its rows weigh.
    private let entropy: UnsafeMutablePointer<SoftmaxCrossEntropy?>
    private var weight = 0.0

    /// - Parameters:
    ///   - logits: a model's output, `[classes]`, or so many for each position, whose gradient this writes.
    ///   - classWeights: one for each class; none: all 1.
    init(of logits: Activation, smoothing: Double = 0, classWeights: [Double] = [], engine: Engine) {
        let classes = logits.channels
        precondition(
            classWeights.isEmpty || classWeights.count == classes,
            "\(classes) classes want as many weights, got \(classWeights.count)")
        (self.logits, self.engine, self.smoothing) = (logits, engine, Float(smoothing))
        self.classWeights = classWeights.isEmpty ? nil : Buffer(classWeights.map { Float($0) })
        losses = Buffer(count: engine.memory.capacity * logits.positions)
        correct = Buffer(count: engine.pool.threads * CrossEntropyTask.slot)
        region = Region(engine.pool)
        entropy = .allocate(capacity: 1)
        entropy.initialize(to: nil)
    }

    deinit {
        entropy.deinitialize(count: 1)
        entropy.deallocate()
    }

    func evaluate(_ batch: Batch, gradientScale: Double?) -> LossResult {
        evaluate(
            labels: batch.labels, targets: batch.targets, count: batch.count, gradientScale: gradientScale)
    }

    /// What `evaluate` does for some samples after others, each time between `beginSamples` and `result`.
    func makeStep() -> SampleStep { SampleStep(task) }

    func beginSamples(_ batch: Batch, gradientScale: Double) {
        begin(labels: batch.labels, targets: batch.targets, count: batch.count, gradientScale: gradientScale)
    }

    /// `targets` are the shares of the classes in each row's label, `[count, classes]`; nil for the labels alone. Rows whose
    /// weight is 0 are left out; nil: all count 1.
    func evaluate(
        labels: UnsafePointer<Int32>, targets: UnsafePointer<Float>? = nil,
        rowWeights: UnsafePointer<Float>? = nil, count: Int, gradientScale: Double? = nil
    ) -> LossResult {
        begin(
            labels: labels, targets: targets, rowWeights: rowWeights, count: count,
            gradientScale: gradientScale)
        region.run(task, multiplications: count * logits.stride * 256)
        return result(count: count)
    }

    private func begin(
        labels: UnsafePointer<Int32>, targets: UnsafePointer<Float>?,
        rowWeights: UnsafePointer<Float>? = nil, count: Int, gradientScale: Double?
    ) {
        let classes = logits.channels
        for row in 0..<count where rowWeights.map({ $0[row] != 0 }) ?? true {
            precondition(
                labels[row] >= 0 && labels[row] < classes, "label \(labels[row]) is outside 0..<\(classes)")
        }
        var entropy = SoftmaxCrossEntropy(
            logits: logits.values.pointer, stride: logits.stride, rows: count, classes: classes,
            labels: labels, targets: targets, smoothing: smoothing,
            classWeights: classWeights.map { UnsafePointer($0.pointer) }, rowWeights: rowWeights,
            losses: losses.pointer,
            gradient: gradientScale == nil ? nil : logits.gradient!.pointer, scale: 0)
        weight = engine.kernels.training.losses.softmaxTotalWeight(entropy)
        if let gradientScale, weight > 0 { entropy.scale = Float(gradientScale / weight) }
        for thread in 0..<engine.pool.threads { correct.pointer[thread * CrossEntropyTask.slot] = 0 }
        self.entropy.pointee = entropy
    }

    private var task: CrossEntropyTask {
        CrossEntropyTask(entropy: entropy, correct: correct.pointer, kernels: engine.kernels)
    }

    /// What was found in so many rows, which are all.
    func result(count: Int) -> LossResult {
        var result = LossResult(lossSum: 0, weight: weight, correct: 0)
        for row in 0..<count { result.lossSum += Double(losses.pointer[row]) }
        for thread in 0..<engine.pool.threads {
            result.correct! += correct.pointer[thread * CrossEntropyTask.slot]
        }
        return result
    }
}

/// Computes the losses of all rows, each thread some of them.
private struct CrossEntropyTask: ParallelTask, SampleTask {
    let entropy: UnsafePointer<SoftmaxCrossEntropy?>
    let correct: UnsafeMutablePointer<Int>
    let kernels: KernelTable

    /// From one thread's count to the next one's.
    static let slot = 8

    func work(thread: Int, threads: Int) {
        let rows = part(thread, of: threads, count: entropy.pointee!.rows, unit: 1)
        work(SampleShare(samples: rows, thread: thread))
    }

    func work(_ share: SampleShare) {
        let rows = entropy.pointee!.part(share.samples)
        correct[share.thread * Self.slot] += kernels.training.losses.softmaxCrossEntropy(rows)
    }
}
