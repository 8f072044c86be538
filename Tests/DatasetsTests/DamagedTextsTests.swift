import Foundation
import Tensors
import Testing

@testable import Datasets

/// Whatever stands in a file of texts or of tokens, reading it ends with samples or with an error that names the file.
///
/// `MOTTLE_FUZZ_CASES` tries that many files a reader, `MOTTLE_FUZZ_SEED` others.
@Suite struct DamagedTextsTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let cases = environment["MOTTLE_FUZZ_CASES"].flatMap { UInt64($0) } ?? 300
    private static let firstSeed = environment["MOTTLE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0

    private static let files = [
        "csv": "\u{feff}text,class,n\r\n\"a, \"\"b\"\" é\",x,1\r\n\"two\nlines\",y,2\r\nplain 😀,x,3\r\n",
        "tsv": "class\ttext\nx\ta \"b\ny\tc d's  e\nx\t\n",
        "jsonl": #"{"text": "a\u00e9 \ud83d\ude00 \n", "class": 1}"# + "\n"
            + #"{"class": 0, "more": [1, {"a": null}], "text": "b c"}"# + "\n",
        "txt": "first line, of words\r\n\nsecond\u{3000}line 1234\nthe third's end",
    ]

    /// Reads all samples, which must be what the data set says.
    private static func readAll(_ data: any Dataset) throws {
        let (reader, values) = (data.makeReader(), Buffer<Float>(count: data.sampleShape.count))
        let size = try #require(data.vocabularySize)
        #expect(data.count > 0)
        for id in 0..<data.count {
            #expect((0..<data.classes).contains(data.label(of: id)))
            let sample = try reader.read(id, scratch: values.pointer)
            let length = try #require(sample.length)
            #expect((0...values.count).contains(length))
            for place in 0..<values.count {
                let (token, word) = (sample.values[place], try #require(sample.words)[place])
                #expect(token >= 0 && token < Float(size) && (place < length) == (token != 0))
                #expect(word >= 0 && word <= Float(place + 1) && (place < length || word == 0))
            }
        }
    }

    @Test(arguments: ["csv", "tsv", "jsonl", "txt"])
    func `damaged texts are read or refused`(ending: String) throws {
        let folder = try Folder()
        let whole = Array(Self.files[ending]!.utf8)
        let pairs = try BytePairTraining(
            folder.file("whole.txt", Array(Self.files["txt"]!.utf8)), column: nil, size: 270,
            isLowercase: false)
        let vocabulary = try folder.file("tokens.json", Array(pairs.pairs.fileText.utf8))
        let forms: [TextFiles.Tokens] = [
            .frequent(.words, vocabulary: 9, isLowercase: true), .bytePairs(file: vocabulary),
            .frequent(.characters, vocabulary: 20, isLowercase: false),
        ]
        var refused: UInt64 = 0
        for seed in Self.firstSeed..<Self.firstSeed + Self.cases {
            let file = try folder.file("texts.\(ending)", seed == 0 ? whole : damaged(whole, seed: seed))
            var files = TextFiles(train: file, tokens: forms[Int(seed % 3)], length: 7)
            files.label = ending == "txt" ? nil : "class"
            files.isWrapped = seed % 2 == 0
            do {
                try Self.readAll(files.load().train)
            } catch {
                refused += 1
                #expect(seed > 0 && error is any DataError && "\(error)".contains("/texts.\(ending)"))
            }
        }
        #expect(refused > Self.cases / 50 && refused < Self.cases)
    }

    @Test func `damaged files of tokens are read or refused`() throws {
        let folder = try Folder()
        let lines = try folder.file("texts.txt", Array("abab abab \u{1}\u{1} \u{1}\u{1} \"\" \"\"".utf8))
        // Only what follows the single bytes is damaged, where the structure is.
        let whole = Array(
            try BytePairTraining(lines, column: nil, size: 270, isLowercase: true).pairs.fileText.utf8)
        let head = Array(whole.prefix(1600))
        let tail = Array(whole.suffix(900))
        let middle = Array(whole.dropFirst(1600).dropLast(900))
        var refused: UInt64 = 0
        for seed in Self.firstSeed..<Self.firstSeed + Self.cases {
            let bytes =
                seed % 2 == 0
                ? damaged(head, seed: seed) + middle + tail : head + middle + damaged(tail, seed: seed)
            let file = try folder.file("tokens.json", bytes)
            do {
                let tokenizer = Tokenizer(try BytePairs(file))
                let encoder = TextEncoder(tokenizer)
                encoder.encode("abab \"\" x")
                #expect(encoder.ids.allSatisfy { $0 >= 5 && Int($0) < tokenizer.vocabularySize })
                #expect(tokenizer.decoded(encoder.ids.map { Int($0) }) == Array("abab \"\" x".utf8))
            } catch {
                refused += 1
                #expect(error is any DataError && "\(error)".contains("/tokens.json"))
            }
        }
        #expect(refused > Self.cases / 3 && refused < Self.cases)
    }
}
