import LuaRuntime
import Testing

@Suite struct `Host functions` {
    @Test(arguments: [
        LuaValue.none, .boolean(true), .boolean(false), .integer(3), .integer(.min), .integer(.max),
        .number(3),
        .number(-0.1), .number(.infinity), .string(""), .string("añb\0c"),
        .table(list: [], fields: [:]),
        .table(
            list: [.integer(5), .table(list: [.string("in")], fields: [:]), .boolean(false)],
            fields: ["a": .number(0.25), "b": .table(list: [], fields: ["c": .integer(-7)])]),
        .object(LuaObject(type: 1, id: 4_000_000_000, generation: 9)),
    ])
    func `a value comes back as it went, through a call and a host function`(value: LuaValue) throws {
        let keeper = Keeper()
        let state = try keepingState(keeper)
        try state.run("keep(function(...) return keep(...) end)", file: "x.lua")
        guard case .function(let echo) = keeper.values.first else { throw Missing() }
        #expect(
            try state.call(echo, [.integer(1), value, .string("z")], activity: "echo")
                == keeper.values.suffix(3))
        #expect(keeper.values.suffix(3) == [.integer(1), value, .string("z")])
    }

    @Test func `integers and floats stay apart`() throws {
        #expect(
            try kept(by: "keep(2, 2.0, 4 / 2, 7 // 2)") == [.integer(2), .number(2), .number(2), .integer(3)])
    }

    @Test func `a function keeps its identity and its upvalues`() throws {
        let keeper = Keeper()
        let state = try keepingState(keeper)
        try state.run(
            "local n = 10\nlocal function f(x) n = n + x return n, 'ok' end\nkeep(f, f, function() end)",
            file: "x.lua")
        #expect(keeper.values[0] == keeper.values[1])
        #expect(keeper.values[0] != keeper.values[2])
        guard case .function(let f) = keeper.values[0] else { throw Missing() }
        #expect(try state.call(f, [.integer(3)], activity: "f") == [.integer(13), .string("ok")])
        #expect(try state.call(f, [.integer(4)], activity: "f") == [.integer(17), .string("ok")])
    }

    @Test func `a call knows the line of the plugin, through the host's own Lua too`() throws {
        let keeper = Keeper()
        let state = try LuaState(
            functions: [keeper.function],
            prelude: """
                local env, host = ...
                env.keep = host.keep
                env.tool = { wrapped = function(...) local x = host.keep(...) return x end }
                """)
        try state.run(
            "keep()\n\nlocal function f() return tool.wrapped(5) end\nlocal x = f()\ntable.sort({2, 1},\nkeep)",
            file: "x.lua")
        #expect(keeper.calls.map(\.line) == [1, 3, 5])
    }

    @Test func `an error of a host function has the plugin's line and all its parts`() throws {
        let state = try LuaState(
            functions: [
                LuaHostFunction(name: "add") { (call) throws(LuaHostError) in
                    throw LuaHostError(
                        code: "M12", what: "cannot add \(call.arguments.count) shapes.\nWhy not.",
                        instead: "a + b")
                }
            ], prelude: "local env, host = ... env.tool = { add = function(...) return host.add(...) end }")
        let error = try outcome(of: "local function f(a)\n  return tool.add(a, 2)\nend\n\nf(1)", in: state)
        #expect(
            error?.description == """
                x.lua:2: error: cannot add 2 shapes.
                Why not.
                Instead: a + b
                [M12]
                   2 |   return tool.add(a, 2)
                  at x.lua:2 in function 'f'
                  at x.lua:5 in main chunk
                """)
        #expect(error?.kind == .script)
        #expect(error?.code == "M12")
        #expect(error?.instead == "a + b")
    }

    @Test func `a prelude's fail has the plugin's line and all its parts`() throws {
        let keeper = Keeper()
        let state = try LuaState(
            functions: [keeper.function],
            prelude: """
                local env, host, classes, fail, suggest = ...
                env.keep = host.keep
                env.make = function(name) fail("M17", "no '" .. name .. "'" .. suggest(name, { clamp = 1 }), "clamp") end
                """)
        try state.run("keep(function(name)\n  make(name)\nend)", file: "x.lua")
        guard case .function(let make) = keeper.values.first else { throw Missing() }
        let error = #expect(throws: LuaError.self) {
            try state.call(make, [.string("clmap")], activity: "apply of noise 'x'")
        }
        #expect(
            error?.description == """
                x.lua:2: error: no 'clmap' (did you mean 'clamp'?)
                Instead: clamp
                [M17] in apply of noise 'x'
                   2 |   make(name)
                  at x.lua:2 in function of line 1
                """)
    }

    @Test func `a script can catch a host function's error as text`() throws {
        let keeper = Keeper()
        let refusing = LuaHostFunction(name: "refuse") { (_) throws(LuaHostError) in
            throw LuaHostError(code: "M12", what: "no", instead: "yes")
        }
        let state = try LuaState(
            functions: [keeper.function, refusing],
            prelude: "local env, host = ... env.keep, env.refuse = host.keep, host.refuse")
        try state.run("keep(pcall(function()\n\nrefuse() end))", file: "x.lua")
        #expect(keeper.values == [.boolean(false), .string("x.lua:3: no\nInstead: yes\n[M12]")])
    }

    @Test(arguments: [
        (
            "keep({ [true] = 1 })",
            "a table's key is a boolean; only strings and 1, 2, 3 and so on can be keys here"
        ),
        ("keep({ [1.5] = 1 })", "a table's number keys must be 1, 2, 3 and so on"),
        ("keep({ [0] = 1 })", "a table's number keys must be 1, 2, 3 and so on"),
        ("local t = {} t.t = t keep(t)", "tables within tables, more than 16 deep"),
        ("local s = ('x'):rep(1000000) keep(s, s, s, s, s)", "more than 4096 KB of values in one call"),
        (
            "local t = { 1 } for i = 1, 15 do t = { t, t, t } end keep(t)",
            "more than 4096 KB of values in one call"
        ),
    ])
    func `what cannot cross is refused`(script: String, what: String) throws {
        let error = try outcome(of: script, in: keepingState(Keeper()))
        #expect(error?.what == what)
        #expect(error?.line == 1)
    }

    @Test func `too large a result of a host function is refused`() throws {
        let state = try LuaState(
            functions: [
                LuaHostFunction(name: "big") { (_) throws(LuaHostError) in
                    [.string(String(repeating: "x", count: 5_000_000))]
                }
            ], prelude: "local env, host = ... env.big = host.big")
        #expect(try outcome(of: "\nbig()", in: state)?.what == "the result is larger than 4096 KB")
    }

    /// Raised from a Swift frame, Lua's error would skip every release.
    @Test func `what a throwing host function made is released each time`() throws {
        let counter = Counter()
        let state = try LuaState(
            functions: [
                LuaHostFunction(name: "refuse") { (call) throws(LuaHostError) in
                    let tracked = Tracked(counter)
                    throw LuaHostError(what: "no \(call.arguments.count) \(tracked.counter.made)")
                }
            ], prelude: "local env, host = ... env.refuse = host.refuse")
        try state.run("for i = 1, 1000 do pcall(refuse, i, { i }) end", file: "x.lua")
        #expect(counter.made == 1000)
        #expect(counter.released == 1000)
    }

    @Test func `a state releases what its host functions hold`() throws {
        let counter = Counter()
        do {
            let tracked = Tracked(counter)
            let state = try LuaState(functions: [
                LuaHostFunction(name: "hold") { (_) throws(LuaHostError) in [.integer(tracked.counter.made)] }
            ])
            try state.run("local x = 1", file: "x.lua")
        }
        #expect(counter.released == 1)
    }
}

private final class Counter {
    var made = 0
    var released = 0
}

private final class Tracked {
    let counter: Counter

    init(_ counter: Counter) {
        self.counter = counter
        counter.made += 1
    }

    deinit { counter.released += 1 }
}
