import Foundation
import Glibc
import Testing

@Suite struct ProgressTests {
    @Test func `results and progress go their own ways`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(outcome.status == 0)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines[0].wholeMatch(
                of: /epoch 1\/2  \d+ samples\/s  loss \d\.\d{4}  accuracy \d\.\d{4}  \d+:\d\d left/) != nil)
        let results = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(results[0] == "test set         parameters  accuracy    loss")
        #expect(results[2].hasPrefix("salt_and_pepper  amount 0.1    0."))
        #expect(results[5].wholeMatch(of: /2 epochs, 38 steps in \d+\.\d s, \d+ samples\/s/) != nil)
        #expect(results[6...] == ["runs/small-1", ""])
    }

    @Test func `quiet silences progress and not errors, and JSON is the last line`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle("train", "small.yaml", "--quiet", "--json", "--out", "a/b")
        #expect(outcome.errors == "")
        #expect(outcome.output.hasSuffix("}\n") && outcome.output.filter { $0 == "\n" }.count == 1)
        let result = try jsonObject(outcome.output)
        #expect(result["run"] as? String == "a/b")
        #expect(result["steps"] as? Int == 38)
        #expect(result["epochs"] as? Int == 2)
        #expect(result["interrupted"] as? Bool == false)
        #expect((result["robustness"] as? [Any])?.count == 3)
        #expect(
            try folder.mottle("train", "small.yaml", "--quiet", "--out", "a/b").errors.contains(
                "already exists"))
    }

    @Test func `runs are numbered, whatever the name`() throws {
        let folder = try WorkFolder.withSmallData()
        for number in 1...2 {
            let outcome = try folder.mottle("train", "./small.yaml", "--set", "train.epochs=1")
            #expect(outcome.output.hasSuffix("\nruns/small-\(number)\n"))
        }
        let lines = try folder.text("runs/small-2/metrics.jsonl").split(separator: "\n")
        #expect(try lines.map { try jsonObject(String($0))["event"] as? String } == ["epoch"])
    }

    @Test func `a terminal gets a bar that is written over`() throws {
        let seen = try onTerminal(columns: 120, environment: ["TERM": "xterm"])
        #expect(
            seen.contains(
                #/\r\x1b\[32m█{20}\x1b\[0m epoch 2/2  \d+ samples/s  loss [\d.]+  accuracy [\d.]+  0:00 left\x1b\[K/#
            ))
        #expect(seen.contains("\revaluating 2/3: salt_and_pepper\u{1b}[K"))
        #expect(seen.hasSuffix("\r\u{1b}[K"))
        #expect(!seen.contains("\n"))
    }

    @Test func `a bar without colour where none is wanted`() throws {
        let seen = try onTerminal(columns: 120, environment: ["TERM": "xterm", "NO_COLOR": "1"])
        #expect(seen.contains(#/\r█{20} epoch 2/2 /#))
        #expect(!seen.contains("\u{1b}[32m"))
    }

    @Test func `the line fits a narrow terminal`() throws {
        let seen = try onTerminal(columns: 40, environment: ["TERM": "xterm"])
        let lines = seen.replacingOccurrences(of: "\u{1b}[K", with: "").split(separator: "\r")
        #expect(lines.contains { $0.hasPrefix("epoch 2/2") })
        #expect(lines.allSatisfy { $0.count < 40 })
    }

    @Test(arguments: [["TERM": "dumb"], [:]])
    func `a terminal that cannot go back gets lines`(environment: [String: String]) throws {
        let seen = try onTerminal(columns: 120, environment: environment)
        #expect(seen.hasPrefix("epoch 1/2  "))
        #expect(!seen.contains("\u{1b}"))
        #expect(seen.filter { $0 == "\r\n" }.count == 2)
    }

    /// Trains with standard error on a terminal and returns what the terminal got.
    private func onTerminal(columns: UInt16, environment: [String: String]) throws -> String {
        let folder = try WorkFolder.withSmallData()
        var (terminal, line): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&terminal, &line, nil, nil, &size) == 0)
        defer { close(terminal) }
        let process = Process()
        process.executableURL = URL(filePath: WorkFolder.program)
        process.arguments = ["train", "small.yaml"]
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(fileDescriptor: line)
        try process.run()
        close(line)
        // Reading fails once nobody has the other end open any more.
        var seen: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while case let count = read(terminal, &part, part.count), count > 0 { seen += part[..<count] }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: seen, as: UTF8.self)
    }
}
