import CZlib

/// Makes the bytes of small grey PNG files.
enum GreyPNG {
    static func bytes(width: Int, height: Int, pixels: [UInt8]) throws -> [UInt8] {
        func word(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + content
            return word(UInt32(content.count)) + body + word(UInt32(crc32(0, body, UInt32(body.count))))
        }
        let rows = (0..<height).flatMap { [0] + pixels[$0 * width..<($0 + 1) * width] }
        var (packed, count) = ([UInt8](repeating: 0, count: rows.count + 100), UInt(rows.count + 100))
        compress(&packed, &count, rows, UInt(rows.count))
        let header = word(UInt32(width)) + word(UInt32(height)) + [8, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header)
            + chunk("IDAT", Array(packed.prefix(Int(count)))) + chunk("IEND", [])
    }
}
