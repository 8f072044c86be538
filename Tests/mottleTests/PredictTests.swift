import Foundation
import Testing

@Suite struct PredictTests {
    /// A folder with a run of the small data.
    private func trained(_ changes: String...) throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData()
        let sets = (["train.epochs=60", "evaluate=[clean]"] + changes).flatMap { ["--set", $0] }
        let outcome = try folder.mottle(["train", "small.yaml", "--out", "run", "--quiet"] + sets)
        #expect(outcome.errors == "" && outcome.status == 0)
        return folder
    }

    @Test func `a run tells the classes of arrays, as its evaluation found them`() throws {
        let folder = try trained()
        let outcome = try folder.mottle(
            "predict", "run", "--input", "test-images", "--output", "all.npy", "--json", "--quiet")
        #expect(outcome.errors == "" && outcome.status == 0)
        let rows = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        #expect(rows.count == SmallData.testCount)
        #expect(rows[3]["sample"] as? String == "test-images, row 3")
        let labels = SmallData.labels(SmallData.testCount).map { Int($0) }
        let found = rows.map { $0["class"] as? Int }
        let correct = zip(found, labels).count { $0 == $1 }
        let table = try #require(
            JSONSerialization.jsonObject(with: try folder.data("run/robustness.json")) as? [[String: Any]])
        #expect(table[0]["accuracy"] as? Double == Double(correct) / Double(SmallData.testCount))
        // Some of the classes are right, and some samples have another class than the first.
        #expect(correct > SmallData.testCount / 2 && Set(found).count == 3)
        let outputs = NumPyFile.floats(try folder.data("all.npy"))
        #expect(NumPyFile.parts(try folder.data("all.npy")).header.contains("(70, 3)"))
        for (index, row) in rows.enumerated() {
            let values = outputs[index * 3..<index * 3 + 3].map { exp(Double($0)) }
            let label = try #require(row["class"] as? Int)
            #expect(values[label] == values.max())
            #expect(abs((row["probability"] as! Double) - values[label] / values.reduce(0, +)) < 1e-9)
            #expect((row["top"] as? [[String: Any]])?.count == 3)
        }
    }

    @Test func `images are scaled, arrays of floats are taken as they are`() throws {
        let folder = try trained()
        let images = SmallData.images(2, seed: 57)
        try folder.write("two.npy", NumPyFile.floats([2, 6, 5], images.map { Float($0) / 255 }))
        try folder.write("bytes.npy", NumPyFile.bytes([2, 6, 5, 1], images))
        let made = try folder.mottle("replay", "run", "--epoch", "0", "--sample", "3", "--output", "a.png")
        #expect(made.errors == "" && made.status == 0)
        try folder.write("pictures/inside/a.png", try folder.data("a.png"))
        let pictures = try folder.mottle("predict", "run", "--input", "pictures", "a.png", "--quiet")
        let rows = pictures.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.dropFirst().map { $0[0] } == ["pictures/inside/a.png", "a.png"])
        #expect(rows[1].dropFirst() == rows[2].dropFirst())
        let outcome = try folder.mottle("predict", "run", "--input", "two.npy", "bytes.npy", "--quiet")
        #expect(outcome.errors == "" && outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines[0] == ["sample", "class", "probability", "then"])
        #expect(lines[1].prefix(5) == ["two.npy,", "row", "0", "class", "0"])
        #expect(lines[4].prefix(4) == ["bytes.npy,", "row", "1", "class"])
        #expect(
            lines[1].dropFirst(3) == lines[3].dropFirst(3) && lines[2].dropFirst(3) == lines[4].dropFirst(3))
    }

    @Test func `a model of samples writes them`() throws {
        let folder = try trained("model=denoising_autoencoder", "train.loss=mse")
        let refused = try folder.mottle("predict", "run", "--input", "test-images")
        #expect(
            refused.errors
                == "mottle: error: run: its model gives [6, 5, 1] for each sample and no classes; --output takes a .npy file for it\n"
        )
        #expect(refused.status == 1)
        let outcome = try folder.mottle("predict", "run", "--input", "test-images", "--output", "clean.npy")
        #expect(outcome.output == "clean.npy: [70, 6, 5, 1]\n" && outcome.status == 0)
        #expect(Set(NumPyFile.floats(try folder.data("clean.npy"))).count > 1000)
    }

    @Test func `what a model cannot be asked about says what it takes`() throws {
        let folder = try trained()
        try folder.write("wide.npy", NumPyFile.floats([2, 6, 4], (0..<48).map { Float($0) }))
        try folder.write(
            "nan.npy", NumPyFile.floats([2, 6, 5], (0..<60).map { $0 == 40 ? .nan : Float($0) }))
        try folder.write("folder/notes.txt", "x")
        func error(_ input: String) throws -> String {
            let outcome = try folder.mottle("predict", "run", "--input", input)
            #expect(outcome.status == 1 && outcome.output == "")
            return outcome.errors
        }
        #expect(
            try error("wide.npy")
                == "mottle: error: wide.npy: an array of [2, 6, 4] found, the model takes samples "
                + "[6, 5, 1], so [N, 6, 5, 1] is expected\n")
        #expect(
            try error("folder")
                == "mottle: error: folder/notes.txt: a file of another kind in a folder of images; "
                + "files ending in png, jpg, jpeg are expected\n")
        #expect(try error("nan.npy").contains("nan.npy, row 1: the model's output is nan"))
        #expect(try error("nothing.npy").contains("nothing.npy"))
    }

    @Test func `a named model's lock file has its layers, and trains again`() throws {
        let folder = try trained("model={ mlp: { width: 9 } }")
        let lock = try folder.text("run/config.lock.yaml")
        #expect(!lock.contains("mlp"))
        #expect(
            lock.contains("outputs: 9") && lock.contains("outputs: 3") && lock.contains("init: he_uniform"))
        let again = try folder.mottle("train", "run/config.lock.yaml", "--out", "again", "--quiet")
        #expect(again.errors == "" && again.status == 0)
        #expect(try folder.data("run/model.safetensors") == folder.data("again/model.safetensors"))
    }
}
