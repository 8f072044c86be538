import ArgumentParser
import Experiments
import Glibc
import Tensors

/// The command-line tool. Results go to standard output, progress and errors to standard error.
struct Mottle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mottle", abstract: "Noise and masks in Lua, streamed into training.",
        discussion: """
            Results go to standard output, progress and errors to standard error. The exit code is 1 for a run that \
            failed, 2 for a wrong config or command, 3 for a broken plugin, 130 when interrupted.
            """,
        version: "0.1.0",
        subcommands: [
            Train.self, Evaluate.self, Predict.self, SweepCommand.self, ModelCommand.self, DataCommand.self,
            ReplayCommand.self, Verify.self, Diff.self, Apply.self,
            Plugins.self, Explain.self, Preview.self, Tokens.self, Schema.self, Bench.self,
        ])
}

/// Runs the command and turns what it throws into a text and an exit code: 1 for a failed run, 2 for a wrong config or
/// command, 3 for a broken or hostile plugin, 130 when interrupted.
@main enum Program {
    static func main() {
        // A run goes on when nobody reads its progress any more.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow is an error like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let command: ParsableCommand
        do {
            command = try Mottle.parseAsRoot()
        } catch {
            leaveIfHelp(error)
            complain(misuse(error))
            exit(2)
        }
        do {
            var command = command
            try command.run()
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            leaveIfHelp(error)
            complain(Failure.text(error))
            exit(Failure.exitCode(error))
        }
    }

    /// Help and version arrive as errors, from parsing and from the command `help`; they leave with 0.
    private static func leaveIfHelp(_ error: any Error) {
        if Mottle.exitCode(for: error) == .success { Mottle.exit(withError: error) }
    }

    /// What is wrong with the command line, and how it is used.
    private static func misuse(_ error: any Error) -> String {
        let words = CommandLine.arguments.dropFirst()
        if let problem = unknownCommand(words.first, of: Mottle.self, before: "")
            ?? (words.first == "plugins"
                ? unknownCommand(words.dropFirst().first, of: Plugins.self, before: "plugins ") : nil)
        {
            return problem
        }
        let message = Mottle.fullMessage(for: error)
        return message.hasPrefix("Error: ") ? "mottle: error: " + message.dropFirst(7) : message
    }

    /// What is wrong with a word that stands where a command must; nil for a command, and for an option.
    private static func unknownCommand(
        _ word: String?, of parent: any ParsableCommand.Type, before: String
    ) -> String? {
        let commands = parent.configuration.subcommands.map {
            $0.configuration.commandName ?? String(describing: $0).lowercased()
        }
        guard let word, !word.hasPrefix("-"), word != "help", !commands.contains(word) else { return nil }
        let hint = Suggestion.hint(word, among: commands)
        let known = "; commands are \(commands.joined(separator: ", "))"
        return "mottle: error: unknown command '\(before)\(word)'" + (hint.isEmpty ? known : hint)
    }

    private static func complain(_ text: String) {
        StandardError.write(text + "\n")
    }
}
