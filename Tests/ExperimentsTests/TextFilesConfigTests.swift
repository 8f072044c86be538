import Datasets
import Testing

@testable import Experiments

@Suite struct TextFilesConfigTests {
    private func source(_ yaml: String) throws -> DatasetSource { try DatasetSource(Fixture.node(yaml)) }

    private let words = """
        data:
          text: {train: a.csv, test: ./b.tsv, text: gloss, label: class, tokenizer: characters, vocabulary: 300,
            lowercase: true, length: 64, wrap: true}
          on_error: skip
        """

    @Test func `texts are read, and read back from the lock file`() throws {
        var files = TextFiles(
            train: "a.csv", test: "./b.tsv",
            tokens: .frequent(.characters, vocabulary: 300, isLowercase: true), length: 64)
        (files.text, files.label, files.isWrapped) = ("gloss", "class", true)
        var expected = DatasetSource(.text(files))
        expected.selection.skipsUnreadable = true
        #expect(try source(words) == expected)
        let least = TextFiles(
            train: "a.txt", tokens: .frequent(.words, vocabulary: 10_000, isLowercase: false), length: 5)
        #expect(try source("data: {text: {train: a.txt, length: 5}}") == DatasetSource(.text(least)))
        var pairs = TextFiles(train: "a.txt", tokens: .bytePairs(file: "t.json"), length: 5)
        pairs.vocabularyHash = "0123"
        #expect(
            try source(
                "data: {text: {train: a.txt, length: 5, tokenizer: {bpe: t.json}, vocabulary_sha256: '0123'}}"
            )
                == DatasetSource(.text(pairs)))
        for value in [expected, DatasetSource(.text(least)), DatasetSource(.text(pairs))] {
            #expect(try source(ConfigWriter.yaml(.table(["data": value.node]))) == value)
        }
    }

    @Test func `paths start from the config's folder`() throws {
        let pairs = TextFiles(
            train: "/d/a.txt", test: "/d/e/b.txt", tokens: .bytePairs(file: "/d/t.json"), length: 5)
        let yaml = "data: {text: {train: a.txt, test: e/b.txt, length: 5, tokenizer: {bpe: t.json}}}"
        #expect(try source(yaml).resolved(from: "/d") == DatasetSource(.text(pairs)))
    }

    @Test(arguments: [
        ("train: a.csv", "1:14: error: 'length' is required in 'text'"),
        ("length: 5", "1:14: error: 'train' is required in 'text'"),
        ("train: a, length: 0", "1:31: error: 'length' must be in 1...1048576, got '0'"),
        (
            "train: a, length: 2, wrap: true",
            "1:31: error: 'length' must be at least 3 where [CLS] and [SEP] are put around texts, got '2'"
        ),
        (
            "train: a, length: 2, tokenizer: word",
            "1:45: error: 'tokenizer' must be words, characters or { bpe: FILE }, got 'word'; did you mean 'words'?"
        ),
        (
            "train: a, length: 2, tokenizer: {pbe: t}",
            "1:45: error: 'bpe' is required in 'tokenizer'; is 'pbe' a misspelling of it?"
        ),
        (
            "train: a, length: 2, tokenizer: {bpe: t}, vocabulary: 9",
            "1:67: error: 'vocabulary' belongs to words and characters; a file of 'mottle tokens' has its own"
        ),
        ("train: a, length: 2, vocabulary: 5", "1:46: error: 'vocabulary' must be in 6...1000000, got '5'"),
        (
            "train: a, length: 2, colum: b",
            "1:34: error: unknown key 'colum' in 'text'; known are tokenizer, vocabulary, lowercase, train, test, length, text, "
                + "label, wrap, vocabulary_sha256"
        ),
    ])
    func `what texts cannot be is told`(fields: String, text: String) throws {
        let told = Fixture.complaint(DatasetSource.self, "data: {text: {\(fields)}}")
        #expect(told?.hasPrefix("test.yaml:") == true)
        #expect(told?.dropFirst("test.yaml:".count).elementsEqual(text) == true, "\(told ?? "")")
    }
}
