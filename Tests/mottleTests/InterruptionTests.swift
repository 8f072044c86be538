import Foundation
import Glibc
import Testing

@Suite struct InterruptionTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func `the first signal ends the run in order`(signal: Int32) throws {
        let folder = try WorkFolder.withSmallData()
        let run = try folder.start("train", "small.yaml", "--set", "train.epochs=1000000")
        run.wait { (try? folder.data("runs/small-1/metrics.jsonl").count) ?? 0 > 1000 }
        run.send(signal)
        let outcome = try run.finish()
        #expect(outcome.status == 130)
        #expect(outcome.output == "")
        let lines = outcome.errors.split(separator: "\n").suffix(2).map(String.init)
        #expect(
            lines[0].wholeMatch(
                of: /interrupted after \d+ epochs, \d+ steps in \d+\.\d s, \d+ samples\/s/) != nil)
        #expect(
            lines[1]
                == "'mottle train --resume runs/small-1' goes on; the weights so far are in "
                + "runs/small-1/model.safetensors, and 'mottle evaluate runs/small-1' measures them"
        )
        try expectReadable(folder)
    }

    @Test func `a program is told in JSON`() throws {
        let folder = try WorkFolder.withSmallData()
        let run = try folder.start(
            "train", "small.yaml", "--set", "train.epochs=1000000", "--json", "--quiet")
        run.wait { (try? folder.data("runs/small-1/metrics.jsonl").count) ?? 0 > 1000 }
        run.send(SIGINT)
        let outcome = try run.finish()
        #expect(outcome.status == 130)
        let result = try jsonObject(outcome.output)
        #expect(result["interrupted"] as? Bool == true)
        #expect(result["robustness"] is NSNull)
        #expect(result["run"] as? String == "runs/small-1")
        #expect((result["seconds"] as? Double ?? 0) > 0)
    }

    /// One step of this model takes seconds, so that the second signal comes while the first one waits for its end.
    @Test func `the second signal leaves at once`() throws {
        let folder = try WorkFolder.withSmallData()
        let run = try folder.start(
            "train", "small.yaml", "--set", "model=[flatten, dense: 4000, dense: 4000, dense: 3]", "--set",
            "train.batch_size=301", "--set", "train.epochs=1000")
        run.wait { folder.exists("runs/small-1/metrics.jsonl") }
        usleep(100_000)
        run.send(SIGINT)
        usleep(20_000)
        run.send(SIGINT)
        let outcome = try run.finish()
        #expect(outcome.status == 130)
        #expect(!folder.exists("runs/small-1/model.safetensors"))
        #expect(!outcome.errors.contains("interrupted"))
    }

    /// The config is a pipe, which says when the program waits for it.
    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal before the first step leaves nothing behind`(signal: Int32) throws {
        let folder = try WorkFolder.withSmallData()
        let pipe = "\(folder.path)/pipe.yaml"
        #expect(mkfifo(pipe, 0o600) == 0)
        let run = try folder.start("train", "pipe.yaml")
        var end: Int32 = -1
        run.wait {
            end = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return end >= 0
        }
        run.send(signal)
        try FileHandle(fileDescriptor: end, closeOnDealloc: false).write(
            contentsOf: Data(SmallData.config.utf8))
        close(end)
        let outcome = try run.finish()
        #expect(outcome.status == 130)
        #expect(outcome.errors == "")
        #expect(!folder.exists("runs"))
    }

    private func expectReadable(_ folder: WorkFolder) throws {
        #expect(
            try folder.names("runs/small-1").filter { !$0.contains("previous") }
                == ["checkpoint.safetensors", "config.lock.yaml", "metrics.jsonl", "model.safetensors"])
        #expect(try SafetensorsFile(folder.data("runs/small-1/model.safetensors")).names.count == 4)
        for line in try folder.text("runs/small-1/metrics.jsonl").split(separator: "\n") {
            #expect(try jsonObject(String(line))["event"] != nil)
        }
        let evaluation = try folder.mottle("evaluate", "runs/small-1")
        #expect(
            evaluation.errors
                == "the run was interrupted, so its table is not kept; 'mottle train --resume runs/small-1' goes on with it\n"
        )
        #expect(evaluation.status == 0)
        #expect(!folder.exists("runs/small-1/robustness.json"))
    }
}

/// The last line of a text as a JSON object.
func jsonObject(_ text: String) throws -> [String: Any] {
    let line = text.split(separator: "\n").last.map(String.init) ?? ""
    return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
}
