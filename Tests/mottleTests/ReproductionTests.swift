import Foundation
import Testing

@Suite struct ReproductionTests {
    /// Everything that a chain's item can say, with plugins by name and by path.
    private static let chain = """
          - gaussian: { sigma: { uniform: [0, 0.3] }, mean: { normal: { mean: 0.01, std: 0.02 } } }
            probability: 0.75
          - ./plugins of mine/shade.lua: { depth: { ramp: { from: 0.1, to: 0.5, epochs: 2 } }, dark: low }
            name: second-shade
          - salt_and_pepper: { amount: { choice: [0.01, 0.02, 0.05] }, per_channel: true }
          - cutout: { size: 2, holes: 2 }
            fill: 0.25
          - cutout: { size: 3 }
            fill: noise
            probability: 0.5
          - one_of:
              - { speckle: , weight: 2, match: { psnr: { uniform: [15, 25] } } }
              - { include: parts/more.yaml, name: more }
            probability: 0.9
          - some_of: { count: [0, 1], of: [gaussian, { clip: true, name: bounds }] }
          - shuffle_order: [gaussian: { sigma: { log_uniform: [0.01, 0.1] } }, clip: [0, 0.9]]
          - repeat: { times: 2, chain: [gaussian: { sigma: { cosine: { from: 0.1, to: 0, steps: 7 } } }] }
          - gaussian:
            when: evaluate
          - standardise: { mean: 0.3, std: [0.4] }
          - dtype: float16
        """

    /// Included from a folder of its own, with a plugin of the same path as one of the config's.
    private static let more = """
        chain:
          - ./plugins of mine/shade.lua: { depth: { beta: [2, 3] } }
          - gaussian: { sigma: { uniform: [0, { steps: { from: 0.1, epochs: { 1: 0.2 } } }] } }
        """

    private static let shade = """
        mottle.noise {\r
          name = "shade", doc = "Darkens.\\n\\t'twice'", axes = "NHWC",\r
          params = {
            depth = mottle.number { default = 0.2, min = 0, max = 1, unit = "ratio" },
            dark = mottle.choice { of = { "low", "middle" }, default = "middle" },
          },
          apply = function(x, p, rng)   
            local floor = p.dark == "low" and x.low or (x.low + x.high) / 2
            return x + (floor - x) * p.depth * rng:uniform("NH")
          end }
        -- no line end behind this
        """

    private static func folder() throws -> WorkFolder {
        // A hidden layer of 4 leaves some of the threads nothing to do.
        let config = SmallData.config.replacingOccurrences(of: "dense: 8", with: "dense: 4")
            .replacingOccurrences(
                of: "  - gaussian: { sigma: 0.1 }\n",
                with: chain.split(separator: "\n").map { "\($0)\n" }.joined())
        let folder = try WorkFolder.withSmallData(
            config: config
                + "  - chain: [gaussian: { sigma: [0.2, 0.3] }, cutout: { size: 2 }]\n    name: both\n")
        try folder.write("plugins of mine/shade.lua", shade)
        try folder.write("parts/more.yaml", more)
        let other = shade.replacingOccurrences(of: "(floor - x)", with: "0.5 * (floor - x)")
        try folder.write("parts/plugins of mine/shade.lua", other)
        return folder
    }

    /// The program stands alone, so no folder of plugins is near it.
    @Test func `the lock file alone gives the same weights`() throws {
        let folder = try Self.folder()
        let first = try folder.mottle("train", "small.yaml", "--seed", "18446744073709551615")
        #expect(first.errors.contains("epoch 2/2"))
        #expect(first.status == 0)

        let alone = try WorkFolder()
        try alone.write("only.yaml", folder.data("runs/small-1/config.lock.yaml"))
        let again = try alone.run(
            alone.lonelyProgram(), ["train", "only.yaml", "--quiet", "--out", "again"],
            environment: ["MOTTLE_PLUGINS": ""])
        #expect(again.errors == "")
        #expect(again.status == 0)
        for file in ["model.safetensors", "robustness.json", "config.lock.yaml"] {
            #expect(try folder.data("runs/small-1/\(file)") == alone.data("again/\(file)"), "\(file)")
        }
    }

    @Test func `threads change no bit and the seed does`() throws {
        let folder = try Self.folder()
        for (name, options) in [
            ("one", ["--threads", "1"]), ("two", ["--threads", "2"]), ("three", ["--threads", "3"]),
            ("seed", ["--seed", "1"]), ("set", ["--set", "seed=1"]),
        ] {
            let outcome = try folder.run(
                WorkFolder.program, ["train", "small.yaml", "--quiet", "--out", name] + options)
            #expect(outcome.errors == "")
        }
        func model(_ run: String) throws -> Data { try folder.data("\(run)/model.safetensors") }
        #expect(try model("one") == model("two"))
        #expect(try model("one") == model("three"))
        #expect(try model("one") != model("seed"))
        #expect(try model("seed") == model("set"))
        #expect(try folder.data("one/robustness.json") == folder.data("two/robustness.json"))
    }

    @Test func `a lock file whose plugin was changed is refused`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run")
        let lock = try folder.text("run/config.lock.yaml")
        try folder.write("changed.yaml", lock.replacingOccurrences(of: "p.sigma *", with: "p.sigma +"))
        let outcome = try folder.mottle("train", "changed.yaml")
        #expect(
            outcome.errors.contains(
                #/^changed\.yaml:\d+:13: error: the source of plugin 'gaussian' has the SHA-256 [0-9a-f]{12}…, not [0-9a-f]{12}…; it was changed since the run\n$/#
            ))
        #expect(outcome.status == 2)
    }

    @Test func `a run is evaluated again with the same result`() throws {
        let folder = try Self.folder()
        let training = try folder.mottle("train", "small.yaml", "--json")
        let table = try folder.data("runs/small-1/robustness.json")
        try FileManager.default.removeItem(atPath: "\(folder.path)/runs/small-1/robustness.json")
        let outcome = try folder.mottle("evaluate", "runs/small-1/")
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
        #expect(try folder.data("runs/small-1/robustness.json") == table)

        // Checkpoints are not asked for the model, so what is wrong with them does not cost the table.
        for name in try folder.names("runs/small-1").filter({ $0.hasPrefix("checkpoint") }) {
            try folder.write("runs/small-1/\(name)", "none")
        }
        try FileManager.default.removeItem(atPath: "\(folder.path)/runs/small-1/robustness.json")
        #expect(try folder.mottle("evaluate", "runs/small-1").status == 0)
        #expect(try folder.data("runs/small-1/robustness.json") == table)

        let rows = try #require(try folder.json("runs/small-1/robustness.json") as? [[String: Any]])
        #expect(
            rows.map { $0["name"] as? String } == [
                "clean", "salt_and_pepper", "salt_and_pepper", "both", "both",
            ])
        #expect((rows[3]["parameters"] as? [String: Any])?["gaussian.sigma"] as? Double == 0.2)
        #expect(rows.allSatisfy { $0["count"] as? Int == SmallData.testCount })
        let result = try jsonObject(training.output)
        #expect(result["robustness"] as? NSArray == rows as NSArray)
    }

    @Test func `other numbers in the folder are left and said`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run")
        try folder.write("run/robustness.json", "[]\n")
        let outcome = try folder.mottle("evaluate", "run")
        #expect(outcome.errors == "run/robustness.json has other numbers and is left as it is\n")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("test set "))
        #expect(try folder.text("run/robustness.json") == "[]\n")
    }

    @Test func `on another instruction set a note says so`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run", environment: ["MOTTLE_ISA": "baseline"])
        // A name that no processor has, so that the test says the same on every one.
        let lock = try folder.text("run/config.lock.yaml")
        try folder.write(
            "run/config.lock.yaml",
            lock.replacingOccurrences(of: "instruction_set: baseline", with: "instruction_set: other"))
        func note(_ results: String) -> String {
            "locked on other, runs on baseline: the stream has the same bits, \(results) may differ in their last "
                + "ones; MOTTLE_ISA=other gives them exactly\n"
        }
        let evaluation = try folder.mottle("evaluate", "run", environment: ["MOTTLE_ISA": "baseline"])
        #expect(evaluation.errors == note("the numbers"))
        let training = try folder.mottle(
            "train", "run/config.lock.yaml", environment: ["MOTTLE_ISA": "baseline"])
        #expect(training.errors.hasPrefix(note("the weights") + "epoch 1/2"))
    }

    @Test func `test noise is the same whatever the seed`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run")
        let rows = try ["0", "1", "18446744073709551615"].map { seed in
            try folder.mottle("evaluate", "run", "--json", "--set", "seed=\(seed)").output
        }
        #expect(rows[0].contains("salt_and_pepper"))
        #expect(rows[0] == rows[1])
        #expect(rows[0] == rows[2])
    }

    @Test func `a test set is judged alike in batches of any size`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run", "--set", "train.epochs=20")
        let tables = try ["16", "1", "7", "256"].map { size in
            let outcome = try folder.mottle("evaluate", "run", "--json", "--set", "train.batch_size=\(size)")
            let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
            return try #require(rows as? [[String: Any]])
        }
        func numbers(_ key: String) -> [[Double]] { tables.map { $0.compactMap { $0[key] as? Double } } }
        let digests = tables.map { $0.compactMap { $0["digest"] as? String } }
        #expect(digests[0].count == 3 && digests.allSatisfy { $0 == digests[0] })
        let (accuracies, losses) = (numbers("accuracy"), numbers("loss"))
        #expect(accuracies.allSatisfy { $0.count == 3 && $0 == accuracies[0] })
        // Sums of products are cut by the size of a batch.
        for row in 0..<3 {
            #expect(losses.allSatisfy { abs($0[row] - losses[0][row]) < 1e-6 * losses[0][row] })
        }
    }

    @Test func `numbers and distributions are shown as a person writes them`() throws {
        let folder = try WorkFolder.withSmallData(
            replacing: "salt_and_pepper: { amount: [0.1, 0.3] }",
            by: "cutout: { size: [1, { uniform: [2, 4] }, { choice: [1, 3] }] }\n"
                + "  - gaussian: { sigma: { normal: { mean: 0.5, std: 0.125 } } }")
        let table = try folder.mottle("train", "small.yaml", "--out", "run").output
        for row in [
            "size 1 ", "size uniform 2…4 ", "size 1 or 3 ", "sigma normal 0.5 ± 0.125, mean 0 ",
        ] { #expect(table.contains("  \(row)"), "\(row)") }
        let lock = try folder.text("run/config.lock.yaml")
        #expect(lock.contains("size: 1\n") && lock.contains("uniform: [2, 4]\n") && !lock.contains("1.0\n"))
        let rows = try folder.text("run/robustness.json")
        #expect(rows.contains(#"{"size": 1, "holes": 1}"#) && rows.contains(#"{"uniform": [2, 4]}"#))
    }

    @Test func `other noise is evaluated and not written`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml")
        let before = try folder.data("runs/small-1/robustness.json")
        let outcome = try folder.mottle(
            "evaluate", "runs/small-1", "--json", "--set", "evaluate=[{gaussian: {sigma: [0.25, 4]}}]")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        #expect(rows.map { $0["name"] as? String } == ["clean", "gaussian", "gaussian"])
        #expect(try folder.data("runs/small-1/robustness.json") == before)
    }

    @Test(arguments: [
        ("nowhere", "mottle: error: nowhere: no such run folder\n"),
        (".", "mottle: error: .: not a run folder: it has no config.lock.yaml\n"),
    ])
    func `what is no run cannot be evaluated`(path: String, message: String) throws {
        let outcome = try WorkFolder().mottle("evaluate", path)
        #expect(outcome.errors == message)
        #expect(outcome.status == 1)
    }

    @Test func `a model that is cut off is named`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run")
        try folder.write("run/model.safetensors", folder.data("run/model.safetensors").prefix(200))
        let outcome = try folder.mottle("evaluate", "run")
        #expect(
            outcome.errors.hasPrefix(
                "mottle: error: run/model.safetensors: ends within its header: 192 bytes found"))
        #expect(outcome.status == 1)
    }
}
