import Generators
import Testing

@testable import Experiments

/// Reads parts of configs from text, which errors call `test.yaml`.
enum Fixture {
    /// The value of a config's first key.
    static func node(_ yaml: String) throws(ConfigError) -> ConfigNode {
        let document = try ConfigDocument(text: yaml, file: "test.yaml")
        guard case .table(let entries) = document.root.content else {
            preconditionFailure("no key in the text")
        }
        return entries[0].value
    }

    /// The text of the error that reading a value gives; nil if it gives none.
    static func complaint<Value: ConfigValue>(_ type: Value.Type, _ yaml: String) -> String? {
        complaint { _ = try Value(node(yaml)) }
    }

    static func complaint(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return "\(error)" }
    }

    /// A builder that knows a noise `hum`, another `tint` without defaults, and a mask `hide`.
    static var builder: ChainBuilder {
        ChainBuilder(
            library: PluginLibrary(
                folders: [],
                recorded: [
                    "hum": """
                    mottle.noise { name = "hum", axes = "NHWC",
                      params = {
                        level = mottle.number { default = 0.25, min = 0, max = 2 },
                        times = mottle.integer { default = 3, min = 1 },
                        edge = mottle.choice { of = { "soft", "hard" }, default = "soft" },
                        band = mottle.range { default = { 0, 1 } },
                        loud = mottle.boolean { default = false },
                      },
                      apply = function(x, p, rng) return x + p.level end }
                    """,
                    "tint": """
                    mottle.noise { name = "tint", params = { amount = mottle.number { min = 0 } },
                      apply = function(x, p) return x * p.amount end }
                    """,
                    "torn": "mottle.noise {",
                    "hide": """
                    mottle.mask { name = "hide", make = function(x, p, rng) return x:gt(0.5) end }
                    """,
                ]), base: ".")
    }

    static func chain(_ yaml: String) throws -> Chain {
        try builder.chain(try ExperimentConfig.chain(node(yaml), base: "."), phase: .train)
    }
}

/// A generator that gives the same numbers every time (SplitMix64; Steele, Lea & Flood 2014).
struct Repeatable: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
