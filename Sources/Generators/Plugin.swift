import LuaRuntime
import Tensors

/// A generator as its file declares it.
///
/// Tracing runs its source in a sandboxed state; programs don't, so nothing of Lua is left when a chain runs, except for
/// generators declared `eager` and functions given to `map` that no trace can hold.
package final class Plugin: Sendable {
    /// The file's name as messages show it.
    package let file: String
    package let source: String
    package var kind: GeneratorKind { declaration.kind }
    package var name: String { declaration.name }
    package var documentation: String { declaration.documentation }
    /// The paper that the generator comes from, if it says so.
    package var citation: String { declaration.citation }
    package var axes: String { declaration.axes }
    package var parameters: [ParameterDeclaration] { declaration.parameters }
    /// Settings by parameter for severity 1 … 5, or none.
    package var severities: [[String: ParameterValue]] { declaration.severities }
    /// Settings that leave a sample as it is, nil if the plugin names none.
    package var identity: [String: ParameterValue]? { declaration.identity }
    package var isEager: Bool { declaration.isEager }
    /// Whether it has no meaning for samples that do not say which tokens make a word.
    package var needsWords: Bool { declaration.needsWords }
    /// Whether an eager generator marks what it hides or destroys.
    var marksMask: Bool { declaration.marksMask }

    /// The parameters that its function surely never reads.
    package let unreadParameters: [ParameterDeclaration]

    let declaration: PluginDeclaration
    private let limits: LuaLimits

    /// Runs a plugin's source text and takes what it registers.
    ///
    /// - Parameter limits: what loading, each trace and each sample may use.
    package init(source: String, file: String, limits: LuaLimits = LuaLimits()) throws(LuaError) {
        declaration = try PluginState(source: source, file: file, limits: limits).declaration
        let walk = SourceWalk(source)
        if !declaration.isEager, let mistake = walk.mistakes.first {
            throw mistake.error(source: source, file: file)
        }
        unreadParameters = declaration.parameters.filter { parameter in
            walk.readParameters.map { !$0.contains(parameter.name) } ?? false
        }
        (self.file, self.source, self.limits) = (file, source, limits)
    }

    /// A state of its own in which the source has run.
    func newState() throws(LuaError) -> PluginState {
        try PluginState(source: source, file: file, limits: limits)
    }

    /// "noise 'gaussian'", for messages.
    package var title: String { "\(kind.rawValue) '\(name)'" }

    /// What a call of the plugin gave, as nodes of the graph.
    struct Result: Equatable {
        /// What noise returned; nil for a mask generator.
        var values: NodeID?
        /// What is hidden, or was destroyed.
        var mask: NodeID?
        /// By name, sorted.
        var extras: [ExtraOutput] = []
        /// The parameters that are traced.
        var parameters: [ExtraOutput] = []
    }

    /// Adds what the generator does to `input` to a graph.
    ///
    /// - Parameter settings: a checked setting for each parameter that isn't absent, by name.
    /// - Throws: `LuaError` for what the script does wrong, with its line.
    func trace(
        into graph: inout Graph, input: NodeID, settings: [String: ParameterSetting], context: TraceContext
    ) throws(LuaError) -> Result {
        if let problem = problem(withSampleShape: graph.shape) { throw failure("M12", problem, nil) }
        graph.origin = Origin(path: context.path, file: file, line: declaration.line)
        let script = ScriptCall(
            plugin: self, body: .sample, settings: settings, context: context, shape: graph.shape)
        if isEager { return record(script, &graph, input) }
        let before = graph
        let state = try newState()
        let result = try record(&graph, input, script, in: state)
        // A second time from the same start: what differs depends on something other than its arguments.
        var again = before
        let second = try record(&again, input, script, in: state)
        guard second == result, again.nodes == graph.nodes, again.schedules == graph.schedules,
            Graph.areEqual(again.tables, graph.tables)
        else {
            throw unrepeatable(graph, again, from: before.nodes.count)
        }
        return result
    }

    private func unrepeatable(_ first: Graph, _ second: Graph, from start: Int) -> LuaError {
        let place = zip(first.nodes, second.nodes).prefix { $0 == $1 }.count
        var error = failure(
            "M14",
            "\(entry) is not repeatable: two runs with the same input differ at operation \(place - start + 1)",
            "keep no variable outside \(entry) that it changes")
        let origins = [first, second].compactMap { place < $0.origins.count ? $0.origins[place].line : nil }
        if let line = origins.first(where: { $0 > 0 }) { error.line = line }
        return error
    }

    var entry: String { kind == .mask ? "make" : "apply" }
    var activity: String { "\(entry) of \(title)" }

    private func record(
        _ graph: inout Graph, _ input: NodeID, _ script: ScriptCall, in state: PluginState
    ) throws(LuaError) -> Result {
        let tracer = state.tracer
        tracer.begin(graph, input: input, script.context, axes: axes, places: axisPlaces)
        tracer.script = script
        let fields = parameterValues(script.settings, in: tracer)
        let results = try state.call(
            state.declaration.function,
            [tracer.symbol(input), .table(list: [], fields: fields), tracer.random],
            activity: activity, watchesReturn: true)
        do {
            var result = try ResultReader(plugin: self, tracer: tracer).result(of: results)
            for parameter in parameters {
                guard case .object(let object) = fields[parameter.name] else { continue }
                result.parameters.append(ExtraOutput(name: parameter.name, node: Int(object.id)))
            }
            graph = tracer.end()
            return result
        } catch {
            throw failure(error.code, error.what, error.instead, line: state.returnLine)
        }
    }

    private func parameterValues(
        _ settings: [String: ParameterSetting], in tracer: Tracer
    ) -> [String: LuaValue] {
        var fields: [String: LuaValue] = [:]
        for parameter in parameters {
            if let setting = settings[parameter.name] {
                fields[parameter.name] = tracer.value(of: parameter, setting)
            }
        }
        return fields
    }

    /// An eager generator is one node: its script runs when samples are made.
    private func record(_ script: ScriptCall, _ graph: inout Graph, _ input: NodeID) -> Result {
        let tracer = Tracer()
        tracer.begin(graph, input: input, script.context, axes: axes, places: axisPlaces)
        var (script, operands) = (script, [input])
        for parameter in parameters {
            guard let setting = script.settings[parameter.name], !setting.isPlain,
                case .object(let object) = tracer.value(of: parameter, setting)
            else { continue }
            script.varying.append(parameter.name)
            operands.append(Int(object.id))
        }
        graph = tracer.end()
        let place = graph.addScript(script)
        let values = graph.add(.whole(.script(place)), operands, shape: graph.full, type: .number)
        let mask =
            marksMask ? graph.add(.whole(.scriptMask(place)), [values], shape: graph.full, type: .mask) : nil
        let varying = zip(script.varying, operands.dropFirst()).map { ExtraOutput(name: $0, node: $1) }
        return Result(values: kind == .mask ? nil : values, mask: mask, parameters: varying)
    }

    /// The function of the `place`-th `map` that Lua runs for every element, from a trace in a state of its own.
    func mapFunction(_ place: Int, of script: ScriptCall, in state: PluginState) throws(LuaError)
        -> LuaFunction
    {
        var graph = Graph(shape: script.shape)
        _ = try record(&graph, graph.input, script, in: state)
        let functions = state.tracer.mapFunctions
        // A script can tell this trace from the chain's by what its `pcall` holds, such as how many partners are left.
        guard functions.indices.contains(place) else {
            throw failure(
                "M14",
                "\(entry) is not repeatable: with the same input it called map \(place + 1) times, then \(functions.count)",
                "no map that depends on an error that pcall caught")
        }
        return functions[place]
    }

    /// Calls `expect` with plain parameters: what the generator says of its statistics, by name; nil if it says nothing.
    package func expectation(
        _ settings: [String: ParameterSetting], value: Double, shape: Shape, context: TraceContext
    ) throws(LuaError) -> [String: Double]? {
        guard declaration.expectation != nil else { return nil }
        let state = try newState()
        let tracer = state.tracer
        tracer.beginScript(shape, context, axes: axes, places: axisPlaces)
        var input: [String: LuaValue] = [
            "value": .number(value), "low": .number(Double(context.range.lowerBound)),
            "high": .number(Double(context.range.upperBound)),
        ]
        for (letter, place) in axisPlaces { input[String(letter)] = .integer(shape.size(place)) }
        let results = try state.call(
            state.declaration.expectation!,
            [
                .table(list: [], fields: parameterValues(settings, in: tracer)),
                .table(list: [], fields: input),
            ],
            activity: "expect of \(title)", watchesReturn: true)
        guard case .table(_, let fields)? = results.first else {
            throw failure(
                "M13", "expect returned no table", "return { mean = 0, variance = p.sigma ^ 2 }",
                line: state.returnLine)
        }
        let known = ["mean", "variance", "rate", "ratio"]
        var numbers: [String: Double] = [:]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            guard known.contains(name), let number = value.plainNumber else {
                throw failure(
                    "M13",
                    "expect returned '\(name)'; it gives plain numbers named \(known.joined(separator: ", "))",
                    nil, line: state.returnLine)
            }
            numbers[name] = number
        }
        return numbers
    }

    /// What loading the plugin takes.
    package func measureUsage() throws(LuaError) -> PluginUsage {
        let clock = ContinuousClock()
        let start = clock.now
        let state = try newState()
        let seconds = (clock.now - start) / .seconds(1)
        return PluginUsage(
            instructions: state.usage.instructions, peakHeap: state.usage.peakHeap,
            allocations: state.usage.allocations, seconds: seconds)
    }

    /// Where the plugin's axis letters are in a sample. A plugin for channels takes samples without them, too.
    var axisPlaces: [Character: Int] {
        guard !axes.hasSuffix("...") else { return [:] }
        return Dictionary(uniqueKeysWithValues: axes.dropFirst().enumerated().map { ($1, $0) })
    }

    /// Says what is wrong with samples of a shape, nil if the plugin takes them.
    package func problem(withSampleShape shape: Shape) -> String? {
        guard shape.rank <= Tracer.axisLimit else {
            return "\(title) takes samples of up to \(Tracer.axisLimit) axes, got samples of shape \(shape)"
        }
        guard !axes.hasSuffix("...") else { return nil }
        let letters = axes.dropFirst()
        let lacksChannels = letters.last == "C" && shape.rank == letters.count - 1
        guard shape.rank != letters.count, !lacksChannels else { return nil }
        return "\(title) wants samples with the axes \(letters), got samples of shape \(shape)"
    }

    /// - Parameter line: the registration's if not given.
    func failure(_ code: String?, _ what: String, _ instead: String?, line: Int? = nil) -> LuaError {
        var error = LuaError(
            kind: .script, code: code, file: file, line: line ?? declaration.line, what: what,
            instead: instead, activity: activity)
        if line != nil { error.sourceLine = sourceLine(error.line, of: source) }
        return error
    }
}

/// What loading a plugin took.
package struct PluginUsage: Sendable {
    package var instructions = 0
    /// Bytes.
    package var peakHeap = 0
    /// Requests for memory, Mottle's own Lua text included.
    package var allocations = 0
    package var seconds = 0.0

    package init(instructions: Int = 0, peakHeap: Int = 0, allocations: Int = 0, seconds: Double = 0) {
        (self.instructions, self.peakHeap, self.allocations) = (instructions, peakHeap, allocations)
        self.seconds = seconds
    }
}
