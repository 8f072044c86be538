import Datasets
import Generators
import Reports
import Tensors

/// Texts in tables or lines:
///
///     text:
///       train: train.csv                      # or .tsv, .jsonl; .txt has a text a line
///       test: test.csv
///       text: gloss                           # the column of the texts, 'text' if not given
///       label: class                          # the column of the classes
///       tokenizer: words                      # or characters, or { bpe: tokens.json }
///       vocabulary: 10000                     # with the special tokens
///       lowercase: false
///       length: 64                            # in tokens
///       wrap: false                           # [CLS] before each text, [SEP] behind it
extension TextFiles: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let train: String = try table.require("train")
        let test = try table.take("test").map { node throws(ConfigError) in try String(node) }
        let tokens = try Tokens(&table)
        let lengthNode = try table.requireNode("length")
        self.init(
            train: train, test: test, tokens: tokens, length: try lengthNode.value(in: 1...Self.longest))
        text = try table.take("text").map { node throws(ConfigError) in try String(node) }
        label = try table.take("label").map { node throws(ConfigError) in try String(node) }
        try table.read("wrap", into: &isWrapped)
        if isWrapped, length < 3, !node.isProbe {
            throw lengthNode.mismatch(wanted: "at least 3 where [CLS] and [SEP] are put around texts")
        }
        vocabularyHash = try table.take("vocabulary_sha256").map { node throws(ConfigError) in
            try String(node)
        }
        try table.finish()
    }

    /// Tokens of a sample; more are no sample but a book.
    private static let longest = 1 << 20

    /// All of it, also what is left at its default.
    var node: ConfigNode {
        var entries = [ConfigEntry("train", .string(train))]
        if let test { entries.append(ConfigEntry("test", .string(test))) }
        if let text { entries.append(ConfigEntry("text", .string(text))) }
        if let label { entries.append(ConfigEntry("label", .string(label))) }
        entries += tokens.entries
        entries += [ConfigEntry("length", .whole(length)), ConfigEntry("wrap", .flag(isWrapped))]
        if let vocabularyHash { entries.append(ConfigEntry("vocabulary_sha256", .string(vocabularyHash))) }
        return ConfigNode(.table(entries))
    }

    func resolved(_ path: (String) -> String) -> TextFiles {
        var files = self
        (files.train, files.test) = (path(train), test.map(path))
        if case .bytePairs(let file) = tokens { files.tokens = .bytePairs(file: path(file)) }
        return files
    }
}

extension TextFiles.Tokens {
    /// Takes `tokenizer` and what belongs to it.
    fileprivate init(_ table: inout ConfigTable) throws(ConfigError) {
        let node = table.take("tokenizer")
        if let node, node.isTable {
            var fields = try node.table()
            self = .bytePairs(file: try fields.require("bpe"))
            try fields.finish()
            for key in ["vocabulary", "lowercase"] {
                guard let node = table.take(key) else { continue }
                throw ConfigError(
                    node.place,
                    "'\(key)' belongs to words and characters; a file of 'mottle tokens' has its own")
            }
            return
        }
        var (kind, size, isLowercase) = (Tokenizer.Kind.words, 10_000, false)
        if let node {
            kind = try node.name(wanted: "words, characters or { bpe: FILE }")
        }
        try table.read("vocabulary", into: &size, in: SpecialToken.count + 1...1_000_000)
        try table.read("lowercase", into: &isLowercase)
        self = .frequent(kind, vocabulary: size, isLowercase: isLowercase)
    }

    fileprivate var entries: [ConfigEntry] {
        switch self {
        case .bytePairs(let file): [ConfigEntry("tokenizer", .table(["bpe": .string(file)]))]
        case .frequent(let kind, let size, let isLowercase):
            [
                ConfigEntry("tokenizer", .string(kind.rawValue)), ConfigEntry("vocabulary", .whole(size)),
                ConfigEntry("lowercase", .flag(isLowercase)),
            ]
        }
    }
}

extension DatasetSource {
    /// The same source with what tells the vocabulary of its texts from others, for the lock file.
    ///
    /// The vocabulary itself stays in the data: a run can be judged later as long as its files are there, unchanged.
    ///
    /// - Throws: ``TextError`` where a vocabulary was recorded, and the files give another one.
    func recorded(_ data: DatasetSplits) throws(TextError) -> DatasetSource {
        guard case .text(var files) = form, let texts = data.train.dataset as? ClassifiedTexts else {
            return self
        }
        let hash = SHA256.hexadecimal(of: texts.tokenizer.listing.utf8)
        if let recorded = files.vocabularyHash, recorded != hash {
            var file = files.train
            if case .bytePairs(let tokens) = files.tokens { file = tokens }
            throw .otherVocabulary(file: file, found: hash, recorded: recorded)
        }
        files.vocabularyHash = hash
        var source = self
        source.form = .text(files)
        return source
    }
}
