import Glibc
import Tensors

/// Rows of a CSV, TSV or JSONL file, or the lines of a text, by their places; a file of any size.
///
/// The file is mapped into memory and looked through once: all of it must be UTF-8, and every row must be whole. What is kept
/// of a row is its place in the file, eight bytes; its fields are decoded when they are asked for. Lines end with `\n` or
/// `\r\n`, empty ones are no rows, and a byte-order mark at the start is none of the text.
package final class TableFile: Sendable {
    /// How rows are written; the ending of the file's name says it.
    package enum Form: String, CaseIterable, Sendable {
        /// Fields with commas between them and names of the columns in the first row (RFC 4180): a field in quotes may hold
        /// commas and ends of lines, and quotes that are doubled.
        case csv
        /// Fields with tabs between them and names of the columns in the first row; quotes are letters like any other
        /// (IANA's text/tab-separated-values).
        case tsv
        /// A JSON object a line, whose values are strings or numbers.
        case jsonl
        /// A text a line, in one column without a name.
        case txt

        package init(of file: String) throws(TableError) {
            let ending = file.split(separator: "/").last?.split(separator: ".").last?.lowercased() ?? ""
            guard let form = Form(rawValue: ending) else { throw .unknownEnding(file: file) }
            self = form
        }
    }

    package let file: String
    package let form: Form
    /// How many rows there are, at least one.
    package var count: Int { starts.count }
    private let columns: [String]
    /// Of each column that was asked for, its place in a row of a CSV or TSV file.
    private let fieldPlaces: [Int]
    private let storage: ByteStorage
    /// Where each row begins.
    private let starts: [Int]

    /// Opens a table and checks all of it.
    ///
    /// - Parameter columns: the names of those that will be read; none for lines.
    /// - Throws: ``TableError``; ``DatasetError`` where the file cannot be opened.
    package init(_ file: String, columns: [String]) throws {
        form = try Form(of: file)
        storage = try ByteStorage(mapping: file)
        (self.file, self.columns) = (file, columns)
        let text = TableText(storage.bytes, file: file)
        try text.check(form)
        switch form {
        case .csv, .tsv: (fieldPlaces, starts) = try text.delimitedRows(form.separator, columns)
        case .jsonl: (fieldPlaces, starts) = ([], try text.jsonRows(columns))
        case .txt:
            if let column = columns.first { throw TableError.linesHaveNoColumns(file: file, column: column) }
            (fieldPlaces, starts) = ([], text.lines())
        }
        guard !starts.isEmpty else { throw TableError.noRows(file: file, form: form) }
        guard starts.count <= UInt32.max else {
            throw DatasetError.tooManySamples(file: file, count: starts.count)
        }
    }

    /// Replaces `field` by what stands in a row, as UTF-8.
    ///
    /// - Parameter column: its place among the columns that were asked for; 0 for the text of a line.
    package func read(_ column: Int, of row: Int, into field: inout [UInt8]) throws(TableError) {
        precondition(row >= 0 && row < count, "row \(row) is outside a table of \(count)")
        field.removeAll(keepingCapacity: true)
        let text = TableText(storage.bytes, file: file)
        switch form {
        case .csv, .tsv:
            var fields = text.fields(from: starts[row], form.separator)
            for _ in 0..<fieldPlaces[column] { _ = try fields.next() }
            fields.append(try fields.next(), to: &field)
        case .jsonl: try text.readMember(columns[column], from: starts[row], into: &field)
        case .txt: field += text.line(from: starts[row])
        }
    }

    /// What stands in a row.
    package func text(_ column: Int, of row: Int) throws(TableError) -> String {
        var field: [UInt8] = []
        try read(column, of: row, into: &field)
        return String(decoding: field, as: UTF8.self)
    }

    /// The line on which a row begins, counted from 1.
    package func line(of row: Int) -> Int { TableText(storage.bytes, file: file).line(at: starts[row]) }

    /// What a person finds a row by.
    package func name(of row: Int) -> String { "\(file), line \(line(of: row))" }
}

extension TableFile.Form {
    fileprivate var separator: UInt8 { self == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t") }
}

extension ByteStorage {
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: pointer, count: count) }
}

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
        switch FileKind(Array(bytes.prefix(16))) {
        case .gzip: throw .notText(file: file, found: "a gzipped file; unpack it")
        case .other: break
        case let kind: throw .notText(file: file, found: kind.name)
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
    fileprivate func delimitedRows(
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
    fileprivate func jsonRows(_ columns: [String]) throws(TableError) -> [Int] {
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
    fileprivate func readMember(_ column: String, from start: Int, into field: inout [UInt8])
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
