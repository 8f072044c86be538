import Foundation
import Testing

@Suite struct SweepCommandTests {
    private let sweep = """
        config: small.yaml
        seeds: [3, 5]
        set: { train.epochs: 2 }
        vary:
          model:
            narrow: {}
            wide: { model: [flatten, dense: 24, relu, dense: 3] }
          trained:
            clean: { chain: [] }
            noise of 0.3: { chain.0.gaussian.sigma: 0.3 }
        baseline: { trained: clean }

        """

    private func folder(_ sweep: String) throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData()
        try folder.write("compare.yaml", sweep)
        return folder
    }

    @Test func `all combinations are trained and compared`() throws {
        let folder = try folder(sweep)
        let evaluate = "evaluate=[{cutout: {size: [1, 2]}}]"
        let outcome = try folder.mottle(
            "sweep", "compare.yaml", "--out", "all", "--quiet", "--set", evaluate)
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(outcome.output.hasPrefix("accuracy, median\n\ntest set"))
        #expect(outcome.output.hasSuffix("\nall\n"))
        let names = ["narrow-clean", "narrow-noise-of-0.3", "wide-clean", "wide-noise-of-0.3"]
        let runs = names.flatMap { ["\($0)-seed3", "\($0)-seed5"] }
        #expect(
            try folder.names("all")
                == (runs + ["sweep.json", "table.csv", "table.html", "table.md"]).sorted())
        let lines = try folder.text("all/table.csv").split(separator: "\n")
        // Four cells on each of three test sets, on the mean of the disturbed ones, and their corruption error.
        #expect(lines.count == 1 + 4 * 5)
        // A run of a sweep is a run like any other.
        #expect(
            try folder.mottle(
                "train", "small.yaml", "--seed", "5", "--out", "alone", "--quiet", "--set", "train.epochs=2",
                "--set", "chain.0.gaussian.sigma=0.3", "--set", evaluate
            ).status == 0)
        for file in ["model.safetensors", "robustness.json", "outcomes.safetensors"] {
            #expect(try folder.data("alone/\(file)") == folder.data("all/narrow-noise-of-0.3-seed5/\(file)"))
        }
        // What is complete is not done again; the table is made of the files.
        let table = try folder.text("all/table.md")
        #expect(table.contains("| cutout | size 2 |"))
        try FileManager.default.removeItem(atPath: "\(folder.path)/all/table.md")
        let again = try folder.mottle("sweep", "--resume", "all", "--json")
        #expect(again.errors == "")
        #expect(try folder.text("all/table.md") == table)
        #expect(try jsonObject(again.output)["measure"] as? String == "accuracy")
    }

    @Test func `a sweep that was killed goes on`() throws {
        let folder = try folder(sweep)
        #expect(try folder.mottle("sweep", "compare.yaml", "--out", "whole", "--quiet").status == 0)
        #expect(try folder.mottle("sweep", "compare.yaml", "--out", "half", "--quiet").status == 0)
        for name in ["wide-clean-seed5", "wide-noise-of-0.3-seed3"] {
            for file in ["robustness.json", "outcomes.safetensors", "model.safetensors"] {
                try FileManager.default.removeItem(atPath: "\(folder.path)/half/\(name)/\(file)")
            }
        }
        let outcome = try folder.mottle("sweep", "--resume", "half")
        #expect(outcome.errors.contains("[6/8] wide, clean, seed 5\n"))
        #expect(outcome.errors.contains("[7/8] wide, noise of 0.3, seed 3\n"))
        #expect(!outcome.errors.contains("[8/8]"))
        #expect(try folder.data("half/table.csv") == folder.data("whole/table.csv"))
    }

    @Test(arguments: [
        ("seeds: [3, 5]", "seeds: [3, 3]", "compare.yaml:2:12: error: the seed 3 is there twice"),
        (
            "config: small.yaml\n", "",
            "compare.yaml: error: 'config' is required: the config that all trainings start from, for instance 'config: fashion-mnist.yaml'"
        ),
        (
            "trained: clean", "trained: cleen",
            "compare.yaml:11:22: error: 'trained' has no choice 'cleen'; there are 'clean', 'noise of 0.3'"
        ),
        (
            "baseline: { trained", "baseline: { train",
            "compare.yaml:11:13: error: 'baseline' names the axis 'train', but 'vary' has 'model', 'trained'"
        ),
        ("seeds:", "sedes:", "compare.yaml:2:1: error: unknown key 'sedes'; did you mean 'seeds'?"),
        ("sigma: 0.3", "sigma: -1", "compare.yaml:10:"),
        (
            "train.epochs: 2", "train.epoch: 2",
            "compare.yaml:3:8: error: unknown key 'epoch' in 'train'; did you mean 'epochs'?"
        ),
    ])
    func `a wrong sweep is told before anything is trained`(old: String, new: String, message: String) throws
    {
        let folder = try folder(sweep.replacingOccurrences(of: old, with: new))
        let outcome = try folder.mottle("sweep", "compare.yaml", "--out", "all")
        #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
        #expect(outcome.status == 2 && !folder.exists("all"))
    }

    @Test func `trainings that were tested on other sets are not compared`() throws {
        let other = "chain.0.gaussian.sigma: 0.3, evaluate: [salt_and_pepper: { amount: [0.1, 0.2] }]"
        let folder = try folder(
            sweep.replacingOccurrences(of: "chain.0.gaussian.sigma: 0.3", with: other))
        let outcome = try folder.mottle("sweep", "compare.yaml", "--out", "all", "--quiet", "--seeds", "3")
        #expect(
            outcome.errors
                == "mottle: error: all: the trainings cannot be compared: they were not tested on the same sets\n"
        )
        #expect(outcome.status == 1 && !folder.exists("all/table.md"))
    }

    @Test func `folders that are no sweeps and wrong seeds are told`() throws {
        let folder = try folder(sweep)
        #expect(
            try folder.mottle("sweep", "--resume", ".").errors.contains(
                "not a sweep's folder, or of one that was ended before its runs were prepared: it has no sweep.json"
            ))
        #expect(
            try folder.mottle("sweep", "compare.yaml", "--seeds", "1,x").errors.contains(
                "--seeds wants whole numbers with commas, each once, got '1,x'"))
    }
}
