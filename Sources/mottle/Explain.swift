import ArgumentParser
import Experiments
import Tensors

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show the program of a chain: what is fused, what it reads, writes and costs, and why fusion stops."
    )

    @Argument(help: ArgumentHelp("A config with the chain.", valueName: "config"))
    var chain: String

    @Option(help: ArgumentHelp("The sizes of one sample, such as 28,28,1.", valueName: "sizes"))
    var shape = "28,28,1"

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a key of the config, for instance chain.0.gaussian.sigma=0.3.", valueName: "key=value"))
    var overrides: [String] = []

    @OptionGroup var result: ResultOptions

    mutating func validate() throws { _ = try Sizes.parse(shape, option: "--shape", example: "28,28,1") }

    func run() throws {
        let explanation = try ChainExplanation(
            file: chain, overrides: overrides,
            shape: Shape(try Sizes.parse(shape, option: "--shape", example: "28,28,1")),
            runtime: ThisProgram.runtime(threads: 1))
        try StandardOutput.write(line: result.json ? explanation.json : explanation.text)
    }
}
