import ArgumentParser
import Experiments
import Tensors

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure speed on this machine.", subcommands: [Noise.self])

    struct Noise: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how many values a second a chain makes of an array in memory.")

        @Argument(help: ArgumentHelp("A config with the chain.", valueName: "config"))
        var chain: String

        @Option(help: "The array's shape, the first axis being the samples.")
        var shape = "256,28,28,1"

        @Option(help: "Rounds; the median is the result.")
        var rounds = 7

        @Option(help: "How long a round lasts, in seconds.")
        var seconds = 0.2

        @OptionGroup var work: WorkOptions
        @OptionGroup var result: ResultOptions

        mutating func validate() throws {
            _ = try Sizes.parse(shape, option: "--shape", example: "256,28,28,1")
            if rounds < 1 || seconds <= 0 { throw ValidationError("--rounds and --seconds must be above 0") }
        }

        func run() throws {
            let benchmark = try NoiseBenchmark(
                file: chain, shape: Shape(try Sizes.parse(shape, option: "--shape", example: "256,28,28,1")),
                rounds: rounds, seconds: seconds, runtime: work.runtime()
            )
            try StandardOutput.write(line: result.json ? benchmark.json : benchmark.text)
        }
    }
}
