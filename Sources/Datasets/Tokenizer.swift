/// Tokens with a meaning of their own; their ids are the same in every vocabulary.
package enum SpecialToken: Int, CaseIterable, Sendable {
    /// Stands behind a text that is shorter than others.
    case padding = 0
    /// Stands for what the vocabulary does not have.
    case unknown
    /// Stands before a text.
    case classification
    /// Stands behind a text.
    case separator
    /// For generators that hide tokens.
    case mask

    package var text: String {
        switch self {
        case .padding: "[PAD]"
        case .unknown: "[UNK]"
        case .classification: "[CLS]"
        case .separator: "[SEP]"
        case .mask: "[MASK]"
        }
    }

    /// The first id of a token without a meaning of its own.
    package static let count = allCases.count
}

/// What cuts texts into tokens and gives each its id, 0 ..< vocabularySize.
package final class Tokenizer: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Words and punctuation marks (``TextPieces/Rule/words``).
        case words
        /// Unicode scalars, spaces among them.
        case characters
    }

    private enum Vocabulary {
        case listed(Kind, ByteStrings)
        case bytePairs(BytePairs)
    }

    private let vocabulary: Vocabulary
    /// Whether texts are put into lower case first.
    let isLowercase: Bool

    package init(_ pairs: BytePairs) { (vocabulary, isLowercase) = (.bytePairs(pairs), pairs.isLowercase) }

    /// The most frequent words or characters of a table's column.
    ///
    /// - Parameter size: of the vocabulary at most, with the special tokens.
    init(
        _ kind: Kind, of table: TableFile, column: Int, size: Int, isLowercase: Bool
    ) throws(TableError) {
        var counts = TokenCounts()
        try table.forEachText(in: column, isLowercase: isLowercase) { text in
            switch kind {
            case .characters: TextScalar.forEach(in: text) { counts.count($0) }
            case .words:
                for piece in TextPieces(text, .words) where piece.isWord {
                    counts.count(UnsafeBufferPointer(rebasing: text[piece.range]))
                }
            }
        }
        vocabulary = .listed(kind, counts.mostFrequent(size - SpecialToken.count))
        self.isLowercase = isLowercase
    }

    /// All tokens but the special ones, by id.
    private var tokens: ByteStrings {
        switch vocabulary {
        case .listed(_, let tokens): tokens
        case .bytePairs(let pairs): pairs.tokens
        }
    }

    package var vocabularySize: Int { SpecialToken.count + tokens.count }

    /// The bytes of a token; a special one's are those of its name.
    package func bytes(of id: Int) -> [UInt8] {
        SpecialToken(rawValue: id).map { Array($0.text.utf8) }
            ?? Array(tokens.bytes[tokens[id - SpecialToken.count]])
    }

    /// A token as a person reads it; bytes that are no UTF-8 become U+FFFD.
    package func text(of id: Int) -> String { String(decoding: bytes(of: id), as: UTF8.self) }

    /// All tokens as text, a line each, in the letters of `ByteLetters`: equal for equal vocabularies alone. Of byte pairs the
    /// merges follow.
    package var listing: String {
        let (tokens, bytes) = (tokens, tokens.bytes)
        var lines = (0..<tokens.count).map { ByteLetters.text(bytes[tokens[$0]]) }
        if case .bytePairs(let pairs) = vocabulary { lines += pairs.merges.map { "\($0.left) \($0.right)" } }
        return (isLowercase ? "lowercase\n" : "") + lines.map { $0 + "\n" }.joined()
    }

    /// The text that tokens were made of, where it can be told: words lose what lies between them. Special tokens stand for
    /// nothing.
    package func decoded(_ ids: some Sequence<Int>) -> [UInt8] {
        ids.flatMap { SpecialToken(rawValue: $0) == nil ? bytes(of: $0) : [] }
    }

    var rule: TextPieces.Rule { if case .bytePairs = vocabulary { .bytePairs } else { .words } }

    /// Whether what lies between words makes tokens, too.
    var keepsSpace: Bool { if case .listed(.words, _) = vocabulary { false } else { true } }

    /// Appends the ids of a piece.
    func appendIDs(of piece: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
        func id(_ string: UnsafeBufferPointer<UInt8>, _ tokens: ByteStrings) -> Int32 {
            tokens.number(of: string).map { Int32(SpecialToken.count + $0) }
                ?? Int32(SpecialToken.unknown.rawValue)
        }
        switch vocabulary {
        case .bytePairs(let pairs): pairs.appendIDs(of: piece, to: &ids)
        case .listed(.words, let tokens): ids.append(id(piece, tokens))
        case .listed(.characters, let tokens):
            TextScalar.forEach(in: piece) { ids.append(id($0, tokens)) }
        }
    }
}
