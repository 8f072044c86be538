/// What training a vocabulary of byte pairs found.
package struct BytePairTraining: Sendable {
    package let pairs: BytePairs
    /// How many texts there were, how many bytes they have, and how many pieces, with those that occur again.
    package let (texts, bytes, pieces): (Int, Int, Int)
    /// How many different pieces there are.
    package let differentPieces: Int
    /// How many tokens the texts make.
    package let tokens: Int

    /// Merges the most frequent pair of tokens that stand side by side in a word, of equally frequent ones that with the least
    /// ids, until the vocabulary is full or no pair occurs twice.
    ///
    /// - Parameters:
    ///   - column: of the texts, `text` if not given.
    ///   - size: of the vocabulary, with the special tokens and the bytes.
    package init(_ file: String, column: String?, size: Int, isLowercase: Bool) throws {
        precondition(size >= Self.leastSize, "a vocabulary has all bytes and the special tokens")
        let table = try TextFiles.table(file, text: column, label: nil)
        var (counts, bytes) = (TokenCounts(), 0)
        try table.forEachText(in: 0, isLowercase: isLowercase) { text in
            bytes += text.count
            for piece in TextPieces(text, .bytePairs) {
                counts.count(UnsafeBufferPointer(rebasing: text[piece.range]))
            }
        }
        var trainer = BytePairTrainer(counts)
        trainer.grow(to: size - SpecialToken.count)
        pairs = BytePairs(tokens: trainer.tokens, merges: trainer.merges, isLowercase: isLowercase)
        (texts, self.bytes, differentPieces) = (table.count, bytes, counts.counts.count)
        pieces = counts.counts.reduce(0, +)
        tokens = trainer.words.reduce(0) { $0 + $1.parts.count * $1.count }
    }

    /// The special tokens and all bytes.
    package static let leastSize = SpecialToken.count + 256
}

/// Merges the pairs of words whose numbers are known.
private struct BytePairTrainer {
    struct Word {
        var parts: [Int32]
        let count: Int
    }

    struct Pair {
        var count = 0
        /// Where it stands, or once stood; a word may be named more than once.
        var words: [Int32] = []
    }

    private(set) var tokens = ByteStrings()
    private(set) var merges: [BytePairs.Merge] = []
    private(set) var words: [Word] = []
    private var pairs: [UInt64: Pair] = [:]
    /// Pairs with counts that were true once: too high ones are put right when they come up.
    private var queue = PairQueue()

    init(_ counts: TokenCounts) {
        for byte in ByteLetters.order { tokens.add([byte]) }
        var numbers = [Int32](repeating: 0, count: 256)
        for (number, byte) in ByteLetters.order.enumerated() { numbers[Int(byte)] = Int32(number) }
        for (number, count) in counts.counts.enumerated() {
            let parts = counts.strings.bytes[counts.strings[number]].map { numbers[Int($0)] }
            words.append(Word(parts: parts, count: count))
            change(pairsOf: parts, by: count)
            for (left, right) in zip(parts, parts.dropFirst()) {
                note(Int32(number), in: BytePairs.key(left, right))
            }
        }
        for (key, pair) in pairs { queue.push(PairQueue.Entry(count: pair.count, key: key)) }
    }

    /// Adds tokens until there are so many.
    mutating func grow(to size: Int) {
        while tokens.count < size, let entry = queue.pop() {
            let count = pairs[entry.key]?.count ?? 0
            if count != entry.count {
                if count > 1 { queue.push(PairQueue.Entry(count: count, key: entry.key)) }
            } else if count > 1 {
                merge(entry.key)
            }
        }
    }

    private mutating func merge(_ key: UInt64) {
        let (left, right) = (Int32(truncatingIfNeeded: key >> 32), Int32(truncatingIfNeeded: key))
        // Two merges may make the same token: (a, bc) after (ab, c).
        let merged = Int32(tokens.add(tokens.bytes[tokens[Int(left)]] + tokens.bytes[tokens[Int(right)]]))
        merges.append(BytePairs.Merge(left: left, right: right, merged: merged))
        let places = pairs[key]!.words
        pairs[key]!.words = []
        var made: Set<UInt64> = []
        for place in places {
            let word = words[Int(place)]
            let parts = Self.merging(left, right, into: merged, in: word.parts)
            guard parts.count < word.parts.count else { continue }
            change(pairsOf: word.parts, by: -word.count)
            change(pairsOf: parts, by: word.count)
            words[Int(place)].parts = parts
            for (first, second) in zip(parts, parts.dropFirst()) where first == merged || second == merged {
                let key = BytePairs.key(first, second)
                note(place, in: key)
                made.insert(key)
            }
        }
        // Only these can have become more frequent.
        for key in made { queue.push(PairQueue.Entry(count: pairs[key]!.count, key: key)) }
    }

    private mutating func change(pairsOf parts: [Int32], by count: Int) {
        for (left, right) in zip(parts, parts.dropFirst()) {
            pairs[BytePairs.key(left, right), default: Pair()].count += count
        }
    }

    /// Remembers that a pair stands in a word.
    private mutating func note(_ word: Int32, in key: UInt64) {
        if pairs[key]!.words.last != word { pairs[key]!.words.append(word) }
    }

    private static func merging(_ left: Int32, _ right: Int32, into merged: Int32, in parts: [Int32])
        -> [Int32]
    {
        var (new, place): ([Int32], Int) = ([], 0)
        while place < parts.count {
            let isPair = place + 1 < parts.count && parts[place] == left && parts[place + 1] == right
            new.append(isPair ? merged : parts[place])
            place += isPair ? 2 : 1
        }
        return new
    }
}

/// Pairs by how often they occur: a binary heap.
private struct PairQueue {
    struct Entry {
        var count: Int
        var key: UInt64

        /// More frequent ones go first, of equal ones the least.
        func goes(before other: Entry) -> Bool {
            count != other.count ? count > other.count : key < other.key
        }
    }

    private var entries: [Entry] = []

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0, entries[place].goes(before: entries[(place - 1) / 2]) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func pop() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var place = 0
        while true {
            var best = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
                if entries[child].goes(before: entries[best]) { best = child }
            }
            guard best != place else { return first }
            entries.swapAt(place, best)
            place = best
        }
    }
}
