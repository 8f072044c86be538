import Foundation
import Testing

@testable import Reports

struct SweepTableTests {
    /// Runs whose outcomes on a clean and two noisy sets are right as often as said, in 100 samples.
    private func run(_ seed: UInt64, _ right: [Int]) -> SweepTable.Run {
        let names = ["clean", "gaussian", "gaussian"]
        return SweepTable.Run(
            seed: seed,
            rows: zip(names, right).enumerated().map { index, row in
                RobustnessRow(
                    name: row.0,
                    parameters: index == 0
                        ? []
                        : [RobustnessParameter("sigma", .number(Double(index) / 10), text: "0.\(index)")],
                    accuracy: Double(row.1) / 100, loss: 2 - Double(row.1) / 100, count: 100,
                    digest: "\(index)",
                    outcomes: (0..<100).map { $0 * 37 % 100 < row.1 ? 1 : 0 })
            })
    }

    private func table(measure: String? = nil) throws -> SweepTable {
        try #require(
            SweepTable(
                axes: ["model", "trained"],
                cells: [
                    .init(
                        choices: ["mlp", "clean"], runs: [run(0, [90, 70, 50]), run(1, [92, 73, 54])],
                        baseline: nil),
                    .init(
                        choices: ["mlp", "a,b"], runs: [run(0, [89, 80, 75]), run(1, [90, 82, 77])],
                        baseline: 0),
                ], measure: measure))
    }

    @Test func `cells have medians, spreads and paired differences`() throws {
        let table = try table()
        #expect(table.measure == "accuracy")
        #expect(
            table.rows.map(\.name) == [
                "clean", "gaussian", "gaussian", "mean of disturbed", "mean corruption error",
            ])
        #expect(table.rows.map(\.parameters) == ["", "sigma 0.1", "sigma 0.2", "", ""])
        let clean = table.rows[0].entries
        #expect(clean.map(\.median) == [0.91, 0.895])
        #expect(clean[0].spread == 0.9...0.92 && clean[0].difference == nil)
        let strong = try #require(table.rows[2].entries[1].difference)
        #expect(abs(strong.mean - 0.24) < 1e-12)
        let interval = try #require(strong.interval)
        // Each seed's difference is 0.25 and 0.23 of the samples, whose standard error is about 0.043.
        #expect(interval.lowerBound > 0.13 && interval.lowerBound < 0.2)
        #expect(interval.upperBound < 0.35 && interval.upperBound > 0.28)
        // Of the baseline's errors 30 + 50 and 27 + 46 the other has 20 + 25 and 18 + 23.
        #expect(abs(table.rows[4].entries[1].median - (45.0 / 80 + 41.0 / 73) / 2) < 1e-12)
        #expect(table.rows[4].entries[0].median == 1)
    }

    @Test func `a difference that is nothing has an interval around nothing`() throws {
        let cells = [0, 1].map {
            SweepTable.Cell(
                choices: ["\($0)"], runs: [run(0, [80, 70, 60]), run(1, [80, 71, 61])],
                baseline: $0 == 1 ? 0 : nil)
        }
        let table = try #require(SweepTable(axes: ["same"], cells: cells, measure: nil))
        #expect(table.rows[1].entries[1].difference == .init(mean: 0, interval: 0...0))
    }

    @Test func `a measure without samples is compared by seeds`() throws {
        let table = try table(measure: "loss")
        let difference = try #require(table.rows[1].entries[1].difference)
        // 1.20 − 1.30 and 1.18 − 1.27: only these two, or both.
        #expect(abs(difference.mean + 0.095) < 1e-12)
        let interval = try #require(difference.interval)
        #expect(abs(interval.lowerBound + 0.1) < 1e-12 && abs(interval.upperBound + 0.09) < 1e-12)
        #expect(SweepTable(axes: [], cells: table.cells, measure: "psnr") == nil)
    }

    @Test func `where outcomes are those of the accuracy, another measure is compared by seeds alone`() throws
    {
        var cells = try table().cells
        for (cell, decibels) in [[20.0, 21], [23, 23.5]].enumerated() {
            for run in 0...1 {
                for test in 0...2 {
                    cells[cell].runs[run].rows[test].measures = [.init("psnr", .number(decibels[run]))]
                }
            }
        }
        let table = try #require(
            SweepTable(axes: ["model", "trained"], cells: cells, measure: "psnr"))
        let interval = try #require(table.rows[1].entries[1].difference?.interval)
        #expect(abs(interval.lowerBound - 2.5) < 1e-12 && abs(interval.upperBound - 3) < 1e-12)
    }

    @Test func `the interval of a mean of decibels is around it`() throws {
        // Mean squares of 0.001 and 0.1 in one cell, a quarter less and half as much in the other.
        let squares: [[Float]] = [[0.01, 0.001, 0.1], [0.01, 0.00075, 0.05]]
        let cells = [0, 1].map { cell in
            var run = run(0, [0, 0, 0])
            for (test, square) in squares[cell].enumerated() {
                run.rows[test].accuracy = nil
                // Uneven, and other samples are the hard ones in the other.
                run.rows[test].outcomes = (0..<100).map {
                    square * (0.9 + Float($0 * (cell == 0 ? 37 : 59) % 100) / 495)
                }
                run.rows[test].measures = [
                    .init("psnr", .number(-10 * log10(Double(run.rows[test].outcomes.reduce(0, +)) / 100)))
                ]
            }
            return SweepTable.Cell(choices: ["\(cell)"], runs: [run], baseline: cell == 1 ? 0 : nil)
        }
        let table = try #require(SweepTable(axes: ["trained"], cells: cells, measure: "psnr"))
        let difference = try #require(table.rows[3].entries[1].difference)
        // (1.249 + 3.010) / 2, and of the mean squares 2.99.
        #expect(abs(difference.mean - 2.13) < 0.01)
        let interval = try #require(difference.interval)
        #expect(interval.contains(difference.mean) && interval.upperBound < 2.5)
    }

    @Test func `other strengths are other test sets`() throws {
        var cells = try table().cells
        cells[1].runs[1].rows[2].parameters[0].value = .number(0.3)
        #expect(SweepTable(axes: ["model", "trained"], cells: cells, measure: nil) == nil)
    }

    @Test func `where a baseline makes no error there is no error to compare with`() throws {
        var cells = try table().cells
        for test in [1, 2] { cells[0].runs[0].rows[test].accuracy = 1 }
        let table = try #require(SweepTable(axes: ["model", "trained"], cells: cells, measure: nil))
        #expect(table.rows.map(\.name) == ["clean", "gaussian", "gaussian", "mean of disturbed"])
    }

    @Test func `losses of pre-trainings stand below the comparison`() throws {
        let pretrained = SweepTable.Cell(
            choices: ["masked"], runs: [run(0, [30, 20, 10]), run(1, [34, 22, 15])], baseline: nil)
        let table = try #require(
            SweepTable(axes: [], cells: table().cells, measure: nil, pretrainings: [pretrained]))
        #expect(table.rows.count == 5 && !table.csv.contains("masked"))
        #expect(
            table.text.hasSuffix(
                """

                loss of the pre-trainings, median

                pre-training  test set              loss
                masked        clean               1.6800
                masked        gaussian sigma 0.1  1.7900
                masked        gaussian sigma 0.2  1.8750

                """))
        #expect(
            table.markdown.hasSuffix(
                """

                Loss of the pre-trainings, median over 2 seeds, with the lowest and the highest:

                | pre-training | test set | loss |
                | --- | --- | ---: |
                | masked | clean | 1.6800 (1.6600…1.7000) |
                | masked | gaussian sigma 0.1 | 1.7900 (1.7800…1.8000) |
                | masked | gaussian sigma 0.2 | 1.8750 (1.8500…1.9000) |

                """))
        #expect(
            table.html.contains(
                "<tr><td>masked</td><td>gaussian sigma 0.1</td><td>1.7900 (1.7800…1.8000)</td></tr>"))
        #expect(try !self.table().html.contains("pre-training"))
    }

    @Test func `a table has a text, Markdown, CSV and a page`() throws {
        let table = try table()
        #expect(
            table.text.hasPrefix(
                """
                accuracy, median

                test set               parameters  mlp, clean  mlp, a,b
                clean                                  0.9100    0.8950
                gaussian               sigma 0.1       0.7150    0.8100

                """))
        #expect(table.text.contains("accuracy, difference to 'mlp, clean', mean and 95 % interval\n"))
        #expect(
            table.markdown.hasPrefix(
                """
                Median accuracy over 2 seeds, with the lowest and the highest:

                | test set | parameters | mlp, clean | mlp, a,b |
                | --- | --- | ---: | ---: |
                | clean |  | 0.9100 (0.9000…0.9200) | 0.8950 (0.8900…0.9000) |

                """))
        let lines = table.csv.split(separator: "\n")
        #expect(
            lines[0]
                == "model,trained,test set,parameters,measure,median,lowest,highest,seeds,difference,interval from,interval to"
        )
        #expect(lines[1] == "mlp,clean,clean,,accuracy,0.91,0.9,0.92,2,,,")
        #expect(lines[2].hasPrefix("mlp,\"a,b\",clean,,accuracy,0.895,0.89,0.9,2,-0.0"))
        #expect(table.html.contains("<th>mlp, a,b</th>") && table.html.contains("0.7150 (0.7000…0.7300)"))
    }
}
