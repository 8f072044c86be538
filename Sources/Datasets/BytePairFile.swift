/// Files of byte pairs: JSON that Hugging Face's `tokenizers` reads as well (`Tokenizer.from_file`), version 1.0 of its form.
extension BytePairs {
    /// The text of a file, a line for each token and merge.
    package var fileText: String {
        func quoted(_ text: String) -> String {
            // No letter of a byte is a control character.
            "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
        }
        func letters(_ number: Int) -> String { quoted(ByteLetters.text(tokens.bytes[tokens[number]])) }
        let special = SpecialToken.allCases.map { token in
            "    {\"id\": \(token.rawValue), \"content\": \"\(token.text)\", \"single_word\": false, \"lstrip\": false, "
                + "\"rstrip\": false, \"normalized\": false, \"special\": true}"
        }
        let vocabulary =
            SpecialToken.allCases.map { "      \"\($0.text)\": \($0.rawValue)" }
            + (0..<tokens.count).map { "      \(letters($0)): \($0 + SpecialToken.count)" }
        let merges = merges.map { "      [\(letters(Int($0.left))), \(letters(Int($0.right)))]" }
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
            \(special.joined(separator: ",\n"))
              ],
              "normalizer": \(isLowercase ? "{\"type\": \"Lowercase\"}" : "null"),
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
              "post_processor": null,
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
              "model": {
                "type": "BPE",
                "dropout": null,
                "unk_token": null,
                "continuing_subword_prefix": null,
                "end_of_word_suffix": null,
                "fuse_unk": false,
                "byte_fallback": false,
                "ignore_merges": false,
                "vocab": {
            \(vocabulary.joined(separator: ",\n"))
                },
                "merges": [
            \(merges.joined(separator: ",\n"))
                ]
              }
            }

            """
    }

    /// Reads a file.
    ///
    /// - Throws: ``TokenFileError``; ``DatasetError`` where the file cannot be opened.
    package init(_ file: String) throws {
        let storage = try ByteStorage(mapping: file)
        let text = TableText(storage.bytes, file: file)
        guard !text.bytes.isEmpty else { throw TokenFileError(file: file, problem: "holds nothing") }
        var reader = BytePairReader(file: file)
        do throws(JSONProblem) {
            try reader.read(text.bytes)
        } catch {
            let place = min(error.place, text.bytes.count)
            throw TokenFileError(file: file, line: text.line(at: place), problem: error.text)
        }
        self = try reader.pairs()
    }
}

/// Why a file of byte pairs cannot be used.
package struct TokenFileError: DataError, Equatable {
    var file: String
    var line: Int?
    var problem: String

    package var description: String {
        "\(file)\(line.map { ", line \($0)" } ?? ""): \(problem); 'mottle tokens' writes such files"
    }
}

/// What a file says, until it is known to make sense.
private struct BytePairReader {
    let file: String
    private var version: String?
    private var type: String?
    /// Tokens in the letters of bytes, by id.
    private var vocabulary: [(token: [UInt8], id: Int)] = []
    private var merges: [(left: [UInt8], right: [UInt8])] = []
    private var isLowercase = false
    private var cutsAsGPT2 = false

    init(file: String) { self.file = file }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONProblem) {
        var scanner = JSONScanner(bytes)
        var members = try scanner.beginObject()
        while let key = try scanner.nextKey(&members) {
            switch String(decoding: key, as: UTF8.self) {
            case "version": version = try scanner.string()
            case "normalizer": try readNormalizer(&scanner)
            case "pre_tokenizer": try readSplitting(&scanner)
            case "model": try readModel(&scanner)
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
    }

    private mutating func readNormalizer(_ scanner: inout JSONScanner) throws(JSONProblem) {
        if try scanner.kind() == .null { return try scanner.skipValue() }
        var members = try scanner.beginObject()
        while let key = try scanner.nextKey(&members) {
            guard key.elementsEqual("type".utf8), try scanner.string() == "Lowercase" else {
                throw scanner.problem("no normalizer but Lowercase is known")
            }
            isLowercase = true
        }
    }

    private mutating func readSplitting(_ scanner: inout JSONScanner) throws(JSONProblem) {
        var members = try scanner.beginObject()
        while let key = try scanner.nextKey(&members) {
            switch String(decoding: key, as: UTF8.self) {
            case "type": cutsAsGPT2 = try scanner.string() == "ByteLevel"
            case "add_prefix_space":
                guard try !scanner.flag() else { throw scanner.problem("'add_prefix_space' must be false") }
            case "use_regex":
                guard try scanner.flag() else { throw scanner.problem("'use_regex' must be true") }
            default: try scanner.skipValue()
            }
        }
    }

    private mutating func readModel(_ scanner: inout JSONScanner) throws(JSONProblem) {
        var members = try scanner.beginObject()
        while let key = try scanner.nextKey(&members) {
            let name = String(decoding: key, as: UTF8.self)
            switch name {
            case "type": type = try scanner.string()
            case "vocab": try readVocabulary(&scanner)
            case "merges": try readMerges(&scanner)
            case "dropout", "continuing_subword_prefix", "end_of_word_suffix":
                guard try scanner.kind() == .null else { throw scanner.problem("'\(name)' must be null") }
                try scanner.skipValue()
            case "ignore_merges":
                guard try !scanner.flag() else { throw scanner.problem("'ignore_merges' must be false") }
            default: try scanner.skipValue()
            }
        }
    }

    private mutating func readVocabulary(_ scanner: inout JSONScanner) throws(JSONProblem) {
        var members = try scanner.beginObject()
        while let token = try scanner.nextKey(&members) {
            var digits: [UInt8] = []
            try scanner.readNumber(into: &digits)
            guard let id = Int(String(decoding: digits, as: UTF8.self)), id >= 0 else {
                throw scanner.problem("the id of \(shownText(token)) must be a whole number of 0 or more")
            }
            vocabulary.append((token, id))
        }
    }

    /// Merges are lists of two tokens, or texts with a space between them.
    private mutating func readMerges(_ scanner: inout JSONScanner) throws(JSONProblem) {
        var items = try scanner.beginList()
        while try scanner.nextItem(&items) {
            var parts: [[UInt8]] = []
            if try scanner.kind() == .list {
                var pair = try scanner.beginList()
                while try scanner.nextItem(&pair) {
                    var part: [UInt8] = []
                    try scanner.readString(into: &part)
                    parts.append(part)
                }
            } else {
                var merge: [UInt8] = []
                try scanner.readString(into: &merge)
                parts = merge.split(separator: UInt8(ascii: " ")).map { Array($0) }
            }
            guard parts.count == 2 else { throw scanner.problem("a merge must be of two tokens") }
            merges.append((parts[0], parts[1]))
        }
    }

    /// The vocabulary, if all is there that belongs to it.
    func pairs() throws(TokenFileError) -> BytePairs {
        func problem(_ text: String) -> TokenFileError { TokenFileError(file: file, problem: text) }
        guard version == "1.0" else {
            throw problem("'version' is \(version.map { "'\($0)'" } ?? "not there"), '1.0' expected")
        }
        guard type == "BPE", cutsAsGPT2 else {
            throw problem("a 'model' of type BPE and a 'pre_tokenizer' of type ByteLevel are expected")
        }
        let ordered = vocabulary.sorted { $0.id < $1.id }
        var tokens = ByteStrings()
        for (place, entry) in ordered.enumerated() {
            guard entry.id == place else {
                throw problem(
                    "ids must be 0, 1, 2 … without gaps; \(shownText(entry.token)) is \(entry.id), \(place) expected"
                )
            }
            if let special = SpecialToken(rawValue: place) {
                guard entry.token.elementsEqual(special.text.utf8) else {
                    throw problem("id \(place) is \(shownText(entry.token)), \(special.text) expected")
                }
                continue
            }
            let letters = String(decoding: entry.token, as: UTF8.self).unicodeScalars
            guard let bytes = ByteLetters.bytes(letters), !bytes.isEmpty else {
                throw problem("the token \(shownText(entry.token)) is not written in the letters of bytes")
            }
            tokens.add(bytes)
        }
        guard let missing = (0...255).first(where: { tokens.number(of: [UInt8($0)]) == nil }) else {
            return BytePairs(tokens: tokens, merges: try merges(among: tokens), isLowercase: isLowercase)
        }
        throw problem("byte \(missing) is no token; all 256 must be")
    }

    private func merges(among tokens: ByteStrings) throws(TokenFileError) -> [BytePairs.Merge] {
        func number(_ token: [UInt8]) -> Int32? {
            ByteLetters.bytes(String(decoding: token, as: UTF8.self).unicodeScalars).flatMap(tokens.number)
                .map {
                    Int32($0)
                }
        }
        var found: [BytePairs.Merge] = []
        for (left, right) in merges {
            guard let first = number(left), let second = number(right), let merged = number(left + right)
            else {
                throw TokenFileError(
                    file: file,
                    problem:
                        "the merge of \(shownText(left)) and \(shownText(right)) needs tokens that are not there"
                )
            }
            found.append(BytePairs.Merge(left: first, right: second, merged: merged))
        }
        return found
    }
}

extension JSONScanner {
    fileprivate mutating func string() throws(JSONProblem) -> String {
        var text: [UInt8] = []
        try readString(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    fileprivate mutating func flag() throws(JSONProblem) -> Bool {
        guard try kind() == .flag else { throw problem("true or false expected") }
        let start = place
        try skipValue()
        return place - start == 4
    }
}
