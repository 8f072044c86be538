#if canImport(Glibc)
    import Glibc
#endif

/// Machine code that can be called. Its memory is never writable and executable at once.
package final class ExecutableMemory: @unchecked Sendable {
    /// Of a loop made by `Assembler`: a pointer to four bases, and how many bytes of each it goes over, a multiple of 32.
    package typealias Loop =
        @convention(c) (UnsafePointer<UnsafeMutablePointer<Float>>, Int) -> Void

    private let start: UnsafeMutableRawPointer
    private let size: Int

    /// Copies `bytes`; nil where the system lets no program make code, as some hardened ones do.
    package init?(_ bytes: [UInt8]) {
        size = max(1, bytes.count)
        guard
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { return nil }
        start = memory
        bytes.withUnsafeBytes {
            start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
        }
        guard mprotect(start, size, PROT_READ | PROT_EXEC) == 0 else { return nil }
    }

    deinit { munmap(start, size) }

    /// The loop that starts at a byte of the code; valid as long as this object lives.
    package func loop(at offset: Int) -> Loop { unsafeBitCast(start + offset, to: Loop.self) }
}
