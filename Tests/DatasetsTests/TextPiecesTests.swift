import Testing

@testable import Datasets

/// The pieces of a text, those between words in brackets.
private func pieces(_ text: String, _ rule: TextPieces.Rule) -> [String] {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
        TextPieces(bytes, rule).map { piece in
            let part = String(decoding: bytes[piece.range], as: UTF8.self)
            return piece.isWord ? part : "[\(part)]"
        }
    }
}

@Suite struct TextPiecesTests {
    @Test(arguments: [
        ("two words", ["two", "[ ]", "words"]),
        ("don't stop...", ["don", "'", "t", "[ ]", "stop", ".", ".", "."]),
        ("x2 ½ Ⅻ ٣٤", ["x2", "[ ]", "½", "[ ]", "Ⅻ", "[ ]", "٣٤"]),
        ("e\u{301}a\u{327}", ["e\u{301}a\u{327}"]),
        ("a\u{200b}b\u{ad}\t\r\n c", ["a", "[\u{200b}]", "b", "[\u{ad}\t\r\n ]", "c"]),
        ("a\u{3000}\u{85}b", ["a", "[\u{3000}\u{85}]", "b"]),
        ("自由,\u{1f600}\u{1f600}$", ["自由", ",", "\u{1f600}", "\u{1f600}", "$"]),
        ("", []),
    ])
    func `letters, marks and digits make words, other signs are words of their own`(
        text: String, parts: [String]
    ) {
        #expect(pieces(text, .words) == parts)
    }

    @Test(arguments: [
        ("two words", ["two", " words"]),
        (
            "I'm you're we've she'll he'd it's 'tis",
            ["I", "'m", " you", "'re", " we", "'ve", " she", "'ll", " he", "'d", " it", "'s", " '", "tis"]
        ),
        ("I'M", ["I", "'", "M"]),
        ("a  b   c ", ["a", "[ ]", " b", "[  ]", " c", "[ ]"]),
        ("a\n\nb\t c", ["a", "[\n]", "[\n]", "b", "[\t]", " c"]),
        ("x2 = (3.5)", ["x", "2", " =", " (", "3", ".", "5", ")"]),
        ("e\u{301}", ["e", "\u{301}"]),
        ("\u{3000}a", ["[\u{3000}]", "a"]),
        ("   ", ["[   ]"]),
        (" \u{200b} ", [" \u{200b}", "[ ]"]),
    ])
    func `for byte pairs a word has the space before it`(text: String, parts: [String]) {
        #expect(pieces(text, .bytePairs) == parts)
    }

    @Test func `long pieces are cut at the end of a scalar`() {
        let text = String(repeating: "ä", count: 700) + "b"
        for rule in [TextPieces.Rule.words, .bytePairs] {
            #expect(pieces(text, rule).map(\.utf8.count) == [1024, 377])
        }
        let marks = "x" + String(repeating: "\u{1f600}", count: 256)
        #expect(pieces(marks, .bytePairs).map(\.utf8.count) == [1, 1024])
        #expect(pieces(" " + marks.dropFirst(), .bytePairs).map(\.utf8.count) == [1021, 4])
    }

    @Test func `bytes that are no UTF-8 are a scalar each`() {
        let bytes: [UInt8] = [0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98]
        bytes.withUnsafeBufferPointer { text in
            #expect(TextPieces(text, .words).map(\.range.count) == [Int](repeating: 1, count: 10))
            #expect(TextPieces(text, .bytePairs).reduce(0) { $0 + $1.range.count } == 10)
        }
    }

    @Test func `lower case is that of each scalar`() {
        var lower: [UInt8] = []
        Array("AZ[ ÄΣ İ!".utf8).withUnsafeBufferPointer { TextScalar.lowercase($0, into: &lower) }
        #expect(
            String(decoding: lower, as: UTF8.self).unicodeScalars.elementsEqual(
                "az[ äσ i\u{307}!".unicodeScalars))
    }
}
