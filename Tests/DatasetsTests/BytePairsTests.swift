import Foundation
import Testing

@testable import Datasets

/// A vocabulary trained on lines.
private func trained(_ lines: [String], size: Int, isLowercase: Bool = false) throws -> BytePairTraining {
    let folder = try Folder()
    let file = try folder.file("a.txt", Array(lines.joined(separator: "\n").utf8))
    return try BytePairTraining(file, column: nil, size: size, isLowercase: isLowercase)
}

/// The words of Sennrich, Haddow & Birch 2016, figure 1, as often as they stand there.
private let words = [("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)].flatMap {
    [String](repeating: $0.0, count: $0.1)
}

private func merges(_ pairs: BytePairs) -> [String] {
    pairs.merges.map { merge in
        [merge.left, merge.right].map { ByteLetters.text(pairs.tokens.bytes[pairs.tokens[Int($0)]]) }
            .joined(separator: " ")
    }
}

@Suite struct BytePairsTests {
    @Test func `the most frequent pairs are merged, of equal ones that with the least ids`() throws {
        let training = try trained(words, size: 300)
        #expect(
            merges(training.pairs) == [
                "e s", "es t", "l o", "lo w", "e w", "n ew", "new est", "d est", "i dest", "w idest", "e r",
                "low er",
            ])
        // After twelve merges every word is a token, and no pair is left.
        #expect(training.pairs.tokens.count == 256 + 12 && training.tokens == 16)
        #expect(training.texts == 16 && training.pieces == 16 && training.differentPieces == 4)
        #expect(training.bytes == 5 * 3 + 2 * 5 + 9 * 6)
        #expect(try merges(trained(words, size: 261 + 3).pairs) == ["e s", "es t", "l o"])
        #expect(try merges(trained(["aaaa aaa"], size: 300).pairs) == ["a a"])
    }

    @Test func `texts are cut by the merges in their order, and words are numbered`() throws {
        let tokenizer = Tokenizer(try trained(words, size: 300).pairs)
        let encoder = TextEncoder(tokenizer)
        encoder.encode("newer  lowest")
        #expect(encoder.ids.map { tokenizer.text(of: Int($0)) } == ["new", "er", " ", " ", "low", "est"])
        // Bytes have ids in the order of their letters: `!` is 5, `Ġ` is 225. Merges follow from 261 on.
        #expect(encoder.ids == [266, 271, 225, 225, 264, 262])
        #expect(encoder.words == [1, 1, 0, 2, 2, 2])
        encoder.encode("newer  lowest", atMost: 5)
        #expect(encoder.ids == [266, 271, 225, 225, 264] && encoder.words == [1, 1, 0, 2, 2])
        #expect(tokenizer.vocabularySize == 273)
    }

    @Test func `every text comes back, whatever its bytes`() throws {
        let encoder = TextEncoder(Tokenizer(try trained(words, size: 300).pairs))
        let tokenizer = Tokenizer(try trained(words, size: 300).pairs)
        var random = Repeatable(state: 3)
        for _ in 0..<200 {
            let letters: [UInt8] = Bool.random(using: &random) ? Array("lowernst id'\n".utf8) : Array(0...255)
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                letters.randomElement(using: &random)!
            }
            text.withUnsafeBufferPointer { encoder.encode($0) }
            #expect(tokenizer.decoded(encoder.ids.map { Int($0) }) == text)
            #expect(encoder.words.count == encoder.ids.count)
        }
    }

    /// What `Golden/tokens.py` wrote.
    private struct Golden: Decodable {
        var vocabulary: [String]
        var merges: [String]
        var texts: [String]
        var ids: [[Int32]]
    }

    private static func golden(_ name: String) throws -> Golden {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let data = try Data(contentsOf: folder.appending(path: "tokens.json"))
        return try #require(JSONDecoder().decode([String: Golden].self, from: data)[name])
    }

    @Test(arguments: [false, true])
    func `vocabularies and tokens are those of Hugging Face's tokenizers`(isLowercase: Bool) throws {
        let golden = try Self.golden(isLowercase ? "lowercase" : "plain")
        let pairs = try trained(Array(golden.texts.prefix(21)), size: 600, isLowercase: isLowercase).pairs
        let tokens = (0..<pairs.tokens.count).map { ByteLetters.text(pairs.tokens.bytes[pairs.tokens[$0]]) }
        #expect(SpecialToken.allCases.map(\.text) + tokens == golden.vocabulary)
        #expect(merges(pairs) == golden.merges)
        let encoder = TextEncoder(Tokenizer(pairs))
        for (text, ids) in zip(golden.texts, golden.ids) {
            encoder.encode(text)
            #expect(encoder.ids == ids, "\(text)")
        }
    }

    @Test func `what is remembered of words changes no token`() throws {
        let golden = try Self.golden("plain")
        let tokenizer = Tokenizer(try trained(Array(golden.texts.prefix(21)), size: 500).pairs)
        let used = TextEncoder(tokenizer)
        // More words than are remembered.
        for number in 0..<70_000 { used.encode("\(number)") }
        for text in golden.texts {
            let fresh = TextEncoder(tokenizer)
            fresh.encode(text)
            used.encode(text)
            #expect(used.ids == fresh.ids && used.words == fresh.words)
        }
    }
}

@Suite struct TokenFileTests {
    @Test(arguments: [false, true])
    func `a file gives its vocabulary back`(isLowercase: Bool) throws {
        let pairs = try trained(
            words + ["\"\\\" \"\\\" \u{1}\u{1} \u{1}\u{1}"], size: 300, isLowercase: isLowercase
        ).pairs
        let folder = try Folder()
        let read = try BytePairs(folder.file("t.json", Array(pairs.fileText.utf8)))
        #expect(Tokenizer(read).listing == Tokenizer(pairs).listing)
        #expect(read.merges == pairs.merges && read.isLowercase == isLowercase)
        let json = try JSONSerialization.jsonObject(with: Data(pairs.fileText.utf8)) as? [String: Any]
        #expect(json?["version"] as? String == "1.0")
    }

    @Test func `merges may also be texts with a space`() throws {
        let pairs = try trained(["aa aa"], size: 263).pairs
        let folder = try Folder()
        let text = pairs.fileText.replacing("[\"a\", \"a\"]", with: "\"a a\"")
        #expect(try BytePairs(folder.file("t.json", Array(text.utf8))).merges == pairs.merges)
    }

    @Test(arguments: [
        ("\"version\": \"1.0\"", "\"version\": \"2.0\"", ": 'version' is '2.0', '1.0' expected"),
        ("\"[MASK]\": 4", "\"<mask>\": 4", ": id 4 is '<mask>', [MASK] expected"),
        ("\"!\": 5", "\"!\": 6", ": ids must be 0, 1, 2 … without gaps; "),
        ("\"!\": 5", "\"あ\": 5", ": the token 'あ' is not written in the letters of bytes"),
        ("\"!\": 5", "\"!!\": 5", ": byte 33 is no token; all 256 must be"),
        ("[\"a\", \"a\"]", "[\"a\", \"b\"]", ": the merge of 'a' and 'b' needs tokens that are not there"),
        ("[\"a\", \"a\"]", "[\"a\"]", ", line 290: a merge must be of two tokens"),
        ("\"dropout\": null", "\"dropout\": 0.1", ", line 18: 'dropout' must be null"),
        (
            "\"type\": \"BPE\"", "\"type\": \"Unigram\"",
            ": a 'model' of type BPE and a 'pre_tokenizer' of type ByteLevel are expected"
        ),
        (
            "\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}",
            ", line 12: no normalizer but Lowercase is known"
        ),
        (
            "\"add_prefix_space\": false", "\"add_prefix_space\": true",
            ", line 13: 'add_prefix_space' must be false"
        ),
        ("\"!\": 5", "\"!\": 5, \"!\": 6", ", line 31: the key '!' stands twice"),
    ])
    func `files that make no sense are told`(old: String, new: String, problem: String) throws {
        let text = try trained(["aa aa"], size: 262).pairs.fileText
        let folder = try Folder()
        let file = try folder.file("t.json", Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
        let error = #expect(throws: TokenFileError.self) { _ = try BytePairs(file) }
        let told = try #require(error?.description.replacing(folder.path + "/", with: ""))
        #expect(
            told.hasPrefix("t.json" + problem) && told.hasSuffix("; 'mottle tokens' writes such files"),
            "\(told)")
    }
}
