import Foundation
import Tensors
import Testing

@testable import Datasets

/// A `.npy` file's bytes with the given dictionary in its header.
func npy(_ dictionary: String, _ values: [UInt8], version: UInt8 = 1) -> [UInt8] {
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

private func read(_ bytes: [UInt8]) throws -> StoredArray {
    let folder = try Folder()
    return try StoredArray(numPy: folder.file("y.npy", bytes))
}

/// The error that reading these bytes as `y.npy` gives.
private func complaint(about bytes: [UInt8]) throws -> String? {
    let folder = try Folder()
    do {
        _ = try StoredArray(numPy: folder.file("y.npy", bytes)).floats()
        return nil
    } catch let error as DatasetError { return error.description.replacing(folder.path + "/", with: "") }
}

@Suite struct NumPyArrayTests {
    @Test(arguments: [[2, 3], [6], [], [1, 6, 1, 1], [3, 0, 2]])
    func `floats are read back as they were`(sizes: [Int]) throws {
        let shape = Shape(sizes)
        let values: ArraySlice<Float> = [0.5, -.infinity, 1e-30, -0.0, 3, .greatestFiniteMagnitude].prefix(
            shape.count)
        let array = try read(written(NumPyArray(shape: shape, values: .float32(Buffer(Array(values))))))
        #expect(array.shape == shape)
        #expect(array.type == .float32)
        #expect(try array.floats().values.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test func `bytes are read back as they were`() throws {
        let array = try read(written(NumPyArray(shape: [2, 2], values: .uint8(Buffer([0, 255, 7, 128])))))
        #expect(array.type == .uint8 && array.shape == [2, 2])
        #expect(try array.floats().values == [0, 255, 7, 128])
        let row = try #require(array.bytes(of: 1))
        #expect(row[0] == 7 && row[1] == 128)
    }

    @Test func `a file is written byte for byte as NumPy writes it`() {
        let bytes = written(NumPyArray(shape: [2], values: .float32(Buffer([1, -2]))))
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
        let padding = String(repeating: " ", count: 128 - 10 - text.count - 1) + "\n"
        #expect(bytes[..<10] == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
        #expect(String(decoding: bytes[10..<128], as: UTF8.self) == text + padding)
        #expect(Array(bytes[128...]) == [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
    }

    struct Numbers: CustomTestStringConvertible {
        let type: String
        let bytes: [UInt8]
        let values: [Float]
        var testDescription: String { type }

        init(_ type: String, _ bytes: [UInt8], _ values: [Float]) {
            (self.type, self.bytes, self.values) = (type, bytes, values)
        }
    }

    static let numbers: [Numbers] = [
        Numbers("|b1", [1, 0], [1, 0]),
        Numbers("|i1", [3, 0xfe], [3, -2]),
        Numbers("<i2", [3, 0, 0xfe, 0xff], [3, -2]),
        Numbers(">i2", [0, 3, 0xff, 0xfe], [3, -2]),
        Numbers(">u2", [0, 3, 0xff, 0xfe], [3, 65534]),
        Numbers("<i4", [3, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff], [3, -2]),
        Numbers("<u4", [3, 0, 0, 0, 0, 0, 0, 1], [3, 16_777_216]),
        Numbers("<i8", [3, 0, 0, 0, 0, 0, 0, 0] + [0xfe] + [UInt8](repeating: 0xff, count: 7), [3, -2]),
        Numbers(">u8", [0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 7], [259, 7]),
        // 1.5 and the smallest half; 1 and the largest half.
        Numbers("<f2", [0, 0x3e, 1, 0], [1.5, 0x1p-24]),
        Numbers(">f2", [0x3c, 0, 0x7b, 0xff], [1, 65504]),
        Numbers(">f4", [0x3f, 0xc0, 0, 0, 0xc0, 0xe0, 0, 0], [1.5, -7]),
        // 0.1 is rounded to the nearest Float, 1e300 to infinity.
        Numbers(
            ">f8",
            [0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a, 0x7e, 0x37, 0xe4, 0x3c, 0x88, 0, 0x75, 0x9c],
            [0.1, .infinity]),
    ]

    @Test(arguments: numbers)
    func `numbers of every type are read as floats`(_ numbers: Numbers) throws {
        let header = "{'descr': '\(numbers.type)', 'fortran_order': False, 'shape': (2,), }"
        #expect(try read(npy(header, numbers.bytes)).floats().values == numbers.values)
    }

    @Test func `Fortran's order is read row by row`() throws {
        // Element (i, j, k) is 100 i + 10 j + k; the first index runs fastest.
        var values: [UInt8] = []
        for k in 0..<4 { for j in 0..<3 { for i in 0..<2 { values.append(UInt8(i * 100 + j * 10 + k)) } } }
        let array = try read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}", values))
        #expect(array.bytes(of: 0) == nil)
        var row = [Float](repeating: -1, count: 13)
        try array.read(1, bytesOver: nil, into: &row)
        #expect(row == [100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123, -1])
        try array.read(0, bytesOver: -1...254, into: &row)
        #expect(row[..<3] == [-1, 0, 1])
    }

    @Test(arguments: [
        ("<i4", [1, 0, 0, 1], "16777217"), ("<i4", [0, 0, 0, 0x80], "-2147483648"),
        ("<u8", [UInt8](repeating: 255, count: 8), "over 2^63"),
    ])
    func `a whole number that float32 does not hold is refused`(type: String, bytes: [UInt8], text: String)
        throws
    {
        let file = npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }", bytes)
        #expect(
            try complaint(about: file)
                == "y.npy: sample 0 holds \(text), beyond 2^24, up to which float32 holds whole numbers")
    }

    @Test(arguments: [
        ("<f16", "float128 is not read; save it with x.astype('float32')"),
        ("<c8", "complex64 is not read; save it with x.astype('float32')"),
        (
            "<f999999999999999999",
            "type '<f999999999999999999' is not read; numbers are; save them with x.astype('float32')"
        ),
        ("|O", "type '|O' is not read; numbers are; save them with x.astype('float32')"),
        ("<U5", "type '<U5' is not read; numbers are; save them with x.astype('float32')"),
        ("", "type '' is not read; numbers are; save them with x.astype('float32')"),
    ])
    func `other types are refused with a remedy`(type: String, text: String) throws {
        let file = npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0])
        #expect(try complaint(about: file) == "y.npy: " + text)
    }

    @Test(
        arguments: [
            ([], "not a NumPy array; save one with numpy.save"),
            (Array("hello, world".utf8), "not a NumPy array; save one with numpy.save"),
            (
                Array("PK\u{3}\u{4}".utf8),
                severalArrays
            ),
            (npy("{}", [], version: 9), "version 9 of the NPY format is not read, 1 to 3 are"),
            (Array(npy("{'descr': '<f4'}", [])[..<14]), "the header is damaged: its end is missing"),
            (
                npy("{'fortran_order': False, 'shape': (1,), }", [1]),
                "the header is damaged: 'descr' is missing"
            ),
            (
                npy("{'descr': '|u1', 'shape': (1,), }", [1]),
                "the header is damaged: 'fortran_order' is missing"
            ),
            (
                npy("{'descr': '|u1', 'fortran_order': False}", [1]),
                "the header is damaged: 'shape' is missing"
            ),
            (
                npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}", [1]),
                "the header is damaged: a possible 'shape' is missing"
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
            (
                npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296)}", []),
                "0 bytes of values found, over 2^63 expected for [0, 4294967296, 4294967296]"
            ),
        ] as [([UInt8], String)])
    func `a file that is no such array is told`(bytes: [UInt8], text: String) throws {
        #expect(try complaint(about: bytes) == "y.npy: " + text)
    }

    @Test func `complaint tells no error apart from one`() throws {
        #expect(
            try complaint(about: npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", [1])) == nil)
    }

    @Test func `files that cannot be opened are told`() throws {
        let folder = try Folder()
        let missing = #expect(throws: DatasetError.self) { try StoredArray(numPy: "missing.npy") }
        #expect(missing?.description == "missing.npy: no such file")
        let other = #expect(throws: DatasetError.self) { try StoredArray(numPy: folder.path) }
        #expect(other?.description == "\(folder.path): not a regular file")
    }
}
