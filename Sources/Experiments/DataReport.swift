import Datasets
import Generators
import Pipelines
import Reports
import Tensors

/// `mottle data`: what the data of a config is, found by reading it.
package struct DataReport {
    /// The samples to learn from, or those to test with.
    struct Half {
        var name: String
        var samples: SampleSet
        var findings: DataFindings
    }

    private let source: DatasetSource
    private let halves: [Half]

    /// Reads the data of a config, of which nothing else counts.
    ///
    /// - Parameter limit: how many samples of each half are read, evenly spread; nil for all.
    package init(
        file: String, overrides: [String], seed: UInt64?, limit: Int?, runtime: Runtime
    ) throws {
        var document = try ConfigDocument(file: file)
        for override in overrides { try document.set(override) }
        var table = try document.table()
        var configSeed: UInt64 = 0
        try table.read("seed", into: &configSeed)
        let node = try table.requireNode("data")
        source = try DatasetSource(node).resolved(from: FilePath.folder(of: file))
        let splits = try source.load(seed: seed ?? configSeed, at: node.place)
        halves = [("train", splits.train), ("test", splits.test)].map { name, samples in
            Half(
                name: name, samples: samples,
                findings: DataFindings(of: samples, limit: limit, pool: runtime.pool))
        }
    }

    /// Draws the first samples of both halves.
    ///
    /// - Parameter count: of each half.
    package func writePicture(_ path: String, count: Int = 12) throws {
        let dataset = halves[0].samples.dataset
        let kind = ContactSheet.Kind(dataset)
        var rows: [ContactSheetSample] = []
        for half in halves {
            let reader = half.samples.dataset.makeReader()
            let scratch = Buffer<Float>(count: dataset.sampleShape.count)
            var place = 0
            var drawn = 0
            while drawn < count, place < half.samples.count {
                let id = Int(half.samples.ids[place])
                place += 1
                guard let sample = try? reader.read(id, scratch: scratch.pointer) else { continue }
                let values = (0..<scratch.count).map { sample.values[$0] }
                let name = half.samples.dataset.className(half.samples.label(of: id))
                rows.append(
                    ContactSheetSample(
                        id: UInt64(id), label: "\(half.name), \(name)", clean: values, corrupted: values))
                drawn += 1
            }
        }
        var sheet = ContactSheet(
            title: "the first samples",
            facts: halves.map { ContactSheetValue($0.name, "\($0.samples.count)") },
            kind: kind, range: dataset.range, samples: rows, view: .clean)
        sheet.tokenTexts = dataset.tokenTexts(of: rows)
        try sheet.write(to: path)
    }

    package var text: String {
        let dataset = halves[0].samples.dataset
        var lines = [
            "samples   \(dataset.sampleShape)"
                + (dataset.vocabularySize.map { ", ids of \($0) tokens" }
                    ?? ", range \(Double(dataset.range.lowerBound).text(digits: 4))…\(Double(dataset.range.upperBound).text(digits: 4))")
        ]
        for half in halves { lines += half.lines }
        lines += classLines
        return lines.joined(separator: "\n")
    }

    /// A histogram of the classes: one line each, at most forty.
    private var classLines: [String] {
        let counts = halves.map { $0.samples.classCounts() }
        let names = halves[0].samples.dataset.classNames
        let shown = min(40, counts[0].count)
        let titles = (0..<shown).map { names?[$0] ?? "\($0)" }
        let width = max(5, titles.map(\.count).max() ?? 0)
        let largest = max(1, counts[0].max() ?? 1)
        var lines = [
            "",
            "class".padded(to: width) + halves.map { "  " + $0.name.padded(to: 8, atEnd: false) }.joined(),
        ]
        for index in 0..<shown {
            let numbers = counts.map { "  " + "\($0[index])".padded(to: 8, atEnd: false) }.joined()
            let bar = String(repeating: "█", count: (counts[0][index] * 30 + largest - 1) / largest)
            lines.append(titles[index].padded(to: width) + numbers + "  " + bar)
        }
        if shown < counts[0].count { lines.append("… and \(counts[0].count - shown) more classes") }
        return lines
    }

    package var json: String {
        JSONValue.object(
            halves.map { half in
                JSONValue.Member(half.name, .object(half.members))
            }
        ).text
    }

    /// Whether every sample that was looked at can be read and has finite values.
    package var isReadable: Bool {
        halves.allSatisfy { $0.findings.unreadable.isEmpty && $0.findings.nonFinite == 0 }
    }
}

extension DataReport.Half {
    fileprivate var lines: [String] {
        let whole = samples.dataset.count
        let part = samples.count < whole ? " of \(whole)" : ""
        var lines = [
            "\(name.padded(to: 10))\(samples.count) samples\(part) in \(samples.dataset.classes) classes"
        ]
        if findings.count > 0, samples.dataset.vocabularySize == nil {
            lines.append(
                "          values \(Double(findings.low).text(digits: 4))…\(Double(findings.high).text(digits: 4)), mean \(findings.mean.text(digits: 4)), "
                    + "standard deviation \(findings.deviation.text(digits: 4))")
        }
        if let lengths = findings.lengths {
            lines.append(
                "          lengths \(lengths.lowerBound)…\(lengths.upperBound), mean "
                    + findings.meanLength.text(digits: 4))
        }
        if findings.outside > 0 {
            lines.append(
                "          \(findings.outside) samples have values outside of the declared range")
        }
        if findings.nonFinite > 0 {
            lines.append("          \(findings.nonFinite) samples have values that are not finite")
        }
        if !findings.unreadable.isEmpty {
            let count = findings.unreadableCount
            lines.append(
                "          "
                    + (count == 1
                        ? "1 sample cannot be read:" : "\(count) samples cannot be read, the first:"))
            lines += findings.unreadable.prefix(10).map { "            \($0.reason)" }
        }
        return lines
    }

    fileprivate var members: [JSONValue.Member] {
        let dataset = samples.dataset
        return [
            .init("samples", .whole(samples.count)), .init("of", .whole(dataset.count)),
            .init("shape", .list(dataset.sampleShape.sizes.map { .whole($0) })),
            .init("classes", .list(samples.classCounts().map { .whole($0) })),
            .init("class_names", dataset.classNames.map { .list($0.map { .string($0) }) } ?? .null),
            .init("range", .list([.single(dataset.range.lowerBound), .single(dataset.range.upperBound)])),
            .init("vocabulary_size", dataset.vocabularySize.map { .whole($0) } ?? .null),
            .init("read", .whole(findings.read)), .init("low", .single(findings.low)),
            .init("high", .single(findings.high)), .init("mean", .number(findings.mean)),
            .init("standard_deviation", .number(findings.deviation)),
            .init("outside_range", .whole(findings.outside)), .init("not_finite", .whole(findings.nonFinite)),
            .init("unreadable", .whole(findings.unreadableCount)),
            .init(
                "first_unreadable",
                .list(
                    findings.unreadable.prefix(10).map {
                        .object(["sample": .whole(Int($0.id)), "reason": .string($0.reason)])
                    })),
        ]
    }
}

extension String {
    fileprivate func padded(to width: Int, atEnd: Bool = true) -> String {
        let space = String(repeating: " ", count: max(0, width - count))
        return atEnd ? self + space : space + self
    }
}

extension ContactSheet.Kind {
    init(_ dataset: any Dataset) {
        self.init(dataset.sampleShape, isText: dataset.vocabularySize != nil, isSpectrogram: true)
    }

    /// By the number of axes.
    ///
    /// - Parameters:
    ///   - isText: whether samples of one axis are token ids; otherwise they are sounds.
    ///   - isSpectrogram: whether samples of two axes are; otherwise they are pictures without channels.
    init(_ shape: Shape, isText: Bool, isSpectrogram: Bool) {
        switch shape.rank {
        case 0, 1: self = isText ? .tokens(length: shape.count) : .waveforms(length: shape.count)
        case 2 where isSpectrogram: self = .spectrograms(frames: shape[0], bins: shape[1])
        case 2: self = .pictures(height: shape[0], width: shape[1], channels: 1)
        default:
            self = .pictures(
                height: shape[0], width: shape[1], channels: shape.count / max(1, shape[0] * shape[1]))
        }
    }
}
