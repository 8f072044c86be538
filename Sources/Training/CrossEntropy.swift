import Tensors
import VectorKernels

/// The loss of a classifier: −Σₖ target[k] · ln softmax(logits)[k], with the gradient of its mean over the batch.
final class CrossEntropy {
    private let engine: Engine
    private let classes: Int
    private let losses: Buffer<Float>
    private let gradient: Buffer<Float>

    init(classes: Int, engine: Engine) {
        (self.classes, self.engine) = (classes, engine)
        losses = Buffer(count: engine.capacity)
        gradient = .rows(engine.capacity, stride: paddedTo16(classes))
    }

    /// `targets` are the shares of the classes in each row's label, `[count, classes]`; nil for the labels alone.
    ///
    /// Returns the sum of the rows' losses, taken in their order, and how many rows are classified rightly.
    func evaluate(
        _ logits: Rows, labels: UnsafePointer<Int32>, targets: UnsafePointer<Float>? = nil, count: Int,
        wantsGradient: Bool = false
    ) -> (lossSum: Double, correct: Int) {
        for row in 0..<count {
            precondition(
                labels[row] >= 0 && labels[row] < classes, "label \(labels[row]) is outside 0..<\(classes)")
        }
        let correct = engine.kernels.training.losses.softmaxCrossEntropy(
            SoftmaxCrossEntropy(
                logits: logits.values, stride: logits.stride, rows: count, classes: classes, labels: labels,
                targets: targets, losses: losses.pointer, gradient: wantsGradient ? gradient.pointer : nil,
                scale: 1 / Float(count)))
        var sum = 0.0
        for row in 0..<count { sum += Double(losses.pointer[row]) }
        return (sum, correct)
    }

    /// The gradient of the mean loss, after `evaluate` with `wantsGradient`.
    var logitsGradient: Rows { Rows(values: gradient.pointer, stride: paddedTo16(classes)) }
}
