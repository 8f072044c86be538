import FoundationEssentials
import Reports
import Tensors

/// What a run has written down of its stream.
struct RecordedRun {
    /// The digest of an epoch's first `batch` batches, as the log has it.
    struct Point: Equatable {
        var epoch: Int
        var batch: Int
        var digest: Digest
    }

    let folder: RunFolder
    /// In the order of the run.
    let points: [Point]
    /// Of test sets, by row of the robustness table; empty for a run without one.
    let evaluations: [Digest]
    /// Of a complete run: the whole epochs that it had when it ended, which may be sooner than its config says. Nil where its last
    /// checkpoint cannot be read.
    let epochs: Int?

    init(_ path: String) throws {
        folder = try RunFolder.open(path)
        var points = try Self.points(folder.metrics)
        let isComplete = folder.has(folder.robustness)
        let newest = isComplete ? try? Checkpoint.newest(in: folder) : try Checkpoint.newest(in: folder)
        let last = isComplete && newest?.problem != nil ? nil : newest?.checkpoint.run
        // What came behind the log's last line, of a run that did not reach an epoch's end.
        if let last, last.batch > 0 {
            let point = Point(epoch: last.epoch, batch: last.batch, digest: last.digest)
            if !points.contains(point) { points.append(point) }
        }
        epochs = isComplete ? last?.epoch : nil
        self.points = points
        evaluations = try Self.evaluations(folder.robustness)
    }

    private static func points(_ file: String) throws -> [Point] {
        struct Line: Decodable {
            var epoch: Int?
            var batch: Int?
            var digest: Digest?
        }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw FileError(file, "cannot be read; a run's log is expected")
        }
        return try text.split(separator: "\n").enumerated().compactMap { number, line in
            guard let read = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                throw FileError(file, "line \(number + 1) is no JSON object of a run's log")
            }
            guard let epoch = read.epoch, let batch = read.batch, let digest = read.digest else { return nil }
            return Point(epoch: epoch, batch: batch, digest: digest)
        }
    }

    private static func evaluations(_ file: String) throws -> [Digest] {
        struct Row: Decodable { var digest: Digest }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return [] }
        guard let rows = try? JSONDecoder().decode([Row].self, from: Data(text.utf8)) else {
            throw FileError(file, "holds no digests of test sets")
        }
        return rows.map(\.digest)
    }
}
