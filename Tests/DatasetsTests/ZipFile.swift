import CZlib

/// A ZIP file made without the code that reads it.
enum ZipFile {
    struct Member {
        var name: String
        var content: [UInt8]
        var isDeflated = false
    }

    static func bytes(_ members: [Member], isLarge: Bool = false) -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for member in members {
            let packed = member.isDeflated ? deflated(member.content) : member.content
            let sum = UInt32(crc32(0, member.content, UInt32(member.content.count)))
            let method = little(member.isDeflated ? 8 : 0, 2)
            let (sizes, header) = ([packed.count, member.content.count], file.count)
            let name = Array(member.name.utf8)
            // NumPy gives each local header an extra field of 20 bytes.
            let local = little(1, 2) + little(16, 2) + little(sizes[1], 8) + little(sizes[0], 8)
            file +=
                little(0x0403_4b50, 4) + little(20, 2) + little(0, 2) + method + little(0, 4)
                + little(Int(sum), 4)
            file +=
                little(0xffff_ffff, 4) + little(0xffff_ffff, 4) + little(name.count, 2)
                + little(local.count, 2)
            file += name + local + packed
            let wide =
                isLarge
                ? little(1, 2) + little(24, 2) + little(sizes[1], 8) + little(sizes[0], 8) + little(header, 8)
                : []
            let narrow = isLarge ? [0xffff_ffff, 0xffff_ffff, 0xffff_ffff] : sizes + [header]
            directory +=
                little(0x0201_4b50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + method + little(0, 4)
            directory +=
                little(Int(sum), 4) + little(narrow[0], 4) + little(narrow[1], 4) + little(name.count, 2)
            directory += little(wide.count, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
            directory += little(narrow[2], 4) + name + wide
        }
        let (begin, count) = (file.count, members.count)
        file += directory
        if isLarge {
            let record = file.count
            file += little(0x0606_4b50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
            file += little(count, 8) + little(count, 8) + little(directory.count, 8) + little(begin, 8)
            file += little(0x0706_4b50, 4) + little(0, 4) + little(record, 8) + little(1, 4)
        }
        file += little(0x0605_4b50, 4) + little(0, 4)
        file += isLarge ? little(0xffff, 2) + little(0xffff, 2) : little(count, 2) + little(count, 2)
        return file + little(directory.count, 4) + little(isLarge ? 0xffff_ffff : begin, 4) + little(0, 2)
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var (bytes, stream) = (bytes, z_stream())
        var packed = [UInt8](repeating: 0, count: bytes.count + 100)
        deflateInit2_(
            &stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        bytes.withUnsafeMutableBufferPointer { input in
            packed.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                deflate(&stream, Z_FINISH)
            }
        }
        deflateEnd(&stream)
        return Array(packed[..<Int(stream.total_out)])
    }
}
