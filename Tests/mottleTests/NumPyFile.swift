import Foundation

/// NumPy's `.npy` files, written and read without the program's own code.
enum NumPyFile {
    static func floats(_ shape: [Int], _ values: [Float]) -> Data {
        header("<f4", shape) + values.withUnsafeBytes { Data($0) }
    }

    static func bytes(_ shape: [Int], _ values: [UInt8]) -> Data { header("|u1", shape) + Data(values) }

    /// The text of the header and the bytes behind it.
    static func parts(_ data: Data) -> (header: String, values: Data) {
        let bytes = [UInt8](data)
        let length = Int(bytes[8]) + Int(bytes[9]) << 8
        return (String(decoding: bytes[10..<10 + length], as: UTF8.self), Data(bytes[(10 + length)...]))
    }

    static func floats(_ data: Data) -> [Float] {
        let values = parts(data).values
        return (0..<values.count / 4).map { place in
            values.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place * 4, as: Float.self) }
        }
    }

    private static func header(_ type: String, _ shape: [Int]) -> Data {
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
        text += String(repeating: " ", count: (64 - (text.count + 11) % 64) % 64) + "\n"
        let size = UInt16(text.count)
        return Data(
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(size & 255), UInt8(size >> 8)] + Array(text.utf8))
    }
}
