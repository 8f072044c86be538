import Tensors
import VectorKernels

/// The loss of a classifier: −Σₖ target[k] · ln softmax(logits)[k], with the gradient of its mean over the batch.
final class CrossEntropy {
    private let engine: Engine
    private let classes: Int
    private let logits: Activation
    private let losses: Buffer<Float>

    /// - Parameter logits: a model's output, `[classes]`, whose gradient this writes.
    init(of logits: Activation, engine: Engine) {
        (self.logits, self.engine, classes) = (logits, engine, logits.channels)
        losses = Buffer(count: engine.memory.capacity)
    }

    /// `targets` are the shares of the classes in each row's label, `[count, classes]`; nil for the labels alone.
    ///
    /// Returns the sum of the rows' losses, taken in their order, and how many rows are classified rightly.
    func evaluate(
        labels: UnsafePointer<Int32>, targets: UnsafePointer<Float>? = nil, count: Int,
        wantsGradient: Bool = false
    ) -> (lossSum: Double, correct: Int) {
        for row in 0..<count {
            precondition(
                labels[row] >= 0 && labels[row] < classes, "label \(labels[row]) is outside 0..<\(classes)")
        }
        let correct = engine.kernels.training.losses.softmaxCrossEntropy(
            SoftmaxCrossEntropy(
                logits: logits.values.pointer, stride: logits.stride, rows: count, classes: classes,
                labels: labels, targets: targets, losses: losses.pointer,
                gradient: wantsGradient ? logits.gradient!.pointer : nil, scale: 1 / Float(count)))
        var sum = 0.0
        for row in 0..<count { sum += Double(losses.pointer[row]) }
        return (sum, correct)
    }
}
