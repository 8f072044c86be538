import Foundation
import Testing

@Suite struct ReplayTests {
    private static let chain = """
        chain:
          - gaussian: { sigma: { uniform: [0, { ramp: { from: 0.1, to: 0.4, epochs: 3 } }] } }
          - one_of:
              - cutout: { size: 2 }
              - salt_and_pepper: { amount: { ramp: { from: 0.05, to: 0.4, steps: 40 } } }
          - clip: true
        views: 2
        """

    private func trained() throws -> WorkFolder {
        let folder = try WorkFolder.withSmallData(
            replacing: "chain:\n  - gaussian: { sigma: 0.1 }", by: Self.chain)
        let outcome = try folder.mottle("train", "small.yaml", "--out", "run", "--quiet")
        #expect(outcome.errors == "" && outcome.status == 0)
        return folder
    }

    /// The 30 floats of a NumPy file.
    private func values(_ folder: WorkFolder, _ file: String) throws -> [Float] {
        let data = try folder.data(file)
        #expect(data.count == 128 + 30 * 4)
        return data.suffix(120).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    @Test func `a sample is what apply makes of it at its step`() throws {
        let folder = try trained()
        let replay = try folder.mottle(
            "replay", "run", "--epoch", "1", "--sample", "17", "--output", "a.npy", "--mask-output", "m.npy",
            "--json")
        #expect(replay.errors == "" && replay.status == 0)
        let told = try jsonObject(replay.output)
        let step = try #require(told["step"] as? Int)
        #expect((19..<38).contains(step) && told["class"] as? Int == 17 * 7 % 3)
        let sigma = try #require((told["drawn"] as? [String: Double])?["gaussian.sigma"])
        #expect(sigma > 0 && sigma <= 0.2001)

        // The same by another way: the images as an array, and the chain with the sample's step.
        let pixels = SmallData.images(SmallData.trainCount, seed: 13).map { Float($0) / 255 }
        try folder.write("x.npy", NumPyFile.floats([SmallData.trainCount, 6, 5, 1], pixels))
        let applied = try folder.mottle(
            "apply", "run/config.lock.yaml", "--input", "x.npy", "--output", "y.npy", "--mask-output",
            "n.npy", "--epoch", "1",
            "--step", "\(step)", "--quiet")
        #expect(applied.errors == "" && applied.status == 0)
        let all = try folder.data("y.npy").suffix(SmallData.trainCount * 120)
        let expected = Array(all.dropFirst(17 * 120).prefix(120))
        #expect(Array(try folder.data("a.npy").suffix(120)) == expected)
        let masks = try folder.data("n.npy").suffix(SmallData.trainCount * 30)
        #expect(Array(try folder.data("m.npy").suffix(30)) == Array(masks.dropFirst(17 * 30).prefix(30)))
    }

    @Test func `the chain can be left early, and views differ`() throws {
        let folder = try trained()
        func replayed(_ arguments: String...) throws -> [Float] {
            let outcome = try folder.run(
                WorkFolder.program,
                ["replay", "run", "--epoch", "0", "--sample", "200", "--output", "a.npy"] + arguments)
            #expect(outcome.errors == "" && outcome.status == 0)
            return try values(folder, "a.npy")
        }
        let clean = SmallData.images(SmallData.trainCount, seed: 13)[200 * 30..<201 * 30].map {
            Float($0) / 255
        }
        let (noisy, whole, other) = (
            try replayed("--until", "gaussian"), try replayed(), try replayed("--view", "2")
        )
        #expect(zip(noisy, clean).allSatisfy { $0 != $1 })
        #expect(whole != noisy && whole != other)
        #expect(whole.allSatisfy { (0...1).contains($0) } && zip(noisy, whole).count { $0 == $1 } > 10)
        #expect(try replayed("--until", "clip") == whole)
    }

    @Test func `a picture before the standardisation is the one of a chain without it`() throws {
        var pictures: [Data] = []
        for end in ["", "\n  - standardise: { mean: 0.5, std: 0.25 }"] {
            let folder = try WorkFolder.withSmallData(
                replacing: "  - gaussian: { sigma: 0.1 }", by: "  - gaussian: { sigma: 0.1 }" + end)
            #expect(try folder.mottle("train", "small.yaml", "--out", "run", "--quiet").status == 0)
            let replay = try folder.mottle(
                "replay", "run", "--epoch", "0", "--sample", "3", "--until", "gaussian", "--output", "a.png")
            #expect(replay.errors == "" && replay.status == 0)
            pictures.append(try folder.data("a.png"))
        }
        #expect(pictures[0] == pictures[1])
    }

    @Test func `a sample is written as picture, sound and text`() throws {
        let folder = try trained()
        let replay = ["replay", "run", "--epoch", "0", "--sample", "3", "--output"]
        #expect(try folder.run(WorkFolder.program, replay + ["a.png"]).status == 0)
        #expect(try folder.data("a.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
        #expect(try folder.run(WorkFolder.program, replay + ["a.txt"]).status == 0)
        let numbers = try folder.text("a.txt").split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
        #expect(try folder.run(WorkFolder.program, replay + ["a.npy"]).status == 0)
        #expect(try numbers == values(folder, "a.npy"))
    }

    @Test(arguments: [
        (
            ["--epoch", "0", "--sample", "301"],
            "run: there is no sample 301; the data has 301, counted from 0"
        ),
        (
            ["--epoch", "0", "--sample", "1", "--view", "3"],
            "run: there is no view 3; this run has 2 of each sample"
        ),
        (
            ["--epoch", "0", "--sample", "1", "--until", "gausian"],
            "run/config.lock.yaml: the chain has no entry 'gausian'; it has gaussian, cutout, salt_and_pepper, one_of, clip; "
                + "did you mean 'gaussian'?"
        ),
        (
            ["--epoch", "0", "--sample", "1", "--output", "a.wav"],
            "a.wav: a WAV file holds sounds [length]; this run's samples are [6, 5, 1]"
        ),
        (
            ["--epoch", "0", "--sample", "1", "--output", "a.jpg"],
            "a.jpg: the file's ending says what is written: .npy, .png, .wav or .txt"
        ),
    ])
    func `what cannot be replayed is told`(arguments: [String], text: String) throws {
        let folder = try trained()
        let outcome = try folder.run(WorkFolder.program, ["replay", "run"] + arguments)
        #expect(outcome.errors == "mottle: error: \(text)\n")
        #expect(outcome.status == 1)
    }
}

@Suite struct DiffTests {
    /// Two runs, of which the second one has other settings.
    private func difference(_ settings: String...) throws -> (text: [String], status: Int32) {
        let folder = try WorkFolder.withSmallData(
            replacing: "chain:\n  - gaussian: { sigma: 0.1 }",
            by: "chain:\n  - gaussian: { sigma: 0.1 }\n  - cutout: { size: 2 }")
        for (name, changes) in [("a", []), ("b", settings)] {
            let arguments =
                ["train", "small.yaml", "--out", name, "--quiet"] + changes.flatMap { ["--set", $0] }
            let outcome = try folder.run(WorkFolder.program, arguments)
            #expect(outcome.errors == "" && outcome.status == 0)
        }
        let outcome = try folder.mottle("diff", "a", "b", "--quiet")
        #expect(outcome.errors == "")
        return (outcome.output.split(separator: "\n").map(String.init), outcome.status)
    }

    @Test func `runs with the same stream are equal, whatever the model`() throws {
        let found = try difference("model=[flatten, dense: 3]")
        #expect(found.text == ["a and b: the streams are equal, 602 samples in 2 epochs"])
        #expect(found.status == 0)
    }

    @Test func `another parameter is found and named`() throws {
        let found = try difference("chain.1.cutout.size=3")
        #expect(
            found.text[0]
                == "a and b differ first in epoch 0, at position 0, both counted from 0; 0 samples before it are equal"
        )
        #expect(
            found.text[1].wholeMatch(
                of: /sample \d+ differs behind 'cutout': element \[\d, \d, 0\] is .* and .*/) != nil)
        #expect(found.text[2...] == ["why: the parameter 'size': 2 and 3"])
        #expect(found.status == 1)
    }

    @Test func `a parameter that changes later is found where it does`() throws {
        let found = try difference("chain.0.gaussian.sigma={steps: {from: 0.1, epochs: {1: 0.2}}}")
        #expect(
            found.text[0]
                == "a and b differ first in epoch 1, at position 0, both counted from 0; 301 samples before it are equal"
        )
        #expect(found.text[1].contains("differs behind 'gaussian'"))
        #expect(found.text[2].hasPrefix("why: the parameter 'sigma': 0.1 and "))
    }

    @Test func `another seed, batch order and labels are told`() throws {
        let seed = try difference("seed=9")
        #expect(seed.text[1].wholeMatch(of: /sample \d+ comes in one, sample \d+ in the other/) != nil)
        #expect(seed.text[2...] == ["why: the seed: 0 and 9"])
        let labels = try difference("data.label_noise=0.5")
        #expect(labels.text[1].wholeMatch(of: /sample \d+ has the label \d in one, \d in the other/) != nil)
        #expect(labels.text.last?.contains("label_noise: 0.5") == true)
    }

    @Test func `a line of a plugin that was changed is shown`() throws {
        let folder = try WorkFolder.withSmallData(
            replacing: "gaussian: { sigma: 0.1 }", by: "./own.lua: {}")
        for (name, factor) in [("a", "0.25"), ("b", "0.5")] {
            try folder.write(
                "own.lua",
                "mottle.noise { name = 'own', apply = function(x, p, rng)\n  return x * \(factor)\nend }\n")
            let outcome = try folder.mottle("train", "small.yaml", "--out", name, "--quiet")
            #expect(outcome.errors == "" && outcome.status == 0)
        }
        let outcome = try folder.mottle("diff", "a", "b", "--json")
        let found = try jsonObject(outcome.output)
        #expect(found["equal"] as? Bool == false && found["entries"] as? [String] == ["own", "own"])
        #expect(
            found["reasons"] as? [String]
                == ["the plugin's text, line 2: \"return x * 0.25\" and \"return x * 0.5\""])
        #expect(outcome.status == 1)
    }
}
