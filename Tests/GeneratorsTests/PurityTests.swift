import Generators
import LuaRuntime
import Tensors
import Testing

/// What a plugin must not keep, and what cannot be found out.
struct PurityTests {
    static func error(_ source: String) throws -> String? {
        let plugin = try Plugin(source: source, file: "mine.lua")
        return #expect(throws: LuaError.self) {
            try Fixture.trace([ChainItem(plugin: plugin, name: "mine")], shape: [3, 5, 2])
        }?.description
    }

    @Test func `a counter outside apply is found by the second trace`() throws {
        #expect(
            try Self.error(
                """
                local calls = 0
                mottle.noise { name = "mine", apply = function(x)
                  calls = calls + 1
                  return x * 2 + x * calls end }
                """) == """
                    mine.lua:4: error: apply is not repeatable: two runs with the same input differ at operation 3
                    Instead: keep no variable outside apply that it changes
                    [M14] in apply of noise 'mine'
                    """)
    }

    @Test func `a tensor of an earlier call is dead`() throws {
        #expect(
            try Self.error(
                """
                local kept
                mottle.mask { name = "mine", make = function(x)
                  kept = kept or x
                  return kept:gt(0.5) end }
                """) == """
                    mine.lua:4: error: this tensor belongs to an earlier call and has no data any more
                    Instead: don't keep tensors in variables outside the function
                    [M15] in make of mask 'mine'
                       4 |   return kept:gt(0.5) end }
                      at mine.lua:4 in function of line 2
                    """)
    }

    @Test func `what was traced before changes nothing`() throws {
        // The third call and all later ones would differ, but no state sees a third.
        let plugin = try Plugin(
            source: """
                local calls = 0
                mottle.noise { name = "mine", apply = function(x)
                  calls = calls + 1
                  return x * (calls > 2 and 3 or 2) end }
                """, file: "mine.lua")
        let item = ChainItem(plugin: plugin, name: "mine")
        let sample = Fixture.sample([2, 3, 1])
        for _ in 0..<3 {
            let chain = try Fixture.trace([item, item, item], shape: [2, 3, 1])
            #expect(Fixture.run(chain, sample).values == sample.map { $0 * 8 })
        }
    }

    @Test func `an earlier item of the same plugin leaves nothing behind`() throws {
        let plugin = try Plugin(
            source: """
                local first
                mottle.noise { name = "mine", params = { by = mottle.number { default = 1, unit = "ratio" } },
                  apply = function(x, p)
                    first = first or p.by
                    return x + first end }
                """, file: "mine.lua")
        let items = [2, 8].map {
            ChainItem(plugin: plugin, name: "mine", settings: ["by": .value(.number($0))])
        }
        let sample = Fixture.sample([2, 3, 1])
        let chain = try Fixture.trace(items, shape: [2, 3, 1])
        #expect(Fixture.run(chain, sample).values == sample.map { $0 + 2 + 8 })
    }

    @Test func `nothing can be traced while the file is loaded`() {
        let error = #expect(throws: LuaError.self) {
            try Plugin(source: "local row = mottle.index('H')", file: "mine.lua")
        }
        #expect(
            error?.description == """
                mine.lua:1: error: 'index' works only while apply or make runs
                Instead: call it inside the function
                [M15]
                   1 | local row = mottle.index('H')
                  at mine.lua:1 in main chunk
                """)
    }

    @Test func `a mask generator must return a mask`() throws {
        #expect(
            try Self.error("mottle.mask { name = 'mine', make = function(x) return x end }") == """
                mine.lua:1: error: make returned a tensor; mask 'mine' must return a mask
                Instead: return x:gt(0.5)
                [M13] in make of mask 'mine'
                   1 | mottle.mask { name = 'mine', make = function(x) return x end }
                """)
    }

    @Test func `a sample of another rank is refused`() throws {
        #expect(
            try Self.error("mottle.noise { name = 'mine', axes = 'NTF', apply = function(x) return x end }")
                == """
                mine.lua:1: error: noise 'mine' wants samples with the axes TF, got samples of shape [3, 5, 2]
                [M12] in apply of noise 'mine'
                """)
    }

    /// Lua asks nobody whether a value is true, so where the source does not show it, this is documented and not refused.
    @Test func `if on a tensor takes the first branch`() throws {
        let found = try Fixture.apply(
            "local t = { x:lt(-1) } if t[1] then return x + 1 end return x", to: [2, 3, 1])
        #expect(found == Fixture.sample([2, 3, 1]).map { $0 + 1 })
    }
}
