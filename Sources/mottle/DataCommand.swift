import ArgumentParser
import Experiments

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract:
            "Read the data of a config and say what it is: counts, shapes, ranges, classes, what cannot be read.",
        discussion: "Leaves with 1 where a sample cannot be read.")

    @Argument(help: ArgumentHelp("A config with data.", valueName: "config"))
    var config: String

    @Option(
        help: ArgumentHelp(
            "How many samples of each half to read, evenly spread; all if not given.", valueName: "count"))
    var limit: Int?

    @Option(help: ArgumentHelp("Where a picture of the first samples goes.", valueName: "file"))
    var output: String?

    @OptionGroup var changes: ConfigOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var result: ResultOptions

    mutating func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit wants a number of 1 or more, got \(limit)") }
        if output?.isEmpty == true { throw ValidationError("--output wants the path of a file") }
    }

    func run() throws {
        let report = try DataReport(
            file: config, overrides: changes.overrides, seed: changes.seed, limit: limit,
            runtime: work.runtime())
        if let output { try report.writePicture(output) }
        try StandardOutput.write(line: result.json ? report.json : report.text)
        if !report.isReadable { throw ExitCode(1) }
    }
}
