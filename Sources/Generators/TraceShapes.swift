import LuaRuntime
import VectorKernels

extension TraceFunctions {
    /// Sizes, positions and constants along named axes.
    static let shapes: [TraceFunction] = [
        TraceFunction(name: "field", arguments: 2...2, isMethod: false) { tracer, call throws(LuaHostError) in
            guard case .object(let object) = call[0] else { preconditionFailure("an object is indexed") }
            guard case .string(let key) = call[1] else {
                throw LuaHostError(
                    code: "M10", what: "a tensor has no elements: its values are not known while tracing",
                    instead: "mottle.where(mottle.index(\"W\"):eq(1), a, b) is a in the first column")
            }
            guard object.type < 2 else {
                throw LuaHostError(
                    code: "M17",
                    what: "rng has no method '\(key)'"
                        + (Suggestion.nearest(key, among: drawNames).map { " (did you mean '\($0)'?)" } ?? "")
                )
            }
            switch key {
            case "low": return .number(Double(tracer.context.range.lowerBound))
            case "high": return .number(Double(tracer.context.range.upperBound))
            case _ where key.count == 1 && key.first!.isUppercase:
                return .integer(try tracer.size(key.first!))
            default:
                let kind = object.type == 0 ? "tensors" : "masks"
                throw LuaHostError(code: "M17", what: "\(kind) have no method '\(key)'" + suggestion(key))
            }
        },
        TraceFunction(name: "size", arguments: 2...2) { tracer, call throws(LuaHostError) in
            .integer(try tracer.size(try letter(call[1], for: "size")))
        },
        // 1 … size along one axis.
        TraceFunction(name: "index", arguments: 1...1, isMethod: false) { tracer, call throws(LuaHostError) in
            let letter = try letter(call[0], for: "index")
            guard let place = try tracer.place(letter, in: String(letter)), tracer.graph.shape[place] != 1
            else {
                return try tracer.object(tracer.graph.constant(1))
            }
            return try tracer.object(tracer.graph.add(.index, axes: .axis(place), type: .number))
        },
        TraceFunction(name: "zeros", arguments: 1...1, isMethod: false) { tracer, call throws(LuaHostError) in
            let axes = try tracer.axes(call[0], for: "zeros", batch: false)
            return try tracer.object(tracer.graph.add(.constant(bits: 0), axes: axes, type: .number))
        },
        TraceFunction(name: "none", arguments: 1...1, isMethod: false) { tracer, call throws(LuaHostError) in
            try tracer.object(
                tracer.graph.mask(false, axes: try tracer.axes(call[0], for: "none", batch: false)))
        },
        TraceFunction(name: "full", arguments: 1...1, isMethod: false) { tracer, call throws(LuaHostError) in
            try tracer.object(
                tracer.graph.mask(true, axes: try tracer.axes(call[0], for: "all", batch: false)))
        },
    ]

    private static func letter(_ value: LuaValue, for action: String) throws(LuaHostError) -> Character {
        guard case .string(let letters) = value, let letter = letters.first, letters.count == 1 else {
            throw LuaHostError(code: "M12", what: "\(action) wants one axis letter, for instance \"H\"")
        }
        return letter
    }

    private static func suggestion(_ name: String) -> String {
        [
            "clip": " (did you mean 'clamp'?)", "pow": " (write x ^ y)", "maximum": " (did you mean 'max'?)",
            "minimum": " (did you mean 'min'?)", "var": " (did you mean 'std'?)",
            "shape": " (write x.H, x.W, x.C)",
        ][name] ?? ""
    }
}
