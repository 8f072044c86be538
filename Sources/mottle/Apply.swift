import ArgumentParser
import Experiments
import Foundation

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the samples of a NumPy array through a chain.",
        discussion: """
            Of the config only seed, chain and range count. float32 values are taken as they are; the bytes of uint8 are
            spread over the range, 0...1 if not given. The output is float32 of the same shape; sample i has the id
            first-id + i.
            """)

    @Argument(help: ArgumentHelp("A config with the chain.", valueName: "config"))
    var chain: String

    @Option(help: ArgumentHelp("A .npy file of shape [N, …], float32 or uint8.", valueName: "file"))
    var input: String

    @Option(help: ArgumentHelp("Where the float32 array goes.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Where the mask goes: uint8 of the same shape, 1 hidden, 0 visible.", valueName: "file"))
    var maskOutput: String?

    @Option(help: "The epoch, counted from 0.")
    var epoch = 0

    @Option(help: ArgumentHelp("The id of the first sample.", valueName: "id"))
    var firstId: UInt64 = 0

    @OptionGroup var changes: ConfigOptions
    @OptionGroup var options: RunOptions

    mutating func validate() throws {
        if epoch < 0 || epoch > Int(UInt32.max) {
            throw ValidationError("--epoch must be between 0 and \(UInt32.max), got \(epoch)")
        }
        for (option, path) in [("--input", input), ("--output", output), ("--mask-output", maskOutput)]
        where path?.isEmpty == true {
            throw ValidationError("\(option) wants the path of a file")
        }
        if let maskOutput, file(maskOutput) == file(output) {
            throw ValidationError("--output and --mask-output name the same file, '\(output)'")
        }
    }

    /// A path in the one form that all its spellings have.
    private func file(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    func run() throws {
        let chain = try ChainRun(
            file: chain, overrides: changes.overrides, seed: changes.seed, runtime: options.runtime())
        let shape = try chain.run(
            input: input, output: output, maskOutput: maskOutput, epoch: epoch, firstID: firstId)
        if options.json {
            try StandardOutput.write(
                line: ChainRun.json(shape: shape, output: output, maskOutput: maskOutput))
        } else if !options.quiet {
            try StandardOutput.write(line: "\(output): \(shape)")
        }
    }
}
