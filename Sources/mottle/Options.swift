import ArgumentParser
import CSystem
import Experiments
import Foundation

/// The form of a result.
struct ResultOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON, on the last line of standard output.")
    var json = false
}

/// What a command with work to do runs on.
struct WorkOptions: ParsableArguments {
    @Option(help: "Threads to use; as many as there are processors if not given.")
    var threads: Int?

    mutating func validate() throws {
        if let threads, threads < 1 || threads > 1024 {
            throw ValidationError("--threads must be between 1 and 1024, got \(threads)")
        }
    }

    func runtime() throws -> Runtime { try ThisProgram.runtime(threads: threads) }
}

/// Options of the commands that show their progress.
struct RunOptions: ParsableArguments {
    @OptionGroup private var work: WorkOptions

    @Flag(help: "Print no progress.")
    var quiet = false

    @OptionGroup private var result: ResultOptions

    var json: Bool { result.json }

    func runtime() throws -> Runtime { try work.runtime() }
}

/// Changes of a config from the command line.
struct ConfigOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Change a key of the config, for instance train.epochs=3.", valueName: "key=value")
    )
    var overrides: [String] = []

    @Option(help: "The seed, instead of the config's.")
    var seed: UInt64?
}

enum ThisProgram {
    /// Where this program's file is, however it was called.
    static var path: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }

    static func runtime(threads: Int? = nil) throws -> Runtime {
        try Runtime(threads: threads, environment: ProcessInfo.processInfo.environment, executable: path)
    }
}

enum Sizes {
    /// Sizes with commas between them.
    static func parse(_ text: String, option: String, example: String) throws -> [Int] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let sizes = parts.compactMap { Int($0) }
        guard sizes.count == parts.count, sizes.allSatisfy({ $0 >= 1 }) else {
            throw ValidationError(
                "\(option) wants sizes of 1 or more with commas, such as \(example), got '\(text)'")
        }
        guard sizes.count <= 8, sizes.reduce(1.0, { $0 * Double($1) }) <= 1e9 else {
            throw ValidationError(
                "\(option) may have 8 axes and 1,000,000,000 values in all, got '\(text)'")
        }
        return sizes
    }
}
