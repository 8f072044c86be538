import Foundation
import Testing

@Suite struct HeadsTests {
    private static let config = """
        data:
          train: { images: train-images, labels: train-labels }
          test: { images: test-images, labels: test-labels }
        chain:
          - cutout: { size: 3 }
        model:
          - flatten
          - dense: 8
          - relu
          - heads:
              classes: [dense: classes]
              picture: [dense: 20, relu, dense: 30]
              code: [tanh, dense: 3]
        train:
          epochs: 2
          batch_size: 16
          loss:
            heads:
              code: { cosine: { target: labels }, weight: 0.25 }
              picture: { mse: { over: hidden }, weight: 2 }
              classes: cross_entropy
        metrics: [psnr]
        evaluate:
          - cutout: { size: 3 }

        """

    private func trained(_ arguments: String...) throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData(config: Self.config)
        let outcome = try folder.mottle(["train", "small.yaml", "--out", "run", "--quiet"] + arguments)
        #expect(outcome.errors == "" && outcome.status == 0)
        return folder
    }

    @Test func `a table has the numbers of each head, whose order is the model's`() throws {
        let folder = try trained()
        let rows = try #require(try folder.json("run/robustness.json") as? [[String: Any]])
        for row in rows {
            let losses = ["classes", "picture", "code"].map { row["\($0)_loss"] as? Double ?? .nan }
            let sum = losses[0] + 2 * losses[1] + 0.25 * losses[2]
            #expect(abs((row["loss"] as! Double) - sum) < 1e-9)
            #expect(row["accuracy"] is Double && row["psnr"] is Double && row["code_accuracy"] is Double)
            #expect(row["classes_accuracy"] == nil && row["picture_accuracy"] == nil)
        }
        let table = try folder.mottle("evaluate", "run").output
        #expect(
            table.contains(
                /accuracy +loss +classes_loss +picture_loss +code_loss +code_accuracy +psnr\n/))
        let log = try folder.text("run/metrics.jsonl").split(separator: "\n")
        let epoch = try jsonObject(String(log.last { $0.contains(#""event": "epoch""#) }!))
        let parts = ["classes", "picture", "code"].map { epoch["\($0)_loss"] as? Double ?? .nan }
        #expect(abs((epoch["loss"] as! Double) - (parts[0] + 2 * parts[1] + 0.25 * parts[2])) < 1e-9)
        // The lock file has the order of the model, and trains the same weights.
        let lock = try folder.text("run/config.lock.yaml")
        #expect(lock.contains(/heads:\n +classes:\n +cross_entropy:(.|\n)*weight: 1\n +picture:\n +mse:/))
        let again = try folder.mottle("train", "run/config.lock.yaml", "--out", "again", "--quiet")
        #expect(again.errors == "" && again.status == 0)
        #expect(try folder.data("again/model.safetensors") == folder.data("run/model.safetensors"))
    }

    @Test func `a run that is killed comes to the same weights and the same log`() throws {
        let settings = ["--set", "train.epochs=150", "--set", "train.checkpoint={steps: 7}"]
        let folder = try WorkFolder.withSmallData(config: Self.config)
        let whole = try folder.mottle(["train", "small.yaml", "--out", "whole", "--quiet"] + settings)
        #expect(whole.errors == "" && whole.status == 0)
        let run = try folder.start(["train", "small.yaml", "--out", "run"] + settings)
        run.wait { (try? folder.data("run/metrics.jsonl").count) ?? 0 > 9000 }
        run.send(SIGKILL)
        #expect(try run.finish().status == -SIGKILL)
        let outcome = try folder.mottle("train", "--resume", "run", "--threads", "3", "--quiet")
        #expect(outcome.errors == "" && outcome.status == 0)
        for file in ["model.safetensors", "robustness.json"] {
            #expect(try folder.data("run/\(file)") == folder.data("whole/\(file)"))
        }
        func log(_ run: String) throws -> [String] {
            try folder.text("\(run)/metrics.jsonl").split(separator: "\n").map { line in
                String(line).replacing(/"(samples_per_second|seconds)": [^,}]*/, with: "")
            }
        }
        #expect(try log("run") == log("whole"))
    }

    @Test func `a prediction is of the first head, or of the one that is asked for`() throws {
        let folder = try trained()
        func predict(_ arguments: String...) throws -> WorkFolder.Outcome {
            try folder.mottle(["predict", "run", "--input", "test-images", "--quiet"] + arguments)
        }
        let first = try predict("--output", "classes.npy")
        #expect(first.output.hasPrefix("sample") && first.status == 0)
        #expect(NumPyFile.parts(try folder.data("classes.npy")).header.contains("(70, 3)"))
        #expect(try predict("--head", "classes").output == first.output)
        let code = try predict("--head", "code")
        #expect(code.output.contains(" output ") && code.output != first.output)
        let picture = try predict("--head", "picture", "--output", "picture.npy")
        #expect(picture.output == "" && picture.errors == "")
        #expect(NumPyFile.parts(try folder.data("picture.npy")).header.contains("(70, 30)"))
        #expect(
            try predict("--head", "picture").errors
                == "mottle: error: run: its head 'picture' gives [30] for each sample and no classes; --output takes a .npy "
                + "file for it\n")
        let wrong = try predict("--head", "pictur")
        #expect(
            wrong.errors
                == "mottle: error: run: its model has no head 'pictur'; known are classes, picture, code; did you mean "
                + "'picture'?\n")
        #expect(wrong.status == 1)
    }

    @Test func `the table of a model has its heads`() throws {
        let folder = try WorkFolder.withSmallData(config: Self.config)
        let outcome = try folder.mottle("model", "small.yaml")
        #expect(outcome.errors == "" && outcome.status == 0)
        // The first two columns.
        let lines = outcome.output.split(separator: "\n").dropFirst().dropLast(2).map {
            String($0.prefix(28).replacing(#/ +$/#, with: ""))
        }
        #expect(
            lines
                == [
                    "input       [batch, 6, 5, 1]",
                    "flatten1    [batch, 30]",
                    "dense1      [batch, 8]",
                    "relu1       [batch, 8]",
                    "heads1      [batch, 8]",
                    "  classes   [batch, 3]",
                    "    dense2  [batch, 3]",
                    "  picture   [batch, 30]",
                    "    dense3  [batch, 20]",
                    "    relu2   [batch, 20]",
                    "    dense4  [batch, 30]",
                    "  code      [batch, 3]",
                    "    tanh1   [batch, 8]",
                    "    dense5  [batch, 3]",
                ])
        let bench = try folder.mottle(
            "bench", "train", "small.yaml", "--rounds", "1", "--seconds", "0.05", "--json")
        let layers = try #require(try jsonObject(bench.output)["layers"] as? [[String: Any]])
        #expect(
            layers.map { $0["name"] as? String } == [
                "flatten1", "dense1", "relu1", "heads1", "dense2", "dense3", "relu2", "dense4", "tanh1",
                "dense5",
            ])
    }

    @Test(arguments: [
        (
            "      picture: { mse", "      pictur: { mse",
            "small.yaml:20:15: error: the loss has a head 'pictur', which the model has not; known are classes, picture, code; "
                + "did you mean 'picture'?"
        ),
        (
            "      code: { cosine: { target: labels }, weight: 0.25 }\n", "",
            "small.yaml:19:7: error: the loss has nothing for the model's head 'code'"
        ),
        (
            "picture: [dense: 20, relu, dense: 30]", "picture: [dense: 20, relu, dense: 31]",
            "small.yaml:12:34: error: model[3].heads.picture[2]: the last layer gives [batch, 31], the loss compares it with "
                + "samples [batch, 6, 5, 1]; 'dense: 30' as the last layer?"
        ),
        (
            "train:\n  epochs", "  - relu\ntrain:\n  epochs",
            "small.yaml:10:5: error: model[3] heads: must stand last in the model's list, behind the layers that all heads share"
        ),
    ])
    func `a mistake is named with its place`(old: String, new: String, message: String) throws {
        #expect(Self.config.contains(old), "\(old)")
        let folder = try WorkFolder.withSmallData(
            config: Self.config.replacingOccurrences(of: old, with: new))
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(outcome.errors == message + "\n" && outcome.status == 2)
    }

    @Test func `losses and heads go together`() throws {
        let folder = try WorkFolder.withSmallData(config: Self.config)
        let plain = try folder.mottle("model", "small.yaml", "--set", "train.loss=mse")
        #expect(
            plain.errors
                == "--set train.loss=mse: error: the model has the heads classes, picture, code, each of which wants a loss: "
                + "'loss: { heads: { classes: …, picture: …, code: … } }'\n")
        let headless = try folder.mottle("model", "small.yaml", "--set", "model=[flatten, dense: 3]")
        #expect(
            headless.errors
                == "small.yaml:19:13: error: the loss has a head 'code', the model has none; "
                + "'heads: { code: [dense: classes], … }' as the last layer?\n")
    }
}
