import LuaRuntime
import Tensors
import VectorKernels

/// A draw that a script makes: what the distributions are built of.
struct DrawRequest {
    let tracer: Tracer
    let shape: Shape
    /// The numbers between the axes and the name.
    let arguments: [LuaValue]
    let name: String

    /// The numbers themselves, of which one draw may need several kinds.
    func draw(_ kind: DrawKind, _ part: String = "") -> NodeID {
        tracer.graph.draw(kind, key: key(part), shape: shape)
    }

    func key(_ part: String = "") -> UInt64 { tracer.context.key(part.isEmpty ? name : "\(name), \(part)") }

    func number(_ place: Int, _ name: String) throws(LuaHostError) -> NodeID {
        let action = "rng:\(name)"
        let node = try tracer.number(arguments[place], for: action)
        let common = Shape.broadcast([tracer.graph.nodes[node].shape, shape])
        guard common == shape else {
            throw LuaHostError(
                code: "M12",
                what:
                    "\(action): a number of shape \(tracer.graph.nodes[node].shape) for draws of shape \(shape)",
                instead: "more axes for the draw")
        }
        return node
    }

    /// Refuses a plain number that is negative or infinite.
    func checkNotNegative(_ place: Int, _ action: String, _ what: String) throws(LuaHostError) {
        if let plain = arguments[place].plainNumber, plain < 0 || plain.isInfinite {
            throw LuaHostError(
                code: "M17", what: "rng:\(action) wants a \(what) of at least 0, got \(formatted(plain))")
        }
    }

    /// Refuses a plain number that is not above 0.
    func checkPositive(_ place: Int, _ action: String, _ what: String) throws(LuaHostError) {
        if let plain = arguments[place].plainNumber, !(plain > 0 && plain.isFinite) {
            throw LuaHostError(
                code: "M17", what: "rng:\(action) wants a \(what) above 0, got \(formatted(plain))")
        }
    }
}

extension TraceFunctions {
    /// The methods of `rng`: `rng:uniform(axes, …, name)`, the name being optional and always last.
    static let draws: [TraceFunction] = [
        draw(
            "uniform", numbers: [0, 2],
            OperationManual(
                .draws, "rng:uniform(axes), rng:uniform(axes, low, high)",
                "Uniform in 0 ≤ u < 1; in low ≤ u ≤ high (rounding can give `high` itself).", shape: "axes",
                example: "rng:uniform(x, -1, 1)")
        ) { request throws(LuaHostError) in
            let (graph, unit) = (request.tracer, request.draw(.uniform))
            guard !request.arguments.isEmpty else { return unit }
            try checkBounds(request, "uniform")
            let (low, high) = (try request.number(0, "uniform"), try request.number(1, "uniform"))
            let span = graph.graph.elementwise(.subtract, high, low)
            return graph.graph.elementwise(.add, low, graph.graph.elementwise(.multiply, unit, span))
        },
        draw(
            "normal", numbers: [0], instead: "mean + deviation * rng:normal(x)",
            OperationManual(
                .draws, "rng:normal(axes)", "Standard normal (Box & Muller 1958).", shape: "axes",
                example: "rng:normal(x)")
        ) { request throws(LuaHostError) in request.draw(.normal) },
        draw(
            "bernoulli", numbers: [1],
            OperationManual(
                .draws, "rng:bernoulli(axes, q)", "A mask, true with probability q.", shape: "axes",
                example: "rng:bernoulli(\"NHW\", 0.3)")
        ) { request throws(LuaHostError) in
            if let plain = request.arguments[0].plainNumber, !(0...1).contains(plain) {
                throw LuaHostError(
                    code: "M17",
                    what: "rng:bernoulli wants a probability between 0 and 1, got \(formatted(plain))")
            }
            let unit = request.draw(.uniform)
            return request.tracer.graph.elementwise(.less, unit, try request.number(0, "bernoulli"))
        },
        draw(
            "integer", numbers: [2],
            OperationManual(
                .draws, "rng:integer(axes, low, high)",
                "Whole numbers, each as likely, both ends included; exact for spans below 2²⁴.",
                shape: "axes",
                example: "rng:integer(\"N\", 1, x.H)")
        ) { request throws(LuaHostError) in
            try checkBounds(request, "integer")
            for plain in request.arguments.compactMap(\.plainNumber) where plain != plain.rounded() {
                throw LuaHostError(
                    code: "M17", what: "rng:integer wants whole numbers, got \(formatted(plain))")
            }
            let unit = request.draw(.uniform)
            return request.tracer.graph.wholeNumber(
                unit, try request.number(0, "integer"), try request.number(1, "integer"))
        },
        draw(
            "exponential", numbers: [1],
            OperationManual(
                .draws, "rng:exponential(axes, rate)", "Exponential with mean 1 / rate: −ln(1 − u) / rate.",
                shape: "axes", example: "rng:exponential(x, 2)")
        ) { request throws(LuaHostError) in
            try request.checkPositive(0, "exponential", "rate")
            let tracer = request.tracer
            return tracer.graph.elementwise(
                .divide, tracer.graph.standardExponential(request.draw(.uniform)),
                try request.number(0, "exponential"))
        },
        draw(
            "laplace", numbers: [0, 1],
            OperationManual(
                .draws, "rng:laplace(axes), rng:laplace(axes, scale)",
                "Laplace with mean 0 and density e^(−|v| / scale) / (2 · scale); scale 1 if not given.",
                shape: "axes",
                example: "rng:laplace(x, 0.1)")
        ) { request throws(LuaHostError) in
            let value = request.tracer.graph.standardLaplace(request.draw(.uniform))
            guard !request.arguments.isEmpty else { return value }
            try request.checkNotNegative(0, "laplace", "scale")
            return request.tracer.graph.elementwise(.multiply, value, try request.number(0, "laplace"))
        },
        draw(
            "gamma", numbers: [1],
            OperationManual(
                .draws, "rng:gamma(axes, shape)",
                "Gamma with the given shape and scale 1 (Marsaglia & Tsang 2000).",
                shape: "axes", example: "rng:gamma(\"NHW\", 2.5)")
        ) { request throws(LuaHostError) in
            try request.checkPositive(0, "gamma", "shape")
            let logarithm = request.logGamma(try request.number(0, "gamma"), "gamma")
            return request.tracer.graph.elementwise(.exp, logarithm)
        },
        draw(
            "beta", numbers: [2],
            OperationManual(
                .draws, "rng:beta(axes, a, b)", "Beta: g / (g + h) of two gamma draws of shapes a and b.",
                shape: "axes",
                example: "rng:beta(\"N\", 0.4, 0.4)")
        ) { request throws(LuaHostError) in
            try request.checkPositive(0, "beta", "shape")
            try request.checkPositive(1, "beta", "shape")
            return request.beta(try request.number(0, "beta"), try request.number(1, "beta"))
        },
        draw(
            "poisson", numbers: [1],
            OperationManual(
                .draws, "rng:poisson(axes, mean)",
                "Whole numbers with a Poisson distribution; 0 where the mean is not above 0. Up to a mean of 32 by inversion, above it by a normal draw with Cornish & Fisher's correction, rounded.",
                shape: "axes", example: "rng:poisson(x, x * 60) / 60")
        ) { request throws(LuaHostError) in
            try request.checkNotNegative(0, "poisson", "mean")
            return request.poisson(try request.number(0, "poisson"))
        },
        draw(
            "choose", numbers: [2],
            OperationManual(
                .draws, "rng:choose(axes, n, k)",
                "Masks of n (plain) with exactly k trues (plain or traced), every choice as likely.",
                shape: "axes and behind them an axis of n",
                example: "rng:choose(\"N\", x.H * x.W, 5):reshape { \"N\", x.H, x.W }")
        ) { request throws(LuaHostError) in
            let (shape, axis) = try request.run("choose")
            if request.arguments[1].plainNumber != nil {
                _ = try request.tracer.whole(
                    request.arguments[1], for: "rng:choose", in: 0...shape.size(axis))
            }
            // One count for each run.
            let count = request.tracer.graph.elementwise(
                .add, try request.number(1, "choose"), request.tracer.graph.constant(0, shape: request.shape))
            return request.tracer.graph.add(
                .whole(.choose(key: request.key(), axis: axis)), [count], shape: shape, type: .mask)
        },
        draw(
            "permutation", numbers: [1],
            OperationManual(
                .draws, "rng:permutation(axes, n)", "1 … n (plain) in random order, every order as likely.",
                shape: "axes and behind them an axis of n",
                example: "x:take(\"H\", rng:permutation(\"N\", x.H))")
        ) { request throws(LuaHostError) in
            let (shape, axis) = try request.run("permutation")
            guard shape != [] else { return request.tracer.graph.constant(1) }
            return request.tracer.graph.add(
                .whole(.permutation(key: request.key(), axis: axis)), shape: shape, type: .number)
        },
        TraceFunction(
            "partner", .random, arguments: 2...3,
            manual: OperationManual(
                .draws, "rng:partner(x)",
                "Another sample of the data, every other one as likely, as it is at this point of the chain: a table with `value` (as x), `id` and `length` (one a sample; `length` is how many places along the first axis are real).",
                shape: "value: x's; id, length: one a sample", example: "rng:partner(x).value")
        ) { tracer, call throws(LuaHostError) in [try partner(tracer, call)] },
    ]

    static let drawNames = draws.map(\.luaName)

    /// How many partners the generators of a chain may ask for together: each makes another sample, with its own partners.
    static let partnerLimit = 6

    private static func partner(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> LuaValue {
        guard tracer.isObject(call[0], .random) else {
            throw LuaHostError(code: "M06", what: "partner is a method of rng", instead: "rng:partner(x)")
        }
        guard tracer.isObject(call[1], .tensor), case .object(let object) = call[1],
            try tracer.node(object) == tracer.input
        else {
            throw LuaHostError(
                code: "M11", what: "rng:partner wants the sample that the generator was given",
                instead: "rng:partner(x).value, and what was done to x again")
        }
        guard tracer.graph.partners.count < partnerLimit else {
            throw LuaHostError(code: "M18", what: "more than \(partnerLimit) partners in one chain")
        }
        let name = try tracer.drawName(call[2].text, line: call.line)
        let place = tracer.graph.addPartner(
            Partner(key: tracer.context.key(name), node: tracer.input, mixings: tracer.context.mixings))
        let value = tracer.graph.add(.whole(.partner(place)), shape: tracer.graph.full, type: .number)
        let id = tracer.graph.add(.whole(.partnerID(place)), shape: [], type: .number)
        let length = tracer.graph.add(.whole(.partnerLength(place)), shape: [], type: .number)
        var fields: [String: LuaValue] = [:]
        for (name, node) in [("value", value), ("id", id), ("length", length)] {
            fields[name] = try tracer.object(node)
        }
        return .table(list: [], fields: fields)
    }

    /// Refuses plain bounds that no draw can lie between; what is traced has no value yet.
    private static func checkBounds(_ request: DrawRequest, _ name: String) throws(LuaHostError) {
        let (low, high) = (request.arguments[0], request.arguments[1])
        for bound in [low, high] { try request.tracer.checkFinite(bound, for: "rng:\(name)", "bounds") }
        try request.tracer.checkBounds(low, high, for: "rng:\(name)") { "rng:\(name)(x, \($0), \($1))" }
    }

    /// - Parameter numbers: how many numbers may come between the axes and the name.
    private static func draw(
        _ name: String, numbers: [Int], instead: String? = nil, _ manual: OperationManual,
        _ body: @escaping @Sendable (DrawRequest) throws(LuaHostError) -> NodeID
    ) -> TraceFunction {
        TraceFunction(name, .random, arguments: 0...8, manual: manual) { tracer, call throws(LuaHostError) in
            guard tracer.isObject(call[0], .random) else {
                throw LuaHostError(code: "M06", what: "\(name) is a method of rng", instead: "rng:\(name)(x)")
            }
            let shape = try tracer.shape(call[1], for: "rng:\(name)", batch: true)
            var arguments = Array(call.arguments.dropFirst(2))
            let drawName = arguments.last?.text
            if drawName != nil { arguments.removeLast() }
            if let text = arguments.first(where: { $0.text != nil }) {
                throw LuaHostError(
                    code: "M11", what: "rng:\(name) wants numbers, got \(tracer.name(of: text))",
                    instead: "the draw's name comes last")
            }
            guard numbers.contains(arguments.count) else {
                let wanted = numbers.map(String.init).joined(separator: " or ")
                throw LuaHostError(
                    code: "M11",
                    what:
                        "rng:\(name) takes axes and \(wanted) number\(numbers == [1] ? "" : "s"), got \(arguments.count)",
                    instead: instead)
            }
            return try body(
                DrawRequest(
                    tracer: tracer, shape: shape, arguments: arguments,
                    name: try tracer.drawName(drawName, line: call.line)))
        }
    }
}
