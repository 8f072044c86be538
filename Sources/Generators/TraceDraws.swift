import LuaRuntime
import VectorKernels

extension TraceFunctions {
    /// The methods of `rng`: `rng:uniform(axes, …, name)`, the name being optional and always last.
    static let draws: [TraceFunction] = [
        // Uniform in low ... high, which rounding can reach; 0 ..< 1 if not given.
        draw("uniform", .uniform, numbers: [0, 2]) { tracer, unit, arguments throws(LuaHostError) in
            guard !arguments.isEmpty else { return unit }
            try checkBounds(arguments, of: "uniform")
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
            if let plain = arguments[0].plainNumber, !(0...1).contains(plain) {
                throw LuaHostError(
                    code: "M17",
                    what: "rng:bernoulli wants a probability between 0 and 1, got \(formatted(plain))")
            }
            return tracer.graph.elementwise(
                .less, unit, try tracer.number(arguments[0], for: "bernoulli"))
        },
        // Whole numbers low … high, both included; exact for spans below 2²⁴.
        draw("integer", .uniform, numbers: [2]) { tracer, unit, arguments throws(LuaHostError) in
            try checkBounds(arguments, of: "integer")
            for plain in arguments.compactMap(\.plainNumber) where plain != plain.rounded() {
                throw LuaHostError(
                    code: "M17", what: "rng:integer wants whole numbers, got \(formatted(plain))")
            }
            let low = try tracer.number(arguments[0], for: "integer")
            let high = try tracer.number(arguments[1], for: "integer")
            return tracer.graph.wholeNumber(unit, low, high)
        },
    ]

    /// Refuses plain bounds that no draw can lie between; what is traced has no value yet.
    private static func checkBounds(_ bounds: [LuaValue], of name: String) throws(LuaHostError) {
        let plain = bounds.compactMap(\.plainNumber)
        if let infinite = plain.first(where: { !$0.isFinite }) {
            throw LuaHostError(code: "M17", what: "rng:\(name) wants finite bounds, got \(infinite)")
        }
        guard plain.count == 2, plain[0] > plain[1] else { return }
        let (high, low) = (formatted(plain[0]), formatted(plain[1]))
        throw LuaHostError(
            code: "M17", what: "rng:\(name) wants the lower bound first, got \(high) and \(low)",
            instead: "rng:\(name)(x, \(low), \(high))")
    }

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
            return try tracer.object(try body(tracer, draw, arguments))
        }
    }
}

extension LuaValue {
    /// A number that the script knows; nil for what is traced, and for what is no number.
    fileprivate var plainNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
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
