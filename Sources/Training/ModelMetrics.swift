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
    /// How close the model's inputs are to the samples; nil where `samples` is.
    package internal(set) var inputs: SampleMetrics?
    /// How each sample by itself was judged, in order: 1 where its class was found and 0 where not, or the mean square of its
    /// differences; empty where outputs are neither classes nor samples. What runs are compared by, sample for sample.
    package internal(set) var outcomes: [Float] = []

    /// - Parameter classes: of the data; taken where the loss judges classes.
    package init(_ loss: LossConfig, classes: Int) {
        switch loss.target {
        case .labels: self.classes = ClassMetrics(classes: classes)
        case .clean: (samples, inputs) = (SampleMetrics(), SampleMetrics())
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
        if metrics.classes != nil {
            for row in 0..<batch.count {
                let outputs = UnsafeBufferPointer(
                    start: output.values.pointer + row * output.stride, count: output.channels)
                let isRight = metrics.classes!.add(outputs, label: Int(batch.labels[row]))
                metrics.outcomes.append(isRight ? 1 : 0)
            }
        }
        guard metrics.samples != nil, let clean = batch.clean else { return }
        let size = output.shape.count
        for row in 0..<batch.count {
            let targets = clean + row / batch.views * size
            let meanSquare = metrics.samples!.add(
                output.values.pointer + row * output.sampleStride, stride: output.stride,
                channels: output.channels, targets: targets, rows: output.positions)
            metrics.outcomes.append(Float(meanSquare))
            metrics.inputs!.add(
                batch.values + row * size, stride: size, channels: size, targets: targets, rows: 1)
        }
    }
}
