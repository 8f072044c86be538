import Foundation
import Generators
import Testing

@testable import Experiments

/// Groups, included files and what else an entry of a chain can be.
@Suite struct ChainGroupConfigTests {
    /// Everything that a chain can say.
    private static let everything = """
        chain:
          - one_of:
              - { hum: { level: 0.5 }, weight: 2 }
              - hide
              - { sequence: [hum, tint: { amount: 0.5 }], probability: 0.5 }
            name: first
          - some_of: { count: [1, 2], of: [hum, hide, hum] }
          - some_of: { count: 2, of: [hum, hide, hum] }
            when: train
          - shuffle_order: [hum, { hide: , fill: mean, name: gap }]
            probability: 0.25
          - repeat: { times: 3, chain: [hum: { level: { uniform: [0, { ramp: { to: 1, steps: 9 } }] } }] }
          - { hum: , match: { psnr: 20 }, when: evaluate }
          - standardise: { mean: [0.5, 0.25], std: 2 }
          - dtype: float16
        """

    @Test func `entries are read with their groups, and names are unique over the whole chain`() throws {
        let chain = try Fixture.chain(Self.everything)
        #expect(
            chain.entries.map(\.part.name) == [
                "first", "some_of", "some_of#2", "shuffle_order", "repeat", "hum#11", "standardise", "dtype",
            ])
        #expect(
            chain.items.map(\.name) == [
                "hum", "hide", "hum#2", "tint", "hum#3", "hide#2", "hum#4", "hum#5", "hide#3", "hum#6",
                "hum#7", "gap", "hum#8",
            ])
        guard case .group(let first) = chain.entries[0], case .group(let third) = chain.entries[4] else {
            Issue.record("groups are missing")
            return
        }
        #expect(first.kind == .oneOf(weights: [2, 1, 1]))
        #expect(third.turns.map { $0.map(\.part.name) }.joined().count == 3)
        #expect(chain.entries[3].part.probability == 0.25)
        #expect(chain.entries[2].part.phase == .train)
        #expect(chain.entries[1].part.origin == "test.yaml:7:5")
    }

    @Test func `what the lock file writes reads back as the same chain and is written the same`() throws {
        let configs = try ExperimentConfig.chain(Fixture.node(Self.everything), base: ".")
        let chain = try Fixture.builder.chain(configs, phase: .train)
        let written = ConfigWriter.yaml(
            ConfigNode(.table([ConfigEntry("chain", .chain(configs, chain.entries))])))
        let again = try ExperimentConfig.chain(Fixture.node(written), base: ".")
        let read = try Fixture.builder.chain(again, phase: .train)
        #expect(read.entries.map(\.part.name) == chain.entries.map(\.part.name))
        #expect(read.items.map(\.name) == chain.items.map(\.name))
        #expect(read.items.map(\.completeSettings) == chain.items.map(\.completeSettings))
        let twice = ConfigWriter.yaml(
            ConfigNode(.table([ConfigEntry("chain", .chain(again, read.entries))])))
        #expect(twice == written)
        for part in [
            "weight: 2", "weight: 1", "probability: 1", "times: 3", "count: [1, 2]", "count: 2",
            "when: train",
            "psnr: 20", "dtype: float16", "std: 2.0", "fill: mean", "steps: 9",
        ] { #expect(written.contains(part), "\(part)") }
    }

    @Test(arguments: [
        ("one_of: []", "1:11: error: 'one_of' wants at least one entry"),
        ("one_of: hum", "1:11: error: 'one_of' must be a list, got 'hum'"),
        ("{ one_of: [{ hum: , weight: 0 }] }", "1:31: error: 'weight' must be above 0, got '0'"),
        (
            "{ hum: , weight: 2 }",
            "1:12: error: 'x[0]' must name one generator or group, got 'hum' and 'weight'"
        ),
        (
            "some_of: { count: 3, of: [hum, hide] }",
            "1:3: error: 'some_of' wants a count between 0 and its 2 entries, got 3"
        ),
        (
            "some_of: { count: [2, 1], of: [hum, hide] }",
            "1:21: error: 'count' must be a whole number, or two [least, most], got a list"
        ),
        ("some_of: { of: [hum] }", "1:12: error: 'count' is required in 'some_of'"),
        ("repeat: { times: 0, chain: [hum] }", "1:20: error: 'times' must be in 1...100, got '0'"),
        (
            "repeat: { times: 2, chian: [hum] }",
            "1:11: error: 'chain' is required in 'repeat'; is 'chian' a misspelling of it?"
        ),
        ("{ hum: , when: training }", "1:18: error: 'when' must be one of train, evaluate, got 'training'"),
        ("{ sequence: [hum], fill: mean }", "1:28: error: 'fill' belongs to a generator, not to 'sequence'"),
        (
            "{ sequence: [hum], match: { psnr: 2 } }",
            "1:29: error: 'match' belongs to a generator, not to 'sequence'"
        ),
        (
            "{ hum: , match: { pnsr: 20 } }",
            "1:21: error: unknown measure 'pnsr'; known are psnr, snr; did you mean 'psnr'?"
        ),
        (
            "{ hum: , match: { psnr: 500 } }",
            "1:19: error: match: 'psnr' must be a number between -100 and 200 (db), got 500"
        ),
        (
            "{ hide: , match: { snr: 5 } }",
            "1:20: error: 'match' belongs to noise; mask 'hide' changes no strength"
        ),
        ("standardise: { mean: 1 }", "1:16: error: 'std' is required in 'standardise'"),
        ("standardise: { mean: 1, std: 0 }", "1:32: error: 'std' must be above 0, got 0"),
        (
            "dtype: float64",
            "1:10: error: 'dtype' must be one of float32, float16, uint8, got 'float64'; did you mean 'float32'?"
        ),
        (
            "clip: false",
            "1:9: error: 'clip' must be true, for the data's range, or two numbers [low, high], got 'false'"
        ),
        (
            "sequence: [hum, one_of: [hum, { hide: , nme: a }]]",
            "1:43: error: 'one_of[1]' must name one generator or group, got 'hide' and 'nme'"
        ),
        (
            "sequence: [{ standardise: { mean: 0, std: 1 } }, hum]",
            "1:52: error: noise 'hum' after 'standardise': 'level' is a share of the data's range, which standardised values have left; put 'standardise' behind the noise"
        ),
    ])
    func `an entry that cannot be used`(yaml: String, message: String) {
        let complaint = Fixture.complaint { _ = try Fixture.chain("x:\n- \(yaml)") }
        let place = message.replacing("1:", with: "2:", maxReplacements: 1)
        #expect(complaint == "test.yaml:" + place)
    }

    // MARK: Included files

    private func folder(_ files: [String: String]) throws -> String {
        let folder = NSTemporaryDirectory() + "mottle-chains-" + UUID().uuidString
        for (name, text) in files {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: FilePath.folder(of: path), withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        return folder
    }

    private func chain(_ folder: String, _ file: String = "main.yaml") throws -> [ChainEntryConfig] {
        let document = try ConfigDocument(file: "\(folder)/\(file)")
        var table = try document.table()
        return try ExperimentConfig.chain(table.requireNode("chain"), base: folder)
    }

    @Test func `an included file stands in its entry's place, with paths from its own folder`() throws {
        let folder = try folder([
            "main.yaml":
                "chain: [{ include: shared/a.yaml, probability: 0.5, name: a }, ./own.lua, include: b.yaml]",
            "shared/a.yaml": "- ./near.lua: { v: 1 }\n- gaussian\n- include: ../b.yaml\n",
            "b.yaml": "chain:\n  - deep/c.lua\n  - plain.lua\n",
        ])
        let entries = try chain(folder)
        #expect(entries.map(\.key) == ["sequence", "./own.lua", "sequence"])
        #expect(entries[0].probability == 0.5 && entries[0].name == "a")
        #expect(
            entries.map { $0.items.map(\.reference) } == [
                ["shared/near.lua", "gaussian", "shared/../deep/c.lua", "shared/../plain.lua"], ["./own.lua"],
                ["deep/c.lua", "plain.lua"],
            ])
        #expect(entries[0].items[0].place == .file("\(folder)/shared/a.yaml", line: 1, column: 3))
    }

    @Test func `files that cannot be included`() throws {
        let folder = try folder([
            "main.yaml": "chain: [include: a.yaml]", "a.yaml": "[include: b.yaml]",
            "b.yaml": "- include: ./a.yaml",
            "own.yaml": "chain:\n- include: own.yaml", "none.yaml": "chain: [include: nothing.yaml]",
            "empty.yaml": "chain: [include: e.yaml]", "e.yaml": "chain: []",
            "keys.yaml": "chain: [include: k.yaml]",
            "k.yaml": "chain: [hum]\nseed: 3", "bad.yaml": "chain: [include: w.yaml]",
            "w.yaml": "- hum: { v: [ }",
        ])
        func complaint(_ file: String) -> String? {
            Fixture.complaint { _ = try chain(folder, file) }?.replacing("\(folder)/", with: "")
        }
        #expect(complaint("main.yaml") == "b.yaml:1:12: error: 'a.yaml' includes itself through 'b.yaml'")
        #expect(complaint("own.yaml") == "own.yaml:2:12: error: 'own.yaml' includes itself")
        #expect(
            complaint("none.yaml") == "none.yaml:1:18: error: cannot include 'nothing.yaml': no such file")
        #expect(complaint("empty.yaml") == "e.yaml:1:8: error: 'chain' wants at least one entry")
        #expect(complaint("keys.yaml") == "k.yaml:2:1: error: unknown key 'seed'; known are chain")
        #expect(complaint("bad.yaml")?.hasPrefix("w.yaml:1:") == true)
    }

    @Test func `files that include the next one twice are not read without end`() throws {
        var files = ["main.yaml": "chain: [include: 0.yaml]", "30.yaml": "[hum]"]
        for number in 0..<30 {
            files["\(number).yaml"] = "[include: \(number + 1).yaml, include: \(number + 1).yaml]"
        }
        let folder = try folder(files)
        let complaint = Fixture.complaint { _ = try chain(folder) }
        #expect(complaint?.hasSuffix("error: a chain may include 100 files, each counted every time") == true)
    }

    @Test func `groups within groups that would never be traced are refused`() {
        let deep =
            "{ shuffle_order: [hum, hum, hum, { shuffle_order: [hum, hum, hum, hum, hum, "
            + "{ shuffle_order: [hum, hum, hum, hum, hum, hum, hum] }] }] }"
        #expect(
            Fixture.complaint { _ = try Fixture.chain("x:\n- \(deep)") }
                == "test.yaml:2:5: error: the chain has 1308 places of generators, repeated ones and those of drawn "
                + "orders counted each time; it may have 1000")
        let times = "{ repeat: { times: 50, chain: [{ repeat: { times: 50, chain: [hum] } }] } }"
        #expect(
            Fixture.complaint { _ = try Fixture.chain("x:\n- \(times)") }
                == "test.yaml:2:65: error: a chain may have 1000 generators, repeated ones counted each time")
    }

    @Test func `a row of the robustness table can be a group, and lists in it are spread`() throws {
        let entry = try EvaluationEntry(
            Fixture.node("x: { one_of: [hum: { level: [0.5, 1] }, hide: ] }"), ChainFiles(base: "."))
        let rows = try EvaluationConfig.rows(entry, Fixture.builder)
        #expect(rows.map(\.name) == ["one_of(hum, hide)", "one_of(hum, hide)"])
        let levels = try rows.map {
            try Fixture.builder.chain($0.entries, phase: .evaluate).items[0].settings["level"]
        }
        #expect(levels == [.value(.number(0.5)), .value(.number(1))])
    }
}
