import LuaRuntime
import Tensors

/// A sandboxed state in which a plugin's source has run, with what it registered.
///
/// Every trace has one of its own: what a script keeps outside its function is then the same at every trace, whatever
/// was traced before.
struct PluginState {
    let declaration: PluginDeclaration
    let tracer = Tracer()
    private let state: LuaState

    /// Where the last call that watched it returned.
    var returnLine: Int { state.returnLine > 0 ? state.returnLine : declaration.line }

    /// What the last run or call took of its budgets.
    var usage: LuaUsage { state.usage }

    /// Runs the source and takes what it registers.
    init(source: String, file: String, limits: LuaLimits = LuaLimits()) throws(LuaError) {
        let (tracer, reader) = (tracer, DeclarationReader())
        var functions = TraceFunctions.all.map { function in
            LuaHostFunction(name: function.name) { call throws(LuaHostError) in
                try function.record(call, in: tracer)
            }
        }
        functions.append(
            LuaHostFunction(name: "parameter") { call throws(LuaHostError) in [try reader.parameter(call)] })
        functions.append(
            LuaHostFunction(name: "register") { call throws(LuaHostError) in [try reader.register(call)] })
        state = try LuaState(
            limits: limits, classes: Tracer.classes, functions: functions, prelude: pluginPrelude)
        do {
            try state.run(source, file: file)
        } catch {
            guard error.kind == .load, error.code == nil, !source.contains("mottle.") else { throw error }
            var error = error
            error.instead =
                "Lua text that calls mottle.noise { … }, mottle.mask { … } or mottle.tokens { … }: this is no plugin"
            throw error
        }
        guard let declaration = reader.declaration else {
            throw LuaError(
                kind: .load, code: "M01", file: file, what: "the file ran but registered nothing",
                instead: "end it with mottle.noise { … }, mottle.mask { … } or mottle.tokens { … }")
        }
        self.declaration = declaration
    }

    /// Calls a function of the plugin's; the tracer records where it was told to.
    func call(
        _ function: LuaFunction, _ arguments: [LuaValue], activity: String, watchesReturn: Bool = false
    ) throws(LuaError) -> [LuaValue] {
        do {
            return try state.call(function, arguments, activity: activity, watchesReturn: watchesReturn)
        } catch {
            throw placed(error)
        }
    }

    /// An error for which Lua has no line, such as one about what a function returned, is shown at the registration.
    private func placed(_ error: LuaError) -> LuaError {
        guard error.line == 0, error.kind == .script else { return error }
        var placed = error
        placed.line = declaration.line
        return placed
    }

    func map(
        _ function: LuaFunction, _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>,
        count: Int, owners: [AnyObject], activity: String
    ) throws(LuaError) {
        do {
            try state.map(function, input, to: output, count: count, owners: owners, activity: activity)
        } catch {
            throw placed(error)
        }
    }

    /// Calls an eager generator for one sample.
    ///
    /// - Parameters:
    ///   - arrays: the sample's values, which it changes, and its mask if it marks one.
    ///   - varying: the values of the parameters that differ from sample to sample.
    func run(
        _ script: ScriptCall, on arrays: [LuaArray], varying: [Float], source: LuaDrawSource
    ) throws(LuaError) {
        let plugin = script.plugin
        tracer.beginScript(
            script.shape, script.context, axes: plugin.axes, places: plugin.axisPlaces)
        var fields: [String: LuaValue] = [:]
        for parameter in plugin.parameters {
            if let place = script.varying.firstIndex(of: parameter.name) {
                let value = Double(varying[place])
                fields[parameter.name] =
                    parameter.kind == .integer ? .integer(Int(exactly: value.rounded()) ?? 0) : .number(value)
            } else if let setting = script.settings[parameter.name] {
                fields[parameter.name] = tracer.value(of: parameter, setting)
            }
        }
        func work() {
            state.work(
                on: arrays, type: Tracer.ObjectType.array.rawValue, generation: tracer.currentGeneration,
                source: source)
        }
        work()
        let arguments: [LuaValue] =
            [tracer.object(.array), .table(list: [], fields: fields), tracer.object(.stream)]
            + (arrays.count > 1 ? [tracer.object(.array, id: 1)] : [])
        let results = try call(declaration.function, arguments, activity: plugin.activity)
        guard let surplus = results.first(where: { $0 != .none }) else { return }
        // Once more for the line, which to watch in every sample would cost each call of the script.
        work()
        _ = try call(declaration.function, arguments, activity: plugin.activity, watchesReturn: true)
        throw plugin.failure(
            "M13",
            "\(plugin.entry) returned \(tracer.name(of: surplus)); an eager generator returns nothing and changes what it got",
            plugin.kind == .mask ? "hidden:set(row, column, true)" : "x:set(row, column, value)",
            line: returnLine)
    }
}
