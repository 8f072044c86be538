/// The fields of a CSV or TSV file, one after the other.
struct TableFields {
    /// Where a field's content lies.
    struct Field {
        var range: Range<Int>
        /// Whether it holds quotes that are doubled.
        var hasDoubledQuotes = false
    }

    private let text: TableText
    private let bytes: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private let hasQuotes: Bool
    /// Where the next field begins.
    private(set) var place: Int
    /// Whether the last field was the last one of its row.
    private(set) var endsRow = false

    private static let quote = UInt8(ascii: "\"")
    private static let (newline, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    init(_ text: TableText, separator: UInt8, place: Int) {
        (self.text, bytes, self.separator, self.place) = (text, text.bytes, separator, place)
        hasQuotes = separator == UInt8(ascii: ",")
    }

    /// Goes on to a line that is not empty.
    mutating func skipEmptyLines() {
        while place < bytes.count {
            if bytes[place] == Self.newline {
                place += 1
            } else if bytes[place] == Self.carriageReturn, place + 1 < bytes.count,
                bytes[place + 1] == Self.newline
            {
                place += 2
            } else {
                return
            }
        }
    }

    /// Passes over the rest of a row and returns how many fields that are.
    mutating func skipRow() throws(TableError) -> Int {
        var count = 0
        repeat {
            _ = try next()
            count += 1
        } while !endsRow
        return count
    }

    /// Passes over a field; behind the last one of a row the next one is the first of the next row.
    mutating func next() throws(TableError) -> Field {
        if hasQuotes, place < bytes.count, bytes[place] == Self.quote { return try nextQuoted() }
        let start = place
        while place < bytes.count, bytes[place] != separator, bytes[place] != Self.newline { place += 1 }
        var end = place
        // A carriage return belongs to the end of the line.
        if place < bytes.count, bytes[place] == Self.newline, end > start,
            bytes[end - 1] == Self.carriageReturn
        {
            end -= 1
        }
        passSeparator()
        return Field(range: start..<end)
    }

    private mutating func nextQuoted() throws(TableError) -> Field {
        let start = place
        var hasDoubledQuotes = false
        place += 1
        while true {
            guard place < bytes.count else {
                throw .openQuote(file: text.file, line: text.line(at: start))
            }
            if bytes[place] == Self.quote {
                guard place + 1 < bytes.count, bytes[place + 1] == Self.quote else { break }
                hasDoubledQuotes = true
                place += 1
            }
            place += 1
        }
        let field = Field(range: start + 1..<place, hasDoubledQuotes: hasDoubledQuotes)
        place += 1
        if place + 1 < bytes.count, bytes[place] == Self.carriageReturn, bytes[place + 1] == Self.newline {
            place += 1
        }
        guard place == bytes.count || bytes[place] == separator || bytes[place] == Self.newline else {
            throw .textBehindQuote(file: text.file, line: text.line(at: place))
        }
        passSeparator()
        return field
    }

    private mutating func passSeparator() {
        endsRow = place == bytes.count || bytes[place] == Self.newline
        if place < bytes.count { place += 1 }
    }

    /// Appends a field's content, doubled quotes as one.
    func append(_ field: Field, to content: inout [UInt8]) {
        guard field.hasDoubledQuotes else {
            content += bytes[field.range]
            return
        }
        var place = field.range.lowerBound
        while place < field.range.upperBound {
            content.append(bytes[place])
            place += bytes[place] == Self.quote ? 2 : 1
        }
    }
}
