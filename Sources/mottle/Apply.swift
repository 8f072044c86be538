import ArgumentParser
import Experiments
import Foundation

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the samples of a NumPy array through a chain.",
        discussion: """
            Of the config only seed, chain and range count. Numbers are taken as they are; only the bytes of uint8 are
            spread over the range, 0...1 if not given, or are token ids if the chain wants ids. The output is float32 of the same shape; sample i has the id
            first-id + i.
            """)

    @Argument(help: ArgumentHelp("A config with the chain.", valueName: "config"))
    var chain: String

    @Option(help: ArgumentHelp("A .npy file of shape [N, …].", valueName: "file"))
    var input: String

    @Option(help: ArgumentHelp("Where the float32 array goes.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Where the mask goes: uint8 of the same shape, 1 hidden, 0 visible.", valueName: "file"))
    var maskOutput: String?

    @Option(
        help: ArgumentHelp(
            "Where one of the chain's extra outputs goes, as float32: mae_patches.grid=grid.npy.",
            valueName: "name=file"))
    var extraOutput: [String] = []

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

    @Option(help: ArgumentHelp("A .npy file of shape [N]: each sample's class.", valueName: "file"))
    var labels: String?

    @Option(
        help: ArgumentHelp(
            "Where the share of each class in a label goes, float32 [N, classes]: more than one where the chain blends samples.",
            valueName: "file"))
    var targetsOutput: String?

    // Unconditional: -1 is a wrong epoch, not an option.
    @Option(parsing: .unconditional, help: "The epoch, counted from 0.")
    var epoch = 0

    @Option(parsing: .unconditional, help: "The optimiser's step, counted from 0; for schedules over steps.")
    var step = 0

    @Option(help: ArgumentHelp("The id of the first sample.", valueName: "id"))
    var firstId: UInt64 = 0

    @OptionGroup var changes: ConfigOptions
    @OptionGroup var options: RunOptions

    mutating func validate() throws {
        if epoch < 0 || epoch > Int(UInt32.max) {
            throw ValidationError("--epoch must be between 0 and \(UInt32.max), got \(epoch)")
        }
        if step < 0 { throw ValidationError("--step must be at least 0, got \(step)") }
        let given: [(String, String?)] = [
            ("--input", input), ("--lengths", lengths), ("--words", words), ("--labels", labels),
        ]
        for (option, path) in given + outputs where path?.isEmpty == true {
            throw ValidationError("\(option) wants the path of a file")
        }
        for extra in extraOutput where !extra.contains("=") {
            throw ValidationError(
                "--extra-output wants a name and a file, such as mask.grid=grid.npy, got '\(extra)'")
        }
        for (place, (option, path)) in outputs.enumerated() {
            guard let path else { continue }
            for (other, earlier) in outputs.prefix(place) {
                if let earlier, file(earlier) == file(path) {
                    throw ValidationError("\(other) and \(option) name the same file, '\(earlier)'")
                }
            }
        }
    }

    private var outputs: [(String, String?)] {
        [("--output", output), ("--mask-output", maskOutput), ("--targets-output", targetsOutput)]
            + extras.map { ("--extra-output", $0.path) }
    }

    private var extras: [(name: String, path: String)] {
        extraOutput.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// A path in the one form that all its spellings have.
    private func file(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    func run() throws {
        let chain = try ChainRun(
            file: chain, overrides: changes.overrides, seed: changes.seed, runtime: options.runtime())
        var files = ChainRun.Files(input: input, output: output)
        (files.mask, files.extras, files.targets) = (maskOutput, extras, targetsOutput)
        (files.lengths, files.words, files.labels) = (lengths, words, labels)
        let progress = ProgressDisplay(isQuiet: options.quiet)
        let shape = try chain.run(files, epoch: epoch, step: step, firstID: firstId, observer: progress)
        if options.json {
            try StandardOutput.write(
                line: ChainRun.json(shape: shape, files: files))
        } else if !options.quiet {
            try StandardOutput.write(line: "\(output): \(shape)")
        }
    }
}
