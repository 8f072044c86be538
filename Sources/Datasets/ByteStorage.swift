import Glibc

/// Bytes that nobody changes once others see them: memory that is filled first, or a file mapped into memory.
///
/// Memory is the system's own zero pages until it is written, so asking for more than is then filled costs nothing. Of a
/// mapped file only what is read comes into memory, and the system takes it back when others need the room; the file
/// must not be cut short in the meantime.
///
/// Safety of `@unchecked Sendable`: the address and the count never change, and nothing is written after the file that
/// fills it has been read.
package final class ByteStorage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<UInt8>
    let count: Int
    private let isMapped: Bool

    /// Memory that is filled first; much of it is a temporary file, so that a large data set does not have to fit.
    ///
    /// Nil when the system has not that much memory or room.
    init?(count: Int) {
        if count > Self.memoryLimit {
            guard let memory = Self.temporaryFile(count) else { return nil }
            (pointer, self.count, isMapped) = (memory, count, true)
            return
        }
        var memory: UnsafeMutableRawPointer?
        let alignment = count < Self.hugePage ? 64 : Self.hugePage
        guard count >= 0, count < Int.max - 128, posix_memalign(&memory, alignment, count + 64) == 0,
            let memory
        else {
            return nil
        }
        // Shuffled samples are on other pages each time, and where a page lies takes longer to find than what is on it.
        if count >= Self.hugePage { madvise(memory, count, MADV_HUGEPAGE) }
        pointer = memory.assumingMemoryBound(to: UInt8.self)
        (self.count, isMapped) = (count, false)
    }

    private static let hugePage = 1 << 21
    /// More bytes are mapped from a file and given back to the system from time to time.
    private static let memoryLimit = 1 << 28

    /// A file without a name, which is gone with its mapping.
    private static func temporaryFile(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var path = Array("\(folder)/mottle-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { return nil }
        unlink(path)
        defer { close(descriptor) }
        // Reserved: a disk that fills up later would end the program at the first write to the mapping.
        guard posix_fallocate(descriptor, 0, count + 64) == 0 else { return nil }
        let memory = mmap(nil, count + 64, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        return memory.assumingMemoryBound(to: UInt8.self)
    }

    /// Whether what was read of it should be given back from time to time.
    var isLarge: Bool { isMapped && count > 1 << 26 }

    /// Asks for some bytes that are wanted soon, without waiting for them.
    func fetch(_ offset: Int, count: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = offset / page * page
        madvise(pointer + start, min(offset + count, self.count) - start, MADV_WILLNEED)
    }

    /// Gives what is in memory of the file back to the system, which brings it again when it is read.
    func forget() {
        if isMapped { madvise(pointer, count, MADV_DONTNEED) }
    }

    /// Maps a file; nothing may be written.
    package init(mapping file: String) throws(DatasetError) {
        let opened = try RegularFile(file)
        defer { close(opened.descriptor) }
        // No file maps to nothing; a page of no file stands for an empty one.
        let size = max(1, opened.size)
        let memory = mmap(
            nil, size, PROT_READ, opened.size > 0 ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS,
            opened.size > 0 ? opened.descriptor : -1, 0)
        guard let memory, memory != MAP_FAILED else { throw RegularFile.systemError(file) }
        pointer = memory.assumingMemoryBound(to: UInt8.self)
        (count, isMapped) = (opened.size, true)
        // Shuffled samples lie apart: without this, Linux reads megabytes around each of them.
        if isLarge { madvise(pointer, count, MADV_RANDOM) }
    }

    deinit {
        if isMapped { munmap(pointer, max(1, count)) } else { free(pointer) }
    }

    /// Little-endian fields by their places; nil behind the end.
    func number<Field: FixedWidthInteger>(_ type: Field.Type, at place: Int) -> Field? {
        guard place >= 0, place <= count - MemoryLayout<Field>.size else { return nil }
        return Field(littleEndian: UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: place, as: type))
    }

    /// Some of the bytes, which must be there.
    func text(_ range: Range<Int>) -> String {
        String(
            decoding: UnsafeBufferPointer(start: pointer + range.lowerBound, count: range.count),
            as: UTF8.self)
    }

    func starts(with bytes: [UInt8]) -> Bool {
        UnsafeBufferPointer(start: pointer, count: count).starts(with: bytes)
    }
}

/// A file that is open to be read; whoever opened it closes it.
struct RegularFile {
    let descriptor: Int32
    let size: Int

    init(_ file: String) throws(DatasetError) {
        // Without O_NONBLOCK, opening a pipe would wait for who writes it; regular files do not know it.
        descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .unreadable(file: file, reason: "no such file") : Self.systemError(file)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(file: file, reason: "not a regular file")
        }
        size = Int(status.st_size)
    }

    /// What the system said last.
    static func systemError(_ file: String) -> DatasetError {
        .unreadable(file: file, reason: "cannot read: " + String(cString: strerror(errno)))
    }
}
