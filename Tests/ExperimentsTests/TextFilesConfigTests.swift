import Datasets
import Foundation
import Reports
import Testing

@testable import Experiments

@Suite struct TextFilesConfigTests {
    private func source(_ yaml: String) throws -> DatasetSource { try DatasetSource(Fixture.node(yaml)) }
    private func texts(_ yaml: String) throws -> TextFiles { try TextFiles(Fixture.node(yaml)) }

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
        #expect(try texts("text: {train: a.txt, length: 5}") == least)
        var pairs = TextFiles(train: "a.txt", tokens: .bytePairs(file: "t.json"), length: 5)
        pairs.vocabularyHash = "0123"
        #expect(
            try texts("text: {train: a.txt, length: 5, tokenizer: {bpe: t.json}, vocabulary_sha256: '0123'}")
                == pairs)
        #expect(try source(ConfigWriter.yaml(.table(["data": expected.node]))) == expected)
        for value in [least, pairs] {
            #expect(try texts(ConfigWriter.yaml(.table(["text": value.node]))) == value)
        }
    }

    @Test func `paths start from the config's folder`() throws {
        let pairs = TextFiles(
            train: "/d/a.txt", test: "/d/e/b.txt", tokens: .bytePairs(file: "/d/t.json"), length: 5)
        let yaml = "data: {text: {train: a.txt, test: e/b.txt, length: 5, tokenizer: {bpe: t.json}}}"
        #expect(try source(yaml).resolved(from: "/d") == DatasetSource(.text(pairs)))
    }

    @Test(arguments: [
        ("train: a.csv", "1:7: error: 'length' is required in 'text'"),
        ("length: 5", "1:7: error: 'train' is required in 'text'"),
        ("train: a, length: 0", "1:26: error: 'length' must be in 1...1048576, got '0'"),
        (
            "train: a, length: 2, wrap: true",
            "1:26: error: 'length' must be at least 3 where [CLS] and [SEP] are put around texts, got '2'"
        ),
        (
            "train: a, length: 2, tokenizer: word",
            "1:40: error: 'tokenizer' must be words, characters or { bpe: FILE }, got 'word'; did you mean 'words'?"
        ),
        (
            "train: a, length: 2, tokenizer: {pbe: t}",
            "1:40: error: 'bpe' is required in 'tokenizer'; is 'pbe' a misspelling of it?"
        ),
        (
            "train: a, length: 2, tokenizer: {bpe: t}, vocabulary: 9",
            "1:62: error: 'vocabulary' belongs to words and characters; a file of 'mottle tokens' has its own"
        ),
        ("train: a, length: 2, vocabulary: 5", "1:41: error: 'vocabulary' must be in 6...1000000, got '5'"),
        (
            "train: a, length: 2, colum: b",
            "1:29: error: unknown key 'colum' in 'text'; known are train, test, tokenizer, vocabulary, lowercase, length, text, "
                + "label, wrap, vocabulary_sha256"
        ),
    ])
    func `what texts cannot be is told`(fields: String, text: String) throws {
        let told = Fixture.complaint(TextFiles.self, "text: {\(fields)}")
        #expect(told?.hasPrefix("test.yaml:") == true)
        #expect(told?.dropFirst("test.yaml:".count).elementsEqual(text) == true, "\(told ?? "")")
    }
}

@Suite struct RecordedVocabularyTests {
    @Test func `a vocabulary is recorded by its hash, and another one is told`() throws {
        let folder = try WorkingFolder()
        let file = try folder.file("a.txt", "one two\ntwo three\nthree\n")
        var source = DatasetSource(
            .text(
                TextFiles(
                    train: file, tokens: .frequent(.words, vocabulary: 7, isLowercase: false), length: 2)))
        source.selection.trainShare = 0.5
        let recorded = try source.recorded(source.load())
        guard case .text(let files) = recorded.form else { Issue.record("no texts"); return }
        #expect(files.vocabularyHash == SHA256.hexadecimal(of: "three\ntwo\n".utf8))
        #expect(try recorded.recorded(recorded.load()) == recorded)
        _ = try folder.file("a.txt", "one two\ntwo three\none\n")
        let error = #expect(throws: TextError.self) { try recorded.recorded(recorded.load()) }
        let (old, new) = ("three\ntwo\n", "one\ntwo\n")
        #expect(
            error?.description
                == "\(file): the vocabulary has the SHA-256 \(SHA256.hexadecimal(of: new.utf8).prefix(12))…, not "
                + "\(SHA256.hexadecimal(of: old.utf8).prefix(12))…; the file was changed since the run, or this mottle knows "
                + "another version of Unicode")
    }
}

/// A folder for one test's files, gone with the test.
private final class WorkingFolder {
    private let path = FileManager.default.temporaryDirectory.appending(path: "mottle-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }
}
