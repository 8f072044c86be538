import Tensors

/// Why a table cannot be read: the file, the line, what was found and what was expected.
package enum TableError: DataError, Equatable {
    case unknownEnding(file: String)
    case notText(file: String, found: String)
    /// `place` counts the file's bytes from 0.
    case notUTF8(file: String, line: Int, byte: UInt8, place: Int)
    case zeroByte(file: String, line: Int, place: Int)
    case noRows(file: String, form: TableFile.Form)
    case linesHaveNoColumns(file: String, column: String)
    /// Without a line where the first row lacks it.
    case missingColumn(file: String, line: Int?, column: String, known: [String])
    case repeatedColumn(file: String, column: String)
    case fieldCount(file: String, line: Int, found: Int, expected: Int)
    case openQuote(file: String, line: Int)
    case textBehindQuote(file: String, line: Int)
    case json(file: String, line: Int, column: Int, problem: String)

    package var description: String {
        switch self {
        case .unknownEnding(let file):
            "\(file): a file whose name ends in "
                + TableFile.Form.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
                + " expected, which says how it is written"
        case .notText(let file, let found): "\(file): expected a text in UTF-8, found \(found)"
        case .notUTF8(let file, let line, let byte, let place):
            "\(file), line \(line): byte \(place) of the file, 0x\(hexadecimal(byte)), is not UTF-8; save it as UTF-8"
        case .zeroByte(let file, let line, let place):
            "\(file), line \(line): byte \(place) of the file is 0, which no text holds; is it a text in UTF-8?"
        case .noRows(let file, let form):
            switch form {
            case .csv, .tsv:
                "\(file): holds no rows; a row with the names of the columns and others behind it are expected"
            case .jsonl: "\(file): holds no rows; a JSON object a line is expected"
            case .txt: "\(file): holds no lines but empty ones"
            }
        case .linesHaveNoColumns(let file, let column):
            "\(file): a file of lines has no column '\(column)'; columns are those of .csv, .tsv and .jsonl"
        case .missingColumn(let file, let line, let column, let known):
            "\(file)\(line.map { ", line \($0)" } ?? ""): there is no column '\(column)'"
                + Suggestion.hint(column, among: known)
                + (known.isEmpty ? "; there are none" : "; there are \(shownNames(known))")
        case .repeatedColumn(let file, let column): "\(file): two columns are named \(shownText(column.utf8))"
        case .fieldCount(let file, let line, let found, let expected):
            "\(file), line \(line): \(found) \(found == 1 ? "field" : "fields") found, \(expected) expected as in the first row"
        case .openQuote(let file, let line):
            "\(file), line \(line): a field begins with a quote, and no other ends it; a quote that is text is written as \"\"\"\""
        case .textBehindQuote(let file, let line):
            "\(file), line \(line): text behind the quote that ends a field; inside of quotes a quote is written as \"\""
        case .json(let file, let line, let column, let problem):
            "\(file), line \(line), byte \(column): \(problem)"
        }
    }
}
