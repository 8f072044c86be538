import Tensors
import Testing

@testable import Datasets

/// A sample's ids, its length and its words' numbers.
private struct Sample: Equatable {
    var ids: [Float]
    var length: Int?
    var words: [Float]

    init(_ reader: any SampleReader, _ id: Int, count: Int) throws {
        let scratch = Buffer<Float>(count: count)
        let sample = try reader.read(id, scratch: scratch.pointer)
        ids = (0..<count).map { sample.values[$0] }
        length = sample.length
        words = (0..<count).map { sample.words![$0] }
    }

    init(_ ids: [Float], length: Int, words: [Float]) {
        (self.ids, self.length, self.words) = (ids, length, words)
    }
}

private func samples(_ data: any Dataset) throws -> [Sample] {
    let reader = data.makeReader()
    return try (0..<data.count).map { try Sample(reader, $0, count: data.sampleShape.count) }
}

/// The halves of a table that is written to files.
private func halves(
    _ train: String, test: String? = nil, tokens: TextFiles.Tokens, length: Int, name: String = "csv",
    _ change: (inout TextFiles) -> Void = { _ in }
) throws -> DatasetHalves {
    let folder = try Folder()
    var files = TextFiles(
        train: try folder.file("train.\(name)", Array(train.utf8)),
        test: try test.map { try folder.file("test.\(name)", Array($0.utf8)) }, tokens: tokens, length: length
    )
    change(&files)
    do {
        return try files.load()
    } catch let error as any DataError {
        throw Told(text: error.description.replacing(folder.path + "/", with: ""))
    }
}

private struct Told: Error, Equatable { var text: String }

private func words(_ size: Int, isLowercase: Bool = false) -> TextFiles.Tokens {
    .frequent(.words, vocabulary: size, isLowercase: isLowercase)
}

/// Of the words of the texts `b` stands there four times, `a` and `,` twice, `c` and `B` once.
private let table = """
    text,kind
    "b a, b",noun
    "c B",verb
    "a b, b",noun
    """

@Suite struct ClassifiedTextsTests {
    @Test func `frequent words have small ids, equally frequent ones in the order of their bytes`() throws {
        let data = try #require(halves(table, tokens: words(9), length: 5).train as? ClassifiedTexts)
        #expect(
            (0..<9).map(data.tokenizer.text) == [
                "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", ",", "a", "B",
            ])
        #expect(data.vocabularySize == 9 && data.range == 0...8 && data.sampleShape == [5] && data.count == 3)
        #expect(
            try samples(data) == [
                Sample([5, 7, 6, 5, 0], length: 4, words: [1, 2, 3, 4, 0]),
                Sample([1, 8, 0, 0, 0], length: 2, words: [1, 2, 0, 0, 0]),
                Sample([7, 5, 6, 5, 0], length: 4, words: [1, 2, 3, 4, 0]),
            ])
        let lower = try halves(table, tokens: words(100, isLowercase: true), length: 2).train
        #expect(lower.vocabularySize == 5 + 4)
        #expect(try samples(lower)[1] == Sample([8, 5], length: 2, words: [1, 2]))
    }

    @Test func `long texts are cut, and special tokens stand around them`() throws {
        let cut = try halves(table, tokens: words(9), length: 3).train
        #expect(try samples(cut)[0] == Sample([5, 7, 6], length: 3, words: [1, 2, 3]))
        let wrapped = try halves(table, tokens: words(9), length: 5) { $0.isWrapped = true }.train
        #expect(
            try samples(wrapped) == [
                Sample([2, 5, 7, 6, 3], length: 5, words: [0, 1, 2, 3, 0]),
                Sample([2, 1, 8, 3, 0], length: 4, words: [0, 1, 2, 0, 0]),
                Sample([2, 7, 5, 6, 3], length: 5, words: [0, 1, 2, 3, 0]),
            ])
    }

    @Test func `characters know their words, spaces belong to none`() throws {
        let tokens = TextFiles.Tokens.frequent(.characters, vocabulary: 100, isLowercase: false)
        let data = try halves("ab  é\n b\n", tokens: tokens, length: 6, name: "txt").train
        #expect(data.vocabularySize == 5 + 4 && data.classes == 1 && data.classNames == nil)
        #expect((0..<2).map(data.label) == [0, 0])
        // Three spaces, two b, then a and é.
        #expect(
            try samples(data) == [
                Sample([7, 6, 5, 5, 8, 0], length: 5, words: [1, 1, 0, 0, 2, 0]),
                Sample([5, 6, 0, 0, 0, 0], length: 2, words: [0, 1, 0, 0, 0, 0]),
            ])
    }

    @Test func `classes are named in the order of bytes, or are numbers`() throws {
        let test = "kind,text\nverb,c\nnoun,zz b\n"
        let named = try halves(table, test: test, tokens: words(9), length: 2) { $0.label = "kind" }
        #expect(named.train.classes == 2 && named.train.classNames == ["noun", "verb"])
        #expect((0..<3).map(named.train.label) == [0, 1, 0])
        let tested = try #require(named.test)
        #expect(
            (0..<2).map(tested.label) == [1, 0] && tested.classes == 2
                && tested.classNames == ["noun", "verb"])
        // The vocabulary is that of the data to learn from.
        #expect(try samples(tested)[1] == Sample([1, 5], length: 2, words: [1, 2]))
        #expect(tested.name(of: 1).hasSuffix("/test.csv, line 3"))
        let numbers = try halves("text\tn\nx\t3\ny\t0\n", tokens: words(9), length: 1, name: "tsv") {
            $0.label = "n"
        }
        #expect(numbers.train.classes == 4 && numbers.train.classNames == nil)
        #expect((0..<2).map(numbers.train.label) == [3, 0])
        let zeros = try halves("text\tn\nx\t01\ny\t1\n", tokens: words(9), length: 1, name: "tsv") {
            $0.label = "n"
        }
        #expect(zeros.train.classNames == ["01", "1"])
    }

    @Test(arguments: [
        (
            "text,kind\nx,noum\n",
            "test.csv, line 2: nothing to learn from has the label 'noum'; did you mean 'noun'?; labels are 'noun', 'verb'"
        ),
        ("text,label\nx,noun\n", "test.csv: there is no column 'kind'; there are 'text', 'label'"),
        ("kind\nnoun\n", "test.csv: there is no column 'text'; there are 'kind'"),
    ])
    func `test data that does not go with the training data is told`(test: String, text: String) {
        #expect(throws: Told(text: text)) {
            try halves(table, test: test, tokens: words(9), length: 2) { $0.label = "kind" }
        }
    }

    @Test func `labels out of range are told`() {
        func told(_ train: String, test: String?) -> String? {
            do {
                _ = try halves(train, test: test, tokens: words(9), length: 2) { $0.label = "n" }
                return nil
            } catch { return (error as? Told)?.text }
        }
        #expect(
            told("text,n\nx,2\n", test: "text,n\nx,0\ny,3\n")
                == "test.csv, line 3: the label is '3', outside the 3 classes 0...2 of the data to learn from"
        )
        #expect(
            told("text,n\nx,2\n", test: "text,n\nx,two\n")
                == "test.csv, line 2: the label is 'two', outside the 3 classes 0...2 of the data to learn from"
        )
        #expect(
            told("text,n\nx,2\ny,70000\n", test: nil)
                == "train.csv, line 3: the label is '70000', 65535 at most expected; are these labels?")
    }

    @Test func `lines have no columns`() {
        let text =
            "train.txt: a file of lines has no column 'kind'; columns are those of .csv, .tsv and .jsonl"
        #expect(throws: Told(text: text)) {
            try halves("x\n", tokens: words(9), length: 2, name: "txt") { $0.label = "kind" }
        }
    }

    @Test func `a sample is the same whatever its reader read before`() throws {
        let text = "text\n" + (0..<200).map { "w\($0 % 17) w\($0 * 7 % 29), \($0)" }.joined(separator: "\n")
        let data = try halves(text.replacing(", ", with: " - "), tokens: words(30), length: 4).train
        let expected = try samples(data)
        #expect(Set(expected.map(\.ids)).count > 100)
        let (first, second) = (data.makeReader(), data.makeReader())
        for step in 0..<200 {
            let id = step * 67 % 200
            #expect(try Sample(step % 3 == 0 ? first : second, id, count: 4) == expected[id])
        }
    }
}
