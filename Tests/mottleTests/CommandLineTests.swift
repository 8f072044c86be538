import Testing

@Suite struct CommandLineTests {
    @Test(arguments: [
        (["--help"], "OVERVIEW: Noise and masks in Lua"), (["help", "train"], "OVERVIEW: Train a model"),
        (["apply", "--help"], "OVERVIEW: Put the samples"), ([], "OVERVIEW: Noise and masks in Lua"),
        (["plugins", "show", "-h"], "OVERVIEW: Show a plugin"), (["--version"], "0.1.0\n"),
    ])
    func `help and version go to standard output`(arguments: [String], start: String) throws {
        let outcome = try WorkFolder().run(WorkFolder.program, arguments)
        #expect(outcome.output.hasPrefix(start))
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
    }

    @Test(arguments: [
        (["trian", "x.yaml"], "mottle: error: unknown command 'trian'; did you mean 'train'?\n"),
        (
            ["fly"],
            "mottle: error: unknown command 'fly'; commands are train, evaluate, predict, sweep, model, data, replay, verify, diff, apply, plugins, explain, preview, tokens, schema, bench\n"
        ),
        (["train"], "mottle: error: a config is wanted, or --resume with a run's folder\n"),
        (["evaluate"], "mottle: error: Missing expected argument '<run>'\n"),
        (["train", "x.yaml", "--ot", "y"], "mottle: error: Unknown option '--ot'. Did you mean '--out'?\n"),
        (["train", "x.yaml", "--out", ""], "mottle: error: --out wants the path of a folder\n"),
        (
            ["train", "x.yaml", "--threads", "0"],
            "mottle: error: --threads must be between 1 and 1024, got 0\n"
        ),
        (
            ["train", "x.yaml", "--seed=-1"],
            "mottle: error: The value '-1' is invalid for '--seed <seed>'\n"
        ),
        (
            ["apply", "x.yaml", "--input", "x", "--output", "y", "--epoch=-1"],
            "mottle: error: --epoch must be between 0 and 4294967295, got -1\n"
        ),
        (
            ["apply", "x.yaml", "--input", "", "--output", "y"],
            "mottle: error: --input wants the path of a file\n"
        ),
        (
            ["apply", "x.yaml", "--input", "x", "--output", ""],
            "mottle: error: --output wants the path of a file\n"
        ),
        (
            ["apply", "x.yaml", "--input", "x", "--output", "y", "--mask-output", ""],
            "mottle: error: --mask-output wants the path of a file\n"
        ),
        (
            ["apply", "x.yaml", "--input", "x", "--output", "y", "--mask-output", "a/.././y"],
            "mottle: error: --output and --mask-output name the same file, 'y'\n"
        ),
    ])
    func `a wrong command is named`(arguments: [String], message: String) throws {
        let outcome = try WorkFolder().run(WorkFolder.program, arguments)
        #expect(outcome.errors.hasPrefix(message))
        #expect(outcome.output == "")
        #expect(outcome.status == 2)
    }
}
