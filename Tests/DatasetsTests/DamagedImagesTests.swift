import CZlib
import Foundation
import Tensors
import Testing

@testable import Datasets

/// A PNG file whose header says another size; its check sum holds.
private func png(height: UInt32, width: UInt32) -> [UInt8] {
    var bytes = GoldenImages.file("RGB PNG")
    bytes.replaceSubrange(16..<20, with: width.bigEndianBytes)
    bytes.replaceSubrange(20..<24, with: height.bigEndianBytes)
    return withChecksums(bytes)
}

/// A JPEG file whose header says another size.
private func jpeg(height: UInt16, width: UInt16, of name: String) -> [UInt8] {
    var bytes = GoldenImages.file(name)
    let frame = bytes.indices.first { bytes[$0] == 0xff && [0xc0, 0xc2].contains(bytes[$0 + 1]) }!
    bytes.replaceSubrange(frame + 5..<frame + 7, with: height.bigEndianBytes)
    bytes.replaceSubrange(frame + 7..<frame + 9, with: width.bigEndianBytes)
    return bytes
}

/// A progressive JPEG file of one grey block, in as many scans.
private func jpeg(scans: Int) -> [UInt8] {
    func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xff, marker] + UInt16(content.count + 2).bigEndianBytes + content
    }
    func scan(_ coefficient: UInt8, _ bits: UInt8) -> [UInt8] {
        segment(0xda, [1, 1, 0, coefficient, coefficient, bits]) + [0x7f]
    }
    // Tables of one code, `0`, which says that all is zero.
    let table: [UInt8] = [1] + [UInt8](repeating: 0, count: 15) + [0]
    var bytes: [UInt8] = [0xff, 0xd8]
    bytes +=
        segment(0xdb, [0] + [UInt8](repeating: 1, count: 64)) + segment(0xc2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0])
    bytes += segment(0xc4, [0x00] + table) + segment(0xc4, [0x10] + table)
    // Each coefficient but for its last bit, then the bit.
    let all = (0...63).map { scan($0, 0x01) } + (1...63).map { scan($0, 0x10) }
    return bytes + all.prefix(scans).joined() + [0xff, 0xd9]
}

/// The chunks of a PNG file, as far as there are any, with the check sums that belong to them.
func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var (bytes, place) = (bytes, 8)
    while place + 12 <= bytes.count {
        let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        guard place + 12 + length <= bytes.count else { break }
        let end = place + 8 + length
        let sum = Array(bytes[place + 4..<end]).withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count)))
        }
        bytes.replaceSubrange(end..<end + 4, with: sum.bigEndianBytes)
        place = end + 4
    }
    return bytes
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

@Suite struct DamagedImagesTests {
    private static let remedy = "; mend it, take it away, or leave out what cannot be read: on_error: skip"

    /// What is said of a file, which is read as 8 × 9 pixels; nil if nothing is.
    private func complaint(_ bytes: [UInt8]) throws -> String? {
        let folder = try Folder()
        let data = try images(folder, ["a/x.jpg": bytes]) {
            $0.size = ImageSize(height: 8, width: 9)
            $0.channels = 3
        }
        do {
            _ = try sample(0, of: data.train)
            return nil
        } catch let error as ImageError {
            let text = error.description.replacing(folder.path + "/a/x.jpg: ", with: "")
            #expect(text.hasSuffix(Self.remedy))
            return text.replacing(Self.remedy, with: "")
        }
    }

    @Test(arguments: [
        ([], "an empty file"),
        (Array("GIF89a".utf8), "a GIF picture"),
        (Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ".utf8), "a WebP picture"),
        ([0x1f, 0x8b, 8], "a gzipped file"),
        (Array("<html>not found</html>".utf8), "another kind of file"),
        ([0xff, 0xd8], "another kind of file"),
    ])
    func `files of other kinds are told`(bytes: [UInt8], found: String) throws {
        #expect(try complaint(bytes) == "expected a PNG or JPEG image, found \(found)")
    }

    @Test func `a damaged PNG file is told`() throws {
        let whole = GoldenImages.file("RGB PNG")
        let start = "the PNG image cannot be decoded: "
        #expect(try complaint(whole) == nil)
        for end in [8, 20, 33, 60, whole.count / 2, whole.count - 1] {
            #expect(try complaint(Array(whole[..<end])) == start + "the file ends early")
        }
        var bytes = whole
        let end = bytes.count - 12  // where IEND begins, behind the check sum of IDAT
        bytes[end - 1] ^= 1
        #expect(try complaint(bytes) == start + "IDAT: CRC error")
        bytes = whole
        let data = whole.indices.first { whole[$0...].starts(with: Array("IDAT".utf8)) }! + 4
        bytes[data + 1] ^= 1
        #expect(try complaint(withChecksums(bytes)) == start + "IDAT: incorrect header check")
        bytes = whole
        bytes[25] = 7
        #expect(try complaint(withChecksums(bytes)) == start + "invalid IHDR data")
        // Texts are passed by, also those that would unpack to more than there is room for.
        let text = UInt32(1000).bigEndianBytes + Array("zTXt".utf8) + [UInt8](repeating: 7, count: 1004)
        #expect(try complaint(withChecksums(Array(whole[..<33] + text + whole[33...]))) == nil)
        // Less than the header says.
        #expect(try complaint(png(height: 14, width: 19)) == start + "not enough image data")
    }

    @Test(arguments: ["4:2:0 JPEG", "progressive JPEG", "grey JPEG", "CMYK JPEG", "with restarts JPEG"])
    func `a JPEG file that ends early is told`(name: String) throws {
        let whole = GoldenImages.file(name)
        let start = "the JPEG image cannot be decoded: "
        #expect(try complaint(whole) == nil)
        for end in [3, 30, whole.count / 2, whole.count * 3 / 4, whole.count - 2] {
            #expect(try complaint(Array(whole[..<end])) == start + "premature end of JPEG file")
        }
    }

    @Test func `a damaged JPEG file is told`() throws {
        let whole = GoldenImages.file("4:4:4 JPEG")
        let start = "the JPEG image cannot be decoded: "
        var bytes = whole
        bytes.replaceSubrange(whole.count / 2..<whole.count / 2 + 2, with: [0xff, 0xd9])
        #expect(try complaint(bytes) == start + "corrupt JPEG data: premature end of data segment")
        bytes = whole
        bytes.insert(contentsOf: [1, 2, 3], at: whole.count - 2)
        #expect(try complaint(bytes) == start + "corrupt JPEG data: 2 extraneous bytes before marker 0xd9")
        bytes = whole
        bytes[2] = 0
        #expect(try complaint(bytes) == "expected a PNG or JPEG image, found another kind of file")
        #expect(try complaint(whole + [1, 2, 3]) == nil)  // what is behind the image is not looked at
    }

    @Test func `an image that unpacks to more than there is room for is refused by its header`() throws {
        let limits = "pixels, more than the 65535 on a side or 67108864 in all that are read"
        #expect(try complaint(png(height: 1, width: 65_536)) == "the header says [1, 65536] " + limits)
        #expect(
            try complaint(png(height: 2_000_000_000, width: 3)) == "the header says [2000000000, 3] " + limits
        )
        #expect(try complaint(png(height: 8192, width: 8193)) == "the header says [8192, 8193] " + limits)
        for name in ["4:2:0 JPEG", "progressive JPEG"] {
            let bytes = jpeg(height: 65_500, width: 65_499, of: name)
            #expect(try complaint(bytes) == "the header says [65500, 65499] " + limits)
        }
        #expect(try complaint(jpeg(scans: 100)) == nil)
        #expect(
            try complaint(jpeg(scans: 101)) == "the JPEG image cannot be decoded: more than 100 scans found")
        let folder = try Folder()
        let data = try images(folder, ["a/x.png": GoldenImages.file("grey PNG")]).train
        truncate(folder.path + "/a/x.png", 1 << 40)
        let error = #expect(throws: ImageError.self) { try sample(0, of: data) }
        #expect(
            error?.description
                == "\(folder.path)/a/x.png: 1099511627776 bytes found, 1073741824 at most expected of an image"
                + Self.remedy)
    }

    @Test func `a reader goes on behind what it cannot read`() throws {
        let folder = try Folder()
        let names = ["RGB PNG", "4:2:0 JPEG", "interlaced RGB PNG", "progressive JPEG", "CMYK JPEG"]
        var files: [String: [UInt8]] = [:]
        for (id, name) in names.enumerated() {
            let whole = GoldenImages.file(name)
            files["a/\(2 * id).png"] = Array(whole[..<(whole.count * 2 / 3)])
            files["a/\(2 * id + 1).png"] = whole
        }
        files["a/9.png"] = nil
        let data = try images(folder, files) { $0.size = ImageSize(height: 10, width: 12) }.train
        let (reader, scratch) = (data.makeReader(), Buffer<Float>(count: data.sampleShape.count))
        for turn in 0..<3 {
            for id in 0..<8 {
                guard id % 2 == 1 else {
                    #expect(throws: ImageError.self) { try reader.read(id, scratch: scratch.pointer) }
                    continue
                }
                let alone = try #require(try sample(id, of: data).bytes)
                guard case .bytes(let bytes, _, _) = try reader.read(id, scratch: scratch.pointer).values
                else { continue }
                #expect(
                    alone.elementsEqual(UnsafeBufferPointer(start: bytes, count: alone.count)), "turn \(turn)"
                )
            }
        }
        unlink(data.name(of: 3))
        let error = #expect(throws: DatasetError.self) { try reader.read(3, scratch: scratch.pointer) }
        #expect(error?.description == "\(folder.path)/a/3.png: no such file")
    }

    @Test(arguments: [
        "grey PNG", "grey PNG of 4 bits", "palette PNG of 4 bits with transparency, interlaced",
        "16-bit RGBA PNG",
        "RGB PNG with a transparent colour", "interlaced RGB PNG", "animated PNG", "4:4:4 JPEG", "4:2:0 JPEG",
        "progressive JPEG", "RGB JPEG", "with restarts JPEG", "grey JPEG", "CMYK JPEG",
    ])
    func `damaged pictures are read or refused`(name: String) throws {
        let folder = try Folder()
        let whole = GoldenImages.file(name)
        let forms = try [(nil, 1), (nil, 3), (ImageSize(height: 7, width: 31), 3)].map { size, channels in
            try images(folder, ["a/x.png": whole]) { ($0.size, $0.channels) = (size, channels) }.train
        }
        let readers = forms.map { ($0.makeReader(), Buffer<Float>(count: $0.sampleShape.count)) }
        var refused = 0
        for seed in FuzzSeeds.all {
            // Without their check sums no damaged chunk of a PNG file would be looked at.
            let bytes = damaged(whole, seed: seed)
            _ = try folder.file(
                "a/x.png", seed % 4 > 0 && name.contains("PNG") ? withChecksums(bytes) : bytes)
            let (reader, scratch) = readers[Int(seed % 3)]
            do {
                guard case .bytes(let values, _, _) = try reader.read(0, scratch: scratch.pointer).values
                else { continue }
                #expect((0..<scratch.count).reduce(0) { $0 + Int(values[$1]) } >= 0)
            } catch let error as ImageError {
                refused += 1
                #expect(error.description.contains("/a/x.png: "))
            }
        }
        #expect(refused > FuzzSeeds.all.count / 20)
    }
}
