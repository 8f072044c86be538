import Glibc

/// What came of trainings that are compared: the cells of a grid, each trained from several seeds.
package struct SweepTable {
    package struct Run {
        package var seed: UInt64
        package var rows: [RobustnessRow]

        package init(seed: UInt64, rows: [RobustnessRow]) { (self.seed, self.rows) = (seed, rows) }
    }

    package struct Cell {
        /// One of each axis.
        package var choices: [String]
        package var runs: [Run]
        /// The cell that this one is compared with; nil: none, or this one itself.
        package var baseline: Int?

        package init(choices: [String], runs: [Run], baseline: Int?) {
            (self.choices, self.runs, self.baseline) = (choices, runs, baseline)
        }

        /// As the head of a column.
        var name: String { choices.isEmpty ? "runs" : choices.joined(separator: ", ") }
    }

    /// A number of a cell on one test set.
    struct Entry: Equatable {
        /// Over seeds.
        var median: Double
        var spread: ClosedRange<Double>
        var difference: Difference?
    }

    /// The mean over seeds of what a cell is better or worse than another by, with a 95 % interval where there is enough to tell.
    struct Difference: Equatable {
        var mean: Double
        var interval: ClosedRange<Double>?
    }

    struct Row {
        var name: String
        /// Of the generators of the test set; of a pre-training the test set with them.
        var parameters: String
        /// By cell.
        var entries: [Entry]
    }

    let axes: [String]
    let cells: [Cell]
    /// `accuracy`, `loss` or another column of the runs' tables.
    let measure: String
    /// A row for each test set, then what is made of several.
    let rows: [Row]
    /// What others started with, on each of its test sets: names and losses.
    let pretrainings: [Row]

    /// - Parameters:
    ///   - measure: nil for the accuracy where there is one, and the loss otherwise.
    ///   - pretrainings: whose weights others started with; they are not compared.
    /// - Returns: nil where the runs do not have the same test sets, or not this measure.
    package init?(axes: [String], cells: [Cell], measure: String?, pretrainings: [Cell] = []) {
        guard let first = cells.first?.runs.first?.rows, !first.isEmpty else { return nil }
        let measure = measure ?? (first[0].accuracy == nil ? "loss" : "accuracy")
        let all = cells.flatMap(\.runs)
        guard
            all.allSatisfy({ run in
                run.rows.map(\.testSet) == first.map(\.testSet)
                    && run.rows.allSatisfy { $0.value(of: measure) != nil }
            })
        else { return nil }
        (self.axes, self.cells, self.measure) = (axes, cells, measure)
        let comparison = SweepComparison(cells, measure: measure)
        rows =
            first.indices.map { index in
                Row(
                    name: first[index].name, parameters: first[index].parameterText(among: first),
                    entries: cells.indices.map { comparison.entry($0, tests: [index]) })
            } + comparison.summaries(first.map(\.name))
        self.pretrainings = pretrainings.flatMap(Self.losses)
    }

    /// The losses of a pre-training on its test sets.
    private static func losses(_ cell: Cell) -> [Row] {
        let comparison = SweepComparison([cell], measure: "loss")
        let tests = cell.runs[0].rows
        return tests.indices.map { index in
            let test = [tests[index].name, tests[index].parameterText(among: tests)]
            return Row(
                name: cell.name, parameters: test.filter { !$0.isEmpty }.joined(separator: " "),
                entries: [comparison.entry(0, tests: [index])])
        }
    }
}

extension RobustnessRow {
    /// What it was tested on.
    fileprivate var testSet: [JSONValue] {
        [.string(name), .object(parameters.map { .init($0.name, $0.value) })]
    }

    func value(of measure: String) -> Double? { numbers.first { $0.name == measure }?.value }
}

/// Finds the numbers of a table.
private struct SweepComparison {
    private let cells: [SweepTable.Cell]
    private let measure: String
    private let bootstrap: PairedBootstrap
    private let samples: Int

    init(_ cells: [SweepTable.Cell], measure: String) {
        (self.cells, self.measure) = (cells, measure)
        // Accuracy and PSNR are made of a mean over samples, others are only known of all samples together.
        let rows = cells.flatMap(\.runs).flatMap(\.rows)
        let counts = Set(rows.map(\.outcomes.count))
        // Of a run that has both, outcomes are those of the accuracy.
        let isKnown = measure == "accuracy" || measure == "psnr" && rows.allSatisfy { $0.accuracy == nil }
        let isPaired = isKnown && counts.count == 1
        samples = isPaired ? counts.first! : 0
        bootstrap = PairedBootstrap(samples: samples)
    }

    /// Of one test set, or the mean of several.
    func entry(_ index: Int, tests: [Int]) -> SweepTable.Entry {
        let cell = cells[index]
        let values = cell.runs.map { value($0, tests) }
        let sorted = values.sorted()
        var entry = SweepTable.Entry(median: Self.median(sorted), spread: sorted.first!...sorted.last!)
        if let baseline = cell.baseline { entry.difference = difference(cell, cells[baseline], tests) }
        return entry
    }

    /// The mean over all disturbed test sets; and the mean corruption error, where there is something to compare with.
    func summaries(_ names: [String]) -> [SweepTable.Row] {
        let disturbed = names.indices.filter { names[$0] != "clean" }
        guard disturbed.count > 1 else { return [] }
        var rows = [
            SweepTable.Row(
                name: "mean of disturbed", parameters: "",
                entries: cells.indices.map { entry($0, tests: disturbed) })
        ]
        if measure == "accuracy", cells.contains(where: { $0.baseline != nil }) {
            let entries = cells.compactMap { corruptionError($0, names, disturbed) }
            if entries.count == cells.count {
                rows.append(
                    SweepTable.Row(name: "mean corruption error", parameters: "", entries: entries))
            }
        }
        return rows
    }

    /// The mean over corruptions of Σ error / Σ error of the baseline, over each corruption's severities (Hendrycks & Dietterich
    /// 2019, §4.1); 1 for the baseline, nil where this makes no error on one of them.
    private func corruptionError(
        _ cell: SweepTable.Cell, _ names: [String], _ disturbed: [Int]
    ) -> SweepTable.Entry? {
        let base = cell.baseline.map { cells[$0] } ?? cell
        let kinds = disturbed.reduce(into: [String]()) { if !$0.contains(names[$1]) { $0.append(names[$1]) } }
        let ratios = zip(cell.runs, base.runs).map { run, base in
            kinds.reduce(0.0) { sum, kind in
                let tests = disturbed.filter { names[$0] == kind }
                return sum + (1 - value(run, tests)) / (1 - value(base, tests))
            } / Double(kinds.count)
        }.sorted()
        guard ratios.allSatisfy(\.isFinite) else { return nil }
        return SweepTable.Entry(median: Self.median(ratios), spread: ratios.first!...ratios.last!)
    }

    private func difference(
        _ cell: SweepTable.Cell, _ base: SweepTable.Cell, _ tests: [Int]
    ) -> SweepTable.Difference {
        let bySeed = zip(cell.runs, base.runs).map { value($0, tests) - value($1, tests) }
        let mean = bySeed.reduce(0, +) / Double(bySeed.count)
        let interval: ClosedRange<Double>? =
            if samples > 0 {
                bootstrap.interval(
                    cell.runs.map { outcomes($0, tests) }, base.runs.map { outcomes($0, tests) },
                    measure: { measure == "psnr" ? decibels($0) : $0 })
            } else if bySeed.count > 1 {
                bootstrap.interval(bySeed)
            } else {
                nil
            }
        return SweepTable.Difference(mean: mean, interval: interval)
    }

    private func value(_ run: SweepTable.Run, _ tests: [Int]) -> Double {
        tests.reduce(0) { $0 + run.rows[$1].value(of: measure)! } / Double(tests.count)
    }

    /// Of each sample on each of some test sets. An accuracy's mean over sets is that of one set with the mean of each sample's
    /// outcomes, which takes less time; that of decibels is not.
    private func outcomes(_ run: SweepTable.Run, _ tests: [Int]) -> [[Float]] {
        if tests.count == 1 || measure == "psnr" { return tests.map { run.rows[$0].outcomes } }
        var sums = [Float](repeating: 0, count: samples)
        for test in tests {
            for (sample, outcome) in run.rows[test].outcomes.enumerated() { sums[sample] += outcome }
        }
        return [sums.map { $0 / Float(tests.count) }]
    }

    private static func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// A mean square as a peak signal-to-noise ratio of values between 0 and 1.
private func decibels(_ meanSquare: Double) -> Double { -10 * log10(meanSquare) }
