import Glibc

/// A file that is there as a whole or not at all: it is written beside, synced to the disk and renamed.
///
/// Whoever opens the path finds the old file or the new one, also after a crash or a power cut.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let partialPath: String
    private let descriptor: Int32

    /// Replaces the file at `path` by what `body` appends; an error leaves the old file as it was.
    package static func write(_ path: String, _ body: (borrowing AtomicFile) throws -> Void) throws {
        let file = try AtomicFile(path)
        do {
            try body(file)
            try file.sync()
        } catch {
            close(file.descriptor)
            unlink(file.partialPath)
            throw error
        }
        try file.replace()
    }

    /// Replaces the file at `path` by `text`.
    package static func write(_ path: String, text: String) throws {
        var text = text
        try text.withUTF8 { bytes in
            try write(path) { file throws in try file.append(UnsafeRawBufferPointer(bytes)) }
        }
    }

    /// Puts bytes behind those already there.
    package borrowing func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw FileError(path, action: "write")
            }
        }
    }

    private init(_ path: String) throws(FileError) {
        let partialPath = "\(path).partial-\(getpid())"
        descriptor = try Self.create(partialPath, for: path)
        (self.path, self.partialPath) = (path, partialPath)
    }

    private static func create(_ partialPath: String, for path: String) throws(FileError) -> Int32 {
        var status = stat()
        // Renaming onto a device or a pipe would put a plain file in its place.
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path, "cannot write: not a regular file")
        }
        let descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path, action: "write") }
        return descriptor
    }

    private borrowing func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path, action: "write") }
    }

    private consuming func replace() throws(FileError) {
        close(descriptor)
        guard rename(partialPath, path) == 0 else {
            let error = FileError(path, action: "write")
            unlink(partialPath)
            throw error
        }
        try Folder.sync(Folder.parent(of: path))
    }
}
