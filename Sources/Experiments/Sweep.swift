import Datasets
import FoundationEssentials
import Reports
import Tensors

/// Trainings that are compared, in a folder that knows how far they are.
package struct Sweep {
    /// What `sweep.json` holds.
    struct Record: Codable {
        struct Axis: Codable {
            var name: String
            var choices: [String]
        }

        struct Run: Codable {
            /// One of each axis.
            var choices: [String]
            var seed: UInt64
            /// In the sweep's folder.
            var folder: String
        }

        var axes: [Axis]
        /// By axis the choice that the others are compared with.
        var baseline: [String: String]
        var measure: String?
        var runs: [Run]
    }

    package let folder: SweepFolder
    private let record: Record

    /// Reads a sweep, builds all of its experiments, so that whatever is wrong with one is said before the first is trained, and
    /// prepares their folders.
    ///
    /// - Parameters:
    ///   - overrides: changes of all trainings as `--set` takes them, after those of the sweep.
    ///   - seeds: instead of the sweep's.
    ///   - out: the sweep's folder, which must not exist; nil for the next free one in `sweeps`.
    /// - Throws: `ConfigError` and what `Experiment` throws; nothing is written then.
    package init(
        file: String, overrides: [String], seeds: [UInt64]?, out: String?, runtime: Runtime
    ) throws {
        let config = try SweepConfig(file: file)
        let overrides = try overrides.map(ConfigOverride.init(_:))
        var record = Record(
            axes: config.axes.map { .init(name: $0.name, choices: $0.choices.map(\.name)) },
            baseline: config.baseline, measure: config.measure, runs: [])
        // Only what is written: data of all experiments together would fill the memory.
        var lockFiles: [String] = []
        for choices in config.combinations {
            let base = choices.last { $0.config != nil }?.config ?? config.config
            for seed in seeds ?? config.seeds {
                let experiment = try Experiment(
                    file: base!, changes: config.changes + choices.flatMap(\.changes) + overrides,
                    seed: seed, runtime: runtime)
                lockFiles.append(experiment.lockFile)
                let names = choices.map(\.name)
                let name = Self.folderName(names, seed: seed)
                guard !record.runs.contains(where: { $0.folder == name }) else {
                    throw ConfigError(
                        choices.last!.place,
                        "two trainings would have the folder '\(name)'; give choices other names")
                }
                record.runs.append(.init(choices: names, seed: seed, folder: name))
            }
        }
        self.record = record
        folder = try SweepFolder(at: out, named: RunFolder.name(ofConfig: file))
        for (lockFile, run) in zip(lockFiles, record.runs) {
            let folder = try RunFolder.create(folder.run(run.folder).path)
            try AtomicFile.write(folder.lock, text: lockFile)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(
            folder.record, text: String(decoding: encoder.encode(record), as: UTF8.self) + "\n")
    }

    /// Opens the folder of a sweep that was interrupted, or is complete.
    package init(folder path: String) throws {
        folder = try SweepFolder(opening: path)
        do {
            record = try JSONDecoder().decode(
                Record.self, from: Data(contentsOf: URL(filePath: folder.record)))
        } catch {
            throw FileError(folder.record, "is no record of a sweep: \(error)")
        }
    }

    /// How many trainings there are.
    package var count: Int { record.runs.count }

    /// Trains what is not trained yet, and writes the tables.
    ///
    /// - Returns: nil if it was interrupted.
    package func run(
        runtime: Runtime, observer: some RunObserver, isInterrupted: () -> Bool
    ) throws -> SweepTable? {
        for (index, run) in record.runs.enumerated() {
            let folder = folder.run(run.folder)
            if folder.has(folder.robustness) { continue }
            if isInterrupted() { return nil }
            observer.say(
                "[\(index + 1)/\(count)] \((run.choices + ["seed \(run.seed)"]).joined(separator: ", "))")
            let result = try Experiment.resume(
                run: folder.path, runtime: runtime, observer: observer, isInterrupted: isInterrupted)
            if result.wasInterrupted { return nil }
        }
        let table = try table()
        try folder.write(table)
        return table
    }

    private func table() throws -> SweepTable {
        var cells: [SweepTable.Cell] = []
        for run in record.runs {
            let result = SweepTable.Run(seed: run.seed, rows: try folder.run(run.folder).readRows())
            if cells.last?.choices == run.choices {
                cells[cells.count - 1].runs.append(result)
            } else {
                cells.append(.init(choices: run.choices, runs: [result], baseline: nil))
            }
        }
        for index in cells.indices {
            let wanted = zip(record.axes, cells[index].choices).map { record.baseline[$0.name] ?? $1 }
            let baseline = cells.firstIndex { $0.choices == wanted }
            cells[index].baseline = baseline == index ? nil : baseline
        }
        if let table = SweepTable(axes: record.axes.map(\.name), cells: cells, measure: record.measure) {
            return table
        }
        throw FileError(
            folder.path,
            "the trainings cannot be compared: "
                + (record.measure.map { "not all of them have '\($0)', or " } ?? "")
                + "they were not tested on the same sets")
    }

    /// `convnet-clean-seed0`: what a file system takes everywhere.
    private static func folderName(_ choices: [String], seed: UInt64) -> String {
        let names = choices.map { name in
            String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._".contains($0)) ? $0 : "-" })
        }
        return (names + ["seed\(seed)"]).joined(separator: "-")
    }
}

extension RunFolder {
    /// The results of a complete run.
    fileprivate func readRows() throws -> [RobustnessRow] {
        struct Row: Decodable {
            var name: String
            var parameters: [String: JSONValue]
            var accuracy: Double?
            var loss: Double
            var count: Int
            var digest: String
        }
        let data = try Data(contentsOf: URL(filePath: robustness))
        let (rows, members) = try (
            JSONDecoder().decode([Row].self, from: data),
            JSONDecoder().decode([[String: JSONValue]].self, from: data)
        )
        let outcomes = has(outcomes) ? try SafetensorsFile(outcomes).savedWeights() : [:]
        return zip(rows, members).enumerated().map { index, row in
            let (row, members) = row
            let known = ["accuracy", "loss", "count"]
            return RobustnessRow(
                name: row.name,
                parameters: row.parameters.sorted { $0.key < $1.key }.map {
                    RobustnessParameter($0.key, $0.value, text: $0.value.shortText)
                },
                accuracy: row.accuracy, loss: row.loss, count: row.count, digest: row.digest,
                measures: members.filter { !known.contains($0.key) }.map { .init($0.key, $0.value) },
                outcomes: outcomes["\(index)"]?.values ?? [])
        }
    }
}

extension JSONValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            let members = try container.decode([String: JSONValue].self)
            self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) })
        }
    }
}

extension JSONValue {
    /// For a person: whole numbers without a point, since a file's reader does not tell 1 from 1.0.
    fileprivate var shortText: String {
        if case .number(let value) = self, let whole = Int(exactly: value) { "\(whole)" } else { text }
    }
}
