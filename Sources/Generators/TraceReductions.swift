import LuaRuntime
import VectorKernels

extension TraceFunctions {
    /// Reductions over the axes named, or over all of a sample; the batch is never reduced.
    static let reductions: [TraceFunction] = [
        reduction("sum", "The sum.") { tracer, value, places in tracer.graph.reduce(.sum, value, over: places)
        },
        reduction("mean", "The mean.") { tracer, value, places in
            tracer.graph.reduce(.mean, value, over: places)
        },
        reduction("amin", "The smallest.") { tracer, value, places in
            tracer.graph.reduce(.minimum, value, over: places)
        },
        reduction("amax", "The largest.") { tracer, value, places in
            tracer.graph.reduce(.maximum, value, over: places)
        },
        // The population's standard deviation, from the squared distances to the mean: two passes, no cancellation.
        reduction("std", "The standard deviation √(Σ(a − mean)² / n).") { tracer, value, places in
            let distance = tracer.graph.elementwise(
                .subtract, value, tracer.graph.reduce(.mean, value, over: places))
            let square = tracer.graph.elementwise(.multiply, distance, distance)
            return tracer.graph.elementwise(.squareRoot, tracer.graph.reduce(.mean, square, over: places))
        },
        maskReduction("count", "How many are true.") { tracer, ones, places in
            tracer.graph.reduce(.sum, ones, over: places)
        },
        maskReduction("any", "A mask: whether one is true.") { tracer, ones, places in
            tracer.graph.elementwise(
                .notEqual, tracer.graph.reduce(.maximum, ones, over: places), tracer.graph.constant(0))
        },
        maskReduction("all", "A mask: whether all are true.") { tracer, ones, places in
            tracer.graph.elementwise(
                .notEqual, tracer.graph.reduce(.minimum, ones, over: places), tracer.graph.constant(0))
        },
        scan(
            "cumsum", .sum,
            "Running sums along an axis, each value included: a random walk is `rng:normal(x):cumsum(\"W\")`."
        ),
        scan("cummin", .minimum, "Running minima along an axis."),
        scan("cummax", .maximum, "Running maxima along an axis."),
    ]

    private typealias Body = @Sendable (Tracer, _ value: NodeID, _ places: [Int]) -> NodeID

    private static func reduction(
        _ name: String, _ text: String, _ body: @escaping Body
    ) -> TraceFunction {
        TraceFunction(
            name, .tensor, arguments: 1...2, manual: manual("x", name, text), instead: { oneString($0, name) }
        ) { tracer, call throws(LuaHostError) in
            body(
                tracer, try tracer.number(call[0], for: name),
                try tracer.places(call[1], for: name, otherwise: tracer.allPlaces))
        }
    }

    /// A reduction of a mask's truth values as ones and zeros.
    private static func maskReduction(
        _ name: String, _ text: String, _ body: @escaping Body
    ) -> TraceFunction {
        TraceFunction(
            name, .mask, arguments: 1...2, manual: manual("m", name, text), instead: { oneString($0, name) }
        ) { tracer, call throws(LuaHostError) in
            let ones = tracer.graph.ones(try tracer.mask(call[0], for: name))
            return body(tracer, ones, try tracer.places(call[1], for: name, otherwise: tracer.allPlaces))
        }
    }

    private static func manual(_ object: String, _ name: String, _ text: String) -> OperationManual {
        OperationManual(
            .reductions, "\(object):\(name)(axes)",
            "\(text) Over the named axes, or over all without `axes`.",
            shape: "the operand's, with size 1 along the axes",
            example: object == "m" ? "x:gt(0.5):\(name)(\"HW\")" : "x:\(name)(\"HW\")")
    }

    private static func scan(_ name: String, _ scan: Scan, _ text: String) -> TraceFunction {
        TraceFunction(
            name, .tensor, arguments: 2...2,
            manual: OperationManual(
                .reductions, "x:\(name)(axis)", text, shape: "the operand's", example: "x:\(name)(\"W\")"),
            instead: { _ in "x:\(name)(\"W\")" }
        ) { tracer, call throws(LuaHostError) in
            tracer.graph.scan(
                scan, try tracer.number(call[0], for: name), along: try tracer.place(call[1], for: name))
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
}

extension Graph {
    /// A mask's truth values as ones and zeros.
    mutating func ones(_ mask: NodeID) -> NodeID { elementwise(.select, mask, constant(1), constant(0)) }
}
