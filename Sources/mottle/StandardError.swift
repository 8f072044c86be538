import Glibc

enum StandardError {
    /// Writes a text as it is, at once.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written <= 0 { return }  // nobody reads any more, and there is nobody to tell
                rest = rest.dropFirst(written)
            }
        }
    }
}
