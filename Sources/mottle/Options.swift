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

enum SampleIDs {
    /// The numbers of samples, such as 0-15 or 3,8,20-24. At most 400: more are no sheet to look at.
    static func parse(_ text: String) throws -> [UInt64] {
        var ids: [UInt64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
                first <= last, last - first < 400
            else {
                throw ValidationError(
                    "--samples wants numbers or ranges, such as 0-15 or 3,8,20-24, got '\(text)'")
            }
            ids += first...last
        }
        guard ids.count <= 400 else { throw ValidationError("--samples: at most 400, got \(ids.count)") }
        return ids
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
