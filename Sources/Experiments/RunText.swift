import Reports
import Tensors

extension RunResult {
    /// For a person: the table, what was done and where it is.
    package var text: String {
        let work =
            "\(epochs) \(epochs == 1 ? "epoch" : "epochs"), \(steps) \(steps == 1 ? "step" : "steps") "
            + "in \(seconds.tenths) s, \(Int(samplesPerSecond)) samples/s"
        guard let robustness, !wasInterrupted else {
            return
                "interrupted after \(work)\n'mottle train --resume \(folder.path)' goes on; the weights so far are in "
                + "\(folder.model), and 'mottle evaluate \(folder.path)' measures them"
        }
        let left =
            skipped == 0
            ? ""
            : "\(skipped) \(skipped == 1 ? "sample" : "samples") left out that cannot be read: \(folder.skipped)\n"
        return robustness.text + "\n" + work + "\n" + left + folder.path
    }

    /// For a program, on one line.
    package var json: String {
        let rows: JSONValue = robustness.map { .list($0.rows.map(\.json)) } ?? .null
        return JSONValue.object([
            "run": .string(folder.path), "epochs": .whole(epochs), "steps": .whole(steps),
            "seconds": .number(seconds), "skipped": .whole(skipped),
            "samples_per_second": .number(samplesPerSecond), "interrupted": .flag(wasInterrupted),
            "robustness": rows,
        ]).text
    }
}

extension RobustnessTable {
    /// The rows on one line.
    package var jsonLine: String { JSONValue.list(rows.map(\.json)).text }
}

extension ChainRun {
    package static func json(shape: Shape, files: Files) -> String {
        JSONValue.object([
            JSONValue.Member("output", .string(files.output)),
            JSONValue.Member("shape", .list(shape.sizes.map { .whole($0) })),
            JSONValue.Member("mask_output", files.mask.map { .string($0) } ?? .null),
            JSONValue.Member(
                "extra_outputs", .object(files.extras.map { JSONValue.Member($0.name, .string($0.path)) })),
            JSONValue.Member("targets_output", files.targets.map { .string($0) } ?? .null),
        ]).text
    }
}

extension Experiment {
    /// What a person should know before the run, nil for nothing.
    ///
    /// - Parameter results: what may differ on this processor, for instance `the weights`.
    package func note(of results: String) -> String? {
        guard let locked = config.lock?.instructionSet, locked != runtime.kernels.instructionSet.rawValue
        else { return nil }
        return
            "locked on \(locked), runs on \(runtime.kernels.instructionSet.rawValue): the stream has the same bits, "
            + "\(results) may differ in their last ones; MOTTLE_ISA=\(locked) gives them exactly"
    }
}

extension Double {
    /// With one decimal.
    fileprivate var tenths: String {
        let tenths = Int((self * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
