import ArgumentParser
import Experiments
import Tensors

private enum Rounds {
    static func check(_ rounds: Int, _ seconds: Double) throws {
        guard (1...100_000).contains(rounds), seconds > 0, seconds <= 86_400 else {
            throw ValidationError(
                "--rounds must be between 1 and 100000, --seconds above 0 and at most a day")
        }
    }
}

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure speed on this machine.", subcommands: [Noise.self, Stream.self, Training.self])

    struct Stream: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how many samples a second a config's data and chain stream, without training.")

        @Argument(help: "A config with data and a chain.")
        var config: String

        @Option(help: "Samples in a batch.")
        var batchSize = 256

        @Option(help: "Rounds; the median is the result.")
        var rounds = 7

        @Option(help: "How long a round lasts, in seconds.")
        var seconds = 0.5

        @Option(
            name: .customLong("set"),
            help: ArgumentHelp(
                "Change a key of the config, for instance data.on_error=skip.", valueName: "key=value"))
        var overrides: [String] = []

        @OptionGroup var work: WorkOptions
        @OptionGroup var result: ResultOptions

        mutating func validate() throws {
            guard (1...65_536).contains(batchSize) else {
                throw ValidationError("--batch-size must be between 1 and 65536, got \(batchSize)")
            }
            try Rounds.check(rounds, seconds)
        }

        func run() throws {
            let benchmark = try StreamBenchmark(
                file: config, overrides: overrides, batchSize: batchSize, rounds: rounds, seconds: seconds,
                runtime: work.runtime())
            try StandardOutput.write(line: result.json ? benchmark.json : benchmark.text)
        }
    }

    struct Training: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract:
                "Measure how fast a config trains, and where a step's time goes: layer by layer, with the share of the "
                + "processor's peak.")

        @Argument(help: "A config; nothing of it is written.")
        var config: String

        @Option(help: "Rounds; the median is the result.")
        var rounds = 5

        @Option(help: "How long a round lasts, in seconds.")
        var seconds = 1.0

        @Option(
            name: .customLong("set"),
            help: ArgumentHelp(
                "Change a key of the config, for instance train.batch_size=256.", valueName: "key=value"))
        var overrides: [String] = []

        @OptionGroup var work: WorkOptions
        @OptionGroup var result: ResultOptions

        mutating func validate() throws { try Rounds.check(rounds, seconds) }

        func run() throws {
            let benchmark = try TrainingBenchmark(
                file: config, overrides: overrides, rounds: rounds, seconds: seconds, runtime: work.runtime())
            try StandardOutput.write(line: result.json ? benchmark.json : benchmark.text)
        }
    }

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
            try Rounds.check(rounds, seconds)
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
