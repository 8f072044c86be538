import Foundation
import Testing

@Suite struct ValidationTests {
    private func train(_ folder: WorkFolder, _ arguments: [String]) throws -> WorkFolder.Outcome {
        try folder.run(WorkFolder.program, ["train"] + arguments)
    }

    private let everything = [
        "--set", "train.optimizer={adamw: {learning_rate: 0.02, weight_decay: 0.05}}", "--set",
        "train.schedule={cosine: {warm_up: {steps: 9}}}", "--set", "train.clip_norm=0.5", "--set",
        "train.accumulate=3", "--set", "train.average={decay: 0.9}", "--set",
        "validate={hold_out: 0.25, on: [clean, gaussian: {sigma: 0.3}], every: 2, keep: best, by: loss}",
        "--set",
        "metrics=[top_3, calibration, per_class, confusion]",
    ]

    @Test func `validation is logged, and the table has what was asked for`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try train(
            folder, ["small.yaml", "--out", "run", "--set", "train.epochs=6", "--json"] + everything)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = try folder.text("run/metrics.jsonl").split(separator: "\n")
        let validations = lines.filter { $0.contains(#""event": "validation""#) }
        #expect(validations.count == 3)
        #expect(validations[0].contains(#""epoch": 1"#))
        #expect(validations[0].contains(#""name": "gaussian", "parameters": {"sigma": 0.3"#))
        // About a quarter of 301 samples is kept back.
        let count = try #require(validations[0].firstMatch(of: /"count": (\d+)/)).1
        #expect((50...100).contains(Int(count)!))
        let table = try folder.text("run/robustness.json")
        #expect(table.contains(#""top_3": 1.0"#))
        #expect(table.contains(#""calibration": 0."#))
        #expect(table.contains(#""per_class": [{"recall": "#))
        #expect(table.contains(#""confusion": [["#))
        #expect(table.contains(#""count": 70"#))
        let shown = try folder.mottle("evaluate", "run")
        #expect(shown.output.hasPrefix("test set"))
        #expect(shown.output.contains("accuracy    loss   top_3  calibration"))
    }

    @Test func `a run that was interrupted comes to the same weights, averages and best weights`() throws {
        let folder = try WorkFolder.withSmallData()
        let settings = everything + ["--set", "train.epochs=150", "--set", "train.checkpoint={steps: 7}"]
        #expect(try train(folder, ["small.yaml", "--out", "whole", "--quiet"] + settings).status == 0)
        let run = try folder.start(["train", "small.yaml", "--out", "run"] + settings)
        run.wait { (try? folder.data("run/metrics.jsonl").count) ?? 0 > 9000 }
        run.send(SIGKILL)
        _ = try run.finish()
        let outcome = try folder.mottle("train", "--resume", "run", "--threads", "3")
        #expect(outcome.status == 0, "\(outcome.errors)")
        for file in ["model.safetensors", "robustness.json"] {
            #expect(try folder.data("run/\(file)") == folder.data("whole/\(file)"))
        }
        let verified = try folder.mottle("verify", "run")
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test func `training stops where it does not become better, and the best weights are kept`() throws {
        let folder = try WorkFolder.withSmallData()
        // With a rate of 0 behind two epochs nothing becomes better.
        let outcome = try train(
            folder,
            [
                "small.yaml", "--out", "run", "--set", "train.epochs=20", "--set",
                "train.schedule={step: {factor: 0, every: {epochs: 2}}}", "--set",
                "validate={patience: 3, keep: best}",
            ])
        #expect(outcome.status == 0)
        let stop = try #require(
            outcome.errors.firstMatch(
                of: /stopped behind epoch (\d+): no better accuracy than [0-9.]+ behind epoch (\d+)/))
        #expect(Int(stop.1)! == Int(stop.2)! + 3)
        #expect(Int(stop.1)! <= 5)
        #expect(try folder.mottle("evaluate", "run").status == 0)
        let verified = try folder.mottle("verify", "run", "--quiet")
        #expect(verified.errors == "" && verified.status == 0)

        // The last epoch's line is missed all the same.
        let log = try folder.text("run/metrics.jsonl")
        let last = "\"epoch\": \(Int(stop.1)! - 1),"
        let lines = log.split(separator: "\n").filter { !$0.contains(last) }
        #expect(lines.count < log.split(separator: "\n").count)
        try folder.write("run/metrics.jsonl", lines.joined(separator: "\n") + "\n")
        let shortened = try folder.mottle("verify", "run", "--quiet")
        #expect(
            shortened.errors
                == "mottle: error: run/metrics.jsonl: holds no digest of epoch \(Int(stop.1)! - 1), counted from 0; was it changed?\n"
        )
    }

    @Test func `a model gives samples back`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try train(
            folder,
            [
                "small.yaml", "--out", "run", "--set",
                "model=[flatten, dense: 20, relu, dense: 30]",
                "--set", "train.loss={mse: {over: hidden}}", "--set", "chain=[cutout: {size: 3}]", "--set",
                "metrics=[psnr, psnr_in]", "--set",
                "evaluate=[{cutout: {size: 3}}, {gaussian: {sigma: 0, mean: 0.25}}]", "--set",
                "validate={keep: best}",
            ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("psnr_in\n"), "\(outcome.output)")
        #expect(!outcome.output.contains("accuracy"))
        // Clean inputs differ from the samples by nothing, those of the last row by 0.25 everywhere.
        let rows = try #require(
            JSONSerialization.jsonObject(with: try folder.data("run/robustness.json")) as? [[String: Any]])
        #expect(rows[0]["psnr_in"] is NSNull)
        #expect(abs((rows[2]["psnr_in"] as? Double ?? 0) - 20 * log10(4)) < 1e-4)
        #expect(try folder.text("run/metrics.jsonl").contains(#""accuracy": null"#))
        let wrong = try folder.mottle(
            "train", "small.yaml", "--set", "train.loss=mse", "--set", "chain=[]")
        #expect(
            wrong.errors.hasPrefix(
                "small.yaml:10:5: error: model: the last layer gives [batch, 3], the loss compares it with samples [batch, 6, 5, 1]"
            ), "\(wrong.errors)")
    }

    @Test func `views are made to agree`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try train(
            folder, ["small.yaml", "--out", "run", "--set", "views=3", "--set", "train.consistency={js: 12}"])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `a model learns to fill in what is hidden of a text`() throws {
        let folder = try WorkFolder()
        let texts = ["to run quickly", "a small house", "to sleep and rest", "an animal and a house"]
        try folder.write(
            "texts.csv", "text,class\n" + (0..<40).map { "\(texts[$0 % 4]),\($0 % 2)\n" }.joined())
        try folder.write(
            "c.yaml",
            """
            data:
              text: { train: texts.csv, text: text, label: class, length: 24, tokenizer: characters }
              split: { train: 0.8 }
            chain:
              - mlm: { mask_id: 4, vocab: 9 }
            model:
              - token_embedding: { tokens: 300, width: 16 }
              - dense: 300
            train:
              epochs: 3
              loss: { cross_entropy: { target: tokens, over: hidden } }

            """)
        let wrong = try folder.mottle("train", "c.yaml")
        #expect(wrong.errors.contains("the loss wants [batch, 24, "), "\(wrong.errors)")
        let vocabulary = try #require(wrong.errors.firstMatch(of: /'dense: (\d+)' as the last layer/)).1
        let outcome = try train(folder, ["c.yaml", "--out", "run", "--set", "model.1.dense=\(vocabulary)"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("test set  parameters"))
    }
}
