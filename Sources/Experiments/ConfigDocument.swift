import Glibc

/// A config as it was read: the tree of a YAML file with the changes of the command line in it.
package struct ConfigDocument: Sendable {
    package private(set) var root: ConfigNode

    /// Reads a file; a missing or unreadable one, and text that is not YAML, are errors.
    package init(file: String) throws(ConfigError) {
        try self.init(text: Self.read(file), file: file)
    }

    /// Reads a text, which errors call `file`.
    package init(text: String, file: String) throws(ConfigError) {
        root = try ConfigParser.parse(text, file: file)
    }

    /// The outermost keys.
    package func table() throws(ConfigError) -> ConfigTable { try root.table() }

    /// Puts in the value of `assignment`, in the form of `--set`: `train.epochs=3`, `chain.0.gaussian.sigma=0.2`.
    package mutating func set(_ assignment: String) throws(ConfigError) {
        try apply(ConfigOverride(assignment))
    }

    mutating func apply(_ change: ConfigOverride) throws(ConfigError) { try root.apply(change) }

    private static func read(_ file: String) throws(ConfigError) -> String {
        func failure(_ message: String) -> ConfigError { ConfigError(.wholeFile(file), message) }
        guard let stream = fopen(file, "r") else {
            throw failure(
                errno == ENOENT ? "no such file" : "cannot read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, stream)
            if ferror(stream) != 0 { throw failure("cannot read: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += chunk[..<count]
            // A config is some kilobytes; more is a data file given by mistake.
            if bytes.count > 64 << 20 { throw failure("larger than 64 MiB, which is no config") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("not UTF-8 text") }
        return text
    }
}
