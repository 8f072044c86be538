import FoundationEssentials
import Tensors

/// The arrays of a file in the form of github.com/huggingface/safetensors: the header's length as 64 bits, the header as
/// JSON, then the values of all tensors, little-endian and without a gap.
package struct SafetensorsFile {
    let file: String
    /// In the order of their values.
    private let tensors: [Tensor]
    /// Strings about the file.
    package let metadata: [String: String]
    private let bytes: ByteStorage
    /// Where the first tensor's values lie.
    private let begin: Int

    private struct Tensor {
        let name: String
        let typeName: String
        let shape: Shape
        let begin: Int
        let end: Int
    }

    /// Maps a file and checks what its header says against its size.
    package init(_ file: String) throws(DatasetError) {
        try self.init(ByteStorage(mapping: file), file: file)
    }

    init(_ bytes: ByteStorage, file: String) throws(DatasetError) {
        guard let length = bytes.number(UInt64.self, at: 0) else {
            throw .notSafetensors(file: file, reason: "it has \(bytes.count) bytes")
        }
        // The format's own limit.
        guard length <= 100_000_000 else {
            throw .notSafetensors(file: file, reason: "its header would have \(length) bytes")
        }
        guard length <= bytes.count - 8 else {
            throw .headerEndsEarly(file: file, found: bytes.count - 8, expected: Int(length))
        }
        let header = UnsafeBufferPointer(start: UnsafePointer(bytes.pointer) + 8, count: Int(length))
        try Self.checkKeys(header, file: file)
        let content: [String: HeaderMember]
        do {
            let text = Data(UnsafeBufferPointer(start: bytes.pointer + 8, count: Int(length)))
            content = try JSONDecoder().decode([String: HeaderMember].self, from: text)
        } catch {
            throw .notSafetensors(file: file, reason: "its header is not the JSON of one")
        }
        (self.file, self.bytes, begin) = (file, bytes, 8 + Int(length))
        metadata = content["__metadata__"]?.strings ?? [:]
        tensors = try Self.tensors(content, file: file)
        let (found, expected) = (bytes.count - begin, tensors.last?.end ?? 0)
        guard found == expected else {
            throw .wrongLength(file: file, found: found, expected: expected)
        }
    }

    /// Refuses names that stand twice, of which the decoder would take one and say nothing.
    private static func checkKeys(
        _ header: UnsafeBufferPointer<UInt8>, file: String
    ) throws(DatasetError) {
        var scanner = JSONScanner(header)
        do throws(JSONProblem) {
            var members = try scanner.beginObject()
            while try scanner.nextKey(&members) != nil { try scanner.skipValue() }
        } catch  where error.isRepeatedKey {
            throw .notSafetensors(file: file, reason: "in its header \(error.text)")
        } catch {
            // The decoder says what is wrong.
        }
    }

    package var names: [String] { tensors.map(\.name) }

    /// - Throws: `DatasetError` for a name that is not there and a type that is not read.
    package func array(_ name: String) throws(DatasetError) -> StoredArray {
        guard let tensor = tensors.first(where: { $0.name == name }) else {
            throw .noSuchArray(file: file, name: name, known: names)
        }
        let label = "\(file): '\(name)'"
        guard let type = types[tensor.typeName] else {
            let known = types.keys.sorted().joined(separator: ", ")
            throw .unknownType(file: label, type: "type \(tensor.typeName)", remedy: "\(known) are")
        }
        return StoredArray(
            name: label, shape: tensor.shape, type: type, bytes: bytes, offset: begin + tensor.begin)
    }

    private static func tensors(_ content: [String: HeaderMember], file: String) throws(DatasetError)
        -> [Tensor]
    {
        var tensors: [Tensor] = []
        // In the order of names, which makes the first error certain.
        for (name, member) in content.sorted(by: { $0.key < $1.key }) where name != "__metadata__" {
            guard let tensor = member.tensor, tensor.offsets.count == 2 else {
                throw .notSafetensors(file: file, reason: "'\(name)' lacks dtype, shape or data_offsets")
            }
            let (begin, end) = (tensor.offsets[0], tensor.offsets[1])
            let shape = Shape(tensor.shape)
            guard begin >= 0, begin <= end,
                types[tensor.dtype].map(shape.byteCount) ?? end - begin == end - begin
            else {
                throw .wrongOffsets(file: file, tensor: name, shape: shape, begin: begin, end: end)
            }
            tensors.append(
                Tensor(name: name, typeName: tensor.dtype, shape: shape, begin: begin, end: end))
        }
        // Empty tensors share their start with the next one; the name makes the order certain.
        tensors.sort { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
        var expected = 0
        for tensor in tensors {
            guard tensor.begin == expected else {
                throw .gap(file: file, tensor: tensor.name, begin: tensor.begin, expected: expected)
            }
            expected = tensor.end
        }
        return tensors
    }
}

/// The types of tensors that are read, by the format's names.
private let types: [String: ElementType] = [
    "BOOL": .bool, "U8": .uint8, "U16": .uint16, "U32": .uint32, "U64": .uint64, "I8": .int8, "I16": .int16,
    "I32": .int32, "I64": .int64, "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64,
]

/// A member of the header: a tensor, or the strings of `__metadata__`.
private struct HeaderMember: Decodable {
    struct Tensor: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey { case dtype, shape, offsets = "data_offsets" }
    }

    let tensor: Tensor?
    let strings: [String: String]?

    init(from decoder: any Decoder) throws {
        tensor = try? decoder.singleValueContainer().decode(Tensor.self)
        strings = try? decoder.singleValueContainer().decode([String: String].self)
    }
}
