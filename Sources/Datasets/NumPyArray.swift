import Glibc
import Tensors

/// An array of a `.npy` file: 32-bit floats or bytes, row by row. Whole numbers of 32 and 64 bits are read as floats.
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

    /// Reads a file whole, straight into the array's memory.
    package init(file: String) throws(NumPyError) {
        guard let stream = fopen(file, "r") else {
            throw .unreadable(file: file, reason: errno == ENOENT ? "no such file" : Self.systemError)
        }
        defer { fclose(stream) }
        var status = stat()
        guard fstat(fileno(stream), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: file, reason: "not a regular file")
        }
        let header = try NumPyHeader(file: file, stream: stream, fileSize: Int(status.st_size))
        shape = header.shape
        let memory: UnsafeMutableRawPointer
        switch header.type {
        case .int32, .int64:
            values = .float32(try Self.wholeNumbers(header, file: file, stream: stream))
            return
        case .float32:
            let buffer = Buffer<Float>(count: shape.count)
            (values, memory) = (.float32(buffer), UnsafeMutableRawPointer(buffer.pointer))
        case .uint8:
            let buffer = Buffer<UInt8>(count: shape.count)
            (values, memory) = (.uint8(buffer), UnsafeMutableRawPointer(buffer.pointer))
        }
        let size = shape.count * header.type.size
        guard fread(memory, 1, size, stream) == size else {
            throw .unreadable(file: file, reason: ferror(stream) != 0 ? Self.systemError : "became shorter")
        }
    }

    /// Whole numbers as floats, which hold each up to 2²⁴.
    private static func wholeNumbers(
        _ header: NumPyHeader, file: String, stream: UnsafeMutablePointer<FILE>
    ) throws(NumPyError) -> Buffer<Float> {
        let floats = Buffer<Float>(count: header.shape.count)
        var word: Int64 = 0
        for place in 0..<floats.count {
            word = 0
            guard fread(&word, header.type.size, 1, stream) == 1 else {
                throw .unreadable(file: file, reason: ferror(stream) != 0 ? systemError : "became shorter")
            }
            let number = header.type == .int32 ? Int64(Int32(truncatingIfNeeded: word)) : word
            guard (-(1 << 24)...(1 << 24)).contains(number) else {
                throw .unreadable(
                    file: file, reason: "\(number) is beyond 2^24, up to which float32 holds whole numbers")
            }
            floats.pointer[place] = Float(number)
        }
        return floats
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

    private static var systemError: String { "cannot read: " + String(cString: strerror(errno)) }
}

/// Why an array could not be read.
package enum NumPyError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case notAnArray(file: String)
    case archive(file: String)
    case unknownVersion(file: String, version: Int)
    case damagedHeader(file: String, missing: String)
    case unknownType(file: String, type: String, remedy: String)
    case fortranOrder(file: String)
    case wrongSize(file: String, shape: Shape, expected: String, found: Int)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): \(reason)"
        case .notAnArray(let file):
            "\(file): not a NumPy array; save one with numpy.save"
        case .archive(let file):
            "\(file): an archive of arrays is not read; save one array with numpy.save"
        case .unknownVersion(let file, let version):
            "\(file): version \(version) of the NPY format is not read, 1 to 3 are"
        case .damagedHeader(let file, let missing):
            "\(file): the header is damaged: \(missing) is missing"
        case .unknownType(let file, let type, let remedy):
            "\(file): \(type) is not read; \(remedy)"
        case .fortranOrder(let file):
            "\(file): Fortran order is not read; save it with numpy.ascontiguousarray(x)"
        case .wrongSize(let file, let shape, let expected, let found):
            "\(file): \(found) bytes of values found, \(expected) expected for \(shape)"
        }
    }
}
