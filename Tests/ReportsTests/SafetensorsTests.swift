import Foundation
import Tensors
import Testing

@testable import Reports

/// A file's bytes with the given header.
private func safetensors(_ header: String, _ values: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text + values
}

private let eight: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]  // 1, -2

@Suite struct SafetensorsTests {
    @Test func `a file has these bytes`() throws {
        let folder = try TestFolder()
        let file = folder.path + "/m.safetensors"
        let tensor = StoredTensor(name: "w", shape: [1, 2], values: Buffer([1, -2]))
        try Safetensors(tensors: [tensor], metadata: ["b": "2", "a": "1 \"é\"\n\u{1}"]).write(to: file)
        let header =
            #"{"__metadata__": {"a": "1 \"é\"\n\u0001", "b": "2"}, "w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(Array(try Data(contentsOf: URL(filePath: file))) == safetensors(header + padding, eight))
    }
}
