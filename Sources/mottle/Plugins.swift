import ArgumentParser
import Experiments

struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the plugins that a config can name.", subcommands: [List.self, Show.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List name, kind and purpose of each plugin.")

        @OptionGroup var result: ResultOptions

        func run() throws {
            let catalog = PluginCatalog(runtime: try ThisProgram.runtime())
            try StandardOutput.write(line: result.json ? catalog.json : catalog.list)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a plugin's parameters with their types, ranges, units and documentation.")

        @Argument(help: "The plugin's name, or the path of its file.")
        var name: String

        @OptionGroup var result: ResultOptions

        func run() throws {
            let catalog = PluginCatalog(runtime: try ThisProgram.runtime())
            try StandardOutput.write(
                line: result.json ? try catalog.json(of: name) : try catalog.description(of: name))
        }
    }
}
