import CLua

/// One plugin's sandboxed interpreter.
///
/// Each run and call has a thread of its own, with a stack of `limits.stack` bytes, while the caller waits. One
/// caller at a time: the type is not Sendable. A state is small and quick to make, so each plugin gets its own, and
/// what a script does to its state hurts only itself.
package final class LuaState {
    package let limits: LuaLimits
    package private(set) var usage = LuaUsage()
    /// The plugin's line where the last call returned, 0 if it was not watched.
    package private(set) var returnLine = 0
    private let host: LuaHost
    private var file = "prelude"
    private var sourceLines: [Substring] = []

    /// Builds the sandbox.
    ///
    /// `prelude` is the client's own, trusted Lua text. It runs with Lua's full basic, string, table and math
    /// libraries and gets, as `...`:
    /// - `env`: the plugin's globals. What it adds there becomes visible; tables in it become read-only afterwards.
    /// - `host`: `host.NAME(…)` calls the function of that name.
    /// - `classes`: `classes.NAME` is the metatable of the objects of that class (their `type` is its place in the
    ///   list). `__concat` must raise; `__gc`, `__close` and `__mode` are refused.
    /// - `fail(code, what, instead)`: raises an error at the plugin's line; `code` and `instead` may be nil.
    /// - `suggest(name, candidates)`: " (did you mean 'x'?)" for the nearest key of the table `candidates`, or "".
    /// - `primitives`: `arity(f)`, how many parameters a function names; `get(array, …)` and `set(array, …, value)`, elements
    ///   of the arrays of `work(on:)`; `draw(0)` and `draw(1)`, the next of its uniform and normal numbers.
    ///
    /// - `absent`: by table of `env` (its own name is "") and name of something that people look for there and do not find:
    ///   `{ code, function that words it, what to write instead }`.
    ///
    /// What the prelude's functions do later must use `string.find(s, …)`, not `s:find(…)`: a string's methods are
    /// the plugin's by then.
    ///
    /// A Lua function that a plugin gets in another way than from `env`, a table in it, or a table `__index` of a
    /// class, loses the plugin's line where the plugin says `return f(x)`.
    package init(
        limits: LuaLimits = LuaLimits(), classes: [String] = [], functions: [LuaHostFunction] = [],
        prelude: String = ""
    ) throws(LuaError) {
        self.limits = limits
        host = try LuaHost(limits: limits, functions: functions)
        let names: [LuaValue] = [
            .table(list: classes.map(LuaValue.string), fields: [:]),
            .table(list: functions.map { .string($0.name) }, fields: [:]),
        ]
        let isComplete = ValueWriter(names, to: host.values).isComplete
        precondition(isComplete, "the names of the host's functions take more than \(limits.transfer) bytes")
        let outcome = host.enter {
            mottle_host_prepare($0, basePrelude, basePrelude.utf8.count, prelude, prelude.utf8.count)
        }
        try finish(outcome, activity: nil)
    }

    /// Runs a plugin's source text to its end. `file` is the name shown in messages.
    package func run(_ source: String, file: String) throws(LuaError) {
        try refuseAbandoned(activity: nil)
        self.file = shownName(file)
        // "\r\n" is one Character.
        sourceLines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        try checkSource(source, file: self.file, limit: limits.source)
        let outcome = host.enter { mottle_host_run($0, self.file, source, source.utf8.count) }
        try finish(outcome, activity: nil)
    }

    /// Calls a function of this state. `activity` is shown in messages: "apply of noise 'gaussian'".
    ///
    /// - Parameter watchesReturn: whether `returnLine` is wanted; each call that the function makes then takes longer.
    package func call(
        _ function: LuaFunction, _ arguments: [LuaValue], activity: String, watchesReturn: Bool = false
    ) throws(LuaError) -> [LuaValue] {
        try refuseAbandoned(activity: activity)
        guard ValueWriter(arguments, to: host.values).isComplete else {
            throw LuaError(
                kind: .script, file: file, what: "the arguments are larger than \(limits.transfer / 1024) KB",
                activity: activity)
        }
        let outcome = host.enter { mottle_host_call($0, function.reference, watchesReturn) }
        try finish(outcome, activity: activity)
        return ValueReader.values(in: host.values.pointee)
    }

    /// What the next calls read and write in place, and where they get random numbers.
    ///
    /// - Parameters:
    ///   - arrays: up to two, each with the object that owns its memory, which the state keeps; their objects are of class
    ///     `type` and this generation, and their ids are their places.
    ///   - source: makes random numbers; called on the script's thread while the caller waits, and kept.
    package func work(on arrays: [LuaArray], type: Int, generation: UInt32, source: LuaDrawSource) {
        precondition(arrays.count <= 2 && arrays.allSatisfy { $0.sizes.count <= 8 })
        (host.drawSource, host.owners) = (source, arrays.map(\.owner))
        var list = arrays.map(\.cArray)
        mottle_host_set_arrays(
            host.pointer, &list, Int32(list.count), UInt32(type), generation, fillDraws,
            Unmanaged.passUnretained(source).toOpaque())
    }

    /// Writes the function's results for `count` numbers.
    ///
    /// - Parameter owners: what owns the memory of both; the state keeps it.
    package func map(
        _ function: LuaFunction, _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>,
        count: Int, owners: [AnyObject], activity: String
    ) throws(LuaError) {
        try refuseAbandoned(activity: activity)
        host.owners = owners
        let outcome = host.enter { mottle_host_map($0, function.reference, input, output, Int64(count)) }
        try finish(outcome, activity: activity)
    }

    /// A thread that was left behind may still write to the host's memory, so nobody else touches it.
    private func refuseAbandoned(activity: String?) throws(LuaError) {
        guard host.isAbandoned else { return }
        var error = limits.error(for: MOTTLE_ABANDONED, file: file)
        error.activity = activity
        throw error
    }

    private func finish(_ outcome: mottle_outcome, activity: String?) throws(LuaError) {
        usage = LuaUsage(
            instructions: Int(outcome.instructions), peakHeap: outcome.peak_heap,
            allocations: Int(outcome.allocations))
        returnLine = Int(outcome.return_line)
        guard outcome.status != MOTTLE_OK else { return }
        var error = error(of: outcome)
        error.activity = activity
        error.line = Int(outcome.line)
        if sourceLines.indices.contains(error.line - 1) {
            error.sourceLine = String(sourceLines[error.line - 1].prefix(160))
        }
        error.traceback = String(cString: outcome.traceback).split(separator: "\n").map(String.init)
        throw error
    }

    private func error(of outcome: mottle_outcome) -> LuaError {
        switch outcome.status {
        case MOTTLE_LOAD, MOTTLE_SCRIPT:
            let bytes = UnsafeRawBufferPointer(start: outcome.message, count: outcome.message_count)
            let parts = LuaHostError(text: String(decoding: bytes, as: UTF8.self))
            return LuaError(
                kind: outcome.status == MOTTLE_LOAD ? .load : .script, code: parts.code, file: file,
                what: parts.what, instead: parts.instead)
        default:
            return limits.error(for: outcome.status, file: file)
        }
    }
}

/// What messages call a file: its base name, or the end of one that is longer than Lua keeps.
private func shownName(_ file: String) -> String {
    let base = file.split(separator: "/").last ?? "plugin"
    var name = String(String.UnicodeScalarView(base.unicodeScalars.map { $0.value < 0x20 ? "?" : $0 }))
    while name.utf8.count > 55 { name.removeFirst() }
    return name
}
