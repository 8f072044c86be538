import LuaRuntime
import Tensors
import VectorKernels

extension TraceFunctions {
    /// Lua that runs for every element, where no trace can be had; the prelude's `map` tries to trace first.
    static let scripts: [TraceFunction] = [
        TraceFunction(
            "mapScript", luaName: "map", .host, arguments: 2...2,
            manual: OperationManual(
                .scripts, "x:map(function(v) … end)",
                "The function of every element. It is traced if it can be; if it compares with `<` or `==`, Lua runs for every element, some 20 million a second and core, and a note says so.",
                shape: "x's",
                example: "x:map(function(v) if v > 0.5 then return v * 0.9 end return v + 0.1 end)")
        ) { tracer, call throws(LuaHostError) in
            guard tracer.isTracing, var script = tracer.script else {
                throw LuaHostError(code: "M15", what: "'map' works only while apply or make runs")
            }
            let value = try tracer.number(call[0], for: "map")
            guard case .function(let function) = call[1] else { preconditionFailure("the prelude checks it") }
            guard tracer.mapFunctions.count < mapLimit else {
                throw LuaHostError(
                    code: "M18", what: "more than \(mapLimit) functions that Lua runs for every element",
                    instead: "one function that does it all")
            }
            script.body = .elements(tracer.mapFunctions.count)
            tracer.mapFunctions.append(function)
            let place = tracer.graph.addScript(script)
            tracer.graph.note(
                "\(script.plugin.file):\(call.line): map runs Lua for every element (about 20 million per second and core). "
                    + "mottle.where(x:gt(0.5), a, b) in place of 'if v > 0.5' makes it native.")
            return tracer.graph.add(
                .whole(.script(place)), [value], shape: tracer.graph.nodes[value].shape, type: .number)
        }
    ]

    /// How many functions given to `map` Lua may run in one generator: each takes a state in every worker, and up to the whole
    /// budget of time for every sample.
    static let mapLimit = 4

    /// What the prelude asks of the host: fields of traced values and of arrays.
    static let internals: [TraceFunction] = [
        TraceFunction("field", .host, arguments: 2...2) { tracer, call throws(LuaHostError) in
            [try field(tracer, call)]
        }
    ]

    private static func field(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> LuaValue {
        guard case .object(let object) = call[0], let type = Tracer.ObjectType(rawValue: object.type) else {
            preconditionFailure("an object is indexed")
        }
        guard case .string(let key) = call[1] else {
            if type == .array {
                throw LuaHostError(
                    code: "M09", what: "arrays are read with get", instead: "x:get(row, column, channel)")
            }
            if type == .random || type == .stream {
                throw LuaHostError(code: "M17", what: "rng has only methods")
            }
            throw LuaHostError(
                code: "M10", what: "a tensor has no elements: its values are not known while tracing",
                instead: "mottle.where(mottle.index(\"W\"):eq(1), a, b) is a in the first column")
        }
        let methods: [String]
        switch type {
        case .random: methods = all.filter { $0.face == .random }.map(\.luaName)
        case .stream: methods = ["uniform", "normal", "integer", "bernoulli"]
        case .array: methods = ["get", "set"]
        case .tensor: methods = all.filter { [.tensor, .value].contains($0.face) }.map(\.luaName) + ["map"]
        case .mask: methods = all.filter { [.mask, .value].contains($0.face) }.map(\.luaName)
        }
        if type == .random || type == .stream {
            throw unknown("rng has no method", key, among: methods, type)
        }
        let node = type == .array ? nil : try tracer.node(object)
        switch key {
        case "low": return .number(Double(tracer.context.range.lowerBound))
        case "high": return .number(Double(tracer.context.range.upperBound))
        case "length" where node == tracer.input:
            return try tracer.object(tracer.graph.add(.length, shape: [], type: .number))
        case "words" where node == tracer.input:
            let shape = Shape.along(0, tracer.graph.shape.size(0))
            return try tracer.object(tracer.graph.add(.words, shape: shape, type: .number))
        case _ where key.count == 1 && key.first!.isUppercase:
            return .integer(try tracer.size(key.first!, of: node))
        default:
            let kind = type == .tensor ? "tensors have" : type == .mask ? "masks have" : "arrays have"
            throw unknown("\(kind) no method", key, among: methods, type)
        }
    }

    private static func unknown(
        _ what: String, _ key: String, among methods: [String], _ type: Tracer.ObjectType
    ) -> LuaHostError {
        let what = "\(what) '\(key)'"
        if let instead = ForeignNames.instead(of: key, type) {
            return LuaHostError(code: "M17", what: what, instead: instead)
        }
        let near = Suggestion.nearest(key, among: methods).map { " (did you mean '\($0)'?)" }
        return LuaHostError(code: "M17", what: what + (near ?? ""))
    }
}
