import Foundation
import Tensors
import Testing

@testable import Datasets

/// A `.npy` file's bytes with the given dictionary in its header.
private func npy(_ dictionary: String, _ values: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array((dictionary + "\n").utf8)
    let length = [UInt8(text.count & 255), UInt8(text.count >> 8)] + (version == 1 ? [] : [0, 0])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + values
}

private func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
}

private func written(_ array: NumPyArray) -> [UInt8] {
    var bytes: [UInt8] = []
    array.write { bytes += $0 }
    return bytes
}

private func read(_ bytes: [UInt8]) throws -> NumPyArray {
    let folder = try Folder()
    return try NumPyArray(file: folder.file("y.npy", bytes))
}

/// The error that reading these bytes as `y.npy` gives.
private func complaint(about bytes: [UInt8]) throws -> String? {
    let folder = try Folder()
    do {
        _ = try NumPyArray(file: folder.file("y.npy", bytes))
        return nil
    } catch let error as NumPyError { return error.description.replacing(folder.path + "/", with: "") }
}

@Suite struct NumPyArrayTests {
    @Test(arguments: [[2, 3], [6], [], [1, 6, 1, 1], [3, 0, 2]])
    func `floats are read back as they were`(sizes: [Int]) throws {
        let shape = Shape(sizes)
        let values: ArraySlice<Float> = [0.5, -.infinity, 1e-30, -0.0, 3, .greatestFiniteMagnitude].prefix(
            shape.count)
        let array = try read(written(NumPyArray(shape: shape, values: .float32(Buffer(Array(values))))))
        #expect(array.shape == shape)
        guard case .float32(let found) = array.values else { return #expect(Bool(false), "no floats") }
        #expect(found.values.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test func `bytes are read back as they were`() throws {
        let array = try read(written(NumPyArray(shape: [2, 2], values: .uint8(Buffer([0, 255, 7, 128])))))
        guard case .uint8(let found) = array.values else { return #expect(Bool(false), "no bytes") }
        #expect(array.shape == [2, 2] && found.values == [0, 255, 7, 128])
    }

    @Test func `a file is written byte for byte as NumPy writes it`() {
        let bytes = written(NumPyArray(shape: [2], values: .float32(Buffer([1, -2]))))
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
        let padding = String(repeating: " ", count: 128 - 10 - text.count - 1) + "\n"
        #expect(bytes[..<10] == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
        #expect(String(decoding: bytes[10..<128], as: UTF8.self) == text + padding)
        #expect(Array(bytes[128...]) == [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func `every version of the header is read`(version: UInt8) throws {
        let text = #"{"shape":(1L, 2),   'fortran_order' : False, 'descr': '<f4'}"#
        let array = try read(npy(text, floats([1.5, -7]), version: version))
        guard case .float32(let found) = array.values else { return #expect(Bool(false), "no floats") }
        #expect(array.shape == [1, 2] && found.values == [1.5, -7])
    }

    @Test(arguments: [
        ("<i4", [3, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff] as [UInt8]),
        ("<i8", [3, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ])
    func `whole numbers are read as floats`(type: String, bytes: [UInt8]) throws {
        let array = try read(npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (2,), }", bytes))
        guard case .float32(let found) = array.values else { return #expect(Bool(false), "no floats") }
        #expect(found.values == [3, -2])
    }

    @Test func `a whole number that float32 does not hold is refused`() throws {
        let file = npy("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", [1, 0, 0, 1])
        #expect(
            try complaint(about: file)
                == "y.npy: 16777217 is beyond 2^24, up to which float32 holds whole numbers")
    }

    @Test(arguments: [
        ("<f8", "float64 is not read; save it with x.astype('float32')"),
        ("<f2", "float16 is not read; save it with x.astype('float32')"),
        (">f4", "big-endian float32 is not read; save it with x.astype('float32')"),
        ("<i2", "int16 is not read; save it with x.astype('float32')"),
        ("|i1", "int8 is not read; save it with x.astype('float32')"),
        ("<u2", "uint16 is not read; save it with x.astype('float32')"),
        ("<c8", "complex64 is not read; save it with x.astype('float32')"),
        ("|b1", "bool is not read; save it with x.astype('uint8')"),
        ("|O", "type '|O' is not read; float32, uint8, int32 and int64 are"),
        ("<U5", "type '<U5' is not read; float32, uint8, int32 and int64 are"),
        ("", "type '' is not read; float32, uint8, int32 and int64 are"),
    ])
    func `other types are refused with a remedy`(type: String, text: String) throws {
        let file = npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0])
        #expect(try complaint(about: file) == "y.npy: " + text)
    }

    @Test(arguments: [
        ([], "not a NumPy array; save one with numpy.save"),
        (Array("hello, world".utf8), "not a NumPy array; save one with numpy.save"),
        (Array("PK\u{3}\u{4}".utf8), "an archive of arrays is not read; save one array with numpy.save"),
        (npy("{}", [], version: 9), "version 9 of the NPY format is not read, 1 to 3 are"),
        (Array(npy("{'descr': '<f4'}", [])[..<14]), "the header is damaged: its end is missing"),
        (npy("{'fortran_order': False, 'shape': (1,), }", [1]), "the header is damaged: 'descr' is missing"),
        (npy("{'descr': '|u1', 'shape': (1,), }", [1]), "the header is damaged: 'fortran_order' is missing"),
        (npy("{'descr': '|u1', 'fortran_order': False}", [1]), "the header is damaged: 'shape' is missing"),
        (
            npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}", [1]),
            "the header is damaged: 'shape' is missing"
        ),
        (
            npy("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}", [1]),
            "the header is damaged: a possible 'shape' is missing"
        ),
        (
            npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", [1]),
            "a structured array is not read; save one field with x['name']"
        ),
        (
            npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2)}", floats([1, 2])),
            "Fortran order is not read; save it with numpy.ascontiguousarray(x)"
        ),
        (
            npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", floats([1, 2])),
            "8 bytes of values found, 24 expected for [3, 2]"
        ),
        (
            npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", [1, 2, 3, 4]),
            "4 bytes of values found, 3 expected for [3]"
        ),
        (
            npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", [1]),
            "1 bytes of values found, over 2^63 expected for [4294967296, 4294967296]"
        ),
    ])
    func `a file that is no such array is told`(bytes: [UInt8], text: String) throws {
        #expect(try complaint(about: bytes) == "y.npy: " + text)
    }

    @Test func `complaint tells no error apart from one`() throws {
        #expect(
            try complaint(about: npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", [1])) == nil)
    }

    @Test func `files that cannot be opened are told`() throws {
        let folder = try Folder()
        let missing = #expect(throws: NumPyError.self) { try NumPyArray(file: "missing.npy") }
        #expect(missing?.description == "missing.npy: no such file")
        let other = #expect(throws: NumPyError.self) { try NumPyArray(file: folder.path) }
        #expect(other?.description == "\(folder.path): not a regular file")
    }
}
