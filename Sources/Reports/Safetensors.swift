import Glibc
import Tensors

/// A model's file in the form of github.com/huggingface/safetensors: the header's length as 64 bits, the header as JSON,
/// then the values of all tensors as little-endian floats without a gap.
package struct Safetensors {
    package var tensors: [StoredTensor]
    /// Strings about the model, such as the run's seed.
    package var metadata: [String: String]

    package init(tensors: [StoredTensor], metadata: [String: String] = [:]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// Writes the file, as a whole or not at all.
    package func write(to path: String) throws {
        try AtomicFile.write(path) { file throws in
            try header.withUnsafeBytes { bytes throws in try file.append(bytes) }
            for tensor in tensors {
                let values = UnsafeBufferPointer(start: tensor.values.pointer, count: tensor.values.count)
                try file.append(UnsafeRawBufferPointer(values))
            }
        }
    }

    /// The length and the JSON, which spaces fill up so that the values start at a multiple of 8 bytes.
    private var header: [UInt8] {
        var members: [JSONValue.Member] = []
        if !metadata.isEmpty {
            let entries = metadata.sorted { $0.key < $1.key }.map {
                JSONValue.Member($0.key, .string($0.value))
            }
            members.append(.init("__metadata__", .object(entries)))
        }
        var begin = 0
        for tensor in tensors {
            let end = begin + 4 * tensor.values.count
            let entry: KeyValuePairs<String, JSONValue> = [
                "dtype": "F32", "shape": .list(tensor.shape.sizes.map { .whole($0) }),
                "data_offsets": [.whole(begin), .whole(end)],
            ]
            members.append(.init(tensor.name, .object(entry)))
            begin = end
        }
        var text = Array(JSONValue.object(members).text.utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    }

    /// Reads a file whole; its tensors come in the order of their values.
    package init(file: String) throws(SafetensorsError) {
        guard let stream = fopen(file, "r") else {
            throw .unreadable(file: file, reason: errno == ENOENT ? "no such file" : Self.systemError)
        }
        defer { fclose(stream) }
        var status = stat()
        guard fstat(fileno(stream), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: file, reason: "not a regular file")
        }
        let header = try SafetensorsHeader(file: file, stream: stream, fileSize: Int(status.st_size))
        metadata = header.metadata
        tensors = []
        for entry in header.entries {
            let values = Buffer<Float>(count: entry.shape.count)
            guard fread(values.pointer, 4, values.count, stream) == values.count else {
                throw .unreadable(
                    file: file, reason: ferror(stream) != 0 ? Self.systemError : "became shorter")
            }
            tensors.append(StoredTensor(name: entry.name, shape: entry.shape, values: values))
        }
    }

    private static var systemError: String { "cannot read: " + String(cString: strerror(errno)) }
}
