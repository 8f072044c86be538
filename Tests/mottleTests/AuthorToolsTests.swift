import Foundation
import Testing

/// What the command line offers to people who write generators.
@Suite struct AuthorToolsTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(arguments: ["noise", "mask", "tokens"]) func `a new plugin passes its check`(kind: String) throws {
        let folder = try WorkFolder()
        let made = try folder.mottle("plugins", "new", kind, "my_first")
        #expect(made.output == "my_first.lua: now 'mottle plugins check my_first.lua'\n")
        let check = try folder.mottle("plugins", "check", "my_first.lua")
        #expect(check.errors == "")
        #expect(check.status == 0)
        #expect(check.output.hasPrefix("my_first (\(kind), axes "))
        #expect(check.output.hasSuffix("verdict: ok\n"))
        for name in ["traced twice", "equal bits", "finite", "repeatable", "draws", "identity", "parameters"]
        {
            #expect(check.output.contains("\nok    \(name) "), "\(name)")
        }
        let again = try folder.mottle("plugins", "new", kind, "my_first")
        #expect(again.status == 1)
        #expect(again.errors == "mottle: error: my_first.lua: exists already and is left as it is\n")
    }

    @Test func `what is no kind and no name is refused`() throws {
        let folder = try WorkFolder()
        let kind = try folder.mottle("plugins", "new", "nois", "a")
        #expect(kind.status == 2)
        #expect(
            kind.errors.contains(
                "'nois' is no kind of plugin; kinds are noise, mask, tokens; did you mean 'noise'?"))
        let name = try folder.mottle("plugins", "new", "noise", "../a")
        #expect(name.status == 2)
        #expect(name.errors.contains("a plugin's name has letters, digits and '_', got '../a'"))
    }

    /// A plugin's text, its verdict, its line, and what its message or its failed check says.
    static let broken: [(source: String, verdict: String, line: Int?, text: String)] = [
        (
            "mottle.noise { name = 'a', apply = function(x) return x + nothing end }", "error", 1,
            "undefined variable 'nothing'"
        ),
        ("mottle.noise {", "load", 1, "unexpected symbol"),
        (
            "mottle.noise { name = 'a', apply = function(x) if x:lt(1) then return x end end }", "lint", 1,
            "always takes the first branch"
        ),
        ("while true do end", "time", 1, "stopped after"),
        ("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end", "memory", 1, "MB"),
        (
            "mottle.noise { name = 'a', apply = function(x) return x / 0 end }", "failed", nil,
            "are not finite: a.lua:1: '/' in chain/a makes 784 of the 784 values of sample 0 in epoch 0 infinite or nan"
        ),
        (
            "mottle.noise { name = 'a', params = { v = mottle.number { default = 1 } }, apply = function(x, p) return x + 1 end }",
            "failed", nil, "a.lua:1: 'v' is declared and never read; p.v reads it"
        ),
        (
            "mottle.noise { name = 'a', apply = function(x, p) return x + 0 end }", "failed", nil,
            "nothing at its defaults; if they mean that, identity = { … } says so"
        ),
        (
            "mottle.noise { name = 'a', apply = function(x) return mottle.where(x:gt(0), x:log() / x:log(), 0) end }",
            "failed", nil, "a.lua:1: '/' in chain/a makes"
        ),
        (
            "mottle.tokens { name = 'a', axes = 'NL', apply = function(x) return x - 0.5 end }", "failed",
            nil,
            "ids are not whole numbers of 0 or more; x:round():max(0) makes such"
        ),
        ("This is a text.", "load", 1, "syntax error"),
        (
            "mottle.noise { name = 'a', identity = {}, apply = function(x) return x + 1 end }", "failed", nil,
            "changes the input"
        ),
        (
            "mottle.noise { name = 'a', expect = function(p, x) return { mean = 0.25 } end, apply = function(x, p, rng) return x + rng:uniform(x) end }",
            "failed", nil, "declared 0.25"
        ),
        (
            "mottle.mask { name = 'a', axes = 'NHWC', expect = function() return { ratio = 0.5 } end, make = function(x, p, rng) return rng:bernoulli('NHW', 0.5) end }",
            "failed", nil, "in a sample, declared 0.5"
        ),
        (
            "mottle.tokens { name = 'a', axes = 'NL', apply = function(x, p, rng) return mottle.where(x.length:gt(0), 7, x) end }",
            "failed", nil, "x.length says where it begins"
        ),
        (
            "mottle.noise { name = 'a', params = { k = mottle.integer { default = 2 } }, apply = function(x, p) for i = 1, p.k do x = x + 0 end return x end }",
            "failed", nil, "declare plain = true"
        ),
    ]

    @Test(arguments: broken.indices) func `a plugin that fails its check is told why`(place: Int) throws {
        let (source, verdict, line, text) = Self.broken[place]
        let folder = try WorkFolder()
        try folder.write("a.lua", source)
        let outcome = try folder.mottle("plugins", "check", "a.lua", "--json")
        #expect(outcome.status == 3)
        let json = try object(outcome.output)
        #expect(json["verdict"] as? String == verdict)
        #expect(json["line"] as? Int == line)
        let failed = (json["checks"] as? [[String: Any]] ?? []).filter { $0["result"] as? String == "failed" }
        let message =
            json["message"] as? String
            ?? failed.compactMap { $0["detail"] as? String }.joined(separator: "\n")
        #expect(message.contains(text), "\(message)")
        #expect((json["budget"] as? [String: Any])?["instructions_allowed"] as? Int == 20_000_000)
    }

    @Test func `a hostile plugin leaves the next one alone`() throws {
        let folder = try WorkFolder()
        try folder.write("bad.lua", "pcall(function() while true do end end)")
        let outcome = try folder.mottle("plugins", "check", "bad.lua", "--then", "gaussian", "--json")
        #expect(outcome.status == 3)
        let json = try object(outcome.output)
        #expect(json["verdict"] as? String == "time")
        #expect((json["then"] as? [String: Any])?["verdict"] as? String == "ok")
    }

    @Test func `a chain's program is explained with its lines`() throws {
        let folder = try WorkFolder()
        try folder.write("chain.yaml", "chain: [{gaussian: {sigma: 0.2}}, {mae_patches: {patch: 7}}]")
        let text = try folder.mottle("explain", "chain.yaml", "--shape", "14,21,1")
        #expect(text.status == 0)
        #expect(text.output.contains("stages for a sample of [14, 21, 1], 294 values; "))
        #expect(text.output.contains("\n\ngenerators"))
        let row = text.output.split(separator: "\n").first { $0.hasPrefix("chain/mae_patches ") }
        let cells = row?.split(separator: " ") ?? []
        #expect(cells.count == 6 && Int(cells[1]) != nil && Double(cells[3]) != nil && Int(cells[5]) != nil)
        #expect(text.output.contains("gaussian.lua:"))
        #expect(text.output.contains("rng:normal [14, 21]"))
        #expect(text.output.contains("   stops: an operation on whole values must be finished: stage "))
        let json = try object(
            try folder.mottle("explain", "chain.yaml", "--shape", "14,21,1", "--json").output)
        let stages = try #require(json["stages"] as? [[String: Any]])
        #expect(stages.contains { $0["stage"] as? String == "rng:choose" && $0["shape"] as? [Int] == [6] })
        #expect(
            stages.last?["stage"] as? String == "fused" && stages.last?["bytes_written"] as? Int == 294 * 5)
        let wrong = try folder.mottle("explain", "chain.yaml", "--shape", "14,x")
        #expect(wrong.status == 2)
        #expect(
            wrong.errors.contains("--shape wants sizes of 1 or more with commas, such as 28,28,1, got '14,x'")
        )
    }

    @Test func `sizes, epochs and commands that cannot be are refused by name`() throws {
        let folder = try WorkFolder()
        try folder.write("chain.yaml", "chain: [{gaussian: {sigma: 0.2}}]")
        func errors(_ arguments: String...) throws -> String {
            let outcome = try folder.run(WorkFolder.program, arguments)
            #expect(outcome.status == 2)
            return String(outcome.errors.prefix { $0 != "\n" })
        }
        #expect(
            try errors("explain", "chain.yaml", "--shape", "1,2,3,4,5,6,7,8,9")
                == "mottle: error: --shape may have 8 axes and 1,000,000,000 values in all, got '1,2,3,4,5,6,7,8,9'"
        )
        #expect(
            try errors("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--epoch", "-1")
                == "mottle: error: --epoch must be between 0 and 4294967295, got -1")
        #expect(
            try errors("plugins", "chek", "gaussian")
                == "mottle: error: unknown command 'plugins chek'; did you mean 'check'?")
        try folder.write("x.txt", "text")
        #expect(
            try errors("plugins", "check", "x.txt")
                == "mottle: error: cannot read the plugin 'x.txt': a plugin's file ends in .lua")
        try folder.write("chain.yaml", "chain: [{cutout: {size: {choice: [a, b]}}}]")
        #expect(
            try errors("explain", "chain.yaml")
                == "chain.yaml:1:35: error: 'choice' lists numbers: only numbers can change from sample to sample, and 'size' needs one value for all"
        )
    }

    @Test func `a plugin that goes before a shipped one is said to`() throws {
        let folder = try WorkFolder()
        try folder.write(
            "mine/gaussian.lua",
            "mottle.noise { name = 'gaussian', apply = function(x) return x + 1 end }")
        let environment = ["MOTTLE_PLUGINS": "mine"]
        let list = try folder.mottle("plugins", environment: environment).output
        #expect(list.contains(" (goes before /"))
        let check = try folder.mottle("plugins", "check", "gaussian", environment: environment).output
        #expect(check.contains(" 'gaussian' in a config is mine/gaussian.lua, which goes before /"))
    }

    @Test func `values that are not finite, or outside of the range, and partners that are alone are said`()
        throws
    {
        let folder = try WorkFolder()
        try folder.write(
            "half.lua",
            """
            mottle.noise { name = "half", apply = function(x)
              local y = x - 1
              return x / y
            end }
            """)
        try folder.write("chain.yaml", "chain: [{./half.lua: {}}]")
        try folder.write("x.npy", NumPyFile.bytes([2, 3], [0, 10, 20, 30, 255, 40]))
        let outcome = try folder.mottle("apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy")
        #expect(outcome.status == 0)
        #expect(
            outcome.errors
                == "half.lua:3: warning: '/' in chain/half makes 1 of the 3 values of sample 1 in epoch 0 infinite or nan\n"
        )
        try folder.write("chain.yaml", "chain: [{mixup: {alpha: 1}}]")
        try folder.write("one.npy", NumPyFile.bytes([1, 3], [0, 10, 20]))
        let alone = try folder.mottle("apply", "chain.yaml", "--input", "one.npy", "--output", "y.npy")
        #expect(
            alone.errors
                == "chain/mixup takes other samples, and the data has only one: it is its own partner\n")
        try folder.write("chain.yaml", "chain: [{gaussian: {sigma: 0.1}}]")
        try folder.write("large.npy", NumPyFile.floats([2, 3], [0, 10, 20, 30, 255, 40]))
        let large = try folder.mottle("apply", "chain.yaml", "--input", "large.npy", "--output", "y.npy")
        #expect(
            large.errors
                == "large.npy: values go from 0 to 255, outside of the range 0…1 that strengths are shares of; 'range: [low, high]' in the config declares another\n"
        )
    }

    @Test func `a preview is a PNG of the samples asked for`() throws {
        let folder = try WorkFolder()
        try folder.write(
            "chain.yaml", "chain: [{gaussian: {sigma: {uniform: [0, 0.3]}}}, {cutout: {size: 3}}]")
        try folder.write("x.npy", NumPyFile.bytes([5, 6, 7, 1], (0..<210).map { UInt8($0) }))
        let outcome = try folder.mottle(
            "preview", "chain.yaml", "--data", "x.npy", "--samples", "0-2,4", "--output", "sheet.png")
        #expect(outcome.errors == "")
        #expect(outcome.output == "sheet.png\n")
        let bytes = try folder.data("sheet.png")
        #expect(bytes.prefix(8) == Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
        let outside = try folder.mottle(
            "preview", "chain.yaml", "--data", "x.npy", "--samples", "3-5", "--output", "other.png")
        #expect(outside.status == 2)
        #expect(outside.errors.contains("--samples: there is no sample 5; 'x.npy' has 5"))
        let none = try folder.mottle("preview", "chain.yaml", "--output", "other.png")
        #expect(none.errors.contains("--data wants the name of a data set or a .npy file"))
    }

    @Test func `the reference and the editors' files name every operation`() throws {
        let folder = try WorkFolder()
        let markdown = try folder.mottle("plugins", "docs").output
        #expect(markdown.contains("| `x:roll(axis, k)` | Moved k places"))
        #expect(markdown.contains("### salt_and_pepper\n"))
        let page = try folder.mottle("plugins", "docs", "--html", "--output", "reference.html")
        #expect(page.status == 0 && page.output.isEmpty)
        let html = try folder.text("reference.html")
        #expect(html.hasPrefix("<!doctype html>") && html.contains("<code>x:roll(axis, k)</code>"))
        let files = try folder.mottle("plugins", "api")
        #expect(files.output == "./mottle.d.lua\n./.luacheckrc\n")
        let definitions = try folder.text("mottle.d.lua")
        for name in [
            "Tensor:roll", "Mask:count", "Random:poisson", "mottle.where", "mottle.sqrt", "Tensor:map",
        ] {
            #expect(definitions.contains("function \(name)("), "\(name)")
        }
        #expect(definitions.contains("---@operator add(mottle.Tensor|number): mottle.Tensor"))
    }

    @Test func `extra outputs, lengths and blended labels go through files`() throws {
        let folder = try WorkFolder()
        try folder.write("chain.yaml", "chain: [{mixup: {alpha: 1}}]")
        try folder.write("x.npy", NumPyFile.bytes([4, 3], (0..<12).map { UInt8($0 * 20) }))
        try folder.write("labels.npy", NumPyFile.bytes([4], [0, 2, 1, 2]))
        let outcome = try folder.mottle(
            "apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--labels", "labels.npy",
            "--targets-output", "t.npy",
            "--extra-output", "mixup.mix=mix.npy", "--extra-output", "mixup.partner=partner.npy")
        #expect(outcome.errors == "")
        func floats(_ name: String) throws -> [Float] { NumPyFile.floats(try folder.data(name)) }
        let (mix, partner, targets) = (try floats("mix.npy"), try floats("partner.npy"), try floats("t.npy"))
        let labels = [0, 2, 1, 2]
        for sample in 0..<4 {
            var wanted: [Float] = [0, 0, 0]
            wanted[labels[sample]] += mix[sample]
            wanted[labels[Int(partner[sample])]] += 1 - mix[sample]
            #expect(zip(targets[sample * 3..<sample * 3 + 3], wanted).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        let unknown = try folder.mottle(
            "apply", "chain.yaml", "--input", "x.npy", "--output", "y.npy", "--extra-output",
            "mixup.lam=a.npy")
        #expect(unknown.status == 2)
        #expect(
            unknown.errors.contains(
                "the chain has no extra output 'mixup.lam'; it has mixup.mix, mixup.partner"))
    }
}
