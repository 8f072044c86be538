import Tensors

/// All that is measured of a model on a set of samples.
package struct ModelMetrics: Equatable, Sendable {
    package internal(set) var loss = LossResult()
    /// Samples, counted by views.
    package internal(set) var count = 0
    /// Nil where outputs are no classes.
    package internal(set) var classes: ClassMetrics?
    /// Nil where outputs are no samples.
    package internal(set) var samples: SampleMetrics?

    /// - Parameter classes: of the data; taken where the loss judges classes.
    package init(_ loss: LossConfig, classes: Int) {
        switch loss.target {
        case .labels: self.classes = ClassMetrics(classes: classes)
        case .clean: samples = SampleMetrics()
        case .tokens: break
        }
    }
}

extension Trainer {
    /// Measures the model on a batch, without dropout and without changing anything.
    package func measure(_ batch: Batch, into metrics: inout ModelMetrics) {
        metrics.loss.add(evaluate(batch))
        metrics.count += batch.count
        let output = model.output
        metrics.classes?.add(
            output.values.pointer, stride: output.stride, labels: batch.labels, count: batch.count)
        guard metrics.samples != nil, let clean = batch.clean else { return }
        for row in 0..<batch.count {
            metrics.samples!.add(
                output.values.pointer + row * output.sampleStride, stride: output.stride,
                channels: output.channels, targets: clean + row / batch.views * output.shape.count,
                rows: output.positions)
        }
    }
}
