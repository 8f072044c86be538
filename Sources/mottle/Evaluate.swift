import ArgumentParser
import Experiments

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate the model of a run on its clean and noisy test sets.",
        discussion: """
            The table is written to the run's robustness.json if that is not there yet, unless --set changes what is
            evaluated, for instance --set 'evaluate=[{gaussian: {sigma: [0.3, 0.5]}}]'.
            """)

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var folder: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Change a key of the run's config.", valueName: "key=value"))
    var overrides: [String] = []

    @OptionGroup var options: RunOptions

    func run() throws {
        let progress = ProgressDisplay(isQuiet: options.quiet)
        let table = try Experiment.evaluate(
            run: folder, overrides: overrides, runtime: options.runtime(), observer: progress)
        progress.clear()
        try StandardOutput.write(line: options.json ? table.jsonLine : String(table.text.dropLast()))
    }
}
