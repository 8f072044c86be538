import ArgumentParser
import Experiments

struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Find the first sample, generator and element in which the streams of two runs differ, and say why.",
        discussion: "Leaves with 1 where they differ.")

    @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"))
    var first: String

    @Argument(help: ArgumentHelp("Another run's folder.", valueName: "run"))
    var second: String

    @OptionGroup var options: RunOptions

    func run() throws {
        let progress = ProgressDisplay(isQuiet: options.quiet || options.json)
        let difference = try StreamDifference(first, second, runtime: options.runtime(), observer: progress)
        try StandardOutput.write(line: options.json ? difference.json : difference.text)
        if !difference.isEqual { throw ExitCode(1) }
    }
}
