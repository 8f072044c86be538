/// How often each of the words of a text, or of its characters, stands there.
struct TokenCounts {
    private(set) var strings = ByteStrings()
    /// By the string's number.
    private(set) var counts: [Int] = []

    mutating func count(_ string: UnsafeBufferPointer<UInt8>) {
        let number = strings.add(string)
        if number == counts.count { counts.append(0) }
        counts[number] += 1
    }

    /// The most frequent ones, of equally frequent ones those whose bytes come first.
    func mostFrequent(_ limit: Int) -> ByteStrings {
        let bytes = strings.bytes
        let ordered = counts.indices.sorted { first, second in
            counts[first] != counts[second]
                ? counts[first] > counts[second]
                : bytes[strings[first]].lexicographicallyPrecedes(bytes[strings[second]])
        }
        var frequent = ByteStrings()
        for number in ordered.prefix(limit) { frequent.add(bytes[strings[number]]) }
        return frequent
    }
}

extension TableFile {
    /// Calls `body` with what stands in each row of a column.
    func forEachText(
        in column: Int, isLowercase: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(TableError) {
        var (field, lower): ([UInt8], [UInt8]) = ([], [])
        for row in 0..<count {
            try read(column, of: row, into: &field)
            if isLowercase {
                lower.removeAll(keepingCapacity: true)
                field.withUnsafeBufferPointer { TextScalar.lowercase($0, into: &lower) }
                swap(&field, &lower)
            }
            field.withUnsafeBufferPointer(body)
        }
    }
}
