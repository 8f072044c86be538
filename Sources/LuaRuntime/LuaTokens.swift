/// Lua 5.4's tokens (reference manual, §3.1), without the values of literals: enough to follow a source's structure.
package struct LuaTokens {
    package enum Token: Equatable, Sendable {
        case name(String)
        case number
        case string
        /// An operator, a bracket, another mark, or a keyword.
        case symbol(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    /// The line of the last token's end.
    package private(set) var line = 1

    package init(_ source: String) {
        bytes = Array(source.utf8)
    }

    package mutating func next() -> Token? {
        skipSpaceAndComments()
        guard let byte = peek() else { return nil }
        if isLetter(byte) { return nameOrKeyword() }
        if isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(isDigit) == true) { return number() }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return quoted(byte) }
        if let level = longBracket() {
            skipLong(level)
            return .string
        }
        return symbol()
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func skipSpaceAndComments() {
        while let byte = peek() {
            if byte == UInt8(ascii: "-") && peek(1) == UInt8(ascii: "-") {
                position += 2
                if let level = longBracket() {
                    skipLong(level)
                } else {
                    while let byte = peek(), !isLineEnd(byte) { position += 1 }
                }
            } else if byte == UInt8(ascii: " ") || (9...13).contains(byte) {
                advance()
            } else {
                return
            }
        }
    }

    /// The number of `=` in a long bracket that opens here.
    private func longBracket() -> Int? {
        guard peek() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
        return peek(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Skips a long bracket and its content.
    private mutating func skipLong(_ level: Int) {
        let end =
            [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        position += level + 2
        while position < bytes.count {
            if bytes[position...].starts(with: end) {
                position += end.count
                return
            }
            advance()
        }
    }

    private mutating func quoted(_ quote: UInt8) -> Token {
        position += 1
        while let byte = peek(), byte != quote, !isLineEnd(byte) {
            if byte == UInt8(ascii: "\\"), let escaped = peek(1) {
                position += 1
                advance()
                if escaped == UInt8(ascii: "z") { skipSpace() }
                if escaped == 13 && peek() == 10 { advance() }
            } else {
                position += 1
            }
        }
        position = min(position + 1, bytes.count)
        return .string
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == UInt8(ascii: " ") || (9...13).contains(byte) { advance() }
    }

    /// As Lua reads one: greedily, malformed ones too.
    private mutating func number() -> Token {
        let isHexadecimal = peek() == UInt8(ascii: "0") && peek(1).map { $0 | 0x20 } == UInt8(ascii: "x")
        let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
        if isHexadecimal { position += 2 }
        while let byte = peek() {
            if byte | 0x20 == exponent {
                position += 1
                if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            } else if isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
                || byte == UInt8(ascii: ".")
            {
                position += 1
            } else {
                break
            }
        }
        return .number
    }

    private mutating func nameOrKeyword() -> Token {
        let start = position
        while let byte = peek(), isLetter(byte) || isDigit(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return Self.keywords.contains(text) ? .symbol(text) : .name(text)
    }

    private mutating func symbol() -> Token {
        for length in [3, 2] where position + length <= bytes.count {
            let text = String(decoding: bytes[position..<position + length], as: UTF8.self)
            if Self.longSymbols.contains(text) {
                position += length
                return .symbol(text)
            }
        }
        defer { position += 1 }
        return .symbol(String(UnicodeScalar(bytes[position])))
    }

    private static let longSymbols: Set = ["...", "..", "//", "<<", ">>", "<=", ">=", "==", "~=", "::"]
    private static let keywords: Set = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
        "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]
}

private func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == 10 || byte == 13
}
