import Tensors

/// The classes of a table's rows.
struct TableLabels: Sendable {
    /// By row.
    private(set) var labels: [UInt16] = []
    private(set) var classes = 1
    /// In the order of their bytes; nil where classes are numbers, or there are none.
    private(set) var names: [String]?

    /// - Parameters:
    ///   - column: nil puts all rows into one class.
    ///   - known: those of the data to learn from, for data to test with.
    init(of table: TableFile, column: Int?, known: TableLabels? = nil) throws {
        guard let column else {
            labels = [UInt16](repeating: 0, count: table.count)
            return
        }
        var (found, field): (ByteStrings, [UInt8]) = (ByteStrings(), [])
        var numbers: [Int32] = []
        for row in 0..<table.count {
            try table.read(column, of: row, into: &field)
            numbers.append(Int32(field.withUnsafeBufferPointer { found.add($0) }))
            guard found.count <= largestLabel else {
                throw TableLabelError.tooMany(file: table.file, count: largestLabel)
            }
        }
        let texts = (0..<found.count).map { Array(found.bytes[found[$0]]) }
        // Numbers that are no classes are a mistake, not names.
        if let number = texts.firstIndex(where: { $0.isEmpty }) ?? Self.negative(texts) {
            throw TableLabelError.noLabel(
                file: table.file, line: table.line(of: numbers.firstIndex(of: Int32(number))!),
                label: String(decoding: texts[number], as: UTF8.self))
        }
        let areNumbers = known.map { $0.names == nil } ?? texts.allSatisfy { Self.wholeNumber($0) != nil }
        let names = known?.names?.map { Array($0.utf8) } ?? (areNumbers ? [] : Self.ordered(texts))
        var byName: [[UInt8]: Int] = [:]
        for (label, name) in names.enumerated() { byName[name] = label }
        var classOfText: [Int] = []
        for (number, text) in texts.enumerated() {
            let label = areNumbers ? Self.wholeNumber(text) : byName[text]
            guard let label, label <= largestLabel, label < known?.classes ?? .max else {
                let line = table.line(of: numbers.firstIndex(of: Int32(number))!)
                throw TableLabelError.unknown(
                    file: table.file, line: line, label: String(decoding: text, as: UTF8.self),
                    names: known?.names, classes: known?.classes)
            }
            classOfText.append(label)
        }
        labels = numbers.map { UInt16(classOfText[Int($0)]) }
        self.names = areNumbers ? nil : names.map { String(decoding: $0, as: UTF8.self) }
        classes = known?.classes ?? (areNumbers ? classOfText.max()! + 1 : names.count)
    }

    /// The place of a negative number where all labels are whole numbers.
    private static func negative(_ texts: [[UInt8]]) -> Int? {
        guard texts.allSatisfy({ Int(String(decoding: $0, as: UTF8.self)) != nil }) else { return nil }
        return texts.firstIndex { $0.first == UInt8(ascii: "-") }
    }

    private static func ordered(_ texts: [[UInt8]]) -> [[UInt8]] {
        texts.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The number that digits write, without needless zeros.
    private static func wholeNumber(_ text: [UInt8]) -> Int? {
        let digits = String(decoding: text, as: UTF8.self)
        guard text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(digits).flatMap { "\($0)" == digits ? $0 : nil }
    }
}

/// Why the classes of a table's rows cannot be meant.
package enum TableLabelError: DataError, Equatable {
    case tooMany(file: String, count: Int)
    case noLabel(file: String, line: Int, label: String)
    /// Of data to learn from without the number of classes, where only numbers can be too large.
    case unknown(file: String, line: Int, label: String, names: [String]?, classes: Int?)

    package var description: String {
        switch self {
        case .tooMany(let file, let count):
            "\(file): more than \(count) different labels; is this the column of the classes?"
        case .noLabel(let file, let line, let label):
            "\(file), line \(line): the label is \(label.isEmpty ? "empty" : label); names or whole numbers from 0 are expected"
        case .unknown(let file, let line, let label, nil, nil):
            "\(file), line \(line): the label is \(shownText(label.utf8)), \(largestLabel) at most expected; are these labels?"
        case .unknown(let file, let line, let label, nil, let classes?):
            "\(file), line \(line): the label is \(shownText(label.utf8)), outside the \(classes) classes 0...\(classes - 1) of "
                + "the data to learn from"
        case .unknown(let file, let line, let label, let names?, _):
            "\(file), line \(line): nothing to learn from has the label \(shownText(label.utf8))"
                + Suggestion.hint(label, among: names) + "; labels are \(shownNames(names))"
        }
    }
}

/// Names for an error's text, no more than ten.
func shownNames(_ names: [String]) -> String {
    names.prefix(10).map { shownText($0.utf8) }.joined(separator: ", ")
        + (names.count > 10 ? " and \(names.count - 10) more" : "")
}
