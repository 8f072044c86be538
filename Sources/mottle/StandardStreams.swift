import ArgumentParser
import Glibc
import Reports

enum StandardOutput {
    /// Writes a line of a result.
    ///
    /// - Throws: `FileError` where it cannot be written, for instance to a full disk. Where the reader has gone, as `head`
    ///   does, there is nothing to complain of: the exit code is what a shell reports of a program that a closed pipe ended.
    static func write(line: String) throws {
        switch writeAll(line + "\n", to: STDOUT_FILENO) {
        case 0: return
        case EPIPE: throw ExitCode(128 + SIGPIPE)
        case let code: throw FileError("standard output", "cannot write: \(String(cString: strerror(code)))")
        }
    }
}

enum StandardError {
    /// Writes a text as it is, at once. If nobody reads any more there is nobody to tell.
    static func write(_ text: String) {
        _ = writeAll(text, to: STDERR_FILENO)
    }
}

/// Returns 0, or the number of the error that stopped it.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
