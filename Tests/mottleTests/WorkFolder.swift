import Foundation
import Glibc

/// A temporary folder in which `mottle` runs as a user runs it; it is removed at the end.
final class WorkFolder {
    /// What a run of the program left behind.
    struct Outcome {
        /// The exit code, or minus the signal that ended it.
        var status: Int32
        var output: String
        var errors: String
    }

    /// The program, which the build puts beside the tests.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "mottle").path

    /// The plugins that come with Mottle, wherever the build is.
    static let plugins = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "plugins").path

    let path: String

    init() throws {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/mottle-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CocoaError(.fileWriteUnknown) }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Copies the program to where no folder of plugins is near it, and returns its path.
    func lonelyProgram() throws -> String {
        // It looks beside itself and in four folders above.
        let lonely = "\(path)/1/2/3/4/5"
        try FileManager.default.createDirectory(atPath: lonely, withIntermediateDirectories: true)
        let copy = lonely + "/program"
        // Another process copies it: a test that forks while this one has the copy open for writing would keep it open,
        // and then it could not be run ("Text file busy").
        _ = try run("/bin/cp", [Self.program, copy])
        return copy
    }

    func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

    func write(_ name: String, _ data: Data) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    func data(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }

    func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// The names in a folder.
    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }

    /// A JSON file, or one line of it.
    func json(_ name: String) throws -> Any { try JSONSerialization.jsonObject(with: data(name)) }

    /// Runs `mottle` in this folder to its end.
    func mottle(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(Self.program, arguments, environment: environment)
    }

    func mottle(_ arguments: [String]) throws -> Outcome {
        try run(Self.program, arguments, environment: [:])
    }

    /// Runs a line of the shell, in which `$MOTTLE` is the program.
    func shell(_ line: String) throws -> Outcome {
        try run("/bin/sh", ["-c", line], environment: ["MOTTLE": Self.program])
    }

    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Outcome
    {
        try start(program, arguments, environment: environment).finish()
    }

    /// Starts `mottle` and goes on.
    func start(_ arguments: String...) throws -> Running { try start(arguments) }

    func start(_ arguments: [String]) throws -> Running {
        try start(Self.program, arguments, environment: [:])
    }

    private func start(
        _ program: String, _ arguments: [String], environment: [String: String]
    ) throws -> Running {
        try Running(program, arguments, environment: environment, folder: self)
    }
}

/// A child process whose two outputs go to files, so that it never waits for a reader.
final class Running {
    private let process = Process()
    private let folder: WorkFolder
    private let name = UUID().uuidString

    fileprivate init(
        _ program: String, _ arguments: [String], environment: [String: String], folder: WorkFolder
    ) throws {
        self.folder = folder
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = ["PATH": "/usr/bin:/bin", "MOTTLE_PLUGINS": WorkFolder.plugins].merging(
            environment
        ) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try file("output")
        process.standardError = try file("errors")
        try process.run()
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until a condition holds or the process ends.
    func wait(until condition: () -> Bool) {
        while process.isRunning, !condition() { usleep(2000) }
    }

    /// Waits for the end; a process that takes longer than a minute is killed.
    func finish() throws -> WorkFolder.Outcome {
        let deadline = ContinuousClock.now + .seconds(60)
        wait { .now > deadline }
        if process.isRunning { send(SIGKILL) }
        process.waitUntilExit()
        let status = process.terminationStatus
        let outcome = WorkFolder.Outcome(
            status: process.terminationReason == .exit ? status : -status,
            output: try folder.text(".\(name).output"), errors: try folder.text(".\(name).errors"))
        for kind in ["output", "errors"] { unlink("\(folder.path)/.\(name).\(kind)") }
        return outcome
    }

    private func file(_ kind: String) throws -> FileHandle {
        try folder.write(".\(name).\(kind)", "")
        return try FileHandle(forWritingTo: URL(filePath: "\(folder.path)/.\(name).\(kind)"))
    }
}
