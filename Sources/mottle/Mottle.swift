import ArgumentParser
import Experiments
import Glibc

/// The command-line tool. Results go to standard output, progress and errors to standard error.
struct Mottle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mottle", abstract: "Noise and masks in Lua, streamed into training.",
        subcommands: [Train.self, Evaluate.self, Apply.self, Plugins.self, Bench.self])
}

/// Runs the command and turns what it throws into a text and an exit code: 1 for a failed run, 2 for a wrong config or
/// command, 3 for a broken or hostile plugin, 130 when interrupted.
@main enum Program {
    static func main() {
        let command: ParsableCommand
        do {
            command = try Mottle.parseAsRoot()
        } catch {
            // Help and the like leave with 0, as the library does it; everything else is a wrong command.
            if Mottle.exitCode(for: error) == .success { Mottle.exit(withError: error) }
            complain(Mottle.fullMessage(for: error))
            exit(2)
        }
        do {
            var command = command
            try command.run()
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch let error as CleanExit {
            Mottle.exit(withError: error)
        } catch {
            complain(Failure.text(error))
            exit(Failure.exitCode(error))
        }
    }

    private static func complain(_ text: String) {
        StandardError.write(text + "\n")
    }
}
