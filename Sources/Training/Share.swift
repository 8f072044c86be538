/// Which part of a matrix's rows and columns one of several threads works on.
///
/// Columns are split first, so that a thread keeps its columns of a weight from step to step; where there are fewer groups
/// of 16 columns than threads, rows are split too.
struct Share: Equatable {
    var rows: Range<Int>
    var columns: Range<Int>

    init(rows: Int, columns: Int, thread: Int, threads: Int) {
        let groups = (columns + 15) / 16
        // The most parts that divide the threads evenly.
        var columnParts = min(threads, groups)
        while threads % columnParts != 0 { columnParts -= 1 }
        let rowParts = threads / columnParts
        let (rowPart, columnPart) = (thread / columnParts, thread % columnParts)
        self.columns = Self.part(columnPart, of: columnParts, count: columns, unit: 16)
        self.rows = Self.part(rowPart, of: rowParts, count: rows, unit: 4)
    }

    /// One of several contiguous parts of 0 ..< count, which begin at multiples of `unit`.
    static func part(_ part: Int, of parts: Int, count: Int, unit: Int) -> Range<Int> {
        let units = (count + unit - 1) / unit
        let begin = min(units * part / parts * unit, count)
        return begin..<min(units * (part + 1) / parts * unit, count)
    }
}
