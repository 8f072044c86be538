import Glibc

/// Why a file or a folder could not be written or read.
package struct FileError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let message: String

    package init(_ path: String, _ message: String) {
        (self.path, self.message) = (path, message)
    }

    /// What the last system call that failed says: `cannot write: No space left on device`.
    init(_ path: String, action: String) {
        self.init(path, "cannot \(action): \(String(cString: strerror(errno)))")
    }

    package var description: String { "\(path): \(message)" }
}
