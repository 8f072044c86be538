/// Rows of cells in aligned columns, for a terminal.
package struct TextTable {
    private let cells: [[String]]
    private let firstNumber: Int

    /// - Parameters:
    ///   - cells: the head and the rows, all of one length.
    ///   - firstNumber: the column from which on numbers stand, which are aligned at their end.
    package init(_ cells: [[String]], firstNumber: Int) {
        (self.cells, self.firstNumber) = (cells, firstNumber)
    }

    /// A line for each row, with its newline.
    package var text: String {
        guard let head = cells.first else { return "" }
        let widths = head.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let columns = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column < firstNumber ? row[column] + space : space + row[column]
            }
            return columns.joined(separator: "  ") + "\n"
        }.joined()
    }
}

extension Double {
    /// With so many decimals, up to 6; what is not finite or very large as it is.
    package func text(decimals: Int) -> String {
        precondition((1...6).contains(decimals), "numbers have 1 to 6 decimals, got \(decimals)")
        guard isFinite, abs(self) < 1e12 else { return "\(self)" }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let units = Int((abs(self) * Double(scale)).rounded())
        let fraction = String(units % scale)
        let sign = self < 0 && units > 0 ? "-" : ""
        return "\(sign)\(units / scale)." + String(repeating: "0", count: decimals - fraction.count)
            + fraction
    }
}
