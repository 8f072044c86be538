import Foundation
import Testing

@testable import Reports

private struct Interruption: Error {}

@Suite struct AtomicFileTests {
    @Test func `a file is written whole, and again`() throws {
        let folder = try TestFolder()
        let file = folder.path + "/a.txt"
        try AtomicFile.write(file, text: "first, which is longer")
        #expect(try text(of: file) == "first, which is longer")
        try AtomicFile.write(file) { output throws in
            try [UInt8]("sec".utf8).withUnsafeBytes { bytes throws in try output.append(bytes) }
            try [UInt8]("ond".utf8).withUnsafeBytes { bytes throws in try output.append(bytes) }
            #expect(try text(of: file) == "first, which is longer")  // nobody sees half a file
        }
        #expect(try text(of: file) == "second")
        #expect(try folder.names == ["a.txt"])
    }

    @Test func `an error on the way leaves the old file and nothing beside it`() throws {
        let folder = try TestFolder()
        let file = try folder.file("a.txt", Array("old".utf8))
        #expect(throws: Interruption.self) {
            try AtomicFile.write(file) { output throws in
                try [UInt8]("new".utf8).withUnsafeBytes { bytes throws in try output.append(bytes) }
                throw Interruption()
            }
        }
        #expect(try text(of: file) == "old")
        #expect(try folder.names == ["a.txt"])
    }

    @Test func `what cannot be written is told`() throws {
        let folder = try TestFolder()
        func failure(_ path: String) -> String? {
            #expect(throws: FileError.self) { try AtomicFile.write(path, text: "x") }?.description
        }
        let missing = folder.path + "/none/a.txt"
        #expect(failure(missing) == "\(missing): cannot write: No such file or directory")
        #expect(failure("/dev/full") == "/dev/full: cannot write: not a regular file")
        #expect(failure(folder.path) == "\(folder.path): cannot write: not a regular file")
    }

    @Test func `a name without a folder is written here`() {
        #expect(Folder.parent(of: "a.txt") == "." && Folder.parent(of: "/a.txt") == "/")
        #expect(Folder.parent(of: "b/c/a.txt") == "b/c")
    }
}

@Suite struct RunFolderTests {
    @Test func `a run takes the next free number`() throws {
        let folder = try TestFolder()
        let runs = folder.path + "/deep/runs"
        let first = try RunFolder.next(named: "noise", in: runs)
        #expect(first.path == runs + "/noise-1")
        #expect(try RunFolder.next(named: "noise", in: runs).path == runs + "/noise-2")
        #expect(try RunFolder.next(named: "other", in: runs).path == runs + "/other-1")
        #expect(first.model == runs + "/noise-1/model.safetensors")
        #expect(first.lock == runs + "/noise-1/config.lock.yaml")
        #expect(first.metrics == runs + "/noise-1/metrics.jsonl")
        #expect(first.robustness == runs + "/noise-1/robustness.json")
    }

    @Test func `runs that start together get folders of their own`() async throws {
        let folder = try TestFolder()
        let runs = folder.path + "/runs"
        let paths = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try RunFolder.next(named: "x", in: runs).path } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(paths == Set((1...16).map { "\(runs)/x-\($0)" }))
    }

    @Test func `a given folder must be new`() throws {
        let folder = try TestFolder()
        let path = folder.path + "/a/b"
        #expect(try RunFolder.create(path + "//").path == path)
        let again = #expect(throws: FileError.self) { try RunFolder.create(path) }
        #expect(
            again?.description == "\(path): already exists, and a run never overwrites; choose another folder"
        )
        let file = try folder.file("c", [])
        let under = #expect(throws: FileError.self) { try RunFolder.create(file + "/d") }
        #expect(under?.description == "\(file)/d: cannot create the folder: Not a directory")
        let forbidden = #expect(throws: FileError.self) { try RunFolder.create("/proc/a/b") }
        #expect(forbidden?.description == "/proc/a: cannot create the folder: No such file or directory")
    }

    @Test func `an earlier run is known by its lock file`() throws {
        let folder = try TestFolder()
        func failure(_ path: String) -> String? {
            #expect(throws: FileError.self) { try RunFolder.open(path) }?.description
        }
        #expect(failure(folder.path + "/none") == "\(folder.path)/none: no such run folder")
        #expect(failure(folder.path) == "\(folder.path): not a run folder: it has no config.lock.yaml")
        _ = try folder.file("config.lock.yaml", [])
        #expect(try RunFolder.open(folder.path + "/").path == folder.path)
    }

    @Test(arguments: [
        ("examples/fashion-mnist.yaml", "fashion-mnist"), ("a.yml", "a"), ("b", "b"), (".yaml", ".yaml"),
        ("x.lock.yaml", "x.lock"), ("/", "/"),
    ])
    func `a run is named for its config`(file: String, name: String) {
        #expect(RunFolder.name(ofConfig: file) == name)
    }
}

@Suite struct MetricsLogTests {
    @Test func `every measure is a line of JSON`() throws {
        let folder = try TestFolder()
        let file = folder.path + "/metrics.jsonl"
        do {
            let log = try MetricsLog(file)
            try log.step(
                100, epoch: 0, batch: 99, loss: 0.5, accuracy: 0.75, heads: [], digest: "ab",
                learningRate: 1e-3, samplesPerSecond: 2000)
            #expect(try text(of: file).hasSuffix("}\n"))  // there at once, not when the log is closed
            try log.epoch(
                0, step: 120, loss: .nan, accuracy: 0.5, heads: [.init("up_loss", .number(0.25))],
                digest: "cd",
                batches: 119, seconds: 1.5, samplesPerSecond: 1000)
            let other = #expect(throws: FileError.self) { try MetricsLog(file) }
            #expect(other?.description == "\(file): another process writes this run")
            let size = try log.size()
            try log.append(["event": "lost"])
            try log.cut(to: size)
            try log.cut(to: 1 << 20)
        }
        try MetricsLog(file).append(["event": "end"])
        #expect(
            try text(of: file) == """
                {"event": "step", "epoch": 0, "step": 100, "batch": 99, "loss": 0.5, "accuracy": 0.75, \
                "digest": "ab", "learning_rate": 0.001, "samples_per_second": 2000.0}
                {"event": "epoch", "epoch": 0, "step": 120, "batch": 119, "loss": null, "accuracy": 0.5, "up_loss": 0.25, \
                "digest": "cd", "seconds": 1.5, "samples_per_second": 1000.0}
                {"event": "end"}

                """)
    }

    @Test func `a log that cannot be written is told`() throws {
        let full = #expect(throws: FileError.self) { try MetricsLog("/dev/full").append(["event": "x"]) }
        #expect(full?.description == "/dev/full: cannot write: No space left on device")
        let missing = #expect(throws: FileError.self) { try MetricsLog("/none/metrics.jsonl") }
        #expect(missing?.description == "/none/metrics.jsonl: cannot write: No such file or directory")
    }
}
