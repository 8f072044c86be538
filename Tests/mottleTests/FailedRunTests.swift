import Foundation
import Testing

@Suite struct FailedRunTests {
    @Test func `an output folder that cannot be made`() throws {
        let folder = try WorkFolder.withSmallData()
        try folder.write("file", "")
        let outcome = try folder.mottle("train", "small.yaml", "--out", "file/run")
        #expect(outcome.errors == "mottle: error: file/run: cannot create the folder: Not a directory\n")
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
    }

    @Test func `an output folder that is there already is left as it is`() throws {
        let folder = try WorkFolder.withSmallData()
        try folder.write("run/notes", "mine")
        let outcome = try folder.mottle("train", "small.yaml", "--out", "run/")
        #expect(
            outcome.errors
                == "mottle: error: run: already exists, and a run never overwrites; choose another folder\n")
        #expect(outcome.status == 1)
        #expect(try folder.names("run") == ["notes"])
    }

    @Test func `a loss that is not finite stops the run and keeps the weights before it`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle(
            "train", "small.yaml", "--set", "train.optimizer.adam.learning_rate=1e30")
        let advice =
            "; try a lower learning rate or 'clip_norm', and check the strength of the noise and the range of the data; "
        #expect(
            outcome.errors.hasPrefix(
                "mottle: error: step 2: the loss is not a number: it begins forward in dense2 at model[3], for samples "
            ))
        #expect(
            outcome.errors.hasSuffix(
                advice + "the weights before this step are in runs/small-1/model.safetensors\n"),
            "\(outcome.errors)")
        #expect(outcome.status == 1)
        #expect(try SafetensorsFile(folder.data("runs/small-1/model.safetensors")).names.count == 4)
        #expect(!folder.exists("runs/small-1/robustness.json"))
    }

    @Test func `a run that fails later keeps its last good checkpoint and says where it is`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle(
            "train", "small.yaml", "--set", "train.optimizer.adam.learning_rate=1e30", "--set",
            "train.checkpoint={steps: 1}")
        #expect(
            outcome.errors.hasSuffix("; the last good checkpoint is runs/small-1/checkpoint.safetensors\n"),
            "\(outcome.errors)")
        #expect(try SafetensorsFile(folder.data("runs/small-1/checkpoint.safetensors")).names.count == 12)
    }

    @Test func `a value of the data that is not finite is named with its sample`() throws {
        let folder = try WorkFolder.withSmallData()
        var pixels = SmallData.images(SmallData.trainCount, seed: 13).map { Float($0) / 255 }
        pixels[217 * 30 + 4] = .nan
        try folder.write("train-images", NumPyFile.floats([SmallData.trainCount, 6, 5], pixels))
        let outcome = try folder.mottle("train", "small.yaml", "--set", "data.range=[0, 1]", "--quiet")
        #expect(
            outcome.errors
                == "mottle: error: 1 of the 30 values of sample 217 in epoch 0 are not finite before any noise\n"
        )
        #expect(outcome.status == 1)
        #expect(try SafetensorsFile(folder.data("runs/small-1/model.safetensors")).names.count == 4)
    }

    @Test func `noise that is not finite is named with its line and its sample`() throws {
        let folder = try WorkFolder.withSmallData(replacing: "gaussian: { sigma: 0.1 }", by: "./odd.lua: {}")
        try folder.write(
            "odd.lua",
            """
            mottle.noise { name = "odd", apply = function(x, p, rng)
              local n = rng:normal("N")
              return x + n / (n - n)
            end }
            """)
        let outcome = try folder.mottle("train", "small.yaml", "--quiet")
        #expect(outcome.errors.hasPrefix("odd.lua:3: error: '/' in chain/odd makes "))
        #expect(outcome.errors.hasSuffix(" in epoch 0 infinite or nan\n"))
        #expect(outcome.status == 1)
    }

    /// One step in all, which looks at the loss only before it changes the weights.
    @Test func `weights that the last step spoils fail the run`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle(
            "train", "small.yaml", "--quiet", "--set", "train.optimizer={sgd: {learning_rate: 3e38}}",
            "--set",
            "train.epochs=1", "--set", "train.batch_size=301")
        let message =
            "mottle: error: the loss on the clean test set is not a number; try a lower learning rate or 'clip_norm', "
            + "and check the strength of the noise and the range of the data\n"
        #expect(outcome.errors == message)
        #expect(outcome.output == "")
        #expect(outcome.status == 1)
        #expect(!folder.exists("runs/small-1/robustness.json"))
        let again = try folder.mottle("evaluate", "runs/small-1")
        #expect(again.errors == message)
        #expect(again.status == 1)
    }

    /// A limit of the shell stands in for a disk without room: one block of 512 bytes.
    @Test func `a file that finds no room leaves no part of itself`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.shell("ulimit -f 1; $MOTTLE train small.yaml")
        #expect(
            outcome.errors == "mottle: error: runs/small-1/config.lock.yaml: cannot write: File too large\n")
        #expect(outcome.status == 1)
        #expect(try folder.names("runs/small-1") == [])
    }

    @Test func `a result that cannot be written is an error`() throws {
        let folder = try WorkFolder()
        let outcome = try folder.shell("$MOTTLE plugins > /dev/full")
        #expect(outcome.errors == "mottle: error: standard output: cannot write: No space left on device\n")
        #expect(outcome.status == 1)
    }

    @Test func `a run goes on when nobody reads its progress or its result`() throws {
        let folder = try WorkFolder.withSmallData()
        // The reader of both leaves before the first line.
        let outcome = try folder.shell(
            "{ while [ ! -e closed ]; do sleep 0.01; done; $MOTTLE train small.yaml 2>&1; echo $? > status; } | "
                + "{ exec < /dev/null; touch closed; }; wait; while [ ! -s status ]; do sleep 0.01; done")
        #expect(outcome.errors == "")
        #expect(try folder.text("status") == "141\n")
        #expect(
            try folder.names("runs/small-1")
                == [
                    "checkpoint.safetensors", "config.lock.yaml", "metrics.jsonl", "model.safetensors",
                    "outcomes.safetensors", "robustness.json",
                ])
    }
}
