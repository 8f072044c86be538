import Tensors
import VectorKernels

/// Makes the digest of some bytes. Used by one thread.
package final class DigestHasher {
    private static let rowBytes = 128
    private let kernels: NoiseKernels
    private let lanes = Buffer<UInt64>(count: 16)
    private let rest = Buffer<UInt8>(count: rowBytes)
    private var count = 0

    package init(_ kernels: NoiseKernels) { self.kernels = kernels }

    package func begin() {
        count = 0
        for lane in 0..<16 {
            lanes.pointer[lane] = splitMix64(UInt64(lane + 1) &* 0x9e37_79b9_7f4a_7c15)
        }
    }

    /// Takes an array in; each call pads its bytes to whole rows, so where an array ends counts, too.
    package func absorb(_ bytes: UnsafeRawPointer, count byteCount: Int) {
        let rows = byteCount / Self.rowBytes
        kernels.absorb(lanes.pointer, bytes, rows)
        let left = byteCount - rows * Self.rowBytes
        if left > 0 {
            rest.pointer.update(repeating: 0, count: Self.rowBytes)
            UnsafeMutableRawPointer(rest.pointer).copyMemory(
                from: bytes + rows * Self.rowBytes, byteCount: left)
            kernels.absorb(lanes.pointer, rest.pointer, 1)
        }
        absorb(UInt64(byteCount))
    }

    package func absorb(_ number: UInt64) {
        lanes.pointer[count & 15] = splitMix64(lanes.pointer[count & 15] ^ number)
        count += 1
    }

    package var digest: Digest {
        var (digest, lane) = (Digest(), 0)
        while lane < 16 {
            digest.append(Digest(high: lanes.pointer[lane + 1], low: lanes.pointer[lane]))
            lane += 2
        }
        return digest
    }
}
