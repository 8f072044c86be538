import LuaRuntime
import Testing

@Suite struct `Source checks` {
    private static let manyFields = String(repeating: ".t", count: 65)
    private static let manyOperators = String(repeating: " + 1", count: 257)

    @Test(arguments: [
        "local x = t\(manyFields)",
        "local x = t\(String(repeating: "[1]", count: 65))",
        "local x = t\(String(repeating: "['t']", count: 65))",
        "local x = t\(String(repeating: "[t[1]]", count: 65))",
        "local x = t\(String(repeating: " --[[ ]] . --\n t", count: 65))",
        "local x = (t\(String(repeating: ".t", count: 33)))\(String(repeating: ".t", count: 33))",
        "local x = ((((t\(String(repeating: ".t", count: 33))))))\(String(repeating: ".t", count: 33))",
        "f { 1, 2, g(t\(manyFields)) }",
        "local x = a < 1 and t\(manyFields)",
        "return function() local s = [==[ ]] ]=] ]==] return t\(manyFields) end",
        "local s = '\\'' .. \"\\\\\" return t\(manyFields)",
        "local s = '\\z  \n  -- [[' return t\(manyFields)",
    ])
    func `a chain of more than 64 fields is refused`(source: String) throws {
        #expect(try outcome(of: source)?.what == "more than 64 fields in a row.")
    }

    @Test(arguments: [
        "local x = 1\(manyOperators)",
        "local x = 'a'\(String(repeating: ".. [[a]]", count: 257))",
        "local x = f(1)\(String(repeating: " or f 'x' [1].y", count: 257))",
        "local x = f\(String(repeating: " or (function() local z = 1 return z end)()", count: 257))",
        "local x = f\(String(repeating: " or function() if z then z() end end", count: 257))",
        "local x = {}\(String(repeating: " == { 1, a = 2 }", count: 257))",
        "local x = 0x1p-3\(String(repeating: " ~ 1e+5", count: 257))",
    ])
    func `a chain of more than 256 operators is refused`(source: String) throws {
        #expect(try outcome(of: source)?.what == "more than 256 operators in a row.")
    }

    @Test(arguments: [
        "local t = {} t.t = t local x = t\(String(repeating: ".t", count: 64))",
        "local x = 1\(String(repeating: " + 1", count: 256))",
        "local s = '\(manyFields)' local u = [[\(manyFields)]] -- \(manyFields)\n--[=[ \(manyFields) ]=]",
        "local o = {} o.f = function() return o end o\(String(repeating: ":f()", count: 200))",
        "local x = { \(String(repeating: "1 + 1, ", count: 300)) }",
        "local x = 1 \(String(repeating: "x = x + 1 ", count: 300))",
        "local x = 1 \(String(repeating: "if x == 0 then x = -1 end ", count: 300))",
        "local t = {} t.t = t local x \(String(repeating: "x = t.t ", count: 300))",
    ])
    func `shorter chains, text and many statements are not`(source: String) throws {
        #expect(try outcome(of: source) == nil)
    }

    @Test func `the line is that of the chain's end, across long strings`() throws {
        let error = try outcome(of: "local s = [[\n\n]]\nlocal t = '\\\n'\nlocal x = t\(Self.manyFields)")
        #expect(error?.line == 6)
        #expect(error?.kind == .load)
        #expect(
            error?.description == """
                x.lua:6: error: more than 64 fields in a row.
                Instead: local part = a.b.c, then part.d.
                [M20]
                """)
    }

    @Test func `a source of exactly the largest size runs`() throws {
        #expect(try outcome(of: String(repeating: " ", count: 65_536)) == nil)
        #expect(
            try outcome(of: String(repeating: " ", count: 65_537))?.what
                == "65,537 bytes; plugins may have 65,536.")
    }
}
