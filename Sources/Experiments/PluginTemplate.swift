import Foundation
import Generators
import Reports
import Tensors

/// `mottle plugins new`: a plugin to begin with.
package struct PluginTemplate {
    private let kind: GeneratorKind
    private let name: String

    /// - Throws: `ConfigError` for what is no kind or no name.
    package init(kind: String, name: String) throws {
        guard let known = GeneratorKind(rawValue: kind) else {
            throw ConfigError(
                .program,
                "'\(kind)' is no kind of plugin; kinds are noise, mask, tokens"
                    + Suggestion.hint(kind, among: ["noise", "mask", "tokens"]))
        }
        guard !name.isEmpty, name.utf8.count <= 64,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else {
            throw ConfigError(.program, "a plugin's name has letters, digits and '_', got '\(name)'")
        }
        (self.kind, self.name) = (known, name)
    }

    /// Writes NAME.lua in the working folder and returns its path.
    ///
    /// - Throws: `FileError` where a file of that name exists.
    package func write() throws -> String {
        let path = "\(name).lua"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw FileError(path, "exists already and is left as it is")
        }
        try AtomicFile.write(path, text: text)
        return path
    }

    var text: String {
        let body =
            switch kind {
            case .noise: Self.noise
            case .mask: Self.mask
            case .tokens: Self.tokens
            }
        return body.replacing("NAME", with: name)
    }

    private static let noise = #"""
        -- Positions count from 1, as everywhere in Lua. `mottle plugins docs` has the language,
        -- `mottle plugins check NAME.lua` looks whether it does what it says.
        mottle.noise {
          name = "NAME",
          doc = "Multiplies each row by its own factor: y = low + (x - low) * (1 - strength * u), u ~ U(0, 1).",
          source = "",                      -- the paper that it comes from
          axes = "NHWC",                    -- pictures; "NL" is sound, "NTF" spectrograms, "N..." anything
          params = {
            strength = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "largest share taken" },
          },
          identity = { strength = 0 },      -- parameters that change nothing
          apply = function(x, p, rng)       -- x and what is made of it have no values yet: no `if`, use mottle.where
            local u = rng:uniform("NH")     -- one for each row of each sample
            return x.low + (x - x.low) * (1 - p.strength * u)
          end,
        }

        """#

    private static let mask = #"""
        -- Positions count from 1, as everywhere in Lua. `mottle plugins docs` has the language,
        -- `mottle plugins check NAME.lua` looks whether it does what it says.
        mottle.mask {
          name = "NAME",
          doc = "Hides one horizontal band of the given height at a random place.",
          source = "",                      -- the paper that it comes from
          axes = "NHWC",                    -- pictures; "NL" is sound, "NTF" spectrograms, "N..." anything
          params = {
            height = mottle.integer { default = 4, min = 0, unit = "pixels", doc = "rows hidden" },
          },
          identity = { height = 0 },        -- parameters that change nothing
          make = function(x, p, rng)        -- true is hidden; the chain's `fill` says what takes its place
            local row = mottle.index("H")
            local first = rng:integer("N", 1, x.H)
            return row:ge(first) & row:lt(first + p.height)
          end,
        }

        """#

    private static let tokens = #"""
        -- Ids count from 0, positions from 1. `mottle plugins docs` has the language,
        -- `mottle plugins check NAME.lua` looks whether it does what it says.
        mottle.tokens {
          name = "NAME",
          doc = "Replaces each token with probability `rate` by `unknown`; special tokens and padding stay.",
          source = "",                      -- the paper that it comes from
          axes = "NL",
          params = {
            rate = mottle.number { default = 0.15, min = 0, max = 1, unit = "ratio", doc = "share of tokens replaced" },
            unknown = mottle.integer { min = 0, unit = "tokens", doc = "id that replaces others" },
            special = mottle.list { of = "integer", default = {}, doc = "ids never touched" },
          },
          identity = { rate = 0 },          -- parameters that change nothing
          apply = function(ids, p, rng)
            local real = mottle.index("L"):le(ids.length) & ~ids:isin(p.special)
            local hit = rng:bernoulli("NL", p.rate) & real
            return mottle.where(hit, p.unknown, ids), hit
          end,
        }

        """#
}
