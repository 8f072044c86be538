import LuaRuntime
import Tensors

/// A generator as its file declares it.
///
/// Tracing runs its source in a sandboxed state; programs don't, so nothing of Lua is left when a chain runs.
package final class Plugin: Sendable {
    /// The file's name as messages show it.
    package let file: String
    package let source: String
    package var kind: GeneratorKind { declaration.kind }
    package var name: String { declaration.name }
    package var documentation: String { declaration.documentation }
    package var axes: String { declaration.axes }
    package var parameters: [ParameterDeclaration] { declaration.parameters }

    private let declaration: PluginDeclaration

    /// Runs a plugin's source text and takes what it registers.
    package init(source: String, file: String) throws(LuaError) {
        declaration = try PluginState(source: source, file: file).declaration
        if let mistake = TruthLint(source).mistake { throw mistake.error(source: source, file: file) }
        (self.file, self.source) = (file, source)
    }

    /// "noise 'gaussian'", for messages.
    package var title: String { "\(kind.rawValue) '\(name)'" }

    /// What a call of the plugin gave, as nodes of the graph.
    struct Result: Equatable {
        /// What noise returned; nil for a mask generator.
        var values: NodeID?
        /// What is hidden, or was destroyed.
        var mask: NodeID?
    }

    /// Adds what the generator does to `input` to a graph.
    ///
    /// - Parameter settings: a checked setting for each parameter that isn't absent, by name.
    /// - Throws: `LuaError` for what the script does wrong, with its line.
    func trace(
        into graph: inout Graph, input: NodeID, settings: [String: ParameterSetting], context: TraceContext
    ) throws(LuaError) -> Result {
        let places = try axisPlaces(in: graph.shape)
        let before = graph
        let state = try PluginState(source: source, file: file)
        let result = try record(&graph, input, settings, context, places, in: state)
        // A second time from the same start: what differs depends on something other than its arguments.
        var again = before
        let second = try record(&again, input, settings, context, places, in: state)
        guard second == result, again.nodes == graph.nodes else {
            let operation = zip(graph.nodes, again.nodes).prefix { $0 == $1 }.count - before.nodes.count + 1
            throw failure(
                "M14",
                "\(entry) is not repeatable: two runs with the same input differ at operation \(operation)",
                "keep no variable outside \(entry) that it changes")
        }
        return result
    }

    private var entry: String { kind == .noise ? "apply" : "make" }
    private var activity: String { "\(entry) of \(title)" }

    private func record(
        _ graph: inout Graph, _ input: NodeID, _ settings: [String: ParameterSetting],
        _ context: TraceContext, _ places: [Character: Int?], in state: PluginState
    ) throws(LuaError) -> Result {
        let tracer = state.tracer
        tracer.begin(graph, context, axes: axes, places: places)
        var fields: [String: LuaValue] = [:]
        for parameter in parameters {
            if let setting = settings[parameter.name] {
                fields[parameter.name] = tracer.value(of: parameter, setting)
            }
        }
        let results = try state.call(
            [tracer.symbol(input), .table(list: [], fields: fields), tracer.random], activity: activity)
        do {
            let result = try result(of: results, in: tracer)
            graph = tracer.end()
            return result
        } catch {
            throw failure(error.code, error.what, error.instead)
        }
    }

    private func result(of results: [LuaValue], in tracer: Tracer) throws(LuaHostError) -> Result {
        guard let first = results.first, first != .none else {
            throw LuaHostError(code: "M13", what: "\(entry) returned nothing", instead: "return … at its end")
        }
        if kind == .mask {
            guard case .object(let object) = first, object.type == 1 else {
                throw LuaHostError(
                    code: "M13",
                    what: "\(entry) returned \(tracer.name(of: first)); \(title) must return a mask",
                    instead: "return x:gt(0.5)")
            }
            return Result(values: nil, mask: try tracer.node(object))
        }
        guard case .object(let object) = first, object.type == 0 else {
            throw LuaHostError(
                code: "M13",
                what:
                    "\(entry) returned \(tracer.name(of: first)); \(title) must return values like its input's",
                instead: "mottle.where(mask, a, x)")
        }
        let values = try tracer.node(object)
        guard tracer.graph.nodes[values].axes == tracer.graph.full else {
            throw LuaHostError(
                code: "M13",
                what: "\(entry) returned values along fewer axes than its input's \(tracer.graph.shape)",
                instead: "return x + …")
        }
        guard results.count > 1, results[1] != .none else { return Result(values: values, mask: nil) }
        guard case .object(let second) = results[1], second.type == 1 else {
            throw LuaHostError(
                code: "M13",
                what:
                    "\(entry) returned \(tracer.name(of: results[1])) as its second result, which must be a mask"
            )
        }
        return Result(values: values, mask: try tracer.node(second))
    }

    /// Where the plugin's axis letters are in a sample of `shape`. A plugin for channels takes samples without them, too.
    private func axisPlaces(in shape: Shape) throws(LuaError) -> [Character: Int?] {
        if let problem = problem(withSampleShape: shape) { throw failure("M12", problem, nil) }
        guard !axes.hasSuffix("...") else { return [:] }
        let letters = Array(axes.dropFirst())
        var places: [Character: Int?] = [:]
        for (place, letter) in letters.enumerated() {
            places[letter] = place < shape.rank ? place : Int?.none
        }
        return places
    }

    /// Says what is wrong with samples of a shape, nil if the plugin takes them.
    package func problem(withSampleShape shape: Shape) -> String? {
        guard !axes.hasSuffix("...") else { return nil }
        let letters = axes.dropFirst()
        let lacksChannels = letters.last == "C" && shape.rank == letters.count - 1
        guard shape.rank != letters.count, !lacksChannels else { return nil }
        return "\(title) wants samples with the axes \(letters), got samples of shape \(shape)"
    }

    private func failure(_ code: String?, _ what: String, _ instead: String?) -> LuaError {
        LuaError(
            kind: .script, code: code, file: file, line: declaration.line, what: what, instead: instead,
            activity: activity)
    }
}
