import CZlib
import Glibc

/// Reads a file from its start, unpacking it when it is gzipped.
final class GzipStream {
    let file: String
    /// The size of the file as it lies on the disk.
    let fileSize: Int
    let isCompressed: Bool

    private let handle: gzFile

    init(_ file: String) throws(DatasetError) {
        let opened = try RegularFile(file)
        guard let handle = gzdopen(opened.descriptor, "rb") else {
            close(opened.descriptor)
            throw .unreadable(file: file, reason: "no memory to unpack it")
        }
        gzbuffer(handle, 1 << 17)
        (self.file, self.handle, fileSize) = (file, handle, opened.size)
        isCompressed = gzdirect(handle) == 0
    }

    deinit { gzclose_r(handle) }

    /// No more bytes than this can come out: deflate packs 1032 bytes into one at best (zlib.net/zlib_tech.html).
    var largestPossibleCount: Int {
        isCompressed ? fileSize.multipliedReportingOverflow(by: 1032).partialValue : fileSize
    }

    /// Reads until `count` bytes are there or the file ends, and returns how many came.
    func read(into memory: UnsafeMutablePointer<UInt8>, count: Int) throws(DatasetError) -> Int {
        var found = 0
        while found < count {
            let part = gzread(handle, memory + found, UInt32(min(count - found, 1 << 30)))
            if part < 0 { throw failure() }
            if part == 0 { break }
            found += Int(part)
        }
        // An end in the middle of the packed data is no failure to gzread, but what came is not the whole.
        if found < count { endsEarly = status.code == Z_BUF_ERROR }
        return found
    }

    /// Whether the last read met an end of the file in the middle of its packed data or of its check sum.
    private(set) var endsEarly = false

    /// The error that made a read return less than nothing.
    private func failure() -> DatasetError {
        let (code, text) = status
        return code == Z_ERRNO ? RegularFile.systemError(file) : .corrupt(file: file, reason: text)
    }

    private var status: (code: Int32, text: String) {
        var code: Int32 = 0
        let text = String(cString: gzerror(handle, &code))
        // zlib puts the file's name in front, which here is only `<fd:3>`.
        return (code, text.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? text)
    }
}
