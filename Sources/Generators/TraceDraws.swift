import LuaRuntime
import VectorKernels

extension TraceFunctions {
    /// The methods of `rng`: `rng:uniform(axes, …, name)`, the name being optional and always last.
    static let draws: [TraceFunction] = [
        // Uniform in low ..< high, 0 ..< 1 if not given.
        draw("uniform", .uniform, numbers: [0, 2]) { tracer, unit, arguments throws(LuaHostError) in
            guard !arguments.isEmpty else { return unit }
            let low = try tracer.number(arguments[0], for: "uniform")
            let high = try tracer.number(arguments[1], for: "uniform")
            let span = tracer.graph.elementwise(.subtract, high, low)
            return tracer.graph.elementwise(.add, low, tracer.graph.elementwise(.multiply, unit, span))
        },
        // Standard normal.
        draw("normal", .normal, numbers: [0], instead: "mean + deviation * rng:normal(x)") { _, standard, _ in
            standard
        },
        // True with the given probability.
        draw("bernoulli", .uniform, numbers: [1]) { tracer, unit, arguments throws(LuaHostError) in
            tracer.graph.elementwise(
                .less, unit, try tracer.number(arguments[0], for: "bernoulli"))
        },
        // Whole numbers low … high, both included; exact for spans below 2²⁴.
        draw("integer", .uniform, numbers: [2]) { tracer, unit, arguments throws(LuaHostError) in
            let low = try tracer.number(arguments[0], for: "integer")
            let high = try tracer.number(arguments[1], for: "integer")
            return tracer.graph.wholeNumber(unit, low, high)
        },
    ]

    static let drawNames = draws.map(\.name)

    /// - Parameter numbers: how many numbers may come between the axes and the name.
    private static func draw(
        _ name: String, _ kind: DrawKind, numbers: [Int], instead: String? = nil,
        _ body:
            @escaping @Sendable (Tracer, _ draw: NodeID, _ arguments: [LuaValue])
            throws(LuaHostError) -> NodeID
    ) -> TraceFunction {
        TraceFunction(name: name, arguments: 0...8, isMethod: false) { tracer, call throws(LuaHostError) in
            guard case .object(let object) = call[0], object.type == 2 else {
                throw LuaHostError(code: "M06", what: "\(name) is a method of rng", instead: "rng:\(name)(x)")
            }
            let axes = try tracer.axes(call[1], for: "rng:\(name)", batch: true)
            var arguments = Array(call.arguments.dropFirst(2))
            var drawName: String?
            if case .string(let text) = arguments.last {
                drawName = text
                arguments.removeLast()
            }
            guard numbers.contains(arguments.count) else {
                let wanted = numbers.map(String.init).joined(separator: " or ")
                throw LuaHostError(
                    code: "M11",
                    what:
                        "rng:\(name) takes axes and \(wanted) number\(numbers == [1] ? "" : "s"), got \(arguments.count)",
                    instead: instead)
            }
            let key = try tracer.key(named: drawName, line: call.line)
            let draw = tracer.graph.draw(kind, key: key, axes: axes)
            return tracer.object(try body(tracer, draw, arguments))
        }
    }
}

extension Graph {
    /// ⌊unit · (high − low + 1)⌋ + low, at most high, for a uniform draw in [0, 1).
    mutating func wholeNumber(_ unit: NodeID, _ low: NodeID, _ high: NodeID) -> NodeID {
        let span = elementwise(.add, elementwise(.subtract, high, low), constant(1))
        let steps = elementwise(.floor, elementwise(.multiply, unit, span))
        return elementwise(.minimum, elementwise(.add, low, steps), high)
    }
}
