import CZlib

/// The members of a ZIP file, which is what NumPy's `.npz` is (PKWARE's APPNOTE.TXT 6.3.10; the numbers of sections are its).
struct ZipArchive {
    struct Member {
        let name: String
        let method: UInt16
        let isEncrypted: Bool
        let checkSum: UInt32
        let packedSize: Int
        let size: Int
        /// Where its local header lies.
        let header: Int
    }

    let file: String
    let members: [Member]
    private let bytes: ByteStorage

    /// Reads the central directory (4.3.12).
    init(_ bytes: ByteStorage, file: String) throws(DatasetError) {
        (self.bytes, self.file) = (bytes, file)
        let (count, begin) = try Self.directory(bytes, file: file)
        var members: [Member] = []
        var place = begin
        for _ in 0..<count {
            guard let (member, next) = Self.member(bytes, at: place) else {
                throw .damagedArchive(file: file, problem: "its directory ends early")
            }
            members.append(member)
            place = next
        }
        self.members = members
    }

    /// How many members there are, and where the directory begins: from the record at the end (4.3.16), or from that of
    /// large archives (4.3.14).
    private static func directory(_ bytes: ByteStorage, file: String) throws(DatasetError) -> (Int, Int) {
        // A comment of up to 65,535 bytes may follow the record of 22.
        var end = bytes.count - 22
        while end >= max(0, bytes.count - 22 - 65_535), bytes.number(UInt32.self, at: end) != 0x0605_4b50 {
            end -= 1
        }
        guard let count = bytes.number(UInt16.self, at: end + 10),
            let begin = bytes.number(UInt32.self, at: end + 16),
            bytes.number(UInt32.self, at: end) == 0x0605_4b50
        else { throw .damagedArchive(file: file, problem: "it has no directory; is it whole?") }
        guard count == .max || begin == .max, bytes.number(UInt32.self, at: end - 20) == 0x0706_4b50 else {
            return (Int(count), Int(begin))
        }
        guard let record = bytes.number(UInt64.self, at: end - 12).flatMap(Int.init(exactly:)),
            bytes.number(UInt32.self, at: record) == 0x0606_4b50,
            record < bytes.count - 56,
            let count = bytes.number(UInt64.self, at: record + 32).flatMap(Int.init(exactly:)),
            let begin = bytes.number(UInt64.self, at: record + 48).flatMap(Int.init(exactly:)),
            count <= bytes.count / 46
        else { throw .damagedArchive(file: file, problem: "its directory ends early") }
        return (count, begin)
    }

    /// An entry of the directory and the place behind it; nil where it is none.
    private static func member(_ bytes: ByteStorage, at place: Int) -> (Member, next: Int)? {
        guard place >= 0, place <= bytes.count - 46, bytes.number(UInt32.self, at: place) == 0x0201_4b50,
            let flags = bytes.number(UInt16.self, at: place + 8),
            let method = bytes.number(UInt16.self, at: place + 10),
            let checkSum = bytes.number(UInt32.self, at: place + 16),
            let packedSize = bytes.number(UInt32.self, at: place + 20),
            let size = bytes.number(UInt32.self, at: place + 24),
            let nameLength = bytes.number(UInt16.self, at: place + 28),
            let extraLength = bytes.number(UInt16.self, at: place + 30),
            let commentLength = bytes.number(UInt16.self, at: place + 32),
            let header = bytes.number(UInt32.self, at: place + 42)
        else { return nil }
        let extra = place + 46 + Int(nameLength)
        let next = extra + Int(extraLength) + Int(commentLength)
        guard next <= bytes.count else { return nil }
        // Numbers of 32 ones stand in the extra field 1, in this order (4.5.3).
        var large = largeNumbers(bytes, extra..<extra + Int(extraLength))[...]
        func whole(_ number: UInt32) -> Int? { number == .max ? large.popFirst() : Int(number) }
        guard let size = whole(size), let packedSize = whole(packedSize), let header = whole(header) else {
            return nil
        }
        let member = Member(
            name: bytes.text(place + 46..<extra), method: method, isEncrypted: flags & 1 != 0,
            checkSum: checkSum, packedSize: packedSize, size: size, header: header)
        return (member, next)
    }

    private static func largeNumbers(_ bytes: ByteStorage, _ extra: Range<Int>) -> [Int] {
        var place = extra.lowerBound
        while let kind = bytes.number(UInt16.self, at: place),
            let length = bytes.number(UInt16.self, at: place + 2), place + 4 + Int(length) <= extra.upperBound
        {
            if kind == 1 {
                return stride(from: place + 4, to: place + 4 + Int(length) & ~7, by: 8).compactMap {
                    bytes.number(UInt64.self, at: $0).flatMap(Int.init(exactly:))
                }
            }
            place += 4 + Int(length)
        }
        return []
    }

    /// A member's bytes: where they lie if they are stored, unpacked into memory if they are deflated.
    func content(of member: Member) throws(DatasetError) -> (ByteStorage, Range<Int>) {
        func damaged(_ problem: String) -> DatasetError {
            .damagedArchive(file: file, problem: "'\(member.name)' \(problem)")
        }
        guard !member.isEncrypted, member.method == 0 || member.method == 8 else {
            throw .unknownPacking(
                file: file, member: member.name, method: member.isEncrypted ? nil : Int(member.method))
        }
        // The local header (4.3.7) has an extra field of its own.
        guard member.header < bytes.count, bytes.number(UInt32.self, at: member.header) == 0x0403_4b50,
            let nameLength = bytes.number(UInt16.self, at: member.header + 26),
            let extraLength = bytes.number(UInt16.self, at: member.header + 28)
        else { throw damaged("is not where the directory says") }
        let begin = member.header + 30 + Int(nameLength) + Int(extraLength)
        guard begin <= bytes.count, member.packedSize <= bytes.count - begin else {
            throw damaged("has \(member.packedSize) bytes, more than follow")
        }
        if member.method == 0 {
            guard member.size == member.packedSize else {
                throw damaged("is stored, but has two sizes: \(member.packedSize) and \(member.size)")
            }
            return (bytes, begin..<begin + member.size)
        }
        // Deflate packs 1032 bytes into one at best (zlib.net/zlib_tech.html).
        guard member.size / 1032 <= member.packedSize, let memory = ByteStorage(count: member.size) else {
            throw damaged("says to hold \(member.size) bytes, more than \(member.packedSize) can unpack to")
        }
        let found = inflated(bytes.pointer + begin, member.packedSize, into: memory)
        guard found == member.size else {
            throw damaged("unpacks to \(found ?? 0) of its \(member.size) bytes")
        }
        guard Self.checkSum(memory) == member.checkSum else { throw damaged("has a wrong check sum") }
        return (memory, 0..<member.size)
    }

    /// Unpacks deflated bytes, and returns how many there are, up to one more than fit; nil without memory.
    private func inflated(
        _ packed: UnsafeMutablePointer<UInt8>, _ count: Int, into memory: ByteStorage
    ) -> Int? {
        var stream = z_stream()
        // No header: minus the window's size (zlib.h).
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var (read, written) = (0, 0)
        var spare: UInt8 = 0
        while true {
            let (input, room) = (min(count - read, 1 << 30), min(memory.count - written, 1 << 30))
            stream.next_in = packed + read
            stream.avail_in = UInt32(input)
            let status: Int32
            if room > 0 {
                stream.next_out = memory.pointer + written
                stream.avail_out = UInt32(room)
                status = inflate(&stream, Z_NO_FLUSH)
                written += room - Int(stream.avail_out)
            } else {
                // Full; the end of the packed data may still come.
                status = withUnsafeMutablePointer(to: &spare) { spare in
                    stream.next_out = spare
                    stream.avail_out = 1
                    return inflate(&stream, Z_NO_FLUSH)
                }
                if stream.avail_out == 0 { return written + 1 }
            }
            read += input - Int(stream.avail_in)
            if status != Z_OK { return written }
        }
    }

    private static func checkSum(_ memory: ByteStorage) -> UInt32 {
        stride(from: 0, to: memory.count, by: 1 << 30).reduce(0) { sum, place in
            UInt32(crc32(uLong(sum), memory.pointer + place, UInt32(min(1 << 30, memory.count - place))))
        }
    }
}
