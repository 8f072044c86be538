import ArgumentParser
import Experiments

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write the JSON Schema of configs, chains or sweeps, by which editors complete and check them.",
        discussion: """
            It has the parameters of the plugins that are found now. In an editor with yaml-language-server, the first \
            line of a config names it: # yaml-language-server: $schema=mottle.schema.json
            """)

    @Flag(help: "The schema of another kind of file.")
    var kind: Kind?

    enum Kind: EnumerableFlag {
        case chain, sweep

        static func help(for kind: Kind) -> ArgumentHelp? {
            switch kind {
            case .chain: "The schema of a chain in a file of its own, as 'include' reads it."
            case .sweep: "The schema of what 'mottle sweep' reads."
            }
        }
    }

    @Option(help: ArgumentHelp("Where it goes; standard output if not given.", valueName: "file"))
    var output: String?

    func run() throws {
        let form: ConfigSchema.Form =
            switch kind {
            case nil: .config
            case .chain: .chain
            case .sweep: .sweep
            }
        let schema = try ConfigSchema(form, runtime: ThisProgram.runtime(threads: 1))
        guard let output else { return try StandardOutput.write(line: schema.text) }
        try schema.write(to: output)
    }
}
