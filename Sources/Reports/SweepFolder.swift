/// The folder of a sweep: those of its runs, and the names of the files beside them.
package struct SweepFolder: Equatable, Sendable {
    package let path: String

    /// Which runs there are; written when all of them are prepared.
    package var record: String { path + "/sweep.json" }
    package var markdown: String { path + "/table.md" }
    package var csv: String { path + "/table.csv" }
    package var html: String { path + "/table.html" }

    /// Makes a folder as a run's is made: at `path`, or the next free `sweeps/<name>-<number>`.
    package init(at path: String?, named name: String) throws(FileError) {
        let folder: RunFolder
        if let path { folder = try .create(path) } else { folder = try .next(named: name, in: "sweeps") }
        self.path = folder.path
    }

    /// The folder of an earlier sweep.
    package init(opening path: String) throws(FileError) {
        let path = RunFolder.trimmed(path)
        self.path = path
        guard RunFolder(path: path).has(record) else {
            throw FileError(
                path,
                "not a sweep's folder, or of one that was ended before its runs were prepared: it has no sweep.json"
            )
        }
    }

    package func run(_ name: String) -> RunFolder { RunFolder(path: "\(path)/\(name)") }

    package func write(_ table: SweepTable) throws {
        try AtomicFile.write(markdown, text: table.markdown)
        try AtomicFile.write(csv, text: table.csv)
        try AtomicFile.write(html, text: table.html)
    }
}
