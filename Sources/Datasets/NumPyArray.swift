import Tensors

/// An array to write as a `.npy` file: 32-bit floats or bytes, row by row.
package struct NumPyArray {
    package enum Values {
        case float32(Buffer<Float>)
        case uint8(Buffer<UInt8>)
    }

    package let shape: Shape
    package let values: Values

    package init(shape: Shape, values: Values) {
        let count =
            switch values {
            case .float32(let buffer): buffer.count
            case .uint8(let buffer): buffer.count
            }
        precondition(count == shape.count, "an array of \(shape) wants \(shape.count) values, got \(count)")
        (self.shape, self.values) = (shape, values)
    }

    /// Hands a file's bytes to `sink` piece by piece: the header, then the values where they lie.
    package func write(to sink: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let header =
            switch values {
            case .float32: NumPyHeader(shape: shape, type: .float32)
            case .uint8: NumPyHeader(shape: shape, type: .uint8)
            }
        try header.bytes.withUnsafeBytes(sink)
        switch values {
        case .float32(let buffer):
            try sink(UnsafeRawBufferPointer(UnsafeBufferPointer(start: buffer.pointer, count: buffer.count)))
        case .uint8(let buffer):
            try sink(UnsafeRawBufferPointer(UnsafeBufferPointer(start: buffer.pointer, count: buffer.count)))
        }
    }
}
