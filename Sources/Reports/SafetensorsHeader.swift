import FoundationEssentials
import Glibc
import Tensors

/// What the header of a safetensors file says, checked against the file's size.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let shape: Shape
        let begin: Int
        let end: Int
    }

    /// In the order of their values, which fill the rest of the file.
    let entries: [Entry]
    let metadata: [String: String]

    /// Reads the header and leaves `stream` at the first value.
    init(file: String, stream: UnsafeMutablePointer<FILE>, fileSize: Int) throws(SafetensorsError) {
        func bytes(_ count: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { memory, found in
                found = fread(memory.baseAddress, 1, count, stream)
            }
        }
        let start = bytes(8)
        guard start.count == 8 else {
            throw .notSafetensors(file: file, reason: "it has \(start.count) bytes")
        }
        let length = start.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        // The format's own limit.
        guard length <= 100_000_000 else {
            throw .notSafetensors(file: file, reason: "its header would have \(length) bytes")
        }
        guard length <= fileSize - 8, case let text = bytes(Int(length)), text.count == length else {
            throw .headerTooLong(file: file, found: fileSize - 8, expected: length)
        }
        let content: [String: HeaderMember]
        do {
            content = try JSONDecoder().decode([String: HeaderMember].self, from: Data(text))
        } catch {
            throw .notSafetensors(file: file, reason: "its header is not the JSON of one")
        }
        metadata = content["__metadata__"]?.strings ?? [:]
        entries = try Self.entries(content, file: file)
        let expected = entries.last?.end ?? 0
        guard fileSize - 8 - Int(length) == expected else {
            throw .wrongSize(file: file, found: fileSize - 8 - Int(length), expected: expected)
        }
    }

    private static func entries(_ content: [String: HeaderMember], file: String) throws(SafetensorsError)
        -> [Entry]
    {
        var entries: [Entry] = []
        for (name, member) in content where name != "__metadata__" {
            guard let tensor = member.tensor, tensor.offsets.count == 2 else {
                throw .notSafetensors(file: file, reason: "'\(name)' lacks dtype, shape or data_offsets")
            }
            guard tensor.dtype == "F32" else {
                throw .wrongType(file: file, tensor: name, type: tensor.dtype)
            }
            let (begin, end) = (tensor.offsets[0], tensor.offsets[1])
            guard begin >= 0, begin <= end, byteCount(of: tensor.shape) == end - begin else {
                throw .wrongOffsets(
                    file: file, tensor: name, shape: Shape(tensor.shape), begin: begin, end: end)
            }
            entries.append(Entry(name: name, shape: Shape(tensor.shape), begin: begin, end: end))
        }
        // Empty tensors share their start with the next one; the name makes the order, and so the error, certain.
        entries.sort { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
        var expected = 0
        for entry in entries {
            if entry.begin > expected {
                throw .gap(file: file, tensor: entry.name, begin: entry.begin, expected: expected)
            }
            if entry.begin < expected {
                throw .overlap(file: file, tensor: entry.name, begin: entry.begin, expected: expected)
            }
            expected = entry.end
        }
        return entries
    }

    /// Nil for a negative size and for more bytes than an Int counts.
    private static func byteCount(of sizes: [Int]) -> Int? {
        var count = 4
        for size in sizes {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}

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
        let container = try decoder.singleValueContainer()
        tensor = try? container.decode(Tensor.self)
        strings = tensor == nil ? try? container.decode([String: String].self) : nil
    }
}
