import Glibc

/// The bytes of a table, row by row.
struct TableText {
    let bytes: UnsafeBufferPointer<UInt8>
    let file: String

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) { (self.bytes, self.file) = (bytes, file) }

    /// Behind a byte-order mark.
    private var begin: Int { bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0 }

    /// Which line a byte is on, counted from 1.
    func line(at place: Int) -> Int { bytes[..<place].reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 } }

    /// Refuses what is no text in UTF-8.
    func check(_ form: TableFile.Form) throws(TableError) {
        guard bytes.count > begin else { throw .noRows(file: file, form: form) }
        let kind = FileKind(Array(bytes.prefix(16)))
        switch kind {
        case .gzip: throw .notText(file: file, found: "a gzipped file; unpack it")
        case .numpy, .png, .jpeg, .gif, .webp: throw .notText(file: file, found: kind.name)
        // A text may begin with the letters PK.
        case .empty, .zip, .safetensors, .other: break
        }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            throw .notText(file: file, found: "UTF-16; save it as UTF-8")
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let place = error.byteOffsets.lowerBound
            throw .notUTF8(file: file, line: line(at: place), byte: bytes[place], place: place)
        }
        if let zero = memchr(bytes.baseAddress!, 0, bytes.count) {
            let place = UnsafeRawPointer(bytes.baseAddress!).distance(to: zero)
            throw .zeroByte(file: file, line: line(at: place), place: place)
        }
    }

    /// The line that begins at a place, without its end.
    func line(from start: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
        var end = lineEnd(from: start)
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return bytes[start..<end]
    }

    /// Where lines begin that are not empty.
    func lines() -> [Int] {
        var (starts, place): ([Int], Int) = ([], begin)
        while place < bytes.count {
            if !line(from: place).isEmpty { starts.append(place) }
            place = lineEnd(from: place) + 1
        }
        return starts
    }

    private func lineEnd(from start: Int) -> Int {
        guard start < bytes.count,
            let end = memchr(bytes.baseAddress! + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(bytes.baseAddress!).distance(to: end)
    }
}

extension TableText {
    func fields(from start: Int, _ separator: UInt8) -> TableFields {
        TableFields(self, separator: separator, place: start)
    }

    /// The places of columns in a row, and where the rows begin.
    func delimitedRows(
        _ separator: UInt8, _ columns: [String]
    ) throws(TableError) -> (places: [Int], starts: [Int]) {
        var fields = fields(from: begin, separator)
        fields.skipEmptyLines()
        guard fields.place < bytes.count else { return ([], []) }
        var known: [String] = []
        repeat {
            var name: [UInt8] = []
            fields.append(try fields.next(), to: &name)
            known.append(String(decoding: name, as: UTF8.self))
            if known.dropLast().contains(known.last!) {
                throw .repeatedColumn(file: file, column: known.last!)
            }
        } while !fields.endsRow
        var places: [Int] = []
        for column in columns {
            guard let place = known.firstIndex(of: column) else {
                throw .missingColumn(file: file, line: nil, column: column, known: known)
            }
            places.append(place)
        }
        var starts: [Int] = []
        while true {
            fields.skipEmptyLines()
            guard fields.place < bytes.count else { return (places, starts) }
            let (start, found) = (fields.place, try fields.skipRow())
            guard found == known.count else {
                throw .fieldCount(file: file, line: line(at: start), found: found, expected: known.count)
            }
            starts.append(start)
        }
    }

    /// Where the rows of a JSONL file begin, which all must have some members.
    func jsonRows(_ columns: [String]) throws(TableError) -> [Int] {
        var starts: [Int] = []
        for start in lines() where !line(from: start).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            var (found, known): (Set<String>, [String]) = ([], [])
            try forEachMember(from: start) { (key, value: inout JSONScanner) throws(JSONProblem) in
                let name = String(decoding: key, as: UTF8.self)
                known.append(name)
                guard columns.contains(name) else { return try value.skipValue() }
                var unused: [UInt8] = []
                try value.readField(name, into: &unused)
                found.insert(name)
            }
            if let missing = columns.first(where: { !found.contains($0) }) {
                throw .missingColumn(file: file, line: line(at: start), column: missing, known: known)
            }
            starts.append(start)
        }
        return starts
    }

    /// Appends the member of an object.
    func readMember(_ column: String, from start: Int, into field: inout [UInt8])
        throws(TableError)
    {
        try forEachMember(from: start) { (key, value: inout JSONScanner) throws(JSONProblem) in
            if key.elementsEqual(column.utf8) {
                try value.readField(column, into: &field)
            } else {
                try value.skipValue()
            }
        }
    }

    /// Calls `body` for each key of the object on a line; it must read the value.
    private func forEachMember(
        from start: Int, _ body: (_ key: [UInt8], _ value: inout JSONScanner) throws(JSONProblem) -> Void
    ) throws(TableError) {
        let line = line(from: start)
        do throws(JSONProblem) {
            var scanner = JSONScanner(UnsafeBufferPointer(rebasing: line))
            var members = try scanner.beginObject()
            while let key = try scanner.nextKey(&members) { try body(key, &scanner) }
            try scanner.finish()
        } catch {
            throw .json(file: file, line: self.line(at: start), column: error.place + 1, problem: error.text)
        }
    }
}

extension JSONScanner {
    /// Appends a string's content or a number's digits.
    fileprivate mutating func readField(_ name: String, into field: inout [UInt8]) throws(JSONProblem) {
        switch try kind() {
        case .string: try readString(into: &field)
        case .number: try readNumber(into: &field)
        case let kind: throw problem("'\(name)' is \(kind.rawValue), a string or a number expected")
        }
    }
}
