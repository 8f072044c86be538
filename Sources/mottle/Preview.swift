import ArgumentParser
import Experiments

struct Preview: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw samples before and after a chain, their difference and what is hidden, as a PNG.",
        discussion: "Of the config only seed, chain, range and data count.")

    @Argument(help: ArgumentHelp("A config with the chain.", valueName: "config"))
    var chain: String

    @Option(
        help: ArgumentHelp(
            "The name of a data set, or a .npy file of shape [N, …]; the config's data if not given.",
            valueName: "data"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Which samples, such as 0-15 or 3,8,20-24; the first twelve if not given.", valueName: "ids"))
    var samples: String?

    @Option(
        help: ArgumentHelp(
            "A .npy file of shape [N]: how many places along the first axis of each sample are real.",
            valueName: "file"))
    var lengths: String?

    @Option(
        help: ArgumentHelp(
            "A .npy file of shape [N, L]: the number of each token's word, counted from 1; 0 for none.",
            valueName: "file"))
    var words: String?

    @Flag(help: "Samples to test with, instead of those to train with.")
    var test = false

    @Option(help: ArgumentHelp("Where the picture goes.", valueName: "file"))
    var output: String

    // Unconditional: -1 is a wrong epoch, not an option.
    @Option(parsing: .unconditional, help: "The epoch, counted from 0.")
    var epoch = 0

    @Option(parsing: .unconditional, help: "The optimiser's step, counted from 0; for schedules over steps.")
    var step = 0

    @OptionGroup var changes: ConfigOptions

    mutating func validate() throws {
        _ = try samples.map(SampleIDs.parse)
        if epoch < 0 || epoch > Int(UInt32.max) {
            throw ValidationError("--epoch must be between 0 and \(UInt32.max), got \(epoch)")
        }
        if step < 0 { throw ValidationError("--step must be at least 0, got \(step)") }
        if output.isEmpty { throw ValidationError("--output wants the path of a file") }
    }

    func run() throws {
        let preview = try ChainPreview(
            file: chain, overrides: changes.overrides, seed: changes.seed, data: data,
            lengths: lengths, words: words, usesTest: test, runtime: ThisProgram.runtime(threads: 1))
        try preview.write(
            ids: samples.map(SampleIDs.parse), epoch: epoch, step: step, to: output,
            observer: ProgressDisplay(isQuiet: false))
        try StandardOutput.write(line: output)
    }
}
