import Datasets
import Pipelines
import Reports
import Tensors
import Training

/// Samples of each test set as they are, as its chain leaves them, and what a model makes of them, its reconstruction or the class
/// that it finds: `mottle evaluate --picture`.
package struct TestPicture {
    private let path: String
    private let ids: [UInt64]?
    private static let usualCount = 3
    /// More are no sheet to look at.
    private static let largestCount = 400

    /// - Parameters:
    ///   - path: where the PNG goes.
    ///   - ids: samples by their places in the data set; nil for the first three.
    package init(path: String, ids: [UInt64]?) { (self.path, self.ids) = (path, ids) }

    /// Whether it can be drawn of an experiment: asked before anything is measured.
    func check(_ experiment: Experiment, run folder: RunFolder) throws {
        guard experiment.config.train.loss.target != .tokens else {
            throw FileError(
                folder.path,
                "its model gives tokens, of which --picture has no form; it draws what models with 'target: clean' "
                    + "and 'target: labels' make of samples")
        }
        let samples = experiment.data.test
        if let ids, let wrong = ids.first(where: { !samples.ids.contains($0) }) {
            throw ConfigError(
                .program, "--samples: there is no sample \(wrong) among the \(samples.count) of the test set")
        }
        let (perSet, sets) = (drawnIDs(of: samples).count, drawnSets(of: experiment).count)
        guard perSet * sets <= Self.largestCount else {
            throw ConfigError(
                .program,
                "--samples: \(perSet) samples of each of \(sets) test sets are \(perSet * sets) to draw, at most "
                    + "\(Self.largestCount); fewer test sets are chosen with --set evaluate")
        }
    }

    /// Draws each sample on each test set.
    ///
    /// - Parameter rows: what came of the test sets, in their order.
    func write(
        _ experiment: Experiment, _ model: Model, rows: [RobustnessRow], run folder: RunFolder,
        observer: some RunObserver
    ) throws {
        let samples = experiment.data.test
        let (dataset, source) = (samples.dataset, DatasetSamples(samples))
        let findsClasses = experiment.config.train.loss.judgesClasses
        var cells: [ContactSheetSample] = []
        for index in drawnSets(of: experiment) {
            let evaluation = experiment.evaluations[index]
            let maker = SampleMaker(evaluation.traced, kernels: experiment.runtime.kernels, source: source)
            for id in drawnIDs(of: samples) {
                let made: SampleMaker.MadeSample
                do { made = try maker.make(id, epoch: 0, step: 0) } catch  where source.leavesOut(error) {
                    observer.say("sample \(id) is left out: \(error)")
                    continue
                }
                var cell = ContactSheetSample(
                    id: id, label: dataset.className(made.label), clean: made.clean,
                    corrupted: made.values, mask: made.mask)
                cell.parameters = [
                    ContactSheetValue(evaluation.config.name, rows[index].parameterText(among: rows))
                ]
                cell.parameters += made.drawn.map {
                    ContactSheetValue($0.name, Double($0.value).text(digits: 3))
                }
                let outputs = experiment.outputs(of: model, for: made)
                if findsClasses {
                    cell.parameters.append(ContactSheetValue("found", dataset.className(outputs.largest)))
                } else {
                    cell.reconstructed = experiment.reconstruction(of: made, outputs)
                    if experiment.config.metrics.contains(.psnr) { cell.parameters += cell.noiseRatios }
                }
                evaluation.traced.standardisation?.undo(&cell.corrupted)
                cells.append(cell)
            }
        }
        var sheet = ContactSheet(
            title: "test samples", facts: [ContactSheetValue("run", folder.path)],
            kind: ContactSheet.Kind(dataset), range: dataset.range, samples: cells,
            view: findsClasses ? .pair : .reconstruction)
        sheet.tokenTexts = dataset.tokenTexts(of: cells)
        try sheet.write(to: path)
    }

    private func drawnIDs(of samples: SampleSet) -> [UInt64] {
        ids ?? (0..<min(Self.usualCount, samples.ids.count)).map { samples.ids[$0] }
    }

    /// The test sets by number: without the clean one, where there are others.
    private func drawnSets(of experiment: Experiment) -> Range<Int> {
        min(1, experiment.evaluations.count - 1)..<experiment.evaluations.count
    }
}

extension Experiment {
    fileprivate func outputs(of model: Model, for made: SampleMaker.MadeSample) -> [Float] {
        let (values, outputs) = (Buffer(made.values), Buffer<Float>(count: model.outputShape.count))
        let (label, id) = (Buffer([Int32(made.label)]), Buffer([made.id]))
        let (mask, length) = (made.mask.map { Buffer($0) }, made.length.map { Buffer([Int32($0)]) })
        var batch = Batch(
            count: 1, shape: data.test.dataset.sampleShape, values: UnsafePointer(values.pointer),
            labels: UnsafePointer(label.pointer), ids: UnsafePointer(id.pointer), epoch: 0,
            mask: mask.map { UnsafePointer($0.pointer) })
        batch.lengths = length.map { UnsafePointer($0.pointer) }
        withExtendedLifetime((values, label, id, mask, length)) {
            model.writeOutputs(of: batch, to: outputs.pointer)
        }
        return outputs.values
    }

    /// What a model makes of a sample. Where it learns only of what is hidden, or of what is not, the rest is the clean sample's:
    /// nothing is asked of its outputs there.
    fileprivate func reconstruction(of made: SampleMaker.MadeSample, _ outputs: [Float]) -> [Float] {
        guard let mask = made.mask, config.train.loss.over != .all else { return outputs }
        let counts: UInt8 = config.train.loss.over == .hidden ? 1 : 0
        return mask.indices.map { mask[$0] == counts ? outputs[$0] : made.clean[$0] }
    }
}

extension [Float] {
    /// The place of the largest element, the first of equal ones.
    fileprivate var largest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}

extension ContactSheetSample {
    /// The peak signal-to-noise ratios of the corrupted and of the reconstructed values.
    fileprivate var noiseRatios: [ContactSheetValue] {
        func ratio(_ values: [Float]) -> String {
            var metrics = SampleMetrics()
            values.withUnsafeBufferPointer { values in
                clean.withUnsafeBufferPointer { clean in
                    _ = metrics.add(
                        values.baseAddress!, stride: values.count, channels: values.count,
                        targets: clean.baseAddress!, rows: 1)
                }
            }
            return metrics.peakSignalToNoise.text(decimals: 1)
        }
        return [
            ContactSheetValue("psnr in", ratio(corrupted)),
            ContactSheetValue("psnr out", ratio(reconstructed ?? [])),
        ]
    }
}
