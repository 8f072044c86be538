/// A part of a text that is tokenised on its own.
struct TextPiece: Equatable {
    /// Of the text's bytes.
    var range: Range<Int>
    /// False for what lies between words.
    var isWord: Bool
}

/// A text cut into pieces that follow one another without a gap.
struct TextPieces: Sequence, IteratorProtocol {
    enum Rule: Sendable {
        /// Runs of letters, marks and digits are words. So is every other scalar, such as a punctuation mark, but for white
        /// space, control and format characters: runs of these lie between words.
        case words
        /// GPT-2's (Radford et al. 2019, in their `encoder.py`), by which a word carries the space before it:
        /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`. White space alone is no word.
        case bytePairs
    }

    /// A longer piece is cut behind so many bytes, at the end of a scalar: the work that a piece makes grows with its square.
    static let longest = 1024

    private let text: UnsafeBufferPointer<UInt8>
    private let rule: Rule
    private var place = 0

    /// - Parameter text: UTF-8, which must stay where it is; a byte that is not counts as a scalar of its own, U+FFFD.
    init(_ text: UnsafeBufferPointer<UInt8>, _ rule: Rule) { (self.text, self.rule) = (text, rule) }

    mutating func next() -> TextPiece? {
        guard place < text.count else { return nil }
        let start = place
        let isWord =
            switch rule {
            case .words: passRun()
            case .bytePairs: passBytePairs()
            }
        return TextPiece(range: start..<place, isWord: isWord)
    }

    /// Passes over a piece and says whether it is a word.
    private mutating func passRun() -> Bool {
        let (start, scalar) = (place, TextScalar(text, at: place))
        if scalar.kind.isBetweenWords {
            pass(from: start) { $0.isBetweenWords }
            return false
        }
        if scalar.kind.isPartOfWords {
            pass(from: start) { $0.isPartOfWords }
        } else {
            place += scalar.length
        }
        return true
    }

    /// As `passRun`, by GPT-2's rule.
    private mutating func passBytePairs() -> Bool {
        if passContraction() { return true }
        let start = place
        var scalar = TextScalar(text, at: place)
        if text[place] == UInt8(ascii: " "), place + 1 < text.count {
            let following = TextScalar(text, at: place + 1)
            if following.kind != .space { (place, scalar) = (place + 1, following) }
        }
        guard scalar.kind == .space else {
            let kind = scalar.kind.ofBytePairs
            pass(from: start) { $0.ofBytePairs == kind }
            return true
        }
        pass(from: start) { $0 == .space }
        if place < text.count {
            // The last one of several may belong to the word behind it.
            var last = place - 1
            while last > start, text[last] & 0xc0 == 0x80 { last -= 1 }
            if last > start { place = last }
        }
        return false
    }

    private mutating func passContraction() -> Bool {
        guard text[place] == UInt8(ascii: "'"), place + 1 < text.count else { return false }
        let second = place + 2 < text.count ? text[place + 2] : 0
        switch (text[place + 1], second) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            place += 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            place += 3
        default: return false
        }
        return true
    }

    /// Passes over scalars of a kind, as far as a piece that began at `start` may reach.
    private mutating func pass(from start: Int, while belongs: (TextScalar.Kind) -> Bool) {
        while place < text.count {
            let scalar = TextScalar(text, at: place)
            guard belongs(scalar.kind), place + scalar.length - start <= Self.longest else { return }
            place += scalar.length
        }
    }
}

/// A Unicode scalar of a text.
struct TextScalar {
    /// By the general category and the property White_Space, in the version of Unicode that the Swift toolchain brings;
    /// neither the system nor its language has a say.
    enum Kind {
        case letter, mark, number, space
        /// Cc and Cf, but for white space.
        case control
        case other

        var isPartOfWords: Bool { self == .letter || self == .mark || self == .number }
        var isBetweenWords: Bool { self == .space || self == .control }
        /// For GPT-2's rule marks and controls are like punctuation.
        var ofBytePairs: Kind { self == .mark || self == .control ? .other : self }
    }

    let value: Unicode.Scalar
    /// Of its bytes.
    let length: Int

    /// The scalar that begins at a byte.
    init(_ text: UnsafeBufferPointer<UInt8>, at place: Int) {
        let first = text[place]
        (value, length) = first < 0x80 ? (Unicode.Scalar(first), 1) : Self.decoded(text, at: place)
    }

    private static func decoded(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> (Unicode.Scalar, Int) {
        let first = text[place]
        let (length, least): (Int, UInt32) =
            first >= 0xf0 ? (4, 0x10000) : first >= 0xe0 ? (3, 0x800) : (2, 0x80)
        guard first >= 0xc2, first < 0xf8, place + length <= text.count else { return ("\u{fffd}", 1) }
        var value = UInt32(first) & (0x7f >> UInt32(length))
        for offset in 1..<length {
            guard text[place + offset] & 0xc0 == 0x80 else { return ("\u{fffd}", 1) }
            value = value << 6 | UInt32(text[place + offset] & 0x3f)
        }
        guard value >= least, let scalar = Unicode.Scalar(value) else { return ("\u{fffd}", 1) }
        return (scalar, length)
    }

    var kind: Kind {
        switch value {
        case "a"..."z", "A"..."Z": return .letter
        case "0"..."9": return .number
        case " ", "\t"..."\r": return .space
        case "\0"..."\u{1f}", "\u{7f}": return .control
        case "\0"..."\u{7f}": return .other
        default: break
        }
        if value.properties.isWhitespace { return .space }
        switch value.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return .letter
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        case .control, .format: return .control
        default: return .other
        }
    }

    /// Calls `body` with the bytes of each scalar.
    static func forEach(
        in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var place = 0
        while place < text.count {
            let length = TextScalar(text, at: place).length
            body(UnsafeBufferPointer(rebasing: text[place..<place + length]))
            place += length
        }
    }

    /// Appends a text in lower case, scalar by scalar (Unicode's full mapping, which knows no language and no neighbours).
    static func lowercase(_ text: UnsafeBufferPointer<UInt8>, into lower: inout [UInt8]) {
        var place = 0
        while place < text.count {
            let scalar = TextScalar(text, at: place)
            if scalar.length == 1, scalar.value.isASCII {
                let byte = text[place]
                lower.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
            } else {
                lower += scalar.value.properties.lowercaseMapping.utf8
            }
            place += scalar.length
        }
    }
}
