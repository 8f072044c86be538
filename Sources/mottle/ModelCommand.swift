import ArgumentParser
import Experiments

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Show a config's model: layers, shapes, weights, operations and memory.")

    @Argument(help: "A config, or a run's config.lock.yaml.")
    var config: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Change a key of the config.", valueName: "key=value"))
    var overrides: [String] = []

    @OptionGroup var work: WorkOptions
    @OptionGroup var result: ResultOptions

    func run() throws {
        let table = try ModelTable(Experiment(file: config, overrides: overrides, runtime: work.runtime()))
        try StandardOutput.write(line: result.json ? table.json : table.text)
    }
}
