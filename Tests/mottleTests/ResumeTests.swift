import Foundation
import Testing

@Suite struct ResumeTests {
    /// What a whole run leaves, beside which resumed ones are judged.
    private struct Result: Equatable {
        var model: Data
        var robustness: Data
        /// Lines of the log without what the clock says.
        var metrics: [String]

        init(_ folder: WorkFolder, _ run: String) throws {
            model = try folder.data("\(run)/model.safetensors")
            robustness = try folder.data("\(run)/robustness.json")
            metrics = try folder.text("\(run)/metrics.jsonl").split(separator: "\n").map { line in
                String(line).replacing(/"(samples_per_second|seconds)": [^,}]*/, with: "")
            }
        }
    }

    private let settings = [
        "--set", "train.epochs=150", "--set", "train.checkpoint={steps: 7}", "--set",
        "chain=[{gaussian: {sigma: {uniform: [0, 0.3]}}}, {cutout: {size: 2}, probability: 0.5}]",
        "--set", "model=[flatten, dense: 8, relu, dropout: 0.3, dense: 3]", "--quiet",
    ]

    /// Runs `mottle train` to its end.
    private func train(_ folder: WorkFolder, _ arguments: [String]) throws {
        let outcome = try folder.run(WorkFolder.program, ["train"] + arguments)
        #expect(outcome.errors == "" && outcome.status == 0)
    }

    @Test func `a run that is killed again and again comes to the weights of one that is not`() throws {
        let folder = try WorkFolder.withSmallData()
        try train(folder, ["small.yaml", "--out", "whole"] + settings)
        let whole = try Result(folder, "whole")
        #expect(whole.metrics.count == 155)

        var (kills, isFirst) = (0, true)
        var random = SystemRandomNumberGenerator()
        while kills < 12 {
            let arguments =
                isFirst ? ["small.yaml", "--out", "run"] + settings : ["--resume", "run", "--quiet"]
            let threads = ["--threads", "\([1, 2, 3][kills % 3])"]
            let run = try folder.start(["train"] + arguments + threads)
            // At any moment of its course, also before the first step.
            let pause = useconds_t.random(in: 1000...60_000, using: &random)
            if kills % 4 > 0 { run.wait { folder.exists("run/checkpoint.safetensors") } }
            usleep(pause)
            run.send(SIGKILL)
            let outcome = try run.finish()
            isFirst = isFirst && !folder.exists("run/config.lock.yaml")
            if isFirst { try? FileManager.default.removeItem(atPath: "\(folder.path)/run") }
            guard outcome.status == -SIGKILL else { break }
            kills += 1
        }
        #expect(kills >= 10)
        if !folder.exists("run/robustness.json") { try train(folder, ["--resume", "run", "--quiet"]) }
        #expect(try Result(folder, "run") == whole)
    }

    @Test func `a run that was interrupted goes on in the middle of an epoch`() throws {
        let folder = try WorkFolder.withSmallData()
        try train(folder, ["small.yaml", "--out", "whole"] + settings)
        let run = try folder.start(["train", "small.yaml", "--out", "run"] + settings)
        run.wait { (try? folder.data("run/metrics.jsonl").count) ?? 0 > 4000 }
        run.send(SIGINT)
        #expect(try run.finish().status == 130)
        let outcome = try folder.mottle("train", "--resume", "run/")
        let line = outcome.errors.split(separator: "\n").first.map(String.init) ?? ""
        #expect(line.wholeMatch(of: /goes on behind step \d+, in epoch \d+/) != nil)
        #expect(outcome.status == 0)
        #expect(try Result(folder, "run") == Result(folder, "whole"))
    }

    @Test func `a run does not go on with other data`() throws {
        let folder = try WorkFolder.withSmallData()
        let run = try folder.start(["train", "small.yaml", "--out", "run"] + settings)
        run.wait { (try? folder.data("run/metrics.jsonl").count) ?? 0 > 4000 }
        run.send(SIGKILL)
        _ = try run.finish()
        let images = try folder.data("train-images")
        try folder.write("train-images", images.prefix(16) + Data(images.dropFirst(16).map { $0 ^ 1 }))
        let outcome = try folder.mottle("train", "--resume", "run", "--quiet")
        #expect(
            outcome.errors
                == "mottle: error: run: the stream is not the one that this run was trained on: the batch before its checkpoint "
                + "differs; were the data or the lock file changed?\n")
        #expect(outcome.status == 1)
        try folder.write("train-images", images)
        #expect(try folder.mottle("train", "--resume", "run", "--quiet").status == 0)
    }

    @Test func `a checkpoint with other values is told`() throws {
        let folder = try WorkFolder.withSmallData()
        try train(folder, ["small.yaml", "--out", "run"] + settings)
        try FileManager.default.removeItem(atPath: folder.path + "/run/robustness.json")
        var bytes = try folder.data("run/checkpoint.safetensors")
        bytes[bytes.count - 5] ^= 1
        try folder.write("run/checkpoint.safetensors", bytes)
        let outcome = try folder.mottle("train", "--resume", "run")
        #expect(
            outcome.errors.hasPrefix(
                "run/checkpoint.safetensors: damaged: its values are not those that were written; the checkpoint before it "
                    + "is taken\n"))
        #expect(outcome.status == 0)
    }

    @Test func `a damaged checkpoint is told and the one before it taken`() throws {
        let folder = try WorkFolder.withSmallData()
        try train(folder, ["small.yaml", "--out", "whole"] + settings)
        try train(folder, ["small.yaml", "--out", "run"] + settings)
        try FileManager.default.removeItem(atPath: folder.path + "/run/robustness.json")
        try folder.write("run/checkpoint.safetensors", folder.data("run/checkpoint.safetensors").dropLast(9))
        let outcome = try folder.mottle("train", "--resume", "run")
        #expect(
            outcome.errors.hasPrefix(
                "run/checkpoint.safetensors: 3291 bytes of values found, 3300 expected; the checkpoint before it is "
                    + "taken\ngoes on behind step 2849, in epoch 150\n"))
        #expect(try Result(folder, "run") == Result(folder, "whole"))

        try FileManager.default.removeItem(atPath: folder.path + "/run/robustness.json")
        try folder.write("run/checkpoint.safetensors", "")
        try folder.write("run/checkpoint.previous.safetensors", "nonsense")
        let lost = try folder.mottle("train", "--resume", "run")
        #expect(
            lost.errors
                == "mottle: error: run/checkpoint.safetensors: not a safetensors file: it has 0 bytes\n")
        #expect(lost.status == 1)
    }

    /// A limit of the shell stands in for a disk without room: 12 blocks of 512 bytes.
    @Test func `a run whose disk is full goes on when there is room`() throws {
        let folder = try WorkFolder.withSmallData()
        try train(folder, ["small.yaml", "--out", "whole"] + settings)
        let line = (["small.yaml", "--out", "run"] + settings).map { "'\($0)'" }.joined(separator: " ")
        let full = try folder.shell("ulimit -f 12; $MOTTLE train \(line)")
        #expect(full.errors == "mottle: error: run/metrics.jsonl: cannot write: No space left on device\n")
        #expect(full.status == 1)
        try train(folder, ["--resume", "run", "--quiet"])
        #expect(try Result(folder, "run") == Result(folder, "whole"))
    }

    @Test func `what cannot be resumed is told`() throws {
        let folder = try WorkFolder.withSmallData()
        try train(folder, ["small.yaml", "--out", "run", "--quiet"])
        func errors(_ arguments: String...) throws -> String {
            let outcome = try folder.run(WorkFolder.program, ["train"] + arguments)
            #expect(outcome.status != 0)
            return outcome.errors.split(separator: "\n").first.map(String.init) ?? ""
        }
        #expect(
            try errors("--resume", "run") == "mottle: error: run: this run is complete; nothing is left to do"
        )
        #expect(try errors("--resume", "none") == "mottle: error: none: no such run folder")
        #expect(
            try errors("--resume", "run", "small.yaml")
                == "mottle: error: --resume goes on with a run as it is: no config, --out, --set or --seed beside it"
        )
        #expect(try errors() == "mottle: error: a config is wanted, or --resume with a run's folder")

        let other = try folder.start("train", "small.yaml", "--out", "busy", "--set", "train.epochs=1000000")
        other.wait { folder.exists("busy/metrics.jsonl") }
        #expect(
            try errors("--resume", "busy")
                == "mottle: error: busy/metrics.jsonl: another process writes this run")
        other.send(SIGKILL)
        _ = try other.finish()
    }
}
