/// How threads share a matrix of weights: its columns are cut into panels, each stored by itself, and each panel's rows
/// into parts where there are fewer panels than threads, or where rows are to be cut first.
///
/// A panel is row-major, `[rows, width]`, and belongs to the same thread from step to step. Side by side in one matrix,
/// the processor's prefetching would fetch lines of one thread's columns into the other's cache all the time: two threads
/// then update weights no faster than one. How a matrix is cut changes no bit of what is computed.
struct Partition: Equatable {
    /// Of the matrix, padded to a multiple of 16.
    let columns: Int
    /// Of a panel, a multiple of 16; the last one may be cut short.
    let width: Int
    let panels: Int
    let rowParts: Int

    /// - Parameters:
    ///   - cutsColumns: false: there is one panel, and threads have parts of its rows.
    ///   - rowLeaves: into how many leaves products cut the rows, a power of two: as many parts of them come before panels, as
    ///     far as that divides the threads evenly.
    init(columns: Int, threads: Int, cutsColumns: Bool = true, rowLeaves: Int = 1) {
        self.columns = paddedTo16(columns)
        let groups = self.columns / 16
        var leaves = rowLeaves
        while threads % leaves != 0 { leaves /= 2 }
        // The most parts that divide the threads evenly.
        var parts = cutsColumns ? min(threads / leaves, groups) : 1
        while threads / leaves % parts != 0 { parts -= 1 }
        width = (groups + parts - 1) / parts * 16
        panels = (self.columns + width - 1) / width
        rowParts = threads / parts
    }

    /// What is shared out: thread t of n does pieces t, t + n, t + 2n …
    var pieces: Int { panels * rowParts }

    func columns(panel: Int) -> Range<Int> { panel * width..<min((panel + 1) * width, columns) }

    /// The panel and the rows, of so many, that one piece is.
    func piece(_ index: Int, rows: Int) -> (panel: Int, rows: Range<Int>) {
        (index % panels, part(index / panels, of: rowParts, count: rows, unit: 4))
    }

    /// What a piece's thread computes of a product with the matrix, whose depth, the matrix's rows, is cut into leaves: that of
    /// the leaves in which its rows are, for some of the `count` sums of each column.
    func product(_ index: Int, leaves: Int, count: Int) -> (panel: Int, leaves: Range<Int>, sums: Range<Int>)
    {
        let place = index / panels
        guard rowParts % leaves == 0 else {
            return (index % panels, 0..<leaves, part(place, of: rowParts, count: count, unit: 4))
        }
        let (leaf, partsOfLeaf) = (place * leaves / rowParts, rowParts / leaves)
        return (
            index % panels, leaf..<leaf + 1,
            part(place % partsOfLeaf, of: partsOfLeaf, count: count, unit: 4)
        )
    }
}

/// One of several contiguous parts of 0 ..< count, which begin at multiples of `unit`.
func part(_ part: Int, of parts: Int, count: Int, unit: Int) -> Range<Int> {
    let units = (count + unit - 1) / unit
    let begin = min(units * part / parts * unit, count)
    return begin..<min(units * (part + 1) / parts * unit, count)
}

/// Rounds up to whole groups of 16, of which kernels take one or more at a time.
func paddedTo16(_ count: Int) -> Int { (count + 15) / 16 * 16 }
