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
