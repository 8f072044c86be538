/// A vocabulary of byte pairs (Sennrich, Haddow & Birch 2016): all bytes, and what grows of them by merging two neighbours at
/// a time, the earliest merge first. Every text has tokens, and they give it back (Radford et al. 2019).
package struct BytePairs: Sendable {
    /// Two tokens that stand side by side and become one; each by its number in `tokens`.
    struct Merge: Equatable, Sendable {
        var left: Int32
        var right: Int32
        var merged: Int32
    }

    /// The first are the single bytes in the order of `ByteLetters`; a token's id is its number plus that of the special ones.
    let tokens: ByteStrings
    let merges: [Merge]
    /// Whether texts are put into lower case first.
    let isLowercase: Bool
    /// The first place among the merges of each pair.
    private let ranks: [UInt64: Int32]
    private let byteNumbers: [Int32]

    /// - Parameters:
    ///   - tokens: with all bytes among them.
    ///   - merges: what they merge into is among the tokens, too.
    init(tokens: ByteStrings, merges: [Merge], isLowercase: Bool) {
        (self.tokens, self.merges, self.isLowercase) = (tokens, merges, isLowercase)
        byteNumbers = (0...255).map { Int32(tokens.number(of: [UInt8($0)])!) }
        var ranks: [UInt64: Int32] = [:]
        ranks.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() where ranks[Self.key(merge.left, merge.right)] == nil {
            ranks[Self.key(merge.left, merge.right)] = Int32(rank)
        }
        self.ranks = ranks
    }

    /// Two tokens as one number.
    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Appends the ids of a piece: the pair with the least rank is merged, of equal ones the first, until none is left.
    func appendIDs(of piece: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
        var parts = piece.map { byteNumbers[Int($0)] }
        // Of each part with the one behind it; the last one has none.
        var pairRanks = parts.indices.map { rank(parts, $0) }
        while let (rank, place) = Self.least(pairRanks) {
            parts[place] = merges[Int(rank)].merged
            parts.remove(at: place + 1)
            pairRanks.remove(at: place + 1)
            pairRanks[place] = self.rank(parts, place)
            if place > 0 { pairRanks[place - 1] = self.rank(parts, place - 1) }
        }
        ids += parts.map { $0 + Int32(SpecialToken.count) }
    }

    private func rank(_ parts: [Int32], _ place: Int) -> Int32 {
        guard place + 1 < parts.count else { return .max }
        return ranks[Self.key(parts[place], parts[place + 1])] ?? .max
    }

    private static func least(_ ranks: [Int32]) -> (rank: Int32, place: Int)? {
        var (least, found) = (Int32.max, 0)
        for place in ranks.indices where ranks[place] < least { (least, found) = (ranks[place], place) }
        return least == .max ? nil : (least, found)
    }
}

/// The letters by which bytes are written in files of tokens, as GPT-2 does it: printable ones stand for themselves, the
/// others are 256 and up, in order. A space is `Ġ`.
enum ByteLetters {
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 256
        return (0...255).map { byte in
            if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 {
                return Unicode.Scalar(UInt32(byte))!
            }
            defer { next += 1 }
            return Unicode.Scalar(next)!
        }
    }()

    /// All bytes in the order of their letters.
    static let order: [UInt8] = (0...255).map { UInt8($0) }.sorted { scalars[Int($0)] < scalars[Int($1)] }

    private static let bytes = Dictionary(uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(scalars[Int(byte)]) }
        return String(text)
    }

    /// What a text of letters stands for, nil if one of its letters stands for nothing.
    static func bytes(_ text: some Sequence<Unicode.Scalar>) -> [UInt8]? {
        var found: [UInt8] = []
        for scalar in text {
            guard let byte = bytes[scalar] else { return nil }
            found.append(byte)
        }
        return found
    }
}
