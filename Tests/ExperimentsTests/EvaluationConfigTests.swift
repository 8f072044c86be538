import Generators
import Testing

@testable import Experiments

@Suite struct EvaluationConfigTests {
    private func rows(_ yaml: String) throws -> [EvaluationConfig] {
        try EvaluationConfig.rows(
            EvaluationEntry(Fixture.node("x: \(yaml)"), ChainFiles(base: ".")), Fixture.builder)
    }

    /// The settings of every row's generators.
    private func settings(_ yaml: String) throws -> [[[String: ParameterSetting]]] {
        try rows(yaml).map { try Fixture.builder.chain($0.entries, phase: .evaluate).items.map(\.settings) }
    }

    @Test func `the clean test set has no generator`() throws {
        let clean = try rows("clean")
        #expect(clean.map(\.name) == ["clean"])
        #expect(clean[0].entries.isEmpty)
    }

    @Test func `lists are every combination, the last one fastest`() throws {
        let found = try settings(
            "{ hum: { level: [0.5, 1.5], times: [1, 2], edge: [soft, hard], loud: true } }")
        let expected = [0.5, 1.5].flatMap { level in
            [1.0, 2].flatMap { times in
                ["soft", "hard"].map { edge -> [[String: ParameterSetting]] in
                    [
                        [
                            "level": .value(.number(level)), "times": .value(.number(times)),
                            "edge": .value(.choice(edge)), "loud": .value(.boolean(true)),
                        ]
                    ]
                }
            }
        }
        #expect(found == expected)
    }

    @Test func `two numbers are one value of an interval and a list of pairs is several`() throws {
        #expect(
            try settings("{ hum: { band: [0.25, 0.5] } }") == [[["band": .value(.numbers([0.25, 0.5]))]]])
        #expect(
            try settings("{ hum: { band: [[0, 0.5], [0.5, 1]] } }") == [
                [["band": .value(.numbers([0, 0.5]))]], [["band": .value(.numbers([0.5, 1]))]],
            ])
    }

    @Test func `a chain has the name that it is given, or those of its generators`() throws {
        let both = try rows("{ chain: [{ hum: { level: [1, 2] } }, hide] }")
        #expect(both.map(\.name) == ["hum + hide", "hum + hide"])
        #expect(both.map { $0.entries.map(\.key) } == [["hum", "hide"], ["hum", "hide"]])
        #expect(try rows("{ chain: [hum, hide], name: dusk }").map(\.name) == ["dusk"])
        #expect(try rows("{ hum: , name: dusk }").map(\.name) == ["dusk"])
    }

    @Test(arguments: [
        ("{ hum: { level: [] } }", "1:20: error: 'level' wants at least one value, got an empty list"),
        ("{ hum: { band: [] } }", "1:19: error: 'band' wants at least one value, got an empty list"),
        (
            "{ chain: [] , name: none }",
            "1:13: error: 'chain' wants at least one generator; 'clean' is the test set as it is"
        ),
        (
            "{ hum: { level: { ramp: { to: 1, epochs: 2 } } } }",
            "1:20: error: 'level' cannot follow a schedule here, for an evaluation has no epochs; a list of values makes a "
                + "row for each"
        ),
        (
            "{ chain: [hide, { hum: { level: [1, { ramp: { to: 1, epochs: 2 } }] } }] }",
            "1:40: error: 'level[1]' cannot follow a schedule here, for an evaluation has no epochs; a list of values makes "
                + "a row for each"
        ),
        ("{ chain: hum }", "1:13: error: 'chain' must be a list, got 'hum'"),
        ("{ chain: [hum], nam: a }", "1:20: error: unknown key 'nam' in 'x'; did you mean 'name'?"),
        ("claen", "1:4: error: unknown plugin 'claen'; there is no folder 'plugins'"),
        (
            "{ hum: { level: [1, 3] } }",
            "1:24: error: noise 'hum': 'level' must be a number between 0 and 2 (range), got 3"
        ),
    ])
    func `an entry that cannot be used`(yaml: String, message: String) {
        #expect(Fixture.complaint { _ = try settings(yaml) } == "test.yaml:" + message)
    }
}
