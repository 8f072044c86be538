import Tensors

/// Texts in tables, or line by line, to learn from and to test with.
package struct TextFiles: Equatable, Sendable {
    /// What texts are cut into.
    package enum Tokens: Equatable, Sendable {
        /// The most frequent words or characters of the texts to learn from; `vocabulary` counts the special tokens, too.
        case frequent(Tokenizer.Kind, vocabulary: Int, isLowercase: Bool)
        /// Those of a file that `mottle tokens` made.
        case bytePairs(file: String)
    }

    package var train: String
    /// Nil where the texts of `train` are split.
    package var test: String?
    /// The column of the texts; nil takes `text`.
    package var text: String?
    /// The column of the classes; nil puts all texts into one.
    package var label: String?
    package var tokens: Tokens
    /// How many tokens a sample has: longer texts are cut, shorter ones padded.
    package var length: Int
    /// Whether [CLS] stands before each text and [SEP] behind it.
    package var isWrapped = false
    /// What tells the vocabulary from others, where a run has recorded it: the SHA-256 of `Tokenizer.listing`.
    package var vocabularyHash: String?

    package init(train: String, test: String? = nil, tokens: Tokens, length: Int) {
        (self.train, self.test, self.tokens, self.length) = (train, test, tokens, length)
    }

    /// Opens the files; the vocabulary and the classes are those of the texts to learn from.
    func load() throws -> DatasetHalves {
        let table = try open(train)
        let tokenizer: Tokenizer
        switch tokens {
        case .bytePairs(let file): tokenizer = Tokenizer(try BytePairs(file))
        case .frequent(let kind, let size, let isLowercase):
            tokenizer = try Tokenizer(kind, of: table, column: 0, size: size, isLowercase: isLowercase)
        }
        let labels = try TableLabels(of: table, column: label == nil ? nil : 1)
        let samples = ClassifiedTexts(
            table, tokenizer, labels, length: length, isWrapped: isWrapped)
        guard let test else { return DatasetHalves(train: samples, test: nil) }
        let testTable = try open(test)
        let testLabels = try TableLabels(of: testTable, column: label == nil ? nil : 1, known: labels)
        return DatasetHalves(
            train: samples,
            test: ClassifiedTexts(testTable, tokenizer, testLabels, length: length, isWrapped: isWrapped))
    }

    private func open(_ file: String) throws -> TableFile { try Self.table(file, text: text, label: label) }

    /// A table with the columns of the texts, which is `text` if not given, and of the classes.
    static func table(_ file: String, text: String?, label: String?) throws -> TableFile {
        let text = try text ?? (TableFile.Form(of: file) == .txt ? nil : "text")
        return try TableFile(file, columns: [text, label].compactMap { $0 })
    }
}

/// Why texts cannot be used as a run did.
package enum TextError: DataError, Equatable {
    /// Hashes in hexadecimal digits.
    case otherVocabulary(file: String, found: String, recorded: String)

    package var description: String {
        switch self {
        case .otherVocabulary(let file, let found, let recorded):
            "\(file): the vocabulary has the SHA-256 \(found.prefix(12))…, not \(recorded.prefix(12))…; the file was changed since "
                + "the run, or this mottle knows another version of Unicode"
        }
    }
}
