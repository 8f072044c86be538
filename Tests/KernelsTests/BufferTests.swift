import CAllocations
import Tensors
import Testing

@Suite struct BufferTests {
    @Test(arguments: [0, 1, 47, 48, 49, 64, 128, 1_000, 4_096])
    func `a vector that begins at the last value is inside the memory`(count: Int) {
        let (floats, bytes) = (Buffer<Float>(count: count), Buffer<UInt8>(count: count))
        #expect(bytes_of_allocation(floats.pointer) >= 4 * (count + 16))
        #expect(bytes_of_allocation(bytes.pointer) >= count + 16)
        #expect(UInt(bitPattern: floats.pointer) % 64 == 0 && UInt(bitPattern: bytes.pointer) % 64 == 0)
        #expect((0..<count + 16).allSatisfy { floats.pointer[$0] == 0 && bytes.pointer[$0] == 0 })
    }
}
