import LuaRuntime
import Testing

@Suite struct `Lua errors` {
    @Test func `a script's error tells place, source line and frames`() throws {
        let error = try outcome(
            of: "local function f(x)\n  local y = x.a.b\nend\nlocal t = { go = f }\nt.go({})",
            file: "plugins/rows.lua")
        #expect(
            error?.description == """
                rows.lua:2: error: attempt to index a nil value (field 'a')
                   2 |   local y = x.a.b
                  at rows.lua:2 in function 'go'
                  at rows.lua:5 in main chunk
                """)
    }

    @Test func `a missing name tells what to write instead`() throws {
        #expect(
            try outcome(of: "local a = 1\ny = a")?.description == """
                x.lua:2: error: cannot create global 'y'. Globals would be shared between calls and make \
                results depend on order.
                Instead: local y = …
                [M04]
                   2 | y = a
                  at x.lua:2 in main chunk
                """)
        #expect(
            try outcome(of: "local a = math.random(3)")?.instead
                == #"rng:uniform("N") (one per sample) or rng:uniform(x) (one per element)."#)
    }

    @Test func `a syntax error has its line and no frames`() throws {
        #expect(
            try outcome(of: "local a = 1\n\nlocal function f(\n  return 1")?.description == """
                x.lua:4: error: <name> or '...' expected near 'return'
                   4 |   return 1
                """)
    }

    @Test func `lines that end in CR LF are counted and shown like others`() throws {
        let error = try outcome(of: "local a = 1\r\n\r\nlocal b = a.x.y\r\n")
        #expect(error?.line == 3)
        #expect(error?.sourceLine == "local b = a.x.y")
    }

    @Test func `a deep stack shows its innermost frames`() throws {
        let error = try outcome(
            of: "local function f(n)\n  if n == 0 then error('deep') end\n  f(n - 1)\nend\nf(50)")
        #expect(error?.traceback.count == 11)
        #expect(error?.traceback.first == "x.lua:2 in function 'f'")
        #expect(error?.traceback[1] == "x.lua:3 in function 'f'")
        #expect(error?.traceback.last == "...")
    }

    @Test func `frames of the host's own Lua are left out`() throws {
        let error = try outcome(of: "table.sort({ 2, 1 }, function(a, b)\n  return a.x end)")
        #expect(error?.traceback == ["x.lua:2 in function of line 1", "x.lua:1 in main chunk"])
        #expect(error?.what == "attempt to index a number value (local 'a')")
    }

    @Test func `control characters are shown, not sent`() throws {
        #expect(
            try outcome(of: "error('a\\27[31mb\\r')")?.description.hasPrefix(
                "x.lua:1: error: a\\27[31mb\\13\n") == true)
    }

    @Test func `a long file name keeps its end`() throws {
        let error = try outcome(of: "error('here')", file: String(repeating: "long", count: 40) + ".lua")
        #expect(error?.file.utf8.count == 55)
        #expect(error?.file.hasSuffix("long.lua") == true)
        #expect(error?.line == 1)
        #expect(error?.what == "here")
    }

    @Test func `a broken prelude tells its own line`() {
        let error = #expect(throws: LuaError.self) { _ = try LuaState(prelude: "\nlocal x = nil + 1") }
        #expect(
            error?.description == "prelude: error: [host]:2: attempt to perform arithmetic on a nil value")
    }
}
