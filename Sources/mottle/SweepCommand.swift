import ArgumentParser
import CSystem
import Experiments

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Train every combination of some choices from several seeds, and compare them in one table."
    )

    @Argument(help: "A sweep's YAML file.")
    var sweep: String?

    @Option(
        help: ArgumentHelp("Go on with a sweep that was interrupted, instead of a file.", valueName: "folder")
    )
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "The sweep's folder, which must not exist; the next free sweeps/<name>-<number> if not given.",
            valueName: "folder"))
    var out: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a key of all configs, for instance train.epochs=1.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("The seeds instead of the sweep's, with commas: 0,1,2.", valueName: "numbers"))
    var seeds: String?

    @OptionGroup var options: RunOptions

    mutating func validate() throws {
        if out?.isEmpty == true { throw ValidationError("--out wants the path of a folder") }
        guard resume != nil else {
            if sweep == nil {
                throw ValidationError("a sweep's file is wanted, or --resume with a sweep's folder")
            }
            return
        }
        if sweep != nil || out != nil || seeds != nil || !overrides.isEmpty {
            throw ValidationError(
                "--resume goes on with a sweep as it is: no file, --out, --set or --seeds beside it")
        }
    }

    func run() throws {
        mottle_catch_interrupts()
        let progress = ProgressDisplay(isQuiet: options.quiet)
        let isInterrupted = { mottle_interrupt_count() > 0 }
        let runtime = try options.runtime()
        let sweep =
            if let resume {
                try Sweep(folder: resume)
            } else {
                try Sweep(
                    file: sweep!, overrides: overrides, seeds: seeds.map(Self.numbers), out: out,
                    runtime: runtime)
            }
        let folder = sweep.folder
        let table = try sweep.run(runtime: runtime, observer: progress, isInterrupted: isInterrupted)
        progress.clear()
        guard let table else {
            StandardError.write("interrupted; 'mottle sweep --resume \(folder.path)' goes on\n")
            throw ExitCode(130)
        }
        try StandardOutput.write(
            line: options.json ? table.json(folder) : table.text + "\n" + folder.path)
    }

    private static func numbers(_ text: String) throws -> [UInt64] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt64($0) }
        guard numbers.count == parts.count, Set(numbers).count == numbers.count else {
            throw ValidationError("--seeds wants whole numbers with commas, each once, got '\(text)'")
        }
        return numbers
    }
}
