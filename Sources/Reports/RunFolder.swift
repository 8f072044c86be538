import Glibc
import Tensors

/// The folder of one training run, and the names of the files in it. It is made new and never overwritten.
package struct RunFolder: Equatable, Sendable {
    package let path: String

    /// The config with every default spelled out, and the plugins' text.
    package var lock: String { path + "/config.lock.yaml" }
    /// What was measured during training, a JSON object a line.
    package var metrics: String { path + "/metrics.jsonl" }
    /// All that the rest of the run depends on, and the same as it was one checkpoint earlier.
    package var checkpoint: String { path + "/checkpoint.safetensors" }
    package var previousCheckpoint: String { path + "/checkpoint.previous.safetensors" }
    /// Samples that were left out, a JSON object a line.
    package var skipped: String { path + "/skipped.jsonl" }
    /// The weights.
    package var model: String { path + "/model.safetensors" }
    /// The results of the evaluation.
    package var robustness: String { path + "/robustness.json" }
    /// How each test sample was judged, by the row of the evaluation.
    package var outcomes: String { path + "/outcomes.safetensors" }

    /// Makes `runs/<name>-<number>` with the first number from 1 that is free, also when others do so at the same time.
    package static func next(named name: String, in parent: String = "runs") throws(FileError) -> RunFolder {
        var number = 1
        while true {
            let path = "\(parent)/\(name)-\(number)"
            if try Folder.create(path) { return RunFolder(path: path) }
            number += 1
        }
    }

    /// Makes a folder at `path`, where nothing may be yet.
    package static func create(_ path: String) throws(FileError) -> RunFolder {
        let path = trimmed(path)
        guard try Folder.create(path) else {
            throw FileError(path, "already exists, and a run never overwrites; choose another folder")
        }
        return RunFolder(path: path)
    }

    /// The folder of an earlier run.
    package static func open(_ path: String) throws(FileError) -> RunFolder {
        let folder = RunFolder(path: trimmed(path))
        guard access(folder.path, F_OK) == 0 else { throw FileError(folder.path, "no such run folder") }
        guard access(folder.lock, F_OK) == 0 else {
            throw FileError(folder.path, "not a run folder: it has no config.lock.yaml")
        }
        return folder
    }

    package func has(_ file: String) -> Bool { access(file, F_OK) == 0 }

    /// Removes what a killed process had begun to write.
    package func removePartialFiles() {
        guard let stream = opendir(path) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.contains(".partial-") { unlink("\(path)/\(name)") }
        }
    }

    /// Makes room for another checkpoint: the newest one becomes the previous one.
    package func keepPreviousCheckpoint() throws(FileError) {
        guard has(checkpoint) else { return }
        guard rename(checkpoint, previousCheckpoint) == 0 else {
            throw FileError(previousCheckpoint, action: "write")
        }
    }

    /// Writes the results of an evaluation; `robustness` last, which says that all are there.
    package func write(_ table: RobustnessTable) throws {
        let tensors = table.rows.enumerated().filter { !$0.element.outcomes.isEmpty }.map { index, row in
            StoredTensor(name: "\(index)", shape: [row.outcomes.count], values: Buffer(row.outcomes))
        }
        if !tensors.isEmpty { try Safetensors(tensors: tensors).write(to: outcomes) }
        try AtomicFile.write(robustness, text: table.json)
    }

    /// Writes which samples were left out, and why; nothing where there are none.
    package func writeSkipped(train: [Int: String], test: [Int: String] = [:]) throws {
        let lines = [("train", train), ("test", test)].flatMap { half, reasons in
            reasons.sorted { $0.key < $1.key }.map { id, reason in
                JSONValue.object(["half": .string(half), "sample": .whole(id), "reason": .string(reason)])
                    .text
                    + "\n"
            }
        }
        if !lines.isEmpty { try AtomicFile.write(skipped, text: lines.joined()) }
    }

    /// What a run of a config is called: the file's name without folder and ending.
    package static func name(ofConfig file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        for ending in [".yaml", ".yml"] where name.hasSuffix(ending) && name.count > ending.count {
            return String(name.dropLast(ending.count))
        }
        return name
    }

    /// A folder's path without slashes at its end.
    static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
