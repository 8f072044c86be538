/// Memory for `count` values, 64-byte aligned, zeroed, never moved and freed with its last owner.
///
/// The allocation has whole groups of 64 values, which kernels may read and write past `count`. At least 16 lie there: the
/// vector that begins at the last value is inside.
///
/// Safety of `@unchecked Sendable`: the address and the count never change. Who may write which part when is
/// the owner's business: the pipeline hands a batch to one consumer at a time, parallel regions write disjoint parts.
package final class Buffer<Value: BitwiseCopyable>: @unchecked Sendable {
    package let pointer: UnsafeMutablePointer<Value>
    package let count: Int

    package init(count: Int) {
        precondition(count >= 0, "a buffer wants a count of 0 or more, got \(count)")
        let bytes = (count + 16 + 63) / 64 * 64 * MemoryLayout<Value>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        pointer = memory.assumingMemoryBound(to: Value.self)
        self.count = count
    }

    package convenience init(_ values: [Value]) {
        self.init(count: values.count)
        pointer.update(from: values, count: values.count)
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    package var values: [Value] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    package subscript(index: Int) -> Value {
        get {
            precondition(index >= 0 && index < count, "index \(index) is outside a buffer of \(count)")
            return pointer[index]
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) is outside a buffer of \(count)")
            pointer[index] = newValue
        }
    }
}
