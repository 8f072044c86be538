/// Cuts texts into tokens for one thread, with memory of its own: words that were met are remembered.
package final class TextEncoder {
    /// Of the last text.
    package private(set) var ids: [Int32] = []
    /// For each token the number of its word, counted from 1; 0 where there is none.
    package private(set) var words: [Int32] = []

    private let tokenizer: Tokenizer
    private let (rule, keepsSpace, isLowercase): (TextPieces.Rule, Bool, Bool)
    private var lower: [UInt8] = []
    private var known = ByteStrings()
    /// The ids of the known pieces one behind another, and where each one's end.
    private var (knownIDs, knownEnds): ([Int32], [Int]) = ([], [])
    /// All known pieces are forgotten when there are so many; longer ones than `longestKnown` are not kept.
    private static let (mostKnown, longestKnown) = (65_536, 64)

    package init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        (rule, keepsSpace, isLowercase) = (tokenizer.rule, tokenizer.keepsSpace, tokenizer.isLowercase)
    }

    /// Cuts a text; `ids` and `words` then hold its tokens.
    ///
    /// - Parameter limit: how many tokens at most; what is behind them is not looked at.
    package func encode(_ text: UnsafeBufferPointer<UInt8>, atMost limit: Int = .max) {
        ids.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        guard isLowercase else { return cut(text, limit) }
        lower.removeAll(keepingCapacity: true)
        TextScalar.lowercase(text, into: &lower)
        lower.withUnsafeBufferPointer { cut($0, limit) }
    }

    package func encode(_ text: String, atMost limit: Int = .max) {
        Array(text.utf8).withUnsafeBufferPointer { encode($0, atMost: limit) }
    }

    private func cut(_ text: UnsafeBufferPointer<UInt8>, _ limit: Int) {
        var word: Int32 = 0
        for piece in TextPieces(text, rule) where piece.isWord || keepsSpace {
            guard ids.count < limit else { return }
            appendIDs(of: UnsafeBufferPointer(rebasing: text[piece.range]))
            if ids.count > limit { ids.removeLast(ids.count - limit) }
            if piece.isWord { word += 1 }
            while words.count < ids.count { words.append(piece.isWord ? word : 0) }
        }
    }

    private func appendIDs(of piece: UnsafeBufferPointer<UInt8>) {
        guard piece.count <= Self.longestKnown else { return tokenizer.appendIDs(of: piece, to: &ids) }
        if known.count == Self.mostKnown {
            known.removeAll()
            knownIDs.removeAll(keepingCapacity: true)
            knownEnds.removeAll(keepingCapacity: true)
        }
        let number = known.add(piece)
        if number == knownEnds.count {
            tokenizer.appendIDs(of: piece, to: &knownIDs)
            knownEnds.append(knownIDs.count)
        }
        ids += knownIDs[(number == 0 ? 0 : knownEnds[number - 1])..<knownEnds[number]]
    }
}
