import ArgumentParser
import Experiments

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make a sample again as a run's model saw it, from the run's lock file alone.",
        discussion: """
            The file's ending says what is written: .npy the values, .png a picture with what was drawn, .wav a sound, .txt \
            numbers or token ids.
            """)

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var folder: String

    @Option(help: "The epoch, counted from 0.")
    var epoch: UInt32

    @Option(help: "The sample's place in the data set, counted from 0.")
    var sample: UInt64

    @Option(
        help: ArgumentHelp(
            "The last entry of the chain that is applied; all if not given.", valueName: "name"))
    var until: String?

    @Option(help: "Which of the sample's views, counted from 1.")
    var view = 1

    @Option(help: ArgumentHelp("Where the sample goes.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Where its mask goes, a .npy file of bytes, 1 hidden.", valueName: "file"))
    var maskOutput: String?

    @OptionGroup var result: ResultOptions

    mutating func validate() throws {
        if view < 1 { throw ValidationError("--view counts from 1, got \(view)") }
    }

    func run() throws {
        let replay = try Replay(
            run: folder, epoch: Int(epoch), sample: sample, view: view, until: until,
            runtime: ThisProgram.runtime(threads: 1))
        if let output { try replay.write(output) }
        if let maskOutput { try replay.writeMask(maskOutput) }
        try StandardOutput.write(line: result.json ? replay.json : replay.text)
    }
}
