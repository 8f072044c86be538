import Generators
import LuaRuntime
import Testing

/// Questions about the truth of traced values, which Lua answers by itself.
struct TruthLintTests {
    static let wrong: [(body: String, what: String, instead: String)] = [
        (
            "if x:lt(0.5) then return x end return x",
            "'if x:lt(…)' always takes the first branch: a tensor is never false in Lua",
            "mottle.where(x:lt(…), a, b)"
        ),
        (
            "if p.v > 1 then return x elseif (x * (2 + 1)):gt(p.v) then return -x end return x",
            "'if x:gt(…)' always takes the first branch: a tensor is never false in Lua",
            "mottle.where(x:gt(…), a, b)"
        ),
        (
            "while rng:bernoulli('N', 0.5) do x = x + 1 end return x",
            "'while rng:bernoulli(…)' never ends: a tensor is never false in Lua",
            "mottle.where(rng:bernoulli(…), a, b)"
        ),
        (
            "return x:lt(0.5) and x or -x",
            "'x:lt(…) and …' is always its right side: a tensor is never false in Lua",
            "a & b for masks"
        ),
        (
            "local m = x:lt(0.5) or x:gt(2) return x, m",
            "'x:lt(…) or …' is always its left side: a tensor is never false in Lua", "a | b for masks"
        ),
        (
            "local m = not x:eq(0) return x, m",
            "'not x:eq(…)' is always false: a tensor is never false in Lua",
            "~a for a mask"
        ),
        (
            "local n = not x return x", "'not x' is always false: a tensor is never false in Lua",
            "~a for a mask"
        ),
        (
            "if x then return x end return x",
            "'if x' always takes the first branch: a tensor is never false in Lua",
            "mottle.where(x:gt(0.5), a, b)"
        ),
        (
            "if x == 0 then return x end return -x", "'x == …' is always false for a tensor",
            "x:eq(…) gives a mask"
        ),
        (
            "local y = p.v ~= x return x", "'… ~= x' is always true for a tensor", "x:ne(…) gives a mask"
        ),
        (
            "return x or p.v", "'x or …' is always its left side: a tensor is never false in Lua",
            "a | b for masks"
        ),
        (
            "local m = x:lt(0.5) if m then return x end return -x",
            "'if m' always takes the first branch: a tensor is never false in Lua", "mottle.where(m, a, b)"
        ),
        (
            "local a <const>, y = 1, x * 2 y = y:abs() while y do y = y - 1 end return y",
            "'while y' never ends: a tensor is never false in Lua", "mottle.where(y:gt(0.5), a, b)"
        ),
        (
            "local u = rng:uniform('N') local m = u:lt(0.5) & x:gt(u) repeat x = x + 1 until m return x",
            "'until m' ends after the first turn: a tensor is never false in Lua", "mottle.where(m, a, b)"
        ),
        (
            "local m = mottle.none(x) local function f() return not m end return x",
            "'not m' is always false: a tensor is never false in Lua", "~a for a mask"
        ),
        (
            "local y = mottle.sqrt(x) - 1 for i = 1, 3 do if y ~= p.v then y = y + i end end return y",
            "'y ~= …' is always true for a tensor", "y:ne(…) gives a mask"
        ),
        (
            "local row, m = x.H, x:lt(p.v) return m and x or -x",
            "'m and …' is always its right side: a tensor is never false in Lua", "a & b for masks"
        ),
    ]

    @Test(arguments: wrong.indices) func `the plain cases are refused when the file is loaded`(place: Int) {
        let (body, what, instead) = Self.wrong[place]
        let error = #expect(throws: LuaError.self) { try Fixture.noise(body) }
        #expect(
            error?.description
                == "test.lua:3: error: \(what)\nInstead: \(instead)\n[M08]\n   3 | \(body)")
    }

    @Test(arguments: [
        "if p.clip then return x end return -x",
        "local u = rng:uniform(p.per_channel and 'NHWC' or 'NHW') return x + u",
        "if x.H % p.patch ~= 0 then return x end return -x",
        "if x:size('H') == 3 and x.C == 1 or not p.clip then return x end return -x",
        "if x ~= nil and nil == p.clip then return x end return -x",
        "local m = p.clip and x:lt(1) or x:gt(2) return x, m",
        "local y = p.clip and x or -x return y",
        "local x = 3 if x == 3 then x = 4 end return rng:normal('NHWC')",
        "local function f(a, x) if x then return a end return -a end return f(x, 1)",
        "for _, x in ipairs { 1 } do if x == 1 then break end end return x",
        "local t = { any = function() return true end } if t:any() then return x end return -x",
        "-- if x:lt(0.5) then\nlocal s = 'if x == 0 then' return x",
        "if #p.names == x.H then return x end return x",
        "local y = { x = 1 } if y.x == 1 and type(x) == 'userdata' then return x end return -x",
        "repeat local done = true until done return mottle.where(x:lt(0.5) & ~x:eq(0), x, -x)",
        "return mottle.where(x:gt(0.5), x, 0) + (x:lt(1)):count()",
        "local m if p.clip then m = x:lt(1) end if m then return x end return -x",
        "local m = x:lt(1) if p.clip then m = nil end if m then return x end return -x",
        "local m, n = x:lt(1), 2 m, n = n, m if m == 2 then return x end return -x",
        "local m = x:lt(1) local n = m m = false if n then return x elseif m then return -x end return x",
        "local n = x:size('H') if n == 3 and x.H == n then return x end return -x",
        "local y = p.clip and x or nil if y then return y end return -x",
        "local t = { x:lt(1) } if t[1] and #t == 1 then return x end return -x",
        "local function f(m) if m then return m end return x end return f(x:gt(1) & x:lt(2))",
        "do local n = x end local n = p.clip if n then return x end return -x",
        "local other = rng:partner(x) if other and other.value then return x end return -x",
        "local n = mottle.max(1, 2) if n == 2 then return x end return -x",
    ]) func `plain values are asked freely`(body: String) throws {
        _ = try Fixture.noise(body)
    }

    @Test(arguments: ["plugins/gaussian", "plugins/salt_and_pepper", "plugins/cutout", "examples/scanlines"])
    func `shipped plugins are taken`(path: String) throws {
        _ = try Fixture.shipped(path)
    }

    @Test func `a source that does not compile is Lua's to refuse`() {
        let error = #expect(throws: LuaError.self) { try Fixture.noise("if x == 0 then (((") }
        #expect(error?.code == nil)
        #expect(error?.what == "unexpected symbol near 'end'")
    }

    @Test func `another function's names are its own`() throws {
        _ = try Plugin(
            source: """
                local function scale(x) if x == 0 then return 1 end return x end
                mottle.noise { name = "a", apply = function(x, p)
                  local t = {}
                  function t.scale(x) return x == 2 and 3 or scale(x) end
                  return x * t.scale(2) end }
                """, file: "a.lua")
    }
}
