import Foundation
import Testing

@Suite struct SweepPretrainingTests {
    private let sweep = """
        config: small.yaml
        seeds: [3, 5]
        set: { train.epochs: 1 }
        pretrain:
          noise: { config: denoise.yaml }
          more noise: { config: denoise.yaml, chain.0.gaussian.sigma: 0.4, train.init_from: noise }
        vary:
          start:
            none: {}
            noise: { train.init_from: { run: noise, layers: ["dense1.*"] } }
            more: { train.init_from: more noise }
          trained:
            clean: { chain: [] }
            frozen: { train.freeze: ["dense1.*"] }
        baseline: { start: none }

        """

    private static let denoise = SmallData.config
        .replacingOccurrences(of: "dense: 3", with: "dense: 30")
        .replacingOccurrences(of: "batch_size: 16", with: "batch_size: 16\n  loss: mse")
        .replacingOccurrences(of: "salt_and_pepper: { amount: [0.1, 0.3] }", with: "gaussian: { sigma: 0.2 }")

    private func folder(_ sweep: String) throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData()
        try folder.write("denoise.yaml", Self.denoise)
        try folder.write("compare.yaml", sweep)
        return folder
    }

    private func weights(_ folder: WorkFolder, _ run: String) throws -> [String: Data] {
        try SafetensorsFile(try folder.data("\(run)/model.safetensors")).tensors
    }

    @Test func `pre-trainings go first, and others start with those of their seed`() throws {
        let folder = try folder(sweep)
        let outcome = try folder.mottle("sweep", "compare.yaml", "--out", "all")
        #expect(outcome.status == 0)
        let said = outcome.errors.split(separator: "\n").filter { $0.contains("/16] ") }
        #expect(
            said.prefix(5).map(String.init) == [
                "[1/16] pre-training noise, seed 3", "[2/16] pre-training noise, seed 5",
                "[3/16] pre-training more noise, seed 3", "[4/16] pre-training more noise, seed 5",
                "[5/16] none, clean, seed 3",
            ])
        for seed in [3, 5] {
            let before = try weights(folder, "all/pretrain-noise-seed\(seed)")
            let frozen = try weights(folder, "all/noise-frozen-seed\(seed)")
            #expect(frozen["dense1.weight"] == before["dense1.weight"])
            #expect(
                try weights(folder, "all/noise-clean-seed\(seed)")["dense1.weight"] != before["dense1.weight"]
            )
            let more = try weights(folder, "all/pretrain-more-noise-seed\(seed)")
            #expect(more["dense1.weight"] != before["dense1.weight"])
            #expect(
                try weights(folder, "all/more-frozen-seed\(seed)")["dense1.weight"] == more["dense1.weight"])
        }
        // What is said of them stands below the comparison, of which they are no part.
        let lines = try folder.text("all/table.csv").split(separator: "\n")
        #expect(lines.count == 1 + 6 * 5)
        #expect(!lines.contains { $0.contains("more noise") })
        #expect(outcome.output.contains("\nloss of the pre-trainings, median\n\npre-training  test set"))
        #expect(
            try folder.text("all/table.md").contains(
                "\nLoss of the pre-trainings, median over 2 seeds, with the lowest and the highest:\n\n| pre-training | test set | loss |\n| --- | --- | ---: |\n| noise | clean | 0."
            ))
        #expect(try folder.text("all/table.html").contains("<tr><td>more noise</td><td>gaussian"))
        // A run of it is one like any other, also a pre-training that starts with another one.
        for (config, out, changes) in [
            ("denoise.yaml", "noise", []),
            ("denoise.yaml", "more-noise", ["chain.0.gaussian.sigma=0.4", "train.init_from=noise"]),
            ("small.yaml", "more", ["chain=[]", "train.init_from=more-noise"]),
        ] {
            let sets = (["train.epochs=1"] + changes).flatMap { ["--set", $0] }
            let alone = try folder.mottle(
                ["train", config, "--seed", "5", "--out", out, "--quiet"] + sets)
            #expect(alone.status == 0 && alone.errors == "")
        }
        for (alone, run) in [("more-noise", "pretrain-more-noise-seed5"), ("more", "more-clean-seed5")] {
            #expect(
                try folder.data("\(alone)/model.safetensors") == folder.data("all/\(run)/model.safetensors"))
        }
    }

    @Test func `a lock file has the hash of the weights once they are there`() throws {
        let folder = try folder(sweep)
        #expect(try folder.mottle("sweep", "compare.yaml", "--out", "all", "--quiet").status == 0)
        let path = try folder.shell("pwd -P").output.trimmingCharacters(in: .newlines)
        let lock = try folder.text("all/more-clean-seed5/config.lock.yaml")
        #expect(lock.contains("run: \"\(path)/all/pretrain-more-noise-seed5\"\n    sha256: "), "\(lock)")
        let again = try folder.mottle(
            "train", "all/more-clean-seed5/config.lock.yaml", "--out", "again", "--quiet")
        #expect(again.status == 0 && again.errors == "")
        for file in ["model.safetensors", "config.lock.yaml"] {
            #expect(try folder.data("again/\(file)") == folder.data("all/more-clean-seed5/\(file)"))
        }
    }

    @Test func `a sweep that was killed in its pre-training goes on, also in another place`() throws {
        let folder = try folder(sweep.replacingOccurrences(of: "epochs: 1", with: "epochs: 20"))
        #expect(try folder.mottle("sweep", "compare.yaml", "--out", "whole", "--quiet").status == 0)
        // Ctrl-C behind the first pre-training.
        let stopped = try folder.shell(
            """
            "$MOTTLE" sweep compare.yaml --out begun --quiet &
            for i in $(seq 3000); do
                test -e begun/pretrain-noise-seed3/robustness.json && break
                sleep 0.01
            done
            kill -INT $!; wait $!; echo $?
            mkdir elsewhere; mv begun elsewhere/half
            """)
        #expect(stopped.output == "130\n", "\(stopped)")
        #expect(!folder.exists("elsewhere/half/none-clean-seed3/metrics.jsonl"))
        let outcome = try folder.mottle("sweep", "--resume", "elsewhere/half")
        #expect(outcome.status == 0 && !outcome.errors.contains("[1/16]"), "\(outcome.errors)")
        #expect(try folder.data("elsewhere/half/table.csv") == folder.data("whole/table.csv"))
        // A run that is trained is not done again, nor looked for once others have started with it.
        for file in ["outcomes.safetensors", "robustness.json"] {
            try FileManager.default.removeItem(
                atPath: "\(folder.path)/elsewhere/half/noise-clean-seed3/\(file)")
        }
        try FileManager.default.removeItem(
            atPath: "\(folder.path)/elsewhere/half/pretrain-noise-seed3/model.safetensors")
        let again = try folder.mottle("sweep", "--resume", "elsewhere/half", "--quiet")
        #expect(again.status == 0 && again.errors == "")
        #expect(try folder.data("elsewhere/half/table.csv") == folder.data("whole/table.csv"))
    }

    @Test func `changes of the command line are those of the pre-trainings, too`() throws {
        let folder = try folder(sweep)
        let outcome = try folder.mottle(
            "sweep", "compare.yaml", "--out", "all", "--quiet", "--seeds", "7", "--set", "train.batch_size=32"
        )
        #expect(outcome.status == 0 && outcome.errors == "")
        for run in ["pretrain-noise-seed7", "none-clean-seed7"] {
            let lock = try folder.text("all/\(run)/config.lock.yaml")
            #expect(lock.contains("batch_size: 32") && lock.contains("epochs: 1"))
        }
    }

    @Test(arguments: [
        (
            "run: noise,", "run: nose,",
            "compare.yaml:10:31: error: 'init_from': 'nose' is neither a pre-training of the sweep, which has 'noise', "
                + "'more noise', nor a run: FOLDER/nose: no such run folder; did you mean 'noise'?\n"
        ),
        (
            "train.init_from: more noise", "train.init_from: runs/x",
            "mottle: error: FOLDER/runs/x: no such run folder\n"
        ),
        (
            "train.init_from: noise }", "train.init_from: more noise }",
            "compare.yaml:6:85: error: 'init_from': a pre-training may start with one that is listed before it, and "
                + "'more noise' is not\n"
        ),
        (
            "more: { train.init_from: more noise }", "more: {}",
            "compare.yaml:6:3: error: nobody starts with the pre-training 'more noise'; say 'train.init_from: more noise' "
                + "in a choice, or take it out\n"
        ),
        (
            "layers: [\"dense1.*\"]", "layers: [\"dense2.*\"]",
            "compare.yaml:10:31: error: 'init_from': 'layers' takes 'dense2.weight' [8, 3] from 'dense2.weight' [8, 30], "
                + "but both must be of one shape; leave it out of 'layers', and it starts anew\n"
        ),
        (
            "layers: [\"dense1.*\"]", "layers: [\"dens1.*\"]",
            "compare.yaml:10:31: error: 'init_from': 'layers' has 'dens1.*', but no weight of the model is named so; "
                + "there are dense1.weight, dense1.bias, dense2.weight, dense2.bias\n"
        ),
        (
            "freeze: [\"dense1.*\"]", "freeze: [\"dens1.*\"]",
            "compare.yaml:14:29: error: 'freeze' has 'dens1.*', but no weight is named so; there are dense1.weight, "
                + "dense1.bias, dense2.weight, dense2.bias\n"
        ),
        (
            "config: small.yaml\n", "",
            "compare.yaml: error: 'config' is required: the config that all trainings start from, for instance "
                + "'config: fashion-mnist.yaml'\n"
        ),
    ])
    func `what does not fit is told before anything is trained`(
        old: String, new: String, message: String
    ) throws {
        let folder = try folder(sweep.replacingOccurrences(of: old, with: new))
        let path = try folder.shell("pwd -P").output.trimmingCharacters(in: .newlines)
        let outcome = try folder.mottle("sweep", "compare.yaml", "--out", "all")
        #expect(outcome.errors == message.replacing("FOLDER", with: path))
        #expect(outcome.status != 0 && !folder.exists("all"))
    }

    @Test func `an empty list of pre-trainings is told`() throws {
        let folder = try folder(
            "config: small.yaml\npretrain: {}\nvary: { chain: { none: { chain: [] } } }\n")
        let outcome = try folder.mottle("sweep", "compare.yaml", "--out", "all")
        #expect(
            outcome.errors
                == "compare.yaml:2:11: error: 'pretrain' must be a table of pre-trainings with their changes, such as "
                + "'patches: { chain: [mae_patches] }', got a table\n")
        #expect(outcome.status == 2)
    }
}
