import Foundation
import Testing

@Suite struct TestPictureTests {
    /// A folder with a run whose model makes samples of what `bernoulli` leaves of them.
    private func trained(seed: Int = 0) throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData()
        let sets = [
            "model=[flatten, dense: 30]", "chain=[bernoulli: {ratio: 0.5}]",
            "evaluate=[bernoulli: {ratio: 0.5}]", "metrics=[psnr]", "train.loss={mse: {over: hidden}}",
        ].flatMap { ["--set", $0] }
        let outcome = try folder.mottle(
            ["train", "small.yaml", "--out", "run", "--quiet", "--seed", "\(seed)"] + sets)
        #expect(outcome.errors == "" && outcome.status == 0)
        return folder
    }

    private func picture(_ folder: WorkFolder, _ arguments: [String] = []) throws -> Data {
        let outcome = try folder.mottle(
            ["evaluate", "run", "--quiet", "--picture", "sheet.png"] + arguments)
        #expect(outcome.errors == "" && outcome.status == 0)
        #expect(outcome.output.hasPrefix("test set"))
        return try folder.data("sheet.png")
    }

    @Test func `samples of each test set are drawn with what the model makes of them`() throws {
        let folder = try trained()
        let (usual, others) = (try picture(folder), try picture(folder, ["--samples", "3-5"]))
        #expect(usual.starts(with: Data([0x89] + Array("PNG".utf8))) && usual != others)
        #expect(try picture(folder, ["--samples", "0-2"]) == usual)
        let two = try picture(
            folder, ["--set", "evaluate=[bernoulli: {ratio: 0.5}, gaussian: {sigma: 0.3}]"])
        #expect(two.count > usual.count)
    }

    @Test func `where nothing is asked of outputs the sample itself is drawn`() throws {
        let (one, other) = (try trained(seed: 1), try trained(seed: 2))
        // No ratios below the pictures: they would tell one model from the other.
        let nothing = ["--set", "evaluate=[bernoulli: {ratio: 0}]", "--set", "metrics=[]"]
        let half = ["--set", "evaluate=[bernoulli: {ratio: 0.5}]", "--set", "metrics=[]"]
        func same(_ arguments: [String]) throws -> Bool {
            try picture(one, arguments) == picture(other, arguments)
        }
        #expect(try same(nothing))
        #expect(try !same(half))
        #expect(try !same(nothing + ["--set", "train.loss=mse"]))
    }

    @Test func `what cannot be drawn says why, before anything is measured`() throws {
        let folder = try trained()
        func refused(_ arguments: String...) throws -> String {
            let outcome = try folder.mottle(["evaluate", "run", "--quiet"] + arguments)
            #expect(outcome.output == "" && outcome.status != 0)
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/sheet.png"))
            return outcome.errors
        }
        #expect(
            try refused("--picture", "sheet.png", "--samples", "70")
                == "config: error: --samples: there is no sample 70 among the 70 of the test set\n")
        #expect(
            try refused(
                "--picture", "sheet.png", "--samples", "0-69", "--set",
                "evaluate=[bernoulli: {ratio: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]}]")
                == "config: error: --samples: 70 samples of each of 6 test sets are 420 to draw, at most 400; fewer test "
                + "sets are chosen with --set evaluate\n")
        #expect(
            try refused("--samples", "0").contains(
                "--samples says what is drawn: it wants --picture, too"))
    }

    @Test func `of a classifier the classes that it finds are told`() throws {
        let folder = try WorkFolder.withSmallData()
        _ = try folder.mottle("train", "small.yaml", "--out", "run", "--quiet", "--set", "train.epochs=60")
        let nothing = ["--set", "evaluate=[gaussian: {sigma: 0}]"]
        let right = try picture(folder, nothing)
        // The same pictures from a model that has learned nothing.
        _ = try folder.mottle(
            "train", "small.yaml", "--out", "other", "--quiet", "--set",
            "train.optimizer={sgd: {learning_rate: 1e-9}}")
        try FileManager.default.removeItem(atPath: folder.path + "/run")
        try FileManager.default.moveItem(atPath: folder.path + "/other", toPath: folder.path + "/run")
        #expect(try picture(folder, nothing) != right)
    }

    @Test func `of a language model nothing is drawn`() throws {
        let folder = try WorkFolder()
        try folder.write("texts.csv", "text,class\n" + (0..<40).map { "to run \($0),\($0 % 2)\n" }.joined())
        try folder.write(
            "c.yaml",
            """
            data:
              text: { train: texts.csv, text: text, label: class, length: 12, tokenizer: characters }
              split: { train: 0.8 }
            chain: [mlm: { mask_id: 4, vocab: 9 }]
            model: [token_embedding: { tokens: 21, width: 16 }, dense: 21]
            train: { epochs: 1, loss: { cross_entropy: { target: tokens, over: hidden } } }
            """)
        #expect(try folder.mottle("train", "c.yaml", "--out", "run", "--quiet").status == 0)
        let outcome = try folder.mottle("evaluate", "run", "--quiet", "--picture", "sheet.png")
        #expect(
            outcome.errors
                == "mottle: error: run: its model gives tokens, of which --picture has no form; it draws what models with "
                + "'target: clean' and 'target: labels' make of samples\n")
        #expect(outcome.status == 1 && outcome.output == "")
    }
}
