import Datasets
import Reports

/// `mottle tokens`: a vocabulary of byte pairs, trained on texts and written to a file.
package struct TokenTraining {
    private let training: BytePairTraining
    private let output: String

    /// How many tokens a vocabulary may have.
    package static let sizes = BytePairTraining.leastSize...1_000_000

    /// - Parameters:
    ///   - column: of the texts; `text` if not given, none for a file of lines.
    ///   - size: how many tokens at most, in `sizes`.
    /// - Throws: `DataError`, `FileError`.
    package init(file: String, column: String?, size: Int, isLowercase: Bool, output: String) throws {
        training = try BytePairTraining(file, column: column, size: size, isLowercase: isLowercase)
        self.output = output
        try AtomicFile.write(output, text: training.pairs.fileText)
    }

    private var tokenizer: Tokenizer { Tokenizer(training.pairs) }
    private var mergeCount: Int { tokenizer.vocabularySize - BytePairTraining.leastSize }
    private var bytesPerToken: Double { Double(training.bytes) / Double(max(1, training.tokens)) }

    /// The longest tokens with their bytes, of equally long ones the more frequent, which came first.
    private var longest: [String] {
        let tokenizer = tokenizer
        let lengths = (BytePairTraining.leastSize..<tokenizer.vocabularySize).map {
            ($0, tokenizer.bytes(of: $0).count)
        }
        return lengths.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }.prefix(10).map {
            tokenizer.text(of: $0.0)
        }
    }

    package var text: String {
        let rounded = (bytesPerToken * 100).rounded() / 100
        return """
            \(output): \(tokenizer.vocabularySize) tokens: \(SpecialToken.count) special ones, 256 bytes, \(mergeCount) merged
              texts           \(training.texts), of \(training.bytes) bytes
              words           \(training.pieces), of which \(training.differentPieces) differ
              bytes a token   \(rounded)
              longest tokens  \(longest.map { JSONValue.string($0).text }.joined(separator: " "))
            """
    }

    package var json: String {
        JSONValue.object([
            "output": .string(output), "tokens": .whole(tokenizer.vocabularySize),
            "merged": .whole(mergeCount),
            "texts": .whole(training.texts), "bytes": .whole(training.bytes),
            "words": .whole(training.pieces),
            "different_words": .whole(training.differentPieces), "tokens_of_texts": .whole(training.tokens),
            "bytes_per_token": .number(bytesPerToken), "longest": .list(longest.map { .string($0) }),
        ]).text
    }
}

/// `mottle tokens show`: what a vocabulary makes of a text.
package struct TokenListing {
    private let tokens: [(id: Int, word: Int, text: String)]

    /// - Throws: `DataError`.
    package init(file: String, text: String) throws {
        let tokenizer = Tokenizer(try BytePairs(file))
        let encoder = TextEncoder(tokenizer)
        encoder.encode(text)
        tokens = zip(encoder.ids, encoder.words).map { id, word in
            (Int(id), Int(word), tokenizer.text(of: Int(id)))
        }
    }

    /// A line for each token: its id, its word's number, its text in quotes.
    package var text: String {
        let rows =
            [("id", "word", "token")]
            + tokens.map { ("\($0.id)", "\($0.word)", JSONValue.string($0.text).text) }
        func padded(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { "\(padded($0.0, width))  \(padded($0.1, 4))  \($0.2)" }.joined(separator: "\n")
    }

    package var json: String {
        JSONValue.object([
            "ids": .list(tokens.map { .whole($0.id) }), "words": .list(tokens.map { .whole($0.word) }),
            "tokens": .list(tokens.map { .string($0.text) }),
        ]).text
    }
}
