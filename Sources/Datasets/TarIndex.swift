import Glibc
import Tensors

/// Where the files of a tar archive lie in it (POSIX.1-2001 ustar and pax, and GNU's long names).
///
/// Only headers are read, one after the other; an archive of any size takes no memory but that of its index.
struct TarIndex {
    struct Member {
        var name: String
        var offset: Int
        var size: Int
    }

    /// In the archive's order; folders, links and what else is no file are left out.
    let members: [Member]

    private static let blockSize = 512
    /// Names that a header cannot hold are files of their own in front of it.
    private static let longestName = 1 << 16

    init(_ file: OpenFile) throws {
        var members: [Member] = []
        var place = 0
        var longName: String?
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        while place < file.size {
            guard try file.read(place, into: &block, count: Self.blockSize) == Self.blockSize else {
                throw ShardError.endsEarly(file: file.path, place: place)
            }
            // Two blocks of zeros end an archive; one is enough to know.
            if block.allSatisfy({ $0 == 0 }) { break }
            let header = try Header(block, file: file.path, place: place)
            let start = place + Self.blockSize
            guard header.size <= file.size - start else {
                throw ShardError.memberTooLong(
                    file: file.path, member: header.name, size: header.size, left: file.size - start)
            }
            switch header.kind {
            case .file:
                members.append(Member(name: longName ?? header.name, offset: start, size: header.size))
                longName = nil
            case .longName, .extended:
                guard header.size <= Self.longestName else {
                    throw ShardError.nameTooLong(file: file.path, size: header.size)
                }
                var bytes = [UInt8](repeating: 0, count: header.size)
                guard try file.read(start, into: &bytes, count: header.size) == header.size else {
                    throw ShardError.endsEarly(file: file.path, place: start)
                }
                longName =
                    header.kind == .longName
                    ? String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                    : Self.path(inExtended: bytes) ?? longName
            case .other: longName = nil
            }
            place = start + (header.size + Self.blockSize - 1) / Self.blockSize * Self.blockSize
        }
        self.members = members
    }

    /// The `path` of a pax header, whose records are `length key=value\n`.
    private static func path(inExtended bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
            length > space - rest.startIndex, length <= rest.count
        {
            let record = rest[(space + 1)..<(rest.startIndex + length)].dropLast()
            if record.starts(with: "path=".utf8) {
                return String(decoding: record.dropFirst(5), as: UTF8.self)
            }
            rest = rest[(rest.startIndex + length)...]
        }
        return nil
    }

    /// The block in front of a member.
    private struct Header {
        enum Kind { case file, longName, extended, other }
        let name: String
        let size: Int
        let kind: Kind

        init(_ block: [UInt8], file: String, place: Int) throws(ShardError) {
            func text(_ range: Range<Int>) -> String {
                String(decoding: block[range].prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let sum = Self.number(block[148..<156]), sum == Self.checksum(block) else {
                throw ShardError.notTar(file: file, place: place)
            }
            guard let size = Self.number(block[124..<136]) else {
                throw ShardError.badSize(file: file, place: place)
            }
            let isUstar = block[257..<262].elementsEqual("ustar".utf8) && block[262] == 0
            let prefix = isUstar ? text(345..<500) : ""
            let base = text(0..<100)
            name = prefix.isEmpty ? base : prefix + "/" + base
            switch block[156] {
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): (self.size, kind) = (size, .file)
            case UInt8(ascii: "L"): (self.size, kind) = (size, .longName)
            case UInt8(ascii: "x"): (self.size, kind) = (size, .extended)
            // Links and folders have no content, whatever the field says.
            case UInt8(ascii: "1")...UInt8(ascii: "6"): (self.size, kind) = (0, .other)
            default: (self.size, kind) = (size, .other)
            }
        }

        /// The sum of all bytes, those of the sum itself taken as spaces.
        private static func checksum(_ block: [UInt8]) -> Int {
            block.enumerated().reduce(0) { $0 + (148..<156 ~= $1.offset ? 32 : Int($1.element)) }
        }

        /// Octal digits, or GNU's binary form for what has no room as such.
        private static func number(_ field: ArraySlice<UInt8>) -> Int? {
            if field.first! & 0x80 != 0 {
                guard field.first! == 0x80, field.dropFirst().prefix(field.count - 8).allSatisfy({ $0 == 0 })
                else { return nil }
                let value = field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
                return value
            }
            let digits = String(decoding: field, as: UTF8.self).trimming { $0 == " " || $0 == "\0" }
            return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
        }
    }
}

extension String {
    func trimming(_ isEdge: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let first = rest.first, isEdge(first) { rest.removeFirst() }
        while let last = rest.last, isEdge(last) { rest.removeLast() }
        return rest
    }
}

/// Why a file of shards cannot be read.
package enum ShardError: DataError, Equatable {
    case notTar(file: String, place: Int)
    case badSize(file: String, place: Int)
    case endsEarly(file: String, place: Int)
    case memberTooLong(file: String, member: String, size: Int, left: Int)
    case nameTooLong(file: String, size: Int)
    /// A sample has no member with any of these endings.
    case missing(file: String, sample: String, endings: [String])
    case scattered(file: String, sample: String)
    case twice(file: String, member: String)
    case badLabel(file: String, member: String, text: String)
    case labelOutside(name: String, label: Int, classes: Int)
    case noSamples(file: String, count: Int)

    package var description: String {
        switch self {
        case .notTar(let file, let place):
            place == 0
                ? "\(file): no tar archive: its first header's check sum is wrong"
                : "\(file): damaged at byte \(place): the check sum of a header is wrong"
        case .badSize(let file, let place): "\(file): damaged at byte \(place): a header's size is no number"
        case .endsEarly(let file, let place): "\(file): ends early, within the header at byte \(place)"
        case .memberTooLong(let file, let member, let size, let left):
            "\(file): '\(member)' would have \(size) bytes, the archive has \(left) left; was it cut short?"
        case .nameTooLong(let file, let size):
            "\(file): a name of \(size) bytes; 65536 at most are read"
        case .missing(let file, let sample, let endings):
            "\(file): sample '\(sample)' has no member ending in \(endings.map { "." + $0 }.joined(separator: ", "))"
        case .scattered(let file, let sample):
            "\(file): members of sample '\(sample)' stand apart; those of a sample follow one another: "
                + "tar --sort=name -cf …"
        case .twice(let file, let member): "\(file): '\(member)' stands there twice"
        case .badLabel(let file, let member, let text):
            "\(file): '\(member)' holds '\(text)', a class of 0 to 65535 in decimal digits expected"
        case .labelOutside(let name, let label, let classes):
            "\(name): the label is \(label), outside the \(classes) classes 0...\(classes - 1)"
        case .noSamples(let file, let count):
            "\(file)\(count > 1 ? " and \(count - 1) more" : ""): no samples found; members are expected such as "
                + "00017.jpg and 00017.cls"
        }
    }
}
