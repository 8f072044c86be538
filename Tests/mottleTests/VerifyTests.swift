import Foundation
import Testing

@Suite struct VerifyTests {
    private func trained() throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle(
            "train", "small.yaml", "--out", "run", "--set", "train.epochs=40", "--quiet")
        #expect(outcome.errors == "" && outcome.status == 0)
        return folder
    }

    @Test func `a run's stream is the one that it was trained on, with any threads and kernels`() throws {
        let folder = try trained()
        for (threads, kernels) in [("1", "baseline"), ("3", "")] {
            let outcome = try folder.run(
                WorkFolder.program, ["verify", "run", "--threads", threads, "--quiet"],
                environment: kernels.isEmpty ? [:] : ["MOTTLE_ISA": kernels])
            #expect(outcome.errors == "")
            #expect(
                outcome.output.wholeMatch(
                    of: /run: all 44 digests agree; 12250 samples made again in \d+\.\d s\n/) != nil)
            #expect(outcome.status == 0)
        }
        let one = try folder.mottle("verify", "run/", "--epoch", "7", "--json")
        let result = try jsonObject(one.output)
        #expect(result["agrees"] as? Bool == true && result["digests"] as? Int == 1)
        #expect(result["samples"] as? Int == 301)
    }

    @Test func `changed data is found and placed`() throws {
        let folder = try trained()
        var images = try folder.data("train-images")
        images[images.count - 1] ^= 1
        try folder.write("train-images", images)
        let outcome = try folder.mottle("verify", "run", "--quiet")
        #expect(
            outcome.output
                == "run: epoch 0, counted from 0, differs: batches 0 to 18 are not what the run's log says; what is before "
                + "them agrees. Was the data changed, or another plugin's text put into the lock file?\n")
        #expect(outcome.status == 1)
        images[images.count - 1] ^= 1
        try folder.write("train-images", images)

        var test = try folder.data("test-images")
        test[test.count - 1] ^= 1
        try folder.write("test-images", test)
        let judged = try folder.mottle("verify", "run", "--json")
        #expect(try jsonObject(judged.output)["test_set"] as? String == "clean")
        #expect(judged.status == 1)
    }

    @Test func `a difference is placed between two digests of the log`() throws {
        let folder = try trained()
        // The log's second digest inside of epoch 26, counted from 0, is wrong: step 500 = 26 · 19 + 6.
        let log = try folder.text("run/metrics.jsonl")
        let line = try #require(log.split(separator: "\n").first { $0.contains("\"step\": 500,") })
        let digest = try #require(line.firstMatch(of: /"digest": "([0-9a-f]+)"/)).1
        try folder.write(
            "run/metrics.jsonl", log.replacing(digest, with: String(repeating: "0", count: 32)))
        let outcome = try folder.mottle("verify", "run", "--json")
        let result = try jsonObject(outcome.output)
        #expect(result["epoch"] as? Int == 26)
        #expect(result["first_batch"] as? Int == 0 && result["last_batch"] as? Int == 5)
        #expect(outcome.status == 1)
    }

    @Test func `a run that its program ended is verified as far as it went`() throws {
        let folder = try trained()
        // As if 50 epochs had been asked for.
        let lock = try folder.text("run/config.lock.yaml")
        try folder.write("run/config.lock.yaml", lock.replacing("epochs: 40\n", with: "epochs: 50\n"))
        let outcome = try folder.mottle("verify", "run", "--quiet")
        #expect(outcome.output.hasPrefix("run: all 44 digests agree; 12250 samples made again in "))
        #expect(outcome.status == 0)
        // Without its checkpoints nobody knows that.
        for name in try folder.names("run").filter({ $0.hasPrefix("checkpoint") }) {
            try folder.write("run/\(name)", "none")
        }
        let unknown = try folder.mottle("verify", "run", "--quiet")
        #expect(
            unknown.errors
                == "mottle: error: run/metrics.jsonl: holds no digest of epoch 40, counted from 0; was it changed?\n"
        )
    }

    @Test func `what cannot be verified is told`() throws {
        let folder = try trained()
        let epoch = try folder.mottle("verify", "run", "--epoch", "40")
        #expect(
            epoch.errors
                == "mottle: error: run/metrics.jsonl: holds no digests of epoch 40, counted from 0; it has 0 to 39\n"
        )
        #expect(epoch.status == 1)
        try folder.write("run/metrics.jsonl", "{}\nnonsense\n")
        let nonsense = try folder.mottle("verify", "run")
        #expect(
            nonsense.errors == "mottle: error: run/metrics.jsonl: line 2 is no JSON object of a run's log\n")
    }
}
