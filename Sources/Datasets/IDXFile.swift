import Tensors

/// An array of bytes in MNIST's IDX form, gzipped or not: 0, 0, the type, the rank, the sizes as big-endian 32-bit
/// numbers, then the values row by row (yann.lecun.com/exdb/mnist).
struct IDXFile {
    enum Content: String {
        case images, labels

        var ranks: ClosedRange<UInt8> { self == .images ? 3...4 : 1...1 }
    }

    let file: String
    let shape: Shape
    let bytes: ByteStorage
    /// Of the first value in `bytes`.
    let offset: Int

    init(_ file: String, holding content: Content) throws(DatasetError) {
        let stream = try GzipStream(file)
        shape = try Self.shape(of: stream, holding: content)
        self.file = file

        let headerSize = 4 + 4 * shape.rank
        let count = shape.byteCount(.uint8)
        if count == 0 { throw .empty(file: file, shape: shape) }
        guard let count, count <= stream.largestPossibleCount || !stream.isCompressed else {
            throw .tooLarge(file: file, shape: shape, fileSize: stream.fileSize)
        }
        let found: Int
        if stream.isCompressed {
            guard let memory = ByteStorage(count: count) else {
                throw .tooLarge(file: file, shape: shape, fileSize: stream.fileSize)
            }
            let unpacked = try stream.read(into: memory.pointer, count: count)
            found = unpacked + (try Self.trailingCount(of: stream))
            (bytes, offset) = (memory, 0)
        } else {
            (bytes, offset) = (try ByteStorage(mapping: file), headerSize)
            found = bytes.count - headerSize
        }
        guard found >= count, !stream.endsEarly else {
            throw .endsEarly(
                file: file, compressed: stream.isCompressed, found: headerSize + found,
                expected: headerSize + count, shape: shape)
        }
        guard found == count else {
            throw .trailingBytes(
                file: file, found: headerSize + found, expected: headerSize + count, shape: shape)
        }
    }

    var array: StoredArray {
        StoredArray(name: file, shape: shape, type: .uint8, bytes: bytes, offset: offset)
    }

    /// Reads the header.
    private static func shape(of stream: GzipStream, holding content: Content) throws(DatasetError) -> Shape {
        let start = try bytes(8, of: stream)
        guard start.count >= 4, start[0] == 0, start[1] == 0, start[2] == unsignedByte,
            content.ranks.contains(start[3])
        else {
            throw .notTheContent(file: stream.file, wanted: content.rawValue, found: appearance(of: start))
        }
        let headerSize = 4 + 4 * Int(start[3])
        let header = start + (try bytes(headerSize - 8, of: stream))
        guard header.count == headerSize else {
            throw .headerEndsEarly(file: stream.file, found: header.count, expected: headerSize)
        }
        return Shape(
            stride(from: 4, to: headerSize, by: 4).map { place in
                header[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            })
    }

    private static func bytes(_ count: Int, of stream: GzipStream) throws(DatasetError) -> [UInt8] {
        guard let memory = ByteStorage(count: count) else { return [] }
        let found = try stream.read(into: memory.pointer, count: count)
        return Array(UnsafeBufferPointer(start: memory.pointer, count: found))
    }

    /// How many bytes still come, one more than `trailingLimit` at most. Reading to the end also makes zlib compare
    /// the check sum.
    private static func trailingCount(of stream: GzipStream) throws(DatasetError) -> Int {
        try bytes(trailingLimit + 1, of: stream).count
    }

    /// The IDX type of the only values that are read.
    private static let unsignedByte: UInt8 = 8

    /// What a file looks like by its first bytes.
    private static func appearance(of start: [UInt8]) -> String {
        guard start.count >= 4, start[0] == 0, start[1] == 0 else { return FileKind(start).name }
        let types: [UInt8: String] = [
            9: "signed bytes", 11: "16-bit numbers", 12: "32-bit numbers", 13: "floats", 14: "doubles",
        ]
        if let type = types[start[2]] { return "one of \(type)" }
        guard start[2] == unsignedByte else { return "another kind of file" }
        return switch start[3] {
        case 1: "one of labels"
        case 3, 4: "one of images"
        default: "one of rank \(start[3])"
        }
    }
}
