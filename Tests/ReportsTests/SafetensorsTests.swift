import Foundation
import Tensors
import Testing

@testable import Reports

/// A file's bytes with the given header.
private func safetensors(_ header: String, _ values: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text + values
}

/// The error that reading these bytes as `m.safetensors` gives.
private func complaint(about bytes: [UInt8]) throws -> String? {
    let folder = try TestFolder()
    do {
        _ = try Safetensors(file: folder.file("m.safetensors", bytes))
        return nil
    } catch let error as SafetensorsError { return error.description.replacing(folder.path + "/", with: "") }
}

private let eight: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]  // 1, -2

@Suite struct SafetensorsTests {
    private let tensors = [
        StoredTensor(name: "dense.weight", shape: [2, 3], values: Buffer([1, -2, 0.5, .infinity, -0.0, 3])),
        StoredTensor(name: "empty", shape: [0, 4], values: Buffer([])),
        StoredTensor(name: "scalar \"é\"", shape: [], values: Buffer([7])),
    ]

    @Test func `weights are read back as they were`() throws {
        let folder = try TestFolder()
        let file = folder.path + "/m.safetensors"
        try Safetensors(tensors: tensors, metadata: ["seed": "7", "note": "a \"b\"\n\u{1}"]).write(to: file)
        let found = try Safetensors(file: file)
        #expect(found.metadata == ["seed": "7", "note": "a \"b\"\n\u{1}"])
        #expect(found.tensors.map(\.name) == tensors.map(\.name))
        #expect(found.tensors.map(\.shape) == tensors.map(\.shape))
        for (tensor, expected) in zip(found.tensors, tensors) {
            #expect(tensor.values.values.map(\.bitPattern) == expected.values.values.map(\.bitPattern))
        }
    }

    @Test func `a file has these bytes`() throws {
        let folder = try TestFolder()
        let file = folder.path + "/m.safetensors"
        let tensor = StoredTensor(name: "w", shape: [1, 2], values: Buffer([1, -2]))
        try Safetensors(tensors: [tensor], metadata: ["b": "2", "a": "1"]).write(to: file)
        let header =
            #"{"__metadata__": {"a": "1", "b": "2"}, "w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(Array(try Data(contentsOf: URL(filePath: file))) == safetensors(header + padding, eight))
    }

    @Test func `tensors may stand in any order in the header`() throws {
        let folder = try TestFolder()
        let header = """
            {"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"shape":[],"dtype":"F32","data_offsets":[0,4]}}
            """
        let found = try Safetensors(file: folder.file("m", safetensors(header, eight)))
        #expect(found.tensors.map(\.name) == ["a", "b"] && found.metadata.isEmpty)
        #expect(found.tensors.map { $0.values.values } == [[1], [-2]])
    }

    @Test(arguments: [
        ([], "not a safetensors file: it has 0 bytes"),
        ([1, 2, 3], "not a safetensors file: it has 3 bytes"),
        (
            Array("hello, world".utf8),
            "not a safetensors file: its header would have 8583909746840200552 bytes"
        ),
        (
            Array(safetensors("{}              ")[..<20]),
            "ends within its header: 12 bytes found, 16 expected"
        ),
        (safetensors("{]"), "not a safetensors file: its header is not the JSON of one"),
        (safetensors("[1]"), "not a safetensors file: its header is not the JSON of one"),
        (safetensors(#"{"w": 1}"#), "not a safetensors file: 'w' lacks dtype, shape or data_offsets"),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}"#),
            "not a safetensors file: 'w' lacks dtype, shape or data_offsets"
        ),
        (
            safetensors(#"{"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}"#, eight),
            "'w' is F64, only F32 is read"
        ),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}"#, eight),
            "'w' [3] does not fit its bytes 0..<8"
        ),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [-2, -1], "data_offsets": [0, 8]}}"#, eight),
            "'w' [-2, -1] does not fit its bytes 0..<8"
        ),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#, eight),
            "'w' [2] does not fit its bytes 8..<0"
        ),
        (
            safetensors(
                #"{"w": {"dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 8]}}"#, eight),
            "'w' [4294967296, 4294967296] does not fit its bytes 0..<8"
        ),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#, eight),
            "'w' starts at byte 4, 0 expected: bytes belong to no tensor"
        ),
        (
            safetensors(
                #"{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "#
                    + #""v": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#, eight),
            "'v' starts at byte 4, 8 expected: it overlaps another tensor"
        ),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}"#, eight),
            "8 bytes of values found, 12 expected"
        ),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#, eight),
            "8 bytes of values found, 4 expected"
        ),
    ])
    func `a file that is no such model is told`(bytes: [UInt8], text: String) throws {
        #expect(try complaint(about: bytes) == "m.safetensors: " + text)
    }

    @Test func `complaint tells no error apart from one`() throws {
        #expect(try complaint(about: safetensors("{}")) == nil)
    }

    @Test func `files that cannot be opened are told`() throws {
        let folder = try TestFolder()
        let missing = #expect(throws: SafetensorsError.self) { try Safetensors(file: "missing.safetensors") }
        #expect(missing?.description == "missing.safetensors: no such file")
        let other = #expect(throws: SafetensorsError.self) { try Safetensors(file: folder.path) }
        #expect(other?.description == "\(folder.path): not a regular file")
    }
}
