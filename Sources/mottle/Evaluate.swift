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

    @Option(
        help: ArgumentHelp(
            "Where a PNG goes of samples of each test set: clean, corrupted, and what the model makes of them.",
            valueName: "file"))
    var picture: String?

    @Option(
        help: ArgumentHelp(
            "Which samples are drawn, such as 0-15 or 3,8,20-24; the first three if not given.",
            valueName: "ids"))
    var samples: String?

    @OptionGroup var options: RunOptions

    func validate() throws {
        _ = try samples.map(SampleIDs.parse)
        if picture == "" { throw ValidationError("--picture wants the path of a file") }
        if samples != nil, picture == nil {
            throw ValidationError("--samples says what is drawn: it wants --picture, too")
        }
    }

    func run() throws {
        let progress = ProgressDisplay(isQuiet: options.quiet)
        let picture = try picture.map {
            TestPicture(path: $0, ids: try samples.map(SampleIDs.parse))
        }
        let table = try Experiment.evaluate(
            run: folder, overrides: overrides, picture: picture, runtime: options.runtime(),
            observer: progress)
        progress.clear()
        try StandardOutput.write(line: options.json ? table.jsonLine : String(table.text.dropLast()))
    }
}
