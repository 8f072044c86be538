/// Reads JSON (RFC 8259) from bytes, value by value, without keeping what nobody asks for.
///
/// Stricter than some readers: a key may stand once in an object, surrogates come in pairs, and nothing is deeper than 64
/// objects and lists.
struct JSONScanner {
    /// What the next value is, by its first byte.
    enum Kind: String {
        case object = "an object"
        case list = "a list"
        case string = "a string"
        case number = "a number"
        case flag = "true or false"
        case null = "null"
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    /// The place of the next byte.
    private(set) var place: Int
    private var depth = 0
    private static let deepest = 64

    /// - Parameter bytes: must stay where they are while the scanner reads.
    init(_ bytes: UnsafeBufferPointer<UInt8>, from place: Int = 0) {
        (self.bytes, self.place) = (bytes, place)
    }

    /// Looks at the next value.
    mutating func kind() throws(JSONProblem) -> Kind {
        switch try nextByte("a value") {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .list
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .flag
        case UInt8(ascii: "n"): .null
        default: throw problem("a value expected")
        }
    }

    /// What was read of an object so far.
    struct Members {
        fileprivate var keys: Set<[UInt8]> = []
    }

    /// What was read of a list so far.
    struct Items {
        fileprivate var isEmpty = true
    }

    /// Begins an object, whose keys then follow one by one.
    mutating func beginObject() throws(JSONProblem) -> Members {
        try enter(UInt8(ascii: "{"), "an object")
        return Members()
    }

    /// The next key of an object as UTF-8, behind which its value must be read; nil at the object's end.
    mutating func nextKey(_ members: inout Members) throws(JSONProblem) -> [UInt8]? {
        guard try continues(to: UInt8(ascii: "}"), isFirst: members.keys.isEmpty) else { return nil }
        var key: [UInt8] = []
        _ = try nextByte("a key")
        let start = place
        try readString(into: &key)
        guard members.keys.insert(key).inserted else {
            throw JSONProblem(
                place: start, text: "the key \(shownText(key)) stands twice", isRepeatedKey: true)
        }
        guard try nextByte("':'") == UInt8(ascii: ":") else { throw problem("':' expected") }
        place += 1
        return key
    }

    /// Begins a list, whose values then follow one by one.
    mutating func beginList() throws(JSONProblem) -> Items {
        try enter(UInt8(ascii: "["), "a list")
        return Items()
    }

    /// Whether a list has another value, which then must be read.
    mutating func nextItem(_ items: inout Items) throws(JSONProblem) -> Bool {
        defer { items.isEmpty = false }
        return try continues(to: UInt8(ascii: "]"), isFirst: items.isEmpty)
    }

    /// Appends a string's content as UTF-8.
    mutating func readString(into text: inout [UInt8]) throws(JSONProblem) {
        guard try nextByte("a string") == UInt8(ascii: "\"") else { throw problem("a string expected") }
        place += 1
        while true {
            guard place < bytes.count else { throw problem("the string does not end") }
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return
            case UInt8(ascii: "\\"): try readEscape(into: &text)
            case ..<0x20:
                throw problem("a control character in a string; write it as \\u00\(hexadecimal(byte))")
            default:
                text.append(byte)
                place += 1
            }
        }
    }

    /// Appends a number as it is written.
    mutating func readNumber(into text: inout [UInt8]) throws(JSONProblem) {
        _ = try nextByte("a number")
        let start = place
        func digits(_ scanner: inout JSONScanner) -> Int {
            let first = scanner.place
            while let byte = scanner.current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                scanner.place += 1
            }
            return scanner.place - first
        }
        if current == UInt8(ascii: "-") { place += 1 }
        let startsWithZero = current == UInt8(ascii: "0")
        let whole = digits(&self)
        guard whole == 1 || (whole > 1 && !startsWithZero) else {
            throw JSONProblem(place: start, text: "a number expected")
        }
        if current == UInt8(ascii: ".") {
            place += 1
            guard digits(&self) > 0 else { throw problem("a digit expected") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            place += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { place += 1 }
            guard digits(&self) > 0 else { throw problem("a digit expected") }
        }
        text += bytes[start..<place]
    }

    /// Reads a value that nobody wants.
    mutating func skipValue() throws(JSONProblem) {
        var unwanted: [UInt8] = []
        switch try kind() {
        case .object:
            var members = try beginObject()
            while try nextKey(&members) != nil { try skipValue() }
        case .list:
            var items = try beginList()
            while try nextItem(&items) { try skipValue() }
        case .string: try readString(into: &unwanted)
        case .number: try readNumber(into: &unwanted)
        case .flag: try readWord(current == UInt8(ascii: "t") ? "true" : "false")
        case .null: try readWord("null")
        }
    }

    /// Makes sure that nothing but white space follows.
    mutating func finish() throws(JSONProblem) {
        skipSpace()
        guard place == bytes.count else { throw problem("more text behind the value") }
    }

    func problem(_ text: String) -> JSONProblem { JSONProblem(place: place, text: text) }

    private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { place += 1 }
    }

    /// The first byte that is no white space, which stays to be read.
    private mutating func nextByte(_ wanted: String) throws(JSONProblem) -> UInt8 {
        skipSpace()
        guard let byte = current else { throw problem("ends where \(wanted) is expected") }
        return byte
    }

    private mutating func enter(_ bracket: UInt8, _ wanted: String) throws(JSONProblem) {
        guard try nextByte(wanted) == bracket else { throw problem("\(wanted) expected") }
        guard depth < Self.deepest else {
            throw problem("more than \(Self.deepest) objects and lists in each other")
        }
        depth += 1
        place += 1
    }

    /// Reads the comma before a further item, or the bracket behind the last one: then there is none.
    private mutating func continues(to end: UInt8, isFirst: Bool) throws(JSONProblem) -> Bool {
        let bracket = Character(Unicode.Scalar(end))
        let byte = try nextByte("'\(bracket)'")
        if byte == end {
            place += 1
            depth -= 1
            return false
        }
        if isFirst { return true }
        guard byte == UInt8(ascii: ",") else { throw problem("',' or '\(bracket)' expected") }
        place += 1
        return true
    }

    private mutating func readWord(_ word: StaticString) throws(JSONProblem) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[offset] else { throw problem("'\(word)' expected") }
            place += 1
        }
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(JSONProblem) {
        place += 1
        guard let byte = current else { throw problem("the string does not end") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += UTF8.encode(try readScalar())!
        default:
            place -= 1
            throw problem("no escape is written so")
        }
    }

    /// The scalar behind `\u`, of two escapes where it lies outside of the basic plane.
    private mutating func readScalar() throws(JSONProblem) -> Unicode.Scalar {
        let start = place
        let first = try readHexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        else { throw JSONProblem(place: start, text: "half of a surrogate pair") }
        place += 2
        let second = try readHexadecimal()
        guard (0xdc00...0xdfff).contains(second) else {
            throw JSONProblem(place: start, text: "half of a surrogate pair")
        }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))!
    }

    private mutating func readHexadecimal() throws(JSONProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("four hexadecimal digits expected")
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }
}

/// What is wrong with a JSON text, and at which of its bytes, counted from 0.
struct JSONProblem: Error, Equatable {
    var place: Int
    var text: String
    /// Whether all is well but for a key that stands twice.
    var isRepeatedKey = false
}

/// Bytes between quotes for an error's text: UTF-8 as it is, other bytes as `\xE2`, no more than forty characters.
func shownText(_ bytes: some Collection<UInt8>) -> String {
    var shown = ""
    if let text = String(validating: bytes, as: UTF8.self) {
        for character in text.prefix(41) {
            let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            shown += isControl ? character.utf8.map { "\\x" + hexadecimal($0) }.joined() : String(character)
        }
    } else {
        shown = bytes.prefix(41).map {
            (0x20..<0x7f).contains($0) ? String(Unicode.Scalar($0)) : "\\x" + hexadecimal($0)
        }.joined()
    }
    return "'" + (bytes.count > 40 && shown.count > 40 ? shown.prefix(40) + "…" : shown) + "'"
}

/// Two digits.
func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
