import Glibc

/// Bytes that are written once, before anyone else sees them, and only read from then on.
///
/// The memory is the system's own zero pages until it is written, so asking for more than is then filled costs nothing;
/// 64-byte aligned, with 64 bytes to spare that kernels may read past the end.
///
/// Safety of `@unchecked Sendable`: the address and the count never change, and nothing is written after the file that
/// fills it has been read.
final class ByteStorage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<UInt8>
    let count: Int

    /// Nil when the system has not that much memory.
    init?(count: Int) {
        var memory: UnsafeMutableRawPointer?
        guard count >= 0, count < Int.max - 128, posix_memalign(&memory, 64, count + 64) == 0, let memory
        else {
            return nil
        }
        pointer = memory.assumingMemoryBound(to: UInt8.self)
        self.count = count
    }

    deinit { free(pointer) }
}
