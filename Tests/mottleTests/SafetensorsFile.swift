import Foundation

/// A `.safetensors` file, read without the program's own code.
struct SafetensorsFile {
    /// Of the tensors, sorted.
    let names: [String]

    struct Incomplete: Error {}

    /// Checks that the file is as long as its header says.
    init(_ data: Data) throws {
        let bytes = [UInt8](data)
        guard bytes.count > 8 else { throw Incomplete() }
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 8 + length else { throw Incomplete() }
        let json = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
        let header = (json as? [String: Any] ?? [:]).filter { $0.key != "__metadata__" }
        let ends = header.values.compactMap { (($0 as? [String: Any])?["data_offsets"] as? [Int])?.last }
        guard ends.count == header.count, ends.max() == bytes.count - 8 - length else { throw Incomplete() }
        names = header.keys.sorted()
    }
}
