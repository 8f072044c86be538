import ArgumentParser
import Experiments

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the model of a run about samples of your own.",
        discussion: """
            Prints the three most likely classes of each sample. Images are scaled to the size of the run's data, arrays must
            have the shape of its samples; uint8 is spread over the data's range. No chain is applied.
            """)

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var folder: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "PNG and JPEG images, folders of these, and .npy or IDX files of shape [N, …].",
            valueName: "file"))
    var input: [String]

    @Option(
        help: ArgumentHelp(
            "Where the model's outputs go, as a .npy file: float32 [N, …].", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Which head of a model with several is asked; the first one if not given.", valueName: "name"))
    var head: String?

    @OptionGroup var options: RunOptions

    func validate() throws {
        if input.isEmpty { throw ValidationError("--input wants at least one file") }
        if (input + (output.map { [$0] } ?? [])).contains("") {
            throw ValidationError("--input and --output want paths of files")
        }
    }

    func run() throws {
        let progress = ProgressDisplay(isQuiet: options.quiet)
        let prediction = try Prediction(
            run: folder, inputs: input, head: head, writesOutputs: output != nil,
            runtime: options.runtime(), observer: progress)
        progress.clear()
        if let output {
            try prediction.write(to: output)
            if !options.json, !options.quiet {
                try StandardOutput.write(line: "\(output): \(prediction.shape)")
            }
        }
        guard prediction.hasClasses else { return }
        try StandardOutput.write(line: options.json ? prediction.json : String(prediction.text.dropLast()))
    }
}
