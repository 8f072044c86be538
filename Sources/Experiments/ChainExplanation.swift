import Generators
import Reports
import Tensors

/// `mottle explain`: a chain's program with what each of its stages costs here.
package struct ChainExplanation {
    private let explanation: Explanation
    private let shape: Shape
    private let instructionSet: String
    /// Of each stage, for one sample.
    private let nanoseconds: [Double]
    private let notes: [String]

    /// - Parameter shape: of one sample.
    package init(file: String, overrides: [String], shape: Shape, runtime: Runtime) throws {
        let traced = try ChainRun(file: file, overrides: overrides, runtime: runtime).trace(for: shape)
        try self.init(traced, runtime: runtime)
    }

    init(_ traced: TracedChain, runtime: Runtime) throws {
        explanation = Explanation(traced)
        shape = traced.graph.shape
        instructionSet = runtime.kernels.instructionSet.rawValue
        notes = traced.graph.notes
        nanoseconds = try StageClock(Program(traced), runtime: runtime).nanoseconds()
    }

    private var total: Double { nanoseconds.reduce(0, +) }
    /// Nanoseconds for each value of a sample.
    var perValue: Double { total / Double(max(1, shape.count)) }

    package var text: String {
        let count = explanation.stages.count
        var lines = [
            "\(count) stage\(count == 1 ? "" : "s") for a sample of \(shape), \(shape.count) values; "
                + "\(instructionSet), one thread: \(rounded(total)) ns, "
                + "\(rounded(total / Double(max(1, shape.count)))) ns a value"
        ]
        lines += [""] + table
        for (index, stage) in explanation.stages.enumerated() {
            let values = max(1, stage.shape.count)
            lines += [
                "",
                "\(index + 1)  \(stage.title)  \(stage.shape == [] ? "one value" : "\(stage.shape)")  "
                    + "reads \(stage.bytesRead) B, writes \(stage.bytesWritten) B  "
                    + "\(rounded(nanoseconds[index])) ns, \(rounded(nanoseconds[index] / Double(values))) ns a value",
            ]
            if !stage.conditions.isEmpty {
                lines.append("     only for samples that take \(stage.conditions.joined(separator: ", "))")
            }
            lines += merged(stage.lines).map { "     \($0)" }
            lines += stage.stops.map { "   stops: \($0)" }
        }
        return (lines + notes.map { "\n" + $0 }).joined(separator: "\n")
    }

    /// A line for each generator, or for several together that share stages: what they take in all.
    private var table: [String] {
        var rows: [(generators: String, fused: Int, whole: Int, time: Double, read: Int, written: Int)] = []
        for (stage, time) in zip(explanation.stages, nanoseconds) {
            let generators = stage.generators.joined(separator: ", ")
            let known = rows.firstIndex { $0.generators == generators }
            if known == nil { rows.append((generators, 0, 0, 0, 0, 0)) }
            let row = known ?? rows.count - 1
            rows[row].fused += stage.title == "fused" ? 1 : 0
            rows[row].whole += stage.title == "fused" ? 0 : 1
            rows[row].time += time
            rows[row].read += stage.bytesRead
            rows[row].written += stage.bytesWritten
        }
        let head = ["generators", "fused", "whole", "ns a value", "B read", "B written"]
        let cells =
            [head]
            + rows.map { row in
                [
                    row.generators, "\(row.fused)", "\(row.whole)",
                    rounded(row.time / Double(max(1, shape.count))), "\(row.read)", "\(row.written)",
                ]
            }
        let widths = head.indices.map { column in cells.map { $0[column].count }.max()! }
        return cells.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }.joined(separator: "  ")
        }
    }

    /// Operations of one line of a plugin behind each other.
    private func merged(_ lines: [Explanation.Line]) -> [String] {
        var groups: [(place: String, texts: [String])] = []
        for line in lines {
            let place = line.origin.line > 0 ? "\(line.origin.file):\(line.origin.line)" : line.origin.path
            if groups.last?.place == place {
                groups[groups.count - 1].texts.append(line.text)
            } else {
                groups.append((place, [line.text]))
            }
        }
        return groups.map { "\($0.place)  \($0.texts.joined(separator: "; "))" }
    }

    private func rounded(_ number: Double) -> String {
        number >= 100 ? String(Int(number.rounded())) : formatted((number * 100).rounded() / 100)
    }

    package var json: String {
        let stages: [JSONValue] = zip(explanation.stages, nanoseconds).map { stage, time in
            let lines: [JSONValue] = stage.lines.map {
                .object([
                    "operation": .string($0.text), "file": .string($0.origin.file),
                    "line": .whole($0.origin.line),
                ])
            }
            return .object([
                JSONValue.Member("stage", .string(stage.title)),
                JSONValue.Member("generators", .list(stage.generators.map { .string($0) })),
                JSONValue.Member("shape", .list(stage.shape.sizes.map { .whole($0) })),
                JSONValue.Member("bytes_read", .whole(stage.bytesRead)),
                JSONValue.Member("bytes_written", .whole(stage.bytesWritten)),
                JSONValue.Member("nanoseconds", .number(time)), JSONValue.Member("operations", .list(lines)),
                JSONValue.Member("stops", .list(stage.stops.map { .string($0) })),
                JSONValue.Member("conditions", .list(stage.conditions.map { .string($0) })),
            ])
        }
        return JSONValue.object([
            JSONValue.Member("shape", .list(shape.sizes.map { .whole($0) })),
            JSONValue.Member("instruction_set", .string(instructionSet)),
            JSONValue.Member("nanoseconds", .number(total)), JSONValue.Member("stages", .list(stages)),
        ]).text
    }
}

/// Measures the stages of a program on samples that are each other's partners.
private struct StageClock {
    private let workspace: Workspace
    private let program: Program
    private let samples: SyntheticSamples

    init(_ program: Program, runtime: Runtime) throws {
        self.program = program
        samples = SyntheticSamples(shape: program.shape, range: 0...1, isText: program.takesIDs, count: 16)
        workspace = Workspace(program, kernels: runtime.kernels.noise, source: samples)
    }

    /// The median over several rounds, without what reading the clock takes.
    func nanoseconds() throws -> [Double] {
        let size = program.shape.count
        let (values, mask) = (Buffer<Float>(count: size), Buffer<UInt8>(count: size))
        defer { withExtendedLifetime((values, mask)) {} }
        let runs = max(4, min(400, 400_000 / max(1, size)))
        var rounds: [[Double]] = []
        for round in 0..<9 {
            var seconds = [Double](repeating: 0, count: workspace.stageCount)
            for run in 0..<runs {
                let id = UInt64(run % 16)
                try workspace.measure(
                    samples.sample(id, scratch: values.pointer), id: id, epoch: round, values: values.pointer,
                    mask: mask.pointer, seconds: &seconds)
            }
            rounds.append(seconds.map { $0 / Double(runs) * 1e9 })
        }
        let clock = Self.clockCost()
        return rounds[0].indices.map { stage in max(0, rounds.map { $0[stage] }.sorted()[4] - clock) }
    }

    private static func clockCost() -> Double {
        let clock = ContinuousClock()
        let costs = (0..<2000).map { _ in
            let start = clock.now
            return (clock.now - start) / .nanoseconds(1)
        }
        return costs.sorted()[1000]
    }
}
