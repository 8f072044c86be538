import CPicture
import Glibc

/// A canvas as a PNG file of 8-bit RGB.
package enum PNGFile {
    /// Writes the file, as a whole or not at all.
    package static func write(_ canvas: Canvas, to path: String) throws {
        // Encoded before the file is touched.
        let bytes = try encoded(canvas, for: path)
        try AtomicFile.write(path) { file throws in
            try bytes.withUnsafeBytes { bytes throws in try file.append(bytes) }
        }
    }

    /// The file's bytes; `path` is for the error's text.
    static func encoded(_ canvas: Canvas, for path: String) throws(FileError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let reason = mottle_encode_png(
            canvas.pixels, UInt32(canvas.width), UInt32(canvas.height), &bytes, &count)
        defer { free(bytes) }
        if let reason { throw FileError(path, "cannot encode the picture: \(String(cString: reason))") }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
