import Foundation

/// A `.safetensors` file, read without the program's own code.
struct SafetensorsFile {
    /// Of the tensors, sorted.
    var names: [String] { tensors.keys.sorted() }
    /// Bytes by name.
    let tensors: [String: Data]

    struct Incomplete: Error {}

    /// Checks that the file is as long as its header says.
    init(_ data: Data) throws {
        let bytes = [UInt8](data)
        guard bytes.count > 8 else { throw Incomplete() }
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 8 + length else { throw Incomplete() }
        let json = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
        let header = (json as? [String: Any] ?? [:]).filter { $0.key != "__metadata__" }
        let places = header.compactMapValues { ($0 as? [String: Any])?["data_offsets"] as? [Int] }
        let values = bytes[(8 + length)...]
        guard places.count == header.count, places.values.map({ $0[1] }).max() == values.count else {
            throw Incomplete()
        }
        tensors = places.mapValues { Data(values.dropFirst($0[0]).prefix($0[1] - $0[0])) }
    }
}
