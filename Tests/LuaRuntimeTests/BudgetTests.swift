import LuaRuntime
import Testing

@Suite struct Budgets {
    @Test func `a spent budget tells what, where, why and what instead`() throws {
        let keeper = Keeper()
        var limits = LuaLimits()
        limits.instructions = 5000
        let state = try keepingState(keeper, limits: limits)
        try state.run(
            "local function spin()\n  while true do end\nend\nkeep(function(x) spin() end)", file: "loop.lua")
        guard case .function(let apply) = keeper.values.first else { return #expect(Bool(false)) }
        let error = #expect(throws: LuaError.self) {
            try state.call(apply, [], activity: "apply of noise 'loop'")
        }
        #expect(
            error?.description == """
                loop.lua:2: error: stopped after 5,000 instructions.
                Tracing should take thousands of instructions. Is a loop running over pixels?
                Instead: operations on whole tensors.
                [M18] in apply of noise 'loop'
                   2 |   while true do end
                  at loop.lua:2 in function 'spin'
                  at loop.lua:4 in function of line 4
                """)
        #expect(state.usage.instructions == 5000)
    }

    @Test func `host calls, values that cross and caught errors use instructions`() throws {
        func used(_ source: String) throws -> Int {
            let state = try keepingState(Keeper())
            try state.run(source, file: "x.lua")
            return state.usage.instructions
        }
        let empty = try used("for i = 1, 1000 do local f = keep end")
        let calls = try used("for i = 1, 1000 do keep() end")
        let tables = try used("local t = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } for i = 1, 1000 do keep(t) end")
        let caught = try used("for i = 1, 1000 do pcall(error, 'x') end")
        #expect(calls >= empty + 10_000)
        #expect(tables >= calls + 10_000)
        #expect(caught >= empty + 200_000)
    }

    @Test func `the peak of the heap is told, and starts anew with each run`() throws {
        let state = try LuaState()
        try state.run("local s = ('x'):rep(1000000)", file: "x.lua")
        #expect((1_000_000..<3_000_000).contains(state.usage.peakHeap))
        for _ in 0..<3 { try state.run("local t = {} for i = 1, 20000 do t = { i } end", file: "x.lua") }
        #expect((10_000..<1_500_000).contains(state.usage.peakHeap))
    }

    /// The prelude is trusted, so it can do what no plugin can: give away a function that no hook stops.
    @Test func `a thread that does not come back is left behind, and the state with it`() throws {
        var limits = LuaLimits()
        (limits.seconds, limits.grace) = (0.05, 0.05)
        let keeper = Keeper()
        let state = try LuaState(
            limits: limits, functions: [keeper.function],
            prelude: """
                local env, host = ...
                local rep = string.rep
                env.keep, env.hang = host.keep, function() rep('', 1 << 30) end
                """)
        try state.run("keep(function() end)", file: "hang.lua")
        let error = try outcome(of: "hang()", file: "hang.lua", in: state)
        #expect(error?.kind == .time)
        #expect(
            error?.description == """
                hang.lua: error: could not be stopped after 0.05 s.
                Its thread was left behind; the plugin is not used again.
                [M18]
                """)
        #expect(try outcome(of: "local x = 1", file: "hang.lua", in: state)?.what == error?.what)
        guard case .function(let kept) = keeper.values.first else {
            Issue.record("the script keeps no function")
            return
        }
        let refused = #expect(throws: LuaError.self) { try state.call(kept, [], activity: "a call") }
        #expect(refused?.what == error?.what)
        #expect(refused?.activity == "a call")
    }

    @Test func `memory that a thread left behind may write to is never freed`() throws {
        final class Owner {
            let values = UnsafeMutablePointer<Float>.allocate(capacity: 4)
            deinit { values.deallocate() }
        }
        weak var kept: Owner?
        weak var finished: Owner?
        func work(_ script: String, _ seconds: Double) throws -> (LuaError?, Owner) {
            var limits = LuaLimits()
            (limits.seconds, limits.grace) = (seconds, seconds)
            let (keeper, owner) = (Keeper(), Owner())
            owner.values.initialize(repeating: 0, count: 4)
            let state = try LuaState(
                limits: limits, classes: ["Array"], functions: [keeper.function],
                prelude: """
                    local env, host, classes, fail, suggest, primitives = ...
                    local rep = string.rep
                    env.keep, env.hang = host.keep, function() rep('', 1 << 29) end
                    classes.Array.__index = { set = primitives.set }
                    """)
            try state.run("keep(function(a)\n\(script) a:set(2, 0.5) end)", file: "hang.lua")
            guard case .function(let function) = keeper.values.first else { throw Missing() }
            state.work(
                on: [LuaArray(owner.values, sizes: [4], isMask: false, owner: owner)], type: 0, generation: 7,
                source: LuaDrawSource { _, _, _ in })
            let array = LuaValue.object(LuaObject(type: 0, id: 0, generation: 7))
            do throws(LuaError) {
                _ = try state.call(function, [array], activity: "a call")
                return (nil, owner)
            } catch {
                return (error, owner)
            }
        }
        do {
            let (error, owner) = try work("hang()", 0.05)
            #expect(error?.what.hasPrefix("could not be stopped after 0.05 s.") == true)
            kept = owner
        }
        #expect(kept != nil)
        do {
            let (error, owner) = try work("", 10)
            #expect(error == nil)
            #expect(owner.values[1] == 0.5)
            finished = owner
        }
        #expect(finished == nil)
    }

    @Test func `a thread that cannot be started is an error`() {
        var limits = LuaLimits()
        limits.stack = 1 << 60
        let error = #expect(throws: LuaError.self) { _ = try LuaState(limits: limits) }
        #expect(error?.what == "no thread with a stack of 1099511627776 MB could be started.")
    }

    @Test func `a larger limit lets more through`() throws {
        let source = "local t = {} for i = 1, 400 do t[i] = ('x'):rep(100000 + i) end"
        var limits = LuaLimits()
        #expect(try outcome(of: source, limits: limits)?.what == "used more than 32 MB.")
        limits.heap = 64 << 20
        #expect(try outcome(of: source, limits: limits) == nil)
    }
}
