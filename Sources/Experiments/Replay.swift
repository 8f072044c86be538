import Datasets
import Generators
import Pipelines
import Reports
import Tensors

/// `mottle replay`: one sample as a run's model saw it.
package struct Replay {
    private let stream: RecordedStream
    private let made: SampleMaker.MadeSample
    private let epoch: Int
    private let step: Int
    private let view: Int
    private let until: String?
    private let standardisation: Standardisation?

    /// Makes a sample again from the run's lock file alone.
    ///
    /// - Parameters:
    ///   - sample: its place in the data set.
    ///   - view: counted from 1.
    ///   - until: the name of the last entry of the chain that is applied; nil for the whole chain.
    package init(
        run path: String, epoch: Int, sample: UInt64, view: Int, until: String?, runtime: Runtime
    ) throws {
        stream = try RecordedStream(path, runtime: runtime)
        let samples = stream.samples
        guard samples.ids.contains(sample) else {
            throw FileError(
                stream.folder.path,
                sample < samples.dataset.count
                    ? "sample \(sample) is not among the \(samples.count) that this run learns from"
                    : "there is no sample \(sample); the data has \(samples.dataset.count), counted from 0")
        }
        let epochs = stream.config.train.epochs
        guard epoch < epochs else {
            throw FileError(
                stream.folder.path, "there is no epoch \(epoch); this run has \(epochs), counted from 0")
        }
        guard view <= stream.traced.count else {
            throw FileError(
                stream.folder.path,
                "there is no view \(view); this run has \(stream.traced.count) of each sample")
        }
        var traced = stream.traced[view - 1]
        if let until {
            guard let part = traced.until(until) else {
                let known = traced.entryNames.joined(separator: ", ")
                throw FileError(
                    stream.folder.lock,
                    "the chain has no entry '\(until)'; it has \(known.isEmpty ? "none" : known)"
                        + Suggestion.hint(until, among: traced.entryNames))
            }
            traced = part
        }
        guard let step = stream.step(of: sample, epoch: epoch) else {
            throw FileError(
                stream.folder.path,
                "epoch \(epoch) has no sample \(sample): classes are balanced, and another part of its class is taken"
            )
        }
        (self.epoch, self.step, self.view, self.until) = (epoch, step, view, until)
        standardisation = traced.standardisation
        made = try SampleMaker(traced, kernels: runtime.kernels, source: DatasetSamples(samples)).make(
            sample, epoch: epoch, step: step)
    }

    /// Writes the sample in the form that the file's ending names.
    ///
    /// - Throws: `FileError` for another ending than npy, png, wav and txt.
    package func write(_ path: String) throws {
        let dataset = stream.samples.dataset
        switch path.split(separator: ".").last {
        case "npy":
            try Self.write(
                NumPyArray(shape: dataset.sampleShape, values: .float32(Buffer(made.values))), path)
        case "png": try sheet.write(to: path)
        case "wav":
            let isSound = dataset.sampleShape.rank == 1 && dataset.vocabularySize == nil
            guard let sound = made.sound ?? (isSound ? made.values : nil) else {
                throw FileError(
                    path, "a WAV file holds sounds [length]; this run's samples are \(dataset.sampleShape)")
            }
            try WAVFile.write(sound, rate: dataset.sampleRate ?? 16_000, to: path)
        case "txt": try AtomicFile.write(path, text: text(of: made.values) + "\n")
        default:
            throw FileError(
                path, "the file's ending says what is written: .npy, .png, .wav or .txt")
        }
    }

    /// Writes the mask as bytes, 1 hidden.
    package func writeMask(_ path: String) throws {
        guard let mask = made.mask else { throw FileError(path, "the chain has no mask to write") }
        try Self.write(
            NumPyArray(shape: stream.samples.dataset.sampleShape, values: .uint8(Buffer(mask))), path)
    }

    private static func write(_ array: NumPyArray, _ path: String) throws {
        try AtomicFile.write(path) { file in try array.write { try file.append($0) } }
    }

    /// Token ids on one line, values a row of the innermost axis a line.
    private func text(of values: [Float]) -> String {
        let dataset = stream.samples.dataset
        if dataset.vocabularySize != nil {
            return values.prefix(made.length ?? values.count).map { "\(Int($0))" }.joined(separator: " ")
        }
        let row = max(1, dataset.sampleShape.sizes.last ?? 1)
        return stride(from: 0, to: values.count, by: row).map { start in
            values[start..<min(start + row, values.count)].map { "\($0)" }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    private var sheet: ContactSheet {
        let dataset = stream.samples.dataset
        var corrupted = made.values
        standardisation?.undo(&corrupted)
        let facts = [
            ContactSheetValue("run", stream.folder.path),
            ContactSheetValue("epoch", "\(epoch)"), ContactSheetValue("step", "\(step)"),
        ]
        return ContactSheet(
            title: "sample \(made.id)" + (until.map { ", up to \($0)" } ?? ""), facts: facts,
            kind: ContactSheet.Kind(dataset), range: dataset.range,
            samples: [
                ContactSheetSample(
                    id: made.id, label: dataset.className(made.label), clean: made.clean,
                    corrupted: corrupted, mask: made.mask,
                    parameters: made.drawn.map {
                        ContactSheetValue($0.name, Double($0.value).text(digits: 4))
                    })
            ])
    }

    package var text: String {
        let dataset = stream.samples.dataset
        let name = dataset.classNames.map { " (\($0[made.label]))" } ?? ""
        let ofViews = stream.traced.count > 1 ? ", view \(view)" : ""
        let entries = stream.chain.entries.inPhase(.train).map(\.text).joined(separator: " → ")
        let end = until.map { ", up to \($0)" } ?? ""
        var lines = [
            "sample \(made.id), \(dataset.name(of: Int(made.id)))",
            "class \(made.label)\(name), epoch \(epoch), step \(step), both counted from 0\(ofViews)",
            "chain \(entries.isEmpty ? "empty" : entries)\(end)",
        ]
        if !made.applied.isEmpty { lines.append("applied " + made.applied.joined(separator: ", ")) }
        if !made.left.isEmpty { lines.append("not applied " + made.left.joined(separator: ", ")) }
        lines += made.drawn.map { "drawn \($0.name) = \($0.value)" }
        if let hidden = hiddenCount { lines.append("hidden \(hidden) of \(made.values.count) values") }
        return lines.joined(separator: "\n")
    }

    private var hiddenCount: Int? { made.mask.map { $0.count { $0 != 0 } } }

    package var json: String {
        JSONValue.object([
            "run": .string(stream.folder.path), "sample": .whole(Int(made.id)),
            "name": .string(stream.samples.dataset.name(of: Int(made.id))), "class": .whole(made.label),
            "epoch": .whole(epoch), "step": .whole(step), "view": .whole(view),
            "until": until.map { .string($0) } ?? .null,
            "applied": .list(made.applied.map { .string($0) }),
            "not_applied": .list(made.left.map { .string($0) }),
            "drawn": .object(made.drawn.map { .init($0.name, .single($0.value)) }),
            "hidden": hiddenCount.map { .whole($0) } ?? .null, "values": .whole(made.values.count),
        ]).text
    }
}
