import ArgumentParser
import Experiments

struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the plugins that a config can name.",
        subcommands: [List.self, Show.self, New.self, Check.self, Docs.self, API.self],
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

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the file of a new plugin, which runs at once.")

        @Argument(help: "noise, mask or tokens.")
        var kind: String

        @Argument(help: "The plugin's name; the file is NAME.lua in this folder.")
        var name: String

        func run() throws {
            let path = try PluginTemplate(kind: kind, name: name).write()
            try StandardOutput.write(line: "\(path): now 'mottle plugins check \(path)'")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a plugin: what it declares, what it does, what it costs.",
            discussion: "The exit code is 3 for a plugin that fails.")

        @Argument(help: "The plugin's file, or its name.")
        var file: String

        @Option(
            help: ArgumentHelp("Check a second plugin afterwards, in the same process.", valueName: "file"))
        var then: String?

        @OptionGroup var result: ResultOptions

        func run() throws {
            let runtime = try ThisProgram.runtime(threads: 1)
            let first = try PluginCheck(file, runtime: runtime)
            let second = try then.map { try PluginCheck($0, runtime: runtime) }
            if result.json {
                try StandardOutput.write(line: first.json(then: second))
            } else {
                try StandardOutput.write(
                    line: [first.text, second?.text].compactMap { $0 }.joined(separator: "\n\n"))
            }
            if first.verdict != .ok || second.map({ $0.verdict != .ok }) == true { throw ExitCode(3) }
        }
    }

    struct Docs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the reference of the language and of all plugins found, as Markdown or HTML.")

        @Flag(help: "HTML instead of Markdown.")
        var html = false

        @Option(help: ArgumentHelp("Where it goes; standard output if not given.", valueName: "file"))
        var output: String?

        func run() throws {
            let reference = PluginReference(runtime: try ThisProgram.runtime())
            let text = html ? reference.html : reference.markdown
            guard let output else { return try StandardOutput.write(line: text) }
            try PluginReference.write(text, to: output)
        }
    }

    struct API: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "api",
            abstract:
                "Write what editors know of the language: mottle.d.lua for LuaLS, .luacheckrc for luacheck.")

        @Option(help: ArgumentHelp("The folder for both files, which must exist.", valueName: "folder"))
        var output = "."

        func run() throws {
            for path in try EditorFiles.write(to: output) { try StandardOutput.write(line: path) }
        }
    }
}
