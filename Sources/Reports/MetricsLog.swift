import Glibc

/// What is measured during training, appended to a file as one JSON object a line.
///
/// Every line is written by one call, so whatever interrupts the run, the file holds whole lines.
package final class MetricsLog {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, makes it when it is absent.
    ///
    /// - Throws: where it cannot be written, and where another process writes it, for two runs in one folder would spoil
    ///   each other.
    package init(_ path: String) throws(FileError) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path, action: "write") }
        self.path = path
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            throw FileError(path, "another process writes this run")
        }
    }

    /// How many bytes it has.
    package func size() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path, action: "read") }
        return Int(status.st_size)
    }

    /// Takes lines from its end until it has so many bytes.
    package func cut(to size: Int) throws(FileError) {
        guard try self.size() > size else { return }
        guard ftruncate(descriptor, size) == 0 else { throw FileError(path, action: "write") }
    }

    deinit { close(descriptor) }

    /// Appends the measures of some steps: the mean loss and the share of right answers since the line before, and the
    /// digest of the epoch's first `batch` batches.
    ///
    /// - Parameter heads: what there is to say of each head of the model.
    package func step(
        _ step: Int, epoch: Int, batch: Int, loss: Double, accuracy: Double?, heads: [JSONValue.Member],
        digest: String, learningRate: Double, samplesPerSecond: Double
    ) throws(FileError) {
        try append(
            [
                "event": "step", "epoch": .whole(epoch), "step": .whole(step), "batch": .whole(batch),
                "loss": .number(loss), "accuracy": accuracy.map { .number($0) } ?? .null,
            ], heads,
            [
                "digest": .string(digest),
                "learning_rate": .number(learningRate),
                "samples_per_second": .number(samplesPerSecond),
            ])
    }

    /// Appends the measures of a whole epoch; `step` counts from the start of the run.
    package func epoch(
        _ epoch: Int, step: Int, loss: Double, accuracy: Double?, heads: [JSONValue.Member], digest: String,
        batches: Int, seconds: Double, samplesPerSecond: Double
    ) throws(FileError) {
        try append(
            [
                "event": "epoch", "epoch": .whole(epoch), "step": .whole(step), "batch": .whole(batches),
                "loss": .number(loss), "accuracy": accuracy.map { .number($0) } ?? .null,
            ], heads,
            [
                "digest": .string(digest),
                "seconds": .number(seconds),
                "samples_per_second": .number(samplesPerSecond),
            ])
    }

    /// Appends what the model is worth behind an epoch on each set of samples that were kept back.
    package func validation(_ epoch: Int, step: Int, rows: [JSONValue]) throws(FileError) {
        try append([
            "event": "validation", "epoch": .whole(epoch), "step": .whole(step), "rows": .list(rows),
        ])
    }

    /// Appends one line; when the disk takes only a part of it, that part is taken back.
    func append(
        _ members: KeyValuePairs<String, JSONValue>, _ heads: [JSONValue.Member] = [],
        _ others: KeyValuePairs<String, JSONValue> = [:]
    ) throws(FileError) {
        let all =
            members.map { JSONValue.Member($0.key, $0.value) } + heads
            + others.map { JSONValue.Member($0.key, $0.value) }
        let line = Array((JSONValue.object(all).text + "\n").utf8)
        let start = lseek(descriptor, 0, SEEK_END)
        var written = write(descriptor, line, line.count)
        while written < 0, errno == EINTR { written = write(descriptor, line, line.count) }
        if written == line.count { return }
        // A disk that is full writes less and says why only when asked again.
        if written >= 0 { errno = ENOSPC }
        let error = FileError(path, action: "write")
        if written > 0, start >= 0 { ftruncate(descriptor, start) }
        throw error
    }
}
