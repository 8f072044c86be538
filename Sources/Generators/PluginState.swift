import LuaRuntime

/// A sandboxed state in which a plugin's source has run, with what it registered.
///
/// Every trace has one of its own: what a script keeps outside its function is then the same at every trace, whatever
/// was traced before.
struct PluginState {
    let declaration: PluginDeclaration
    let tracer = Tracer()
    private let state: LuaState

    /// Runs the source and takes what it registers.
    init(source: String, file: String) throws(LuaError) {
        let (tracer, reader) = (tracer, DeclarationReader())
        var functions = TraceFunctions.all.map { function in
            LuaHostFunction(name: function.name) { call throws(LuaHostError) in
                [try function.record(call, in: tracer)]
            }
        }
        functions.append(
            LuaHostFunction(name: "parameter") { call throws(LuaHostError) in [try reader.parameter(call)] })
        functions.append(
            LuaHostFunction(name: "register") { call throws(LuaHostError) in [try reader.register(call)] })
        state = try LuaState(classes: Tracer.classes, functions: functions, prelude: pluginPrelude)
        try state.run(source, file: file)
        guard let declaration = reader.declaration else {
            throw LuaError(
                kind: .load, code: "M01", file: file, what: "the file ran but registered nothing",
                instead: "end it with mottle.noise { … } or mottle.mask { … }")
        }
        self.declaration = declaration
    }

    /// Calls `apply` or `make`, while the tracer records.
    func call(_ arguments: [LuaValue], activity: String) throws(LuaError) -> [LuaValue] {
        try state.call(declaration.function, arguments, activity: activity)
    }
}
