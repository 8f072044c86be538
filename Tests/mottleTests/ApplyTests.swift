import Foundation
import Testing

@Suite struct ApplyTests {
    private static let chain = """
        seed: 3
        chain:
          - salt_and_pepper: { amount: 0.3 }
          - cutout: { size: { uniform: [1, 3] } }
            fill: noise
            probability: 0.5

        """

    /// 5 samples of 6 × 4 × 2 that all differ.
    private static let shape = [5, 6, 4, 2]
    private static let values = (0..<240).map { Float($0 * 7919 % 241) / 256 }

    private static func folder(_ chain: String = chain) throws -> WorkFolder {
        let folder = try WorkFolder()
        try folder.write("chain.yaml", chain)
        try folder.write("x.npy", NumPyFile.floats(shape, values))
        return folder
    }

    @Test func `a sample depends on its id and not on its place`() throws {
        let folder = try Self.folder()
        let whole = try folder.mottle(
            "apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--mask-output", "m.npy",
            "--first-id", "7")
        #expect(whole.errors == "")
        #expect(whole.output == "y.npy: [5, 6, 4, 2]\n")
        let (all, mask) = (
            NumPyFile.floats(try folder.data("y.npy")), NumPyFile.parts(try folder.data("m.npy"))
        )
        #expect(mask.header.contains("'|u1'"))
        #expect(Set(mask.values) == [0, 1])
        for (sample, hidden) in mask.values.enumerated() where hidden == 0 {
            #expect(all[sample] == Self.values[sample])
        }
        for sample in 0..<5 {
            let part = sample * 48..<(sample + 1) * 48
            try folder.write("one.npy", NumPyFile.floats([1, 6, 4, 2], Array(Self.values[part])))
            _ = try folder.mottle(
                "apply", "chain.yaml", "--input", "one.npy", "--output", "one-y.npy", "--first-id",
                "\(7 + sample)")
            #expect(NumPyFile.floats(try folder.data("one-y.npy")) == Array(all[part]))
        }
    }

    @Test(arguments: [["--epoch", "1"], ["--seed", "4"], ["--first-id", "1"], ["--set", "seed=4"]])
    func `epoch, seed and id make other noise, threads do not`(options: [String]) throws {
        let folder = try Self.folder()
        let common = ["apply", "chain.yaml", "--input", "x.npy", "--output"]
        _ = try folder.run(WorkFolder.program, common + ["a.npy", "--threads", "1"])
        _ = try folder.run(WorkFolder.program, common + ["b.npy", "--threads", "2"])
        _ = try folder.run(WorkFolder.program, common + ["c.npy"] + options)
        #expect(try folder.data("a.npy") == folder.data("b.npy"))
        #expect(try folder.data("a.npy") != folder.data("c.npy"))
    }

    @Test(arguments: [[7], [7, 5], [7, 5, 3], [7, 5, 3, 2], [0, 28, 28]])
    func `any rank goes through noise for any axes`(shape: [Int]) throws {
        let folder = try Self.folder("chain: [gaussian: { sigma: 0.5 }]\n")
        let count = shape.reduce(1, *)
        let values = (0..<count).map { Float($0) }
        try folder.write("x.npy", NumPyFile.floats(shape, values))
        let outcome = try folder.mottle(
            "apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--json")
        #expect(
            outcome.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("x.npy: values go from 0 to ") })
        #expect(try jsonObject(outcome.output)["shape"] as? [Int] == shape)
        let noisy = NumPyFile.floats(try folder.data("y.npy"))
        #expect(noisy.count == count)
        #expect(zip(noisy, values).allSatisfy { $0 != $1 && abs($0 - $1) < 3 })
    }

    @Test func `the output may take the place of the input`() throws {
        let folder = try Self.folder()
        _ = try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy")
        let outcome = try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "x.npy")
        #expect(outcome.errors == "")
        #expect(try folder.data("x.npy") == folder.data("y.npy"))
    }

    @Test func `bytes are spread over the range`() throws {
        let folder = try Self.folder("chain:\nrange: [-1, 3]\n")
        try folder.write("x.npy", NumPyFile.bytes([2, 3], [0, 255, 51, 102, 204, 1]))
        _ = try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy")
        let expected: [Float] = [-1, 3, -0.2, 0.6, 2.2, -1 + 4.0 / 255]
        let found = NumPyFile.floats(try folder.data("y.npy"))
        #expect(found.count == 6)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `a training config serves, another key does not`() throws {
        let folder = try Self.folder(SmallData.config)
        #expect(
            try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--quiet")
                .output == "")
        let outcome = try folder.mottle(
            "apply", "chain.yaml", "--input", "x.npy", "--output", "z.npy", "--set", "sed=3")
        #expect(outcome.errors == "--set sed=3: error: unknown key 'sed'; did you mean 'seed'?\n")
        #expect(outcome.status == 2)
        #expect(!folder.exists("z.npy"))
    }

    @Test(arguments: [
        (
            ["--set", "range=[2, 1]"], 2,
            "--set range=[2, 1]: error: 'range' must have its lower end first, got [2.0, 1.0]"
        ),
        (
            ["--mask-output", "m.npy"], 2,
            "chain.yaml:1:8: error: the chain has no mask to write; masks, and noise that returns one, make it"
        ),
        (["--set", "chain=3"], 2, "--set chain=3: error: 'chain' must be a list, got '3'"),
        (
            ["--output", "none/y.npy"], 1,
            "mottle: error: none/y.npy: cannot write: No such file or directory"
        ),
        (["--input", "none.npy"], 1, "mottle: error: none.npy: no such file"),
        (
            ["--input", "chain.yaml"], 1,
            "mottle: error: chain.yaml: not a NumPy array; save one with numpy.save"
        ),
    ])
    func `what cannot be done is said`(options: [String], status: Int32, message: String) throws {
        let folder = try Self.folder("chain: [gaussian]\n")
        var arguments = ["apply", "chain.yaml"] + options
        for (option, file) in [("--input", "x.npy"), ("--output", "y.npy")] where !options.contains(option) {
            arguments += [option, file]
        }
        let outcome = try folder.run(WorkFolder.program, arguments)
        #expect(outcome.errors == message + "\n")
        #expect(outcome.status == status)
        #expect(!folder.exists("y.npy") && !folder.exists("m.npy"))
    }

    @Test func `ids that are none and words that are missing are told`() throws {
        let folder = try Self.folder(
            """
            chain:
              - whole_word: { mask_id: 103, vocab: 200, rate: 0.5 }

            """)
        try folder.write("x.npy", NumPyFile.floats([2, 3], [5, 6, 7, 8, 9.5, 10]))
        try folder.write("words.npy", NumPyFile.bytes([2, 3], [1, 1, 2, 1, 2, 3]))
        let apply = ["apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy"]
        let wordless = try folder.run(WorkFolder.program, apply)
        #expect(wordless.status == 2)
        #expect(
            wordless.errors
                == "chain.yaml:2:5: error: tokens 'whole_word' works on whole words, and the samples do not say "
                + "which tokens make a word; --words names the file that does\n")
        let broken = try folder.run(WorkFolder.program, apply + ["--words", "words.npy"])
        #expect(broken.status == 1)
        #expect(
            broken.errors
                == "mottle: error: sample 1, place 1, both counted from 0: 9.5 is no token id; "
                + "ids are whole numbers from 0 to 16777215\n")
        #expect(!folder.exists("y.npy"))
        // Bytes are ids as they are.
        try folder.write("x.npy", NumPyFile.bytes([2, 3], [5, 6, 7, 8, 9, 255]))
        let right = try folder.run(
            WorkFolder.program,
            apply + [
                "--words", "words.npy", "--set", "chain=[whole_word: {mask_id: 103, vocab: 200, rate: 0}]",
            ])
        #expect(right.errors == "")
        #expect(NumPyFile.floats(try folder.data("y.npy")) == [5, 6, 7, 8, 9, 255])
        let sheet = try folder.mottle(
            "preview", "chain.yaml", "--data", "x.npy", "--words", "words.npy", "--samples", "0-1",
            "--output", "sheet.png")
        #expect(sheet.errors == "" && folder.exists("sheet.png"))
    }

    @Test(arguments: ["gaussian: {}", "cutout: {}", "time_mask: {}"])
    func `generators of values have no place among ids`(item: String) throws {
        for order in ["- \(item)\n  - token_swap: {}", "- token_swap: {}\n  - \(item)"] {
            let folder = try Self.folder("chain:\n  \(order)\n")
            let outcome = try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy")
            #expect(outcome.status == 2)
            let line = order.hasPrefix("- \(item)") ? 2 : 3
            #expect(outcome.errors.hasPrefix("chain.yaml:\(line):5: error: "))
            #expect(
                outcome.errors.hasSuffix(
                    " makes values where token ids flow, for tokens 'token_swap'; "
                        + "in a chain of ids only generators of tokens can stand\n"))
        }
    }

    /// Every form of an entry, alone.
    @Test(arguments: [
        "one_of: [gaussian, { speckle: , weight: 3 }]",
        "some_of: { count: [1, 2], of: [gaussian, speckle, cutout] }",
        "sequence: [gaussian, speckle]",
        "shuffle_order: [gaussian, { cutout: { size: 2 }, probability: 0.5 }]",
        "repeat: { times: 2, chain: [gaussian] }", "{ gaussian: , match: { snr: { uniform: [5, 9] } } }",
        "standardise: { mean: [0.5, 0.25], std: 0.5 }", "sequence: [gaussian, dtype: float16]",
        "dtype: uint8", "clip: [0.25, 0.5]",
        "include: more.yaml",
        "gaussian: { sigma: { truncated_normal: { mean: 0, std: 1, low: 0.1, high: 1 } } }",
        "gaussian: { sigma: { log_uniform: [0.1, 1] } }", "gaussian: { sigma: { beta: [2, 2] } }",
        "gaussian: { sigma: { cosine: { from: 1, to: 0.5, epochs: 4 } } }",
        "gaussian: { sigma: { steps: { from: 1, steps: { 5: 0.25 } } } }",
    ]) func `every form of an entry changes an array, whatever the threads, and is explained`(entry: String)
        throws
    {
        let folder = try Self.folder("chain:\n  - \(entry)\n")
        try folder.write("more.yaml", "- gaussian\n- cutout: { size: 2 }\n")
        for (output, threads) in [("a.npy", "1"), ("b.npy", "3")] {
            let outcome = try folder.mottle(
                "apply", "chain.yaml", "--input", "x.npy", "--output", output, "--threads", threads)
            #expect(outcome.errors == "" && outcome.status == 0)
        }
        let found = NumPyFile.floats(try folder.data("a.npy"))
        #expect(try folder.data("a.npy") == folder.data("b.npy"))
        #expect(found != Self.values && found.allSatisfy(\.isFinite))
        let explained = try folder.mottle("explain", "chain.yaml", "--shape", "6,4,2")
        #expect(explained.errors == "" && explained.output.contains("stage"))
        let shown = try folder.mottle(
            "preview", "chain.yaml", "--data", "x.npy", "--samples", "0-3", "--output", "s.png")
        #expect(shown.errors == "" && shown.status == 0)
    }

    @Test func `a schedule over steps is where --step says`() throws {
        let folder = try Self.folder(
            "chain: [gaussian: { sigma: 0, mean: { ramp: { to: 1, steps: 8 } } }]\n")
        for (step, shift) in [("0", Float(0)), ("4", 0.5), ("900", 1)] {
            _ = try folder.mottle(
                "apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--step", step)
            #expect(NumPyFile.floats(try folder.data("y.npy")) == Self.values.map { $0 + shift })
        }
        let wrong = try folder.mottle(
            "apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--step", "-1")
        #expect(wrong.errors.contains("--step must be at least 0, got -1") && wrong.status == 2)
    }
}
