import Foundation
import Tensors
import Testing

@testable import Datasets

/// A file's bytes with the given header.
func safetensors(_ header: String, _ values: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text + values
}

/// The error that reading these bytes as `m.safetensors` gives.
private func complaint(about bytes: [UInt8]) throws -> String? {
    let folder = try Folder()
    do {
        _ = try SafetensorsFile(folder.file("m.safetensors", bytes))
        return nil
    } catch let error as DatasetError { return error.description.replacing(folder.path + "/", with: "") }
}

private let eight: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]  // 1, -2

@Suite struct SafetensorsFileTests {
    @Test func `every type is read`() throws {
        let types: [(String, [UInt8], Float)] = [
            ("BOOL", [1], 1), ("U8", [200], 200), ("I8", [0xfe], -2), ("U16", [1, 2], 513),
            ("I16", [0xfe, 0xff], -2),
            ("F16", [0, 0x3e], 1.5), ("BF16", [0xc0, 0xbf], -1.5), ("U32", [7, 1, 0, 0], 263),
            ("I32", [0xfe, 0xff, 0xff, 0xff], -2), ("F32", [0, 0, 0xc0, 0x3f], 1.5),
            ("U64", [9] + [0, 0, 0, 0, 0, 0, 0], 9),
            ("I64", [UInt8](repeating: 255, count: 8), -1), ("F64", [0, 0, 0, 0, 0, 0, 0xf8, 0xbf], -1.5),
        ]
        let folder = try Folder()
        for (type, bytes, value) in types {
            let header = #"{"x":{"dtype":"\#(type)","shape":[1,1],"data_offsets":[0,\#(bytes.count)]}}"#
            let array = try SafetensorsFile(folder.file("x", safetensors(header, bytes))).array("x")
            #expect(array.shape == [1, 1])
            #expect(try array.floats().values == [value], "\(type)")
        }
    }

    @Test func `names and types that cannot be read are told`() throws {
        let folder = try Folder()
        let header = #"{"x":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#
        let file = try SafetensorsFile(folder.file("m", safetensors(header, eight)))
        let type = #expect(throws: DatasetError.self) { try file.array("x") }
        #expect(
            type?.description
                == "\(folder.path)/m: 'x': type F8_E4M3 is not read; BF16, BOOL, F16, F32, F64, I16, I32, I64, I8, U16, "
                + "U32, U64, U8 are")
        let name = #expect(throws: DatasetError.self) { try file.array("y") }
        #expect(name?.description == "\(folder.path)/m: holds no array 'y'; it holds x")
    }

    @Test func `tensors may stand in any order in the header`() throws {
        let folder = try Folder()
        let header = """
            {"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"shape":[],"dtype":"F32","data_offsets":[0,4]}}
            """
        let found = try SafetensorsFile(folder.file("m", safetensors(header, eight)))
        #expect(found.names == ["a", "b"])
        #expect(try found.names.map { try found.array($0).floats().values } == [[1], [-2]])
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
        (
            safetensors(
                "{\"x\": {\"dtype\": \"U8\", \"shape\": [0], \"data_offsets\": [0, 0]}, "
                    + "\"x\": {\"dtype\": \"U8\", \"shape\": [0], \"data_offsets\": [0, 0]}}"),
            "not a safetensors file: in its header the key 'x' stands twice"
        ),
        (safetensors("[1]"), "not a safetensors file: its header is not the JSON of one"),
        (safetensors(#"{"w": 1}"#), "not a safetensors file: 'w' lacks dtype, shape or data_offsets"),
        (
            safetensors(#"{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}"#),
            "not a safetensors file: 'w' lacks dtype, shape or data_offsets"
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
    func `a file that is no such file is told`(bytes: [UInt8], text: String) throws {
        #expect(try complaint(about: bytes) == "m.safetensors: " + text)
    }

    @Test func `complaint tells no error apart from one`() throws {
        #expect(try complaint(about: safetensors("{}")) == nil)
    }

    @Test func `files that cannot be opened are told`() throws {
        let folder = try Folder()
        let missing = #expect(throws: DatasetError.self) { try SafetensorsFile("missing.safetensors") }
        #expect(missing?.description == "missing.safetensors: no such file")
        let other = #expect(throws: DatasetError.self) { try SafetensorsFile(folder.path) }
        #expect(other?.description == "\(folder.path): not a regular file")
    }
}
