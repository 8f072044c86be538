import Tensors

/// A model's file to write, in the form of github.com/huggingface/safetensors: the header's length as 64 bits, the header as JSON,
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
}
