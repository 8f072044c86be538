import Generators
import Testing

@testable import Experiments

@Suite struct ChainConfigTests {
    @Test func `an item is a name, or a name with parameters and what stands beside it`() throws {
        let chain = try Fixture.chain(
            """
            chain:
              - hum
              - hum: { level: 0.5, edge: hard, band: [0.25, 0.75], loud: true }
                probability: 0.75
                name: second
              - hide:
                fill: noise
              - hum:
            """)
        #expect(chain.items.map(\.name) == ["hum", "second", "hide", "hum#2"])
        #expect(chain.items.map(\.probability) == [1, 0.75, 1, 1])
        #expect(chain.items[2].fill == .noise)
        #expect(
            chain.items[1].settings == [
                "level": .value(.number(0.5)), "edge": .value(.choice("hard")),
                "band": .value(.numbers([0.25, 0.75])), "loud": .value(.boolean(true)),
            ])
        #expect(chain.items[1].origin == "test.yaml:3:5")
    }

    private static let tenEpochs = Schedule(.ramp(from: 0.05, to: 0.4, length: 10), clock: .epochs)

    @Test(arguments: [
        ("0.5", ParameterSetting.value(.number(0.5))), ("1e-3", .value(.number(0.001))),
        ("true", .value(.boolean(true))), ("soft", .value(.choice("soft"))),
        ("\"true\"", .value(.choice("true"))), ("[1, 2]", .value(.numbers([1, 2]))),
        ("{ uniform: [0.1, 0.4] }", .uniform(0.1, 0.4)),
        ("{ normal: [1, 2] }", .normal(mean: 1, deviation: 2)),
        ("{ normal: { mean: 1, std: 2 } }", .normal(mean: 1, deviation: 2)),
        ("{ choice: [3, 1, 2] }", .choice([3, 1, 2])),
        (
            "{ uniform: [0, { ramp: { from: 0.05, to: 0.4, epochs: 10 } }] }",
            .uniform(0, .scheduled(tenEpochs))
        ),
        ("{ log_uniform: [0.01, 1] }", .drawn(.logUniform(0.01, 1))),
        ("{ beta: [2, 3] }", .drawn(.beta(a: 2, b: 3, low: 0, high: 1))),
        ("{ beta: { a: 2, b: 3, high: 0.5 } }", .drawn(.beta(a: 2, b: 3, low: 0, high: 0.5))),
        (
            "{ truncated_normal: { mean: 1, std: 2, low: 0, high: 3 } }",
            .drawn(.truncatedNormal(mean: 1, deviation: 2, low: 0, high: 3))
        ),
        (
            "{ choice: [1, { ramp: { from: 0.05, to: 0.4, epochs: 10 } }] }",
            .choice([1, .scheduled(tenEpochs)])
        ),
        (
            "{ cosine: { from: 1, to: 0.25, steps: 2000 } }",
            .scheduled(Schedule(.cosine(from: 1, to: 0.25, length: 2000), clock: .steps))
        ),
        (
            "{ steps: { from: 0.1, epochs: { 20: 0.3, 10: 0.2 } } }",
            .scheduled(
                Schedule(
                    .steps(from: 0.1, [.init(time: 10, value: 0.2), .init(time: 20, value: 0.3)]),
                    clock: .epochs))
        ),
        ("{ ramp: { to: 0.3, epochs: 5 } }", .ramp(from: 0, to: 0.3, epochs: 5)),
        ("{ ramp: { from: 0.1, to: 0.3, epochs: 5 } }", .ramp(from: 0.1, to: 0.3, epochs: 5)),
    ])
    func `a setting is read, and what the lock file writes reads back`(
        yaml: String, setting: ParameterSetting
    ) throws {
        #expect(try ParameterSetting(Fixture.node("x: \(yaml)")) == setting)
        let written = ConfigWriter.yaml(ConfigNode(.table([ConfigEntry("x", setting.node)])))
        #expect(try ParameterSetting(Fixture.node(written)) == setting)
    }

    @Test(arguments: [
        (
            "{ unifrom: [0, 1] }",
            "1:6: error: unknown distribution or schedule 'unifrom'; known are uniform, normal, truncated_normal, log_uniform, beta, choice, ramp, cosine, steps; did you mean 'uniform'?"
        ),
        ("{ uniform: 3 }", "1:15: error: 'uniform' must be two numbers [low, high], got '3'"),
        ("{ uniform: [0, a] }", "1:19: error: 'uniform[1]' must be a number, got 'a'"),
        ("{ normal: { mean: 1 } }", "1:14: error: 'std' is required in 'normal'"),
        (
            "{ normal: { mean: 1, std: 2, sdt: 3 } }",
            "1:33: error: unknown key 'sdt' in 'normal'; did you mean 'std'?"
        ),
        ("{ choice: 3 }", "1:14: error: 'choice' must be a list, got '3'"),
        ("{ ramp: { to: 1, epochs: 0 } }", "1:29: error: 'epochs' must be at least 1, got '0'"),
        ("{ ramp: { epochs: 2 } }", "1:12: error: 'to' is required in 'ramp'"),
        (
            "{ uniform: [0, 1], choice: [2] }",
            "1:23: error: 'x' must name one of uniform, normal, truncated_normal, log_uniform, beta, choice, ramp, cosine, steps, got 'uniform' and 'choice'"
        ),
        (
            "{ uniform: [0, { uniform: [1, 2] }] }",
            "1:21: error: 'uniform' cannot stand within a distribution, whose numbers may follow ramp, cosine, steps"
        ),
        (
            "{ uniform: [0, { rapm: { to: 1, epochs: 2 } }] }",
            "1:21: error: 'rapm' cannot stand within a distribution, whose numbers may follow ramp, cosine, steps; did you mean 'ramp'?"
        ),
        (
            "{ ramp: { to: 1, epochs: 2, steps: 9 } }",
            "1:39: error: 'ramp' follows either 'epochs' or 'steps', got both"
        ),
        ("{ cosine: { to: 1 } }", "1:14: error: 'epochs' is required in 'cosine'"),
        (
            "{ steps: { epochs: { 0: 1 } } }",
            "1:25: error: a key in 'epochs' must be a whole number above 0, got '0'"
        ),
        (
            "{ steps: { steps: {} } }",
            "1:22: error: 'steps' wants at least one change, such as { 10: 0.2 }"
        ),
        ("[1, two, 3]", "1:8: error: 'x[1]' must be a number, got 'two'"),
    ])
    func `a setting that cannot be read`(yaml: String, message: String) {
        #expect(Fixture.complaint(ParameterSetting.self, "x: \(yaml)") == "test.yaml:" + message)
    }

    @Test(arguments: [
        ("zero", Fill.zero), ("constant", .constant(0)), ("mean", .mean), ("noise", .noise),
        ("0.5", .constant(0.5)),
        ("{ constant: 0.5 }", .constant(0.5)),
    ])
    func `a fill is read, and what the lock file writes reads back`(yaml: String, fill: Fill) throws {
        #expect(try Fill(Fixture.node("fill: \(yaml)")) == fill)
        let written = ConfigWriter.yaml(ConfigNode(.table([ConfigEntry("fill", fill.node)])))
        #expect(try Fill(Fixture.node(written)) == fill)
    }

    @Test func `a fill that there is not`() {
        #expect(
            Fixture.complaint(Fill.self, "fill: means")
                == "test.yaml:1:7: error: 'fill' must be zero, constant, mean, noise or a number "
                + "(a share of the data's range), got 'means'; did you mean 'mean'?")
    }

    @Test(arguments: [
        (
            "hum: { level: 3 }",
            "1:17: error: noise 'hum': 'level' must be a number between 0 and 2 (range), got 3"
        ),
        (
            "hum: { level: { uniform: [1, 0] } }",
            "1:17: error: noise 'hum': 'level': uniform wants [low, high], got [1, 0]"
        ),
        (
            "hum: { level: { ramp: { to: 4, epochs: 2 } } }",
            "1:17: error: noise 'hum': 'level' must be a number between 0 and 2 (range), got 4"
        ),
        (
            "hum: { times: 1.5 }",
            "1:17: error: noise 'hum': 'times' must be a whole number of at least 1, got 1.5"
        ),
        ("hum: { edge: sharp }", "1:16: error: noise 'hum': 'edge' must be one of soft, hard, got sharp"),
        (
            "hum: { loud: { choice: [1] } }",
            "1:16: error: noise 'hum': 'loud' must be true or false; only numbers can change from sample to sample or epoch to epoch"
        ),
        ("hum: { lvel: 1 }", "1:10: error: unknown parameter 'lvel' of noise 'hum'; did you mean 'level'?"),
        ("hide: { size: 1 }", "1:11: error: unknown parameter 'size' of mask 'hide'; it has none"),
        (
            "tint",
            "1:3: error: noise 'tint': 'amount' has no default and must be given: a number of at least 0 (range)"
        ),
        ("hmu", "1:3: error: unknown plugin 'hmu'; there is no folder 'plugins'"),
        (
            "3",
            "1:3: error: 'x[0]' must be a generator, such as 'gaussian' or 'gaussian: { sigma: 0.1 }', got '3'"
        ),
        ("{ hum: , probability: 2 }", "1:25: error: 'probability' must be in 0.0...1.0, got '2'"),
        ("{ hum: , hide: }", "1:12: error: 'x[0]' must name one generator or group, got 'hum' and 'hide'"),
        (
            "{ hum: , fill: mean }",
            "1:18: error: 'fill' belongs to masks; noise 'hum' makes its values itself"
        ),
        (
            "{ hum: , name: a b }",
            "1:18: error: 'name' must be a name of letters, digits, '_' and '-', got 'a b'"
        ),
    ])
    func `an item that cannot be used`(yaml: String, message: String) {
        let complaint = Fixture.complaint { _ = try Fixture.chain("x:\n- \(yaml)") }
        let place = message.replacing("1:", with: "2:", maxReplacements: 1)
        #expect(complaint == "test.yaml:" + place)
    }

    @Test func `a name is given once`() {
        let complaint = Fixture.complaint {
            _ = try Fixture.chain("x:\n- hum\n- { hide: , name: hum }")
        }
        #expect(
            complaint
                == "test.yaml:3:5: error: the name 'hum' is used twice; names keep the draws of generators apart"
        )
    }
}
