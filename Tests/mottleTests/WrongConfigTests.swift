import Foundation
import Testing

@Suite struct WrongConfigTests {
    @Test func `a config that is not there`() throws {
        let outcome = try WorkFolder().mottle("train", "none.yaml")
        #expect(outcome.status == 2)
        #expect(outcome.errors == "none.yaml: error: no such file\n")
        #expect(outcome.output == "")
    }

    @Test(arguments: [
        (
            "dense: 8\n", "dense: 8\n\t",
            "small.yaml:9:1: error: found a tab character that violates indentation while scanning a plain scalar"
        ),
        (
            "batch_size", "batch_sise",
            "small.yaml:13:3: error: unknown key 'batch_sise' in 'train'; did you mean 'batch_size'?"
        ),
        ("epochs: 2", "epochs: 0", "small.yaml:12:11: error: 'epochs' must be at least 1, got '0'"),
        ("epochs: 2", "epochs: two", "small.yaml:12:11: error: 'epochs' must be a whole number, got 'two'"),
        (
            "sigma: 0.1", "sigma: 11",
            "small.yaml:5:24: error: noise 'gaussian': 'sigma' must be a number between 0 and 10 (range), got 11"
        ),
        (
            "sigma: 0.1", "sigma: true",
            "small.yaml:5:24: error: noise 'gaussian': 'sigma' must be a number between 0 and 10 (range), got true"
        ),
        (
            "sigma: 0.1", "sigma: { uniform: [0.2, 11] }",
            "small.yaml:5:24: error: noise 'gaussian': 'sigma' must be a number between 0 and 10 (range), got 11"
        ),
        (
            "sigma: 0.1", "sigm: 0.1",
            "small.yaml:5:17: error: unknown parameter 'sigm' of noise 'gaussian'; did you mean 'sigma'?"
        ),
        (
            "gaussian:", "gausian:",
            "small.yaml:5:5: error: unknown plugin 'gausian'; did you mean 'gaussian'?"
        ),
        (
            "gaussian:", "./none.lua:",
            "small.yaml:5:5: error: cannot read the plugin 'none.lua': no such file or directory"
        ),
        (
            "sigma: 0.1 }", "sigma: 0.1 }\n    fill: mean",
            "small.yaml:6:11: error: 'fill' belongs to masks; noise 'gaussian' makes its values itself"
        ),
        (
            "  - flatten\n", "",
            "small.yaml:7:5: error: model[0] dense: expects [batch, features] or [batch, positions, features], gets [batch, 6, 5, 1]; "
                + "a flatten is missing before it?"
        ),
        (
            "dense: 3", "dense: 4",
            "small.yaml:10:5: error: model: the last layer gives [batch, 4], the data has 3 classes; "
                + "'dense: 3' as the last layer?"
        ),
        (
            "dense: 8", "dense: 40000000",
            "small.yaml:8:5: error: model[1] dense: 30 inputs and 40000000 outputs make more than 1073741824 weights"
        ),
        (
            "- relu", "- rleu",
            "small.yaml:9:5: error: unknown layer 'rleu'; did you mean 'relu'?"
        ),
        (
            "amount: [0.1, 0.3]", "amount: [0.1, 3]",
            "small.yaml:15:38: error: noise 'salt_and_pepper': 'amount' must be a number between 0 and 1 (ratio), got 3"
        ),
    ])
    func `a mistake is named with its place`(old: String, new: String, message: String) throws {
        let folder = try WorkFolder.withSmallData(replacing: old, by: new)
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(outcome.errors == message + "\n")
        #expect(outcome.status == 2)
        #expect(outcome.output == "")
        #expect(!folder.exists("runs"))
    }

    @Test(arguments: [
        ("train.epochs=0", "--set train.epochs=0: error: 'epochs' must be at least 1, got '0'"),
        (
            "chain.0.gaussian.sigma=-1",
            "--set chain.0.gaussian.sigma=-1: error: noise 'gaussian': 'sigma' must be a number between 0 and 10 "
                + "(range), got -1"
        ),
        (
            "train.epoch=3",
            "--set train.epoch=3: error: unknown key 'epoch' in 'train'; did you mean 'epochs'?"
        ),
        ("epochs", "--set epochs: error: expected KEY=VALUE"),
        (
            "chain.0.cutout.size=2",
            "--set chain.0.cutout.size=2: error: 'chain[0]' must name one generator or group, got 'gaussian' and 'cutout'; "
                + "to replace 'gaussian': --set 'chain.0={cutout: {size: 2}}'"
        ),
    ])
    func `a mistake of the command line is named`(assignment: String, message: String) throws {
        let outcome = try WorkFolder.withSmallData().mottle("train", "small.yaml", "--set", assignment)
        #expect(outcome.errors == message + "\n")
        #expect(outcome.status == 2)
    }

    @Test func `what replaces an optimizer is said, and works`() throws {
        let folder = try WorkFolder.withSmallData(
            replacing: "epochs: 2", by: "optimizer: { adam: { beta1: 0.8 } }\n  epochs: 2")
        let wrong = try folder.mottle(
            "train", "small.yaml", "--set", "train.optimizer.sgd.learning_rate=0.1")
        let right = "train.optimizer={sgd: {learning_rate: 0.1}}"
        #expect(
            wrong.errors
                == "--set train.optimizer.sgd.learning_rate=0.1: error: 'optimizer' must name one optimizer, for "
                + "instance adam, got 'adam' and 'sgd'; to replace 'adam': --set '\(right)'\n")
        #expect(wrong.status == 2)
        #expect(try folder.mottle("train", "small.yaml", "--quiet", "--set", right).status == 0)
        #expect(
            try folder.text("runs/small-1/config.lock.yaml").contains("    sgd:\n      learning_rate: 0.1\n"))
    }

    @Test func `a generator refuses samples with other axes`() throws {
        let folder = try WorkFolder()
        try folder.write("chain.yaml", "chain:\n  - gaussian\n  - cutout\n")
        try folder.write("x.npy", NumPyFile.floats([2, 5], (0..<10).map { Float($0) }))
        let outcome = try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy")
        #expect(
            outcome.errors
                == "chain.yaml:3:5: error: mask 'cutout' wants samples with the axes HWC, got samples of shape [5]\n"
        )
        #expect(outcome.status == 2)
        #expect(!folder.exists("y.npy"))
    }

    @Test(arguments: [["train"], ["bench", "train"]])
    func `bf16 wants kernels that have it`(command: [String]) throws {
        let folder = try WorkFolder.withSmallData(replacing: "epochs: 2", by: "epochs: 2\n  precision: bf16")
        let outcome = try folder.run(
            WorkFolder.program, command + ["small.yaml"], environment: ["MOTTLE_ISA": "baseline"])
        #expect(
            outcome.errors
                == "small.yaml:13:14: error: 'precision': bf16 wants a processor with AVX512-BF16, and this one runs "
                + "baseline kernels without it; leave the key out to train in fp32\n")
        #expect(outcome.status == 2)
    }

    @Test func `a run in bf16 is evaluated on any kernels`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run", environment: ["MOTTLE_ISA": "baseline"])
        let before = try folder.mottle("evaluate", "run", environment: ["MOTTLE_ISA": "baseline"])
        let lock = try folder.text("run/config.lock.yaml")
        try folder.write(
            "run/config.lock.yaml",
            lock.replacingOccurrences(of: "precision: fp32", with: "precision: bf16"))
        let after = try folder.mottle("evaluate", "run", environment: ["MOTTLE_ISA": "baseline"])
        #expect(after.output == before.output && after.status == 0)
        // Going on with it is refused, and leaves it as it is.
        try FileManager.default.removeItem(atPath: "\(folder.path)/run/robustness.json")
        let names = try folder.names("run")
        let metrics = try folder.text("run/metrics.jsonl") + "what came behind the checkpoint\n"
        try folder.write("run/metrics.jsonl", metrics)
        let training = try folder.mottle("train", "--resume", "run", environment: ["MOTTLE_ISA": "baseline"])
        #expect(
            training.errors.hasSuffix(
                "'precision': bf16 wants a processor with AVX512-BF16, and this one runs baseline kernels without it; "
                    + "the run goes on where a processor has it\n"))
        #expect(training.status == 2)
        #expect(try folder.names("run") == names && folder.text("run/metrics.jsonl") == metrics)
    }

    @Test func `bf16 trains other weights, the same for any number of threads`() throws {
        let folder = try WorkFolder.withSmallData()
        func weights(_ name: String, _ arguments: String...) throws -> Data? {
            let outcome = try folder.mottle(["train", "small.yaml", "--quiet", "--out", name] + arguments)
            if outcome.errors.contains("bf16 wants a processor with AVX512-BF16") { return nil }
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try folder.data("\(name)/model.safetensors")
        }
        let bf16 = ["--set", "train.precision=bf16"]
        guard let rounded = try weights("bf16", bf16[0], bf16[1], "--threads", "1") else { return }
        #expect(try rounded == weights("again", bf16[0], bf16[1], "--threads", "3"))
        #expect(try rounded != weights("fp32"))
        #expect(try folder.text("bf16/config.lock.yaml").contains("  precision: bf16\n"))
    }

    @Test func `an unknown instruction set is refused`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle("train", "small.yaml", environment: ["MOTTLE_ISA": "avx3"])
        #expect(
            outcome.errors
                == "mottle: error: MOTTLE_ISA=avx3: unknown instruction set; known: baseline, avx2, avx512\n")
        #expect(outcome.status == 2)
    }
}
