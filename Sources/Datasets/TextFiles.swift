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
        let labels = try TextLabels(of: table, column: label == nil ? nil : 1)
        let samples = ClassifiedTexts(
            table, tokenizer, labels, length: length, isWrapped: isWrapped)
        guard let test else { return DatasetHalves(train: samples, test: nil) }
        let testTable = try open(test)
        let testLabels = try TextLabels(of: testTable, column: label == nil ? nil : 1, known: labels)
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

/// The classes of a table's rows.
struct TextLabels: Sendable {
    /// By row.
    private(set) var labels: [UInt16] = []
    private(set) var classes = 1
    /// In the order of their bytes; nil where classes are numbers, or there are none.
    private(set) var names: [String]?

    /// - Parameters:
    ///   - column: nil puts all rows into one class.
    ///   - known: those of the texts to learn from, for texts to test with.
    init(of table: TableFile, column: Int?, known: TextLabels? = nil) throws {
        guard let column else {
            labels = [UInt16](repeating: 0, count: table.count)
            return
        }
        var (found, field): (ByteStrings, [UInt8]) = (ByteStrings(), [])
        var numbers: [Int32] = []
        for row in 0..<table.count {
            try table.read(column, of: row, into: &field)
            numbers.append(Int32(field.withUnsafeBufferPointer { found.add($0) }))
            guard found.count <= largestLabel else {
                throw TextError.tooManyLabels(file: table.file, count: largestLabel)
            }
        }
        let texts = (0..<found.count).map { Array(found.bytes[found[$0]]) }
        let areNumbers = known.map { $0.names == nil } ?? texts.allSatisfy { Self.wholeNumber($0) != nil }
        let names = known?.names?.map { Array($0.utf8) } ?? (areNumbers ? [] : Self.ordered(texts))
        var byName: [[UInt8]: Int] = [:]
        for (label, name) in names.enumerated() { byName[name] = label }
        var labelsOfTexts: [Int] = []
        for (number, text) in texts.enumerated() {
            let label = areNumbers ? Self.wholeNumber(text) : byName[text]
            guard let label, label <= largestLabel, label < known?.classes ?? .max else {
                let line = table.line(of: numbers.firstIndex(of: Int32(number))!)
                throw TextError.unknownLabel(
                    file: table.file, line: line, label: String(decoding: text, as: UTF8.self),
                    names: known?.names,
                    classes: known?.classes)
            }
            labelsOfTexts.append(label)
        }
        labels = numbers.map { UInt16(labelsOfTexts[Int($0)]) }
        self.names = areNumbers ? nil : names.map { String(decoding: $0, as: UTF8.self) }
        classes = known?.classes ?? (areNumbers ? labelsOfTexts.max()! + 1 : names.count)
    }

    private static func ordered(_ texts: [[UInt8]]) -> [[UInt8]] {
        texts.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The number that digits write, without needless zeros.
    private static func wholeNumber(_ text: [UInt8]) -> Int? {
        let digits = String(decoding: text, as: UTF8.self)
        guard text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(digits).flatMap { "\($0)" == digits ? $0 : nil }
    }
}

/// Why the classes of texts cannot be meant.
package enum TextError: DataError, Equatable {
    case tooManyLabels(file: String, count: Int)
    /// Of texts to learn from without the number of classes, where only numbers can be too large.
    case unknownLabel(file: String, line: Int, label: String, names: [String]?, classes: Int?)
    /// Hashes in hexadecimal digits.
    case otherVocabulary(file: String, found: String, recorded: String)

    package var description: String {
        switch self {
        case .tooManyLabels(let file, let count):
            "\(file): more than \(count) different labels; is this the column of the classes?"
        case .otherVocabulary(let file, let found, let recorded):
            "\(file): the vocabulary has the SHA-256 \(found.prefix(12))…, not \(recorded.prefix(12))…; the file was changed since "
                + "the run, or this mottle knows another version of Unicode"
        case .unknownLabel(let file, let line, let label, nil, nil):
            "\(file), line \(line): the label is \(label), \(largestLabel) at most expected; are these labels?"
        case .unknownLabel(let file, let line, let label, nil, let classes?):
            "\(file), line \(line): the label is '\(label)', outside the \(classes) classes 0...\(classes - 1) of the texts "
                + "to learn from"
        case .unknownLabel(let file, let line, let label, let names?, _):
            "\(file), line \(line): no text to learn from has the label '\(label)'"
                + Suggestion.hint(label, among: names)
                + "; they have " + names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
                + (names.count > 10 ? " and \(names.count - 10) more" : "")
        }
    }
}
