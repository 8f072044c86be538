import Datasets
import Generators
import Pipelines
import Reports
import Tensors

/// `mottle preview`: samples before and after a chain, as a contact sheet.
package struct ChainPreview {
    private let run: ChainRun
    private let file: String
    private let dataName: String
    private let source: any SampleSource
    private let (shape, range): (Shape, ClosedRange<Float>)
    /// What the samples are from; nil for an array.
    private let dataset: (any Dataset)?
    private let runtime: Runtime
    private let rangeNote: String?

    /// - Parameters:
    ///   - data: the name of a data set, or a `.npy` file of shape [N, …]; nil for what the config names.
    ///   - lengths: of a `.npy` file's samples, as for `ChainRun`; so are `words`.
    ///   - usesTest: whether to take the samples to test with, of a data set that has them.
    package init(
        file: String, overrides: [String], seed: UInt64?, data: String?, lengths: String?, words: String?,
        usesTest: Bool, runtime: Runtime
    ) throws {
        run = try ChainRun(file: file, overrides: overrides, seed: seed, runtime: runtime)
        (self.file, self.runtime) = (file, runtime)
        if let data, data.hasSuffix(".npy") {
            var files = ChainRun.Files(input: data, output: "")
            (files.lengths, files.words) = (lengths, words)
            let array = try ArraySamples(files, range: run.range, isText: run.isText, firstID: 0)
            (source, shape, range, dataset, dataName) = (array, array.shape, run.range, nil, data)
            rangeNote = run.isText ? nil : try array.rangeNote()
            return
        }
        if let option = lengths.map({ _ in "--lengths" }) ?? words.map({ _ in "--words" }) {
            throw ConfigError(.program, "\(option) belongs to a .npy file: --data x.npy")
        }
        let node = data.map { ConfigNode(.plain($0), name: "data") } ?? run.data
        guard let node else {
            throw ConfigError(
                .program, "--data wants the name of a data set or a .npy file: the config names no data")
        }
        let named = try DatasetSource(node).resolved(from: FilePath.folder(of: file))
        let splits = try named.load(seed: run.seed, at: node.place)
        _ = try named.recorded(splits)
        let samples = usesTest ? splits.test : splits.train
        source = DatasetSamples(samples)
        (shape, range) = (samples.dataset.sampleShape, samples.dataset.range)
        (dataset, rangeNote) = (samples.dataset, nil)
        dataName = (try? String(node)) ?? "files"
    }

    /// Draws the sheet and writes it.
    ///
    /// - Parameters:
    ///   - ids: samples by their places in the data set; nil for the first twelve.
    ///   - step: of the optimiser, for schedules over steps.
    ///   - observer: hears what a person should know of the chain.
    package func write(
        ids: [UInt64]?, epoch: Int, step: Int, to path: String, observer: some RunObserver
    ) throws {
        let ids = ids ?? (0..<min(12, source.ids.count)).map { source.ids[$0] }
        if let wrong = ids.first(where: { !source.ids.contains($0) }) {
            let isElsewhere = dataset.map { wrong < $0.count } ?? false
            throw ConfigError(
                .program,
                "--samples: "
                    + (isElsewhere
                        ? "sample \(wrong) is not among the \(source.ids.count) that are chosen here, the first being "
                            + "\(source.ids[0])"
                        : "there is no sample \(wrong); '\(dataName)' has \(dataset?.count ?? source.ids.count)")
            )
        }
        let traced = try dataset.map(run.trace) ?? run.trace(for: shape)
        traced.notes(sampleCount: source.ids.count).forEach(observer.say)
        if let rangeNote { observer.say(rangeNote) }
        let maker = SampleMaker(traced, kernels: runtime.kernels, source: source)
        let rows = try ids.compactMap { id -> ContactSheetSample? in
            let made: SampleMaker.MadeSample
            do { made = try maker.make(id, epoch: epoch, step: step) } catch  where source.leavesOut(error) {
                observer.say("sample \(id) is left out: \(error)")
                return nil
            }
            var corrupted = made.values
            traced.standardisation?.undo(&corrupted)
            return ContactSheetSample(
                id: id, label: dataset?.className(made.label) ?? "", clean: made.clean, corrupted: corrupted,
                mask: made.mask,
                parameters: made.drawn.map { ContactSheetValue($0.name, Double($0.value).text(digits: 3)) })
        }
        if let row = rows.first(where: { $0.corrupted.contains { !$0.isFinite } }),
            let values = try NonFiniteValues(
                of: row.id, epoch: epoch, step: step, in: traced, kernels: runtime.kernels, source: source)
        {
            observer.say(values.text("warning"))
        }
        var facts = [
            ContactSheetValue("chain", run.chain.entries.map(\.text).joined(separator: " → ")),
            ContactSheetValue("data", dataName),
            ContactSheetValue(
                "range",
                "\(Double(range.lowerBound).text(digits: 3))…\(Double(range.upperBound).text(digits: 3))"),
        ]
        facts += [ContactSheetValue("epoch", "\(epoch)"), ContactSheetValue("seed", "\(run.seed)")]
        var sheet = ContactSheet(title: file, facts: facts, kind: kind, range: range, samples: rows)
        sheet.tokenTexts = dataset?.tokenTexts(of: rows) ?? [:]
        try sheet.write(to: path)
    }

    /// By what the data is; of an array by what the generators are for.
    private var kind: ContactSheet.Kind {
        let isSpectrogram = dataset != nil || run.chain.items.contains { $0.plugin.axes == "NTF" }
        return ContactSheet.Kind(shape, isText: isText, isSpectrogram: isSpectrogram)
    }

    /// Whether values are token ids: the data says it, of an array the chain.
    private var isText: Bool { dataset.map { $0.vocabularySize != nil } ?? run.isText }
}

extension Dataset {
    /// The texts of the ids that occur in samples, where the data is text.
    func tokenTexts(of samples: [ContactSheetSample]) -> [Int: String] {
        guard let tokenizer = (self as? ClassifiedTexts)?.tokenizer else { return [:] }
        var texts: [Int: String] = [:]
        for value in samples.lazy.flatMap({ $0.clean + $0.corrupted }) {
            guard let id = Int(exactly: value), (0..<tokenizer.vocabularySize).contains(id) else { continue }
            texts[id] = tokenizer.text(of: id)
        }
        return texts
    }
}
