import Glibc
import Tensors

/// A file that stays open to be read at any place, by any number of threads.
final class OpenFile: Sendable {
    let path: String
    let size: Int
    private let descriptor: Int32

    init(_ path: String) throws(DatasetError) {
        let opened = try RegularFile(path)
        (self.path, size, descriptor) = (path, opened.size, opened.descriptor)
    }

    deinit { close(descriptor) }

    /// Reads until `count` bytes are there or the file ends, and returns how many came.
    func read(_ place: Int, into memory: UnsafeMutableRawPointer, count: Int) throws(DatasetError) -> Int {
        var found = 0
        while found < count {
            let part = pread(descriptor, memory + found, count - found, place + found)
            if part < 0, errno == EINTR { continue }
            if part < 0 { throw RegularFile.systemError(path) }
            if part == 0 { break }
            found += part
        }
        return found
    }

    /// Reads some bytes into memory that is made anew where it is too small, and returns how many came.
    func read(_ place: Int, count: Int, into memory: inout Buffer<UInt8>) throws(DatasetError) -> Int {
        if count > memory.count { memory = Buffer(count: count + count / 2) }
        return try read(place, into: memory.pointer, count: count)
    }
}
