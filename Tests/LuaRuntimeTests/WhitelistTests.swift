import LuaRuntime
import Testing

@Suite struct Whitelist {
    @Test func `a plugin reaches these globals and no others`() throws {
        #expect(
            try names(in: "_ENV") == [
                "assert", "error", "ipairs", "keep", "math", "pairs", "pcall", "rawequal", "rawlen", "select",
                "string",
                "table", "tonumber", "tostring", "type",
            ])
    }

    @Test(arguments: [
        (
            "math",
            [
                "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log",
                "max",
                "maxinteger", "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan", "tointeger",
                "type",
                "ult",
            ]
        ),
        ("string", ["byte", "char", "format", "len", "lower", "rep", "reverse", "sub", "upper"]),
        ("table", ["concat", "insert", "move", "pack", "remove", "sort", "unpack"]),
    ])
    func `a library has these members and no others`(library: String, members: [String]) throws {
        #expect(try names(in: library) == members)
    }

    @Test func `what a client adds is read-only`() throws {
        let state = try LuaState(prelude: "local env = ... env.tool = { size = 3 } env.depth = 5")
        try state.run("assert(tool.size == 3 and depth == 5)", file: "x.lua")
        #expect(try outcome(of: "tool.size = 4", in: state)?.what == "cannot change 'size' of 'tool'.")
        #expect(try outcome(of: "depth = 6", in: state)?.what == "cannot change global 'depth'.")
        #expect(
            try outcome(of: "tool.sise()", in: state)?.what == "'tool' has no 'sise' (did you mean 'size'?)")
    }

    @Test func `an object's metatable is out of reach`() throws {
        let state = try LuaState(
            classes: ["Box"],
            functions: [
                LuaHostFunction(name: "box") { (_) throws(LuaHostError) in
                    [.object(LuaObject(type: 0, id: 7, generation: 2))]
                }
            ], prelude: "local env, host = ... env.box = host.box")
        #expect(try outcome(of: "box().x = 1", in: state)?.what == "attempt to index a Box value")
        #expect(
            try outcome(of: "local t = box() .. 'x'", in: state)?.what == "attempt to concatenate a Box value"
        )
        #expect(try outcome(of: "assert(tostring(box()) == 'Box')", in: state) == nil)
    }

    /// Debian's Lua 5.4.4 crashes where `__concat` returns.
    @Test func `a class whose __concat returns raises all the same`() throws {
        let state = try LuaState(
            classes: ["Box"],
            functions: [
                LuaHostFunction(name: "box") { (_) throws(LuaHostError) in
                    [.object(LuaObject(type: 0, id: 7, generation: 2))]
                }
            ],
            prelude: """
                local env, host, classes = ...
                env.box = host.box
                classes.Box.__concat = function() return "joined" end
                """)
        #expect(
            try outcome(of: "\nlocal t = 'x' .. box()", in: state)?.what == "a Box cannot be concatenated")
    }

    @Test(arguments: ["__gc", "__close", "__mode"])
    func `a class cannot have an event that runs without budgets`(event: String) {
        let error = #expect(throws: LuaError.self) {
            _ = try LuaState(
                classes: ["Box"], prelude: "local _, _, classes = ... classes.Box.\(event) = function() end")
        }
        #expect(error?.what.hasSuffix("Box must not have \(event)") == true)
    }

    private func names(in table: String) throws -> [String] {
        let names = try kept(by: "for name in pairs(\(table)) do keep(name) end")
        return names.map { if case .string(let name) = $0 { name } else { "not a string" } }
    }
}
