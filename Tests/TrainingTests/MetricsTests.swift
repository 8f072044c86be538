import Foundation
import Tensors
import Testing

@testable import Training

/// Metrics of three classes over rows of outputs.
private func metrics(_ rows: [[Float]], _ labels: [Int32]) -> ClassMetrics {
    var metrics = ClassMetrics(classes: 3)
    // Behind each row stands what must not count.
    let outputs = Buffer(rows.flatMap { $0 + [99] })
    for (row, label) in labels.enumerated() {
        metrics.add(UnsafeBufferPointer(start: outputs.pointer + 4 * row, count: 3), label: Int(label))
    }
    return metrics
}

struct MetricsTests {
    /// Found: 0, 1, 1, 2, 0; labels: 0, 1, 2, 2, 1.
    private let rows: [[Float]] = [[3, 1, 2], [0, 5, -1], [-1, 2, 1], [0, 0, 4], [7, 6, 5]]
    private let labels: [Int32] = [0, 1, 2, 2, 1]

    @Test func `classes are confused as counted by hand`() {
        let found = metrics(rows, labels)
        #expect(found.count == 5)
        #expect(found.confusion == [[1, 0, 0], [1, 1, 0], [0, 1, 1]].flatMap { $0 })
        #expect(found.accuracy == 0.6)
        #expect([0, 1, 2].map(found.recall) == [1, 0.5, 0.5])
        #expect([0, 1, 2].map(found.precision) == [0.5, 0.5, 1])
    }

    @Test func `a label is among the largest so many`() {
        let found = metrics(rows, labels)
        #expect([1, 2, 3, 4].map(found.top) == [0.6, 1, 1, 1])
        // Of equal outputs the first is the larger one.
        let equal = metrics([[1, 1, 1], [1, 1, 1], [2, 1, 1]], [0, 2, 1])
        #expect([1, 2, 3].map(equal.top) == [1, 2, 3].map { Double($0) / 3 })
    }

    @Test func `a class that never comes has no rates`() {
        let found = metrics([[1, 0, 0], [3, 1, 2], [5, 4, 0]], [0, 0, 0])
        #expect(found.recall(1).isNaN && found.precision(2).isNaN)
        #expect(found.recall(0) == 1)
    }

    @Test func `calibration compares confidence with success in bins`() {
        // Logits whose softmax is [p, (1 − p) / 2, (1 − p) / 2].
        func row(_ p: Double) -> [Float] { [Float(log(p / ((1 - p) / 2))), 0, 0] }
        // Two samples in the bin 0.6 to 0.667, one of them right; one in 0.867 to 0.933, right.
        let found = metrics([row(0.61), row(0.65), row(0.9)], [0, 1, 0])
        let wanted = (abs(1 - (0.61 + 0.65)) + abs(1 - 0.9)) / 3
        #expect(abs(found.calibrationError - wanted) < 1e-6)
        // In one bin the errors would make up for each other.
        #expect(abs(wanted - abs(2 - (0.61 + 0.65 + 0.9)) / 3) > 0.05)
    }

    @Test func `certainty is in the last bin`() {
        #expect(metrics([[500, 0, 0], [500, 0, 0], [0, 500, 0]], [0, 0, 1]).calibrationError == 0)
        #expect(metrics([[500, 0, 0], [500, 0, 0], [0, 500, 0]], [1, 1, 0]).calibrationError == 1)
    }

    @Test func `outputs that are no numbers are right nowhere`() {
        let nan = Float.nan
        let found = metrics([[nan, nan, nan], [nan, 1, 0], [0, 2, 1]], [0, 1, 1])
        #expect(found.accuracy == 1.0 / 3)
        #expect(found.confusion.reduce(0, +) == 2)
    }

    @Test func `the peak signal-to-noise ratio of all differences`() {
        var metrics = SampleMetrics()
        let (outputs, targets) = (
            Buffer<Float>([0.5, 0.25, 9, 9, 1, 0, 9, 9]), Buffer<Float>([0.25, 0.25, 0.5, 0.75])
        )
        metrics.add(outputs.pointer, stride: 4, channels: 2, targets: targets.pointer, rows: 2)
        let meanSquare = (0.0625 + 0 + 0.25 + 0.5625) / 4
        #expect(metrics.meanSquare == meanSquare)
        #expect(abs(metrics.peakSignalToNoise - 10 * log10(1 / meanSquare)) < 1e-12)
        var same = SampleMetrics()
        same.add(targets.pointer, stride: 4, channels: 4, targets: targets.pointer, rows: 1)
        #expect(same.peakSignalToNoise == .infinity)
    }

    @Test func `a trainer measures classes or samples`() throws {
        let samples = Samples(count: 9, shape: [6], classes: 3)
        let model = try Fixture.model([.dense(3)], input: [6], classes: 3)
        let trainer = Trainer(model, optimizer: .sgd(SGDConfig()))
        var parts = ModelMetrics(ModelLoss(.crossEntropy), classes: 3)
        trainer.measure(samples.batch(0..<4), into: &parts)
        trainer.measure(samples.batch(4..<9), into: &parts)
        let whole = trainer.evaluate(samples.batch(0..<9))[0]
        #expect(parts.count == 9)
        #expect(parts.losses[0].correct == whole.correct)
        #expect(parts.classes?.accuracy == Double(whole.correct!) / 9)
        #expect(abs(parts.loss - whole.mean) < 1e-6)

        var config = TrainConfig(epochs: 1)
        config.loss = ModelLoss(LossConfig(.squared, target: .clean))
        let autoencoder = Trainer(
            try Fixture.model([.dense(6)], input: [6], classes: 6), config, stepsPerEpoch: 1)
        var batch = samples.batch(0..<8)
        let clean = Fixture.buffer(24, seed: 19)
        (batch.clean, batch.views) = (UnsafePointer(clean.pointer), 2)
        var metrics = ModelMetrics(config.loss, classes: 3)
        autoencoder.measure(batch, into: &metrics)
        #expect(metrics.classes == nil)
        #expect(abs(metrics.samples!.meanSquare - metrics.loss) < 1e-6)
    }
}
