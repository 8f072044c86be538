import Foundation
import Testing

@Suite struct EarlierRunTests {
    /// A folder with a run of three classes in `before`.
    private func pretrained() throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData()
        try train(folder, "before", "train.epochs=3")
        return folder
    }

    @discardableResult
    private func train(
        _ folder: WorkFolder, _ out: String, _ changes: String..., config: String = "small.yaml",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> WorkFolder.Outcome {
        let sets = (["evaluate=[clean]"] + changes).flatMap { ["--set", $0] }
        let outcome = try folder.mottle(["train", config, "--out", out, "--quiet"] + sets)
        #expect(outcome.errors == "" && outcome.status == 0, sourceLocation: sourceLocation)
        return outcome
    }

    private func weights(_ folder: WorkFolder, _ run: String) throws -> [String: Data] {
        try SafetensorsFile(try folder.data("\(run)/model.safetensors")).tensors
    }

    /// Another end on the same first layers.
    private static let other = "model=[flatten, dense: 8, relu, dense: 5, relu, dense: 3]"

    @Test func `a run starts with the weights of another one, and freezes them`() throws {
        let folder = try pretrained()
        try train(
            folder, "probe", Self.other, "train.init_from=before", "train.freeze=[dense1.*]",
            "train.optimizer={adamw: {weight_decay: 0.5}}")
        let (before, after) = (try weights(folder, "before"), try weights(folder, "probe"))
        #expect(
            after["dense1.weight"] == before["dense1.weight"] && after["dense1.bias"] == before["dense1.bias"]
        )
        #expect(after.count == 6 && before.count == 4)
        // Not frozen, they are where training begins.
        try train(folder, "tuned", Self.other, "train.init_from=before", "train.epochs=1")
        try train(folder, "anew", Self.other, "train.epochs=1")
        let (tuned, anew) = (try weights(folder, "tuned"), try weights(folder, "anew"))
        #expect(
            tuned["dense1.weight"] != before["dense1.weight"]
                && tuned["dense1.weight"] != anew["dense1.weight"])
    }

    @Test func `weights are taken by other names`() throws {
        let folder = try pretrained()
        try train(
            folder, "renamed", "model=[reshape: [6, 5], dense: 5, flatten, dense: 8, relu, dense: 3]",
            #"train.init_from={run: before, layers: {"dense3.*": "dense2.*"}}"#, #"train.freeze=["dense3.*"]"#
        )
        let (before, after) = (try weights(folder, "before"), try weights(folder, "renamed"))
        #expect(
            after["dense3.weight"] == before["dense2.weight"] && after["dense3.bias"] == before["dense2.bias"]
        )
    }

    @Test func `the lock file knows the run's weights again`() throws {
        let folder = try pretrained()
        try train(folder, "tuned", Self.other, "train.init_from=before")
        let lock = try folder.text("tuned/config.lock.yaml")
        #expect(lock.contains("run: \"\(try resolved(folder))/before\"\n"))
        try train(folder, "again", config: "tuned/config.lock.yaml")
        #expect(try folder.data("again/model.safetensors") == folder.data("tuned/model.safetensors"))
        // The same form with other values.
        try train(folder, "other", "seed=9")
        try folder.write("before/model.safetensors", folder.data("other/model.safetensors"))
        let outcome = try folder.mottle("train", "tuned/config.lock.yaml", "--out", "third")
        let pattern =
            #"before/model.safetensors: has the SHA-256 [0-9a-f]{12}…, not [0-9a-f]{12}…: these are not the weights that "#
            + #"'init_from' was recorded with; without 'sha256' any are taken\n$"#
        #expect(outcome.errors.range(of: pattern, options: .regularExpression) != nil, "\(outcome.errors)")
        #expect(outcome.status == 1 && !folder.exists("third"))
    }

    private func resolved(_ folder: WorkFolder) throws -> String {
        try folder.shell("pwd -P").output.trimmingCharacters(in: .newlines)
    }

    @Test func `a run that goes on does not look for the earlier one`() throws {
        let folder = try pretrained()
        try train(folder, "tuned", Self.other, "train.init_from=before", "validate={keep: best}")
        try FileManager.default.removeItem(atPath: "\(folder.path)/before")
        try FileManager.default.removeItem(atPath: "\(folder.path)/tuned/robustness.json")
        let model = try folder.data("tuned/model.safetensors")
        for arguments in [["train", "--resume", "tuned", "--quiet"], ["evaluate", "tuned", "--quiet"]] {
            let outcome = try folder.mottle(arguments)
            #expect(outcome.errors == "" && outcome.status == 0)
        }
        #expect(try folder.data("tuned/model.safetensors") == model)
    }

    @Test func `a person is told how many weights are taken`() throws {
        let folder = try pretrained()
        let outcome = try folder.mottle(
            "train", "small.yaml", "--out", "tuned", "--set", "train.init_from=before", "--set", Self.other)
        #expect(outcome.errors.contains("2 of 6 weights start as \(try resolved(folder))/before has them\n"))
    }

    @Test(arguments: [
        (["train.init_from=nothing"], "mottle: error: FOLDER/nothing: no such run folder\n"),
        (
            ["train.init_from={run: before, layers: [\"dens*\", \"denes1.*\"]}"],
            "--set train.init_from={run: before, layers: [\"dens*\", \"denes1.*\"]}: error: 'init_from': 'layers' has "
                + "'denes1.*', but no weight of the model is named so; there are "
                + "dense1.weight, dense1.bias, dense2.weight, dense2.bias\n"
        ),
        (
            ["train.init_from={run: before, layers: [\"*\"]}", "model=[flatten, dense: 6, relu, dense: 3]"],
            "--set train.init_from={run: before, layers: [\"*\"]}: error: 'init_from': 'layers' takes 'dense1.weight' "
                + "[30, 6] from 'dense1.weight' [30, 8], but both must be of one shape; leave it out of 'layers', and it starts anew\n"
        ),
        (
            ["train.freeze=[dense1.wieght]"],
            "--set train.freeze=[dense1.wieght]: error: 'freeze' has 'dense1.wieght', but no weight is named so; there are dense1.weight, "
                + "dense1.bias, dense2.weight, dense2.bias\n"
        ),
        (
            ["train.freeze=[\"*\"]"],
            "--set train.freeze=[\"*\"]: error: 'freeze' means all weights, so there is nothing to train\n"
        ),
        (
            ["train.groups=[{weights: [\"dense1.*\", \"*.scale\"], weight_decay: 0}]"],
            "--set train.groups=[{weights: [\"dense1.*\", \"*.scale\"], weight_decay: 0}]: error: 'groups[0]' has '*.scale', "
                + "but no weight is named so; there are dense1.weight, dense1.bias, dense2.weight, dense2.bias\n"
        ),
        (
            [
                "train.groups=[{weights: [\"*.bias\"], weight_decay: 0}, {weights: [\"dense2.*\"], learning_rate: 1}]"
            ],
            "--set train.groups=[{weights: [\"*.bias\"], weight_decay: 0}, {weights: [\"dense2.*\"], learning_rate: 1}]: error: "
                + "'groups[1]' has dense2.bias, which is in 'groups[0]', too; a weight is in one group at most\n"
        ),
    ])
    func `what does not fit leaves no folder`(changes: [String], text: String) throws {
        let folder = try pretrained()
        let sets = changes.flatMap { ["--set", $0] }
        let outcome = try folder.mottle(["train", "small.yaml", "--out", "tuned"] + sets)
        #expect(outcome.errors == text.replacing("FOLDER", with: try resolved(folder)))
        #expect(outcome.status != 0 && !folder.exists("tuned"))
    }

    @Test func `a run without weights is told`() throws {
        let folder = try pretrained()
        try FileManager.default.removeItem(atPath: "\(folder.path)/before/model.safetensors")
        let outcome = try folder.mottle("train", "small.yaml", "--set", "train.init_from=before")
        #expect(
            outcome.errors
                == "mottle: error: \(try resolved(folder))/before: has no model.safetensors for 'init_from'; "
                + "the run must come to its end first\n")
    }
}
