import LuaRuntime
import VectorKernels

extension TraceFunctions {
    /// Reductions over the axes named, or over all of a sample; the batch is never reduced.
    static let reductions: [TraceFunction] = [
        reduction("sum") { tracer, value, axes in tracer.graph.reduce(.sum, value, over: axes) },
        reduction("mean") { tracer, value, axes in tracer.graph.reduce(.mean, value, over: axes) },
        reduction("amin") { tracer, value, axes in tracer.graph.reduce(.minimum, value, over: axes) },
        reduction("amax") { tracer, value, axes in tracer.graph.reduce(.maximum, value, over: axes) },
        // The population's standard deviation, from the squared distances to the mean: two passes, no cancellation.
        reduction("std") { tracer, value, axes in
            let distance = tracer.graph.elementwise(
                .subtract, value, tracer.graph.reduce(.mean, value, over: axes))
            let square = tracer.graph.elementwise(.multiply, distance, distance)
            return tracer.graph.elementwise(.squareRoot, tracer.graph.reduce(.mean, square, over: axes))
        },
        maskReduction("count") { tracer, ones, axes in tracer.graph.reduce(.sum, ones, over: axes) },
        maskReduction("any") { tracer, ones, axes in
            tracer.graph.elementwise(
                .notEqual, tracer.graph.reduce(.maximum, ones, over: axes), tracer.graph.constant(0))
        },
        maskReduction("all") { tracer, ones, axes in
            tracer.graph.elementwise(
                .notEqual, tracer.graph.reduce(.minimum, ones, over: axes), tracer.graph.constant(0))
        },
    ]

    private typealias Body = @Sendable (Tracer, _ value: NodeID, _ axes: AxisSet) -> NodeID

    private static func reduction(_ name: String, _ body: @escaping Body) -> TraceFunction {
        TraceFunction(name: name, arguments: 1...2, instead: { oneString($0, name) }) {
            tracer, call throws(LuaHostError) in
            try tracer.object(
                body(tracer, try tracer.number(call[0], for: name), try axes(tracer, call, name)))
        }
    }

    /// A reduction of a mask's truth values as ones and zeros.
    private static func maskReduction(_ name: String, _ body: @escaping Body) -> TraceFunction {
        TraceFunction(name: name, arguments: 1...2, instead: { oneString($0, name) }) {
            tracer, call throws(LuaHostError) in
            let mask = try tracer.mask(call[0], for: name)
            let (one, zero) = (tracer.graph.constant(1), tracer.graph.constant(0))
            let ones = tracer.graph.elementwise(.select, mask, one, zero)
            return try tracer.object(body(tracer, ones, try axes(tracer, call, name)))
        }
    }

    /// `x:mean("HW")` for `x:mean("H", "W")`.
    private static func oneString(_ call: LuaCall, _ name: String) -> String? {
        var letters = ""
        for argument in call.arguments.dropFirst() {
            guard case .string(let text) = argument else { return nil }
            letters += text
        }
        return "x:\(name)(\"\(letters)\")"
    }

    private static func axes(_ tracer: Tracer, _ call: LuaCall, _ name: String) throws(LuaHostError)
        -> AxisSet
    {
        switch call[1] {
        case .none: return tracer.graph.full
        case .string(let letters) where letters.contains("N"):
            throw LuaHostError(
                code: "M12", what: "\(name) over N: what happens to a sample never depends on its neighbours",
                instead: "the other axes, or none for the whole sample")
        default: return try tracer.axes(call[1], for: name, batch: false)
        }
    }
}
