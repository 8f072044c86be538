import Tensors

/// All that is measured of a model on a set of samples.
package struct ModelMetrics: Equatable, Sendable {
    /// By output.
    package internal(set) var losses: [LossResult]
    /// Samples, counted by views.
    package internal(set) var count = 0
    /// Of the first output that tells classes; nil where none does.
    package internal(set) var classes: ClassMetrics?
    /// Of the first output that gives samples; nil where none does.
    package internal(set) var samples: SampleMetrics?
    /// How close the model's inputs are to the samples; nil where `samples` is.
    package internal(set) var inputs: SampleMetrics?
    /// How each sample by itself was judged, in order: 1 where its class was found and 0 where not, or, where no output tells
    /// classes, the mean square of its differences; empty where there are no samples either. What runs are compared by, sample
    /// for sample.
    package internal(set) var outcomes: [Float] = []
    fileprivate let model: ModelLoss

    /// - Parameter classes: of the data; taken where a loss judges classes.
    package init(_ model: ModelLoss, classes: Int) {
        self.model = model
        losses = Array(repeating: LossResult(), count: model.heads.count)
        if model.first(.labels) != nil { self.classes = ClassMetrics(classes: classes) }
        if model.first(.clean) != nil { (samples, inputs) = (SampleMetrics(), SampleMetrics()) }
    }

    /// The mean; of several heads the weighted sum.
    package var loss: Double { model.mean(losses) }
}

extension Trainer {
    /// Measures the model on a batch, without dropout and without changing anything.
    package func measure(_ batch: Batch, into metrics: inout ModelMetrics) {
        for (index, result) in evaluate(batch).enumerated() { metrics.losses[index].add(result) }
        metrics.count += batch.count
        if let head = metrics.model.first(.labels) {
            let output = model.outputs[head]
            for row in 0..<batch.count {
                let outputs = UnsafeBufferPointer(
                    start: output.values.pointer + row * output.stride, count: output.channels)
                let isRight = metrics.classes!.add(outputs, label: Int(batch.labels[row]))
                metrics.outcomes.append(isRight ? 1 : 0)
            }
        }
        guard let head = metrics.model.first(.clean), let clean = batch.clean else { return }
        let output = model.outputs[head]
        let size = output.shape.count
        for row in 0..<batch.count {
            let targets = clean + row / batch.views * size
            let meanSquare = metrics.samples!.add(
                output.values.pointer + row * output.sampleStride, stride: output.stride,
                channels: output.channels, targets: targets, rows: output.positions)
            if metrics.classes == nil { metrics.outcomes.append(Float(meanSquare)) }
            metrics.inputs!.add(
                batch.values + row * size, stride: size, channels: size, targets: targets, rows: 1)
        }
    }
}
