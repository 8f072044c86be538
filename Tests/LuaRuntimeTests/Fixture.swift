import LuaRuntime

/// What a script does in a state: its error, or nil if it runs to its end.
func outcome(
    of source: String, file: String = "x.lua", in state: LuaState? = nil, limits: LuaLimits = LuaLimits()
) throws -> LuaError? {
    let state = try state ?? LuaState(limits: limits)
    do {
        try state.run(source, file: file)
        return nil
    } catch {
        return error
    }
}

/// Gathers what a script passes to its global function `keep`.
final class Keeper {
    var calls: [LuaCall] = []
    var values: [LuaValue] { calls.flatMap(\.arguments) }

    var function: LuaHostFunction {
        LuaHostFunction(name: "keep") { (call) throws(LuaHostError) in
            self.calls.append(call)
            return call.arguments
        }
    }
}

/// A state whose plugins can call `keep`, with one class of objects.
func keepingState(_ keeper: Keeper, limits: LuaLimits = LuaLimits()) throws -> LuaState {
    try LuaState(
        limits: limits, classes: ["Box", "Tensor"], functions: [keeper.function],
        prelude: "local env, host = ... env.keep = host.keep")
}

/// What a script's calls of `keep` passed.
func kept(by source: String) throws -> [LuaValue] {
    let keeper = Keeper()
    try keepingState(keeper).run(source, file: "x.lua")
    return keeper.values
}

/// What a test needs is not there.
struct Missing: Error {}
