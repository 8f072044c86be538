import ArgumentParser
import Experiments

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a run's stream again, without training, and compare it with the digests in its log.",
        discussion: "Leaves with 1 where they differ, and says where first.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var folder: String

    // Unconditional: -1 is a wrong epoch, not an option.
    @Option(
        parsing: .unconditional,
        help: "One epoch alone, counted from 0; all, and the test sets, if not given.")
    var epoch: Int?

    @OptionGroup var options: RunOptions

    func run() throws {
        let progress = ProgressDisplay(isQuiet: options.quiet || options.json)
        let verification = try Verification(
            run: folder, epoch: epoch, runtime: options.runtime(), observer: progress)
        try StandardOutput.write(line: options.json ? verification.json : verification.text)
        if verification.difference != nil { throw ExitCode(1) }
    }
}
