import Foundation
import Testing

@Suite struct DataTests {
    @Test func `data is described by reading it`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle("data", "small.yaml", "--output", "sheet.png")
        #expect(outcome.errors == "" && outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0] == "samples   [6, 5, 1], range 0…1")
        #expect(lines[1] == "train     301 samples in 3 classes")
        #expect(
            lines[2].wholeMatch(of: /\ {10}values 0…0\.9\d*, mean 0\.\d+, standard deviation 0\.\d+/) != nil)
        #expect(lines[3] == "test      70 samples in 3 classes")
        #expect(lines[5].split(separator: " ") == ["class", "train", "test"])
        #expect(lines[6].split(separator: " ").prefix(3) == ["0", "101", "24"])
        #expect(lines.count == 9)
        #expect(try folder.data("sheet.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
    }

    @Test func `a program is told in JSON, of the samples that take part`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle(
            "data", "small.yaml", "--json", "--limit", "50", "--set", "data.subset={per_class: 20}")
        let train = try #require(jsonObject(outcome.output)["train"] as? [String: Any])
        #expect(train["samples"] as? Int == 60 && train["of"] as? Int == 301 && train["read"] as? Int == 50)
        #expect(train["classes"] as? [Int] == [20, 20, 20] && train["shape"] as? [Int] == [6, 5, 1])
    }

    /// A folder of three images for each of two classes, of which one is cut short.
    private func pictures() throws -> WorkFolder {
        let folder = try WorkFolder()
        let data = try WorkFolder.withSmallData()
        let sheet = try data.mottle("data", "small.yaml", "--output", "sheet.png")
        #expect(sheet.status == 0)
        let png = try data.data("sheet.png")
        for name in ["cat/1", "cat/2", "cat/3", "dog/1", "dog/2"] { try folder.write("in/\(name).png", png) }
        try folder.write("in/dog/3.png", png.prefix(png.count / 2))
        try folder.write(
            "pictures.yaml",
            """
            data:
              images: { train: in, size: 8 }
              split: { train: 0.7 }
            chain: [gaussian]
            model: [flatten, dense: 2]
            train: { epochs: 2, batch_size: 2 }
            """)
        return folder
    }

    @Test func `a file that cannot be read stops a run or is left out and listed`() throws {
        let folder = try pictures()
        let found = try folder.mottle("data", "pictures.yaml")
        #expect(found.status == 1)
        #expect(
            found.output.contains(
                "          1 sample cannot be read:\n            \(folder.path)/in/dog/3.png: "))
        let stopped = try folder.mottle("train", "pictures.yaml", "--quiet", "--out", "stopped")
        #expect(stopped.status == 1)
        #expect(stopped.errors.hasPrefix("mottle: error: \(folder.path)/in/dog/3.png: "))
        let run = try folder.mottle(
            "train", "pictures.yaml", "--quiet", "--out", "run", "--set", "data.on_error=skip", "--json")
        #expect(run.errors == "" && run.status == 0)
        #expect(try jsonObject(run.output)["skipped"] as? Int == 1)
        let line = try jsonObject(folder.text("run/skipped.jsonl"))
        #expect(line["half"] as? String == "train" && line["sample"] as? Int == 5)
        #expect((line["reason"] as? String)?.hasPrefix("\(folder.path)/in/dog/3.png: ") == true)
        #expect(try folder.mottle("verify", "run", "--quiet").status == 0)
    }

    @Test func `test samples that cannot be read are counted and listed, too`() throws {
        let folder = try pictures()
        try FileManager.default.copyItem(atPath: folder.path + "/in", toPath: folder.path + "/test")
        try FileManager.default.removeItem(atPath: folder.path + "/in/dog/3.png")
        let run = try folder.mottle(
            "train", "pictures.yaml", "--quiet", "--out", "run", "--json", "--set",
            "data={images: {train: in, test: test, size: 8}, on_error: skip}", "--set", "evaluate=[gaussian]")
        #expect(run.errors == "" && run.status == 0)
        #expect(try jsonObject(run.output)["skipped"] as? Int == 1)
        let lines = try folder.text("run/skipped.jsonl").split(separator: "\n")
        let line = try jsonObject(String(lines[0]))
        #expect(lines.count == 1 && line["half"] as? String == "test" && line["sample"] as? Int == 5)
        #expect(try folder.text("run/robustness.json").split(separator: "\"count\": 5,").count == 3)

        for name in ["cat/1", "cat/2", "cat/3", "dog/1", "dog/2"] {
            try folder.write("test/\(name).png", "no image")
        }
        let none = try folder.mottle("evaluate", "run", "--quiet")
        #expect(none.errors == "mottle: error: no sample of the test set 'clean' can be read\n")
        #expect(none.status == 1)
    }
}
