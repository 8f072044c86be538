import LuaRuntime
import VectorKernels

/// A host function with its name in Lua and what it records.
struct TraceFunction: Sendable {
    let name: String
    /// How many arguments a script gives, the object before the colon included; from 1 on if the others may be absent.
    let arguments: ClosedRange<Int>
    /// True for what is written behind an object and a colon.
    let isMethod: Bool
    /// What to write instead of a call with a wrong number of arguments, where it can be told.
    let instead: @Sendable (LuaCall) -> String?
    let body: @Sendable (Tracer, LuaCall) throws(LuaHostError) -> LuaValue

    init(
        name: String, arguments: ClosedRange<Int>, isMethod: Bool = true,
        instead: @escaping @Sendable (LuaCall) -> String? = { _ in nil },
        body: @escaping @Sendable (Tracer, LuaCall) throws(LuaHostError) -> LuaValue
    ) {
        (self.name, self.arguments, self.isMethod) = (name, arguments, isMethod)
        (self.instead, self.body) = (instead, body)
    }

    /// Runs the body for a call that a script makes.
    func record(_ call: LuaCall, in tracer: Tracer) throws(LuaHostError) -> LuaValue {
        guard tracer.isTracing else {
            throw LuaHostError(
                code: "M15", what: "'\(name)' works only while apply or make runs",
                instead: "call it inside the function")
        }
        try check(call)
        return try body(tracer, call)
    }

    /// Refuses a method that was called with a dot, and too few or too many arguments: Lua itself would take any number.
    private func check(_ call: LuaCall) throws(LuaHostError) {
        if isMethod {
            guard case .object = call[0] else {
                throw LuaHostError(
                    code: "M17", what: "'\(name)' is a method and wants a colon", instead: "x:\(name)(…)")
            }
        }
        let before = isMethod ? 1 : 0
        guard !arguments.contains(call.arguments.count) else { return }
        let (least, most) = (arguments.lowerBound - before, arguments.upperBound - before)
        let wanted = least == most ? "\(most)" : "at most \(most)"
        throw LuaHostError(
            code: "M11",
            what:
                "\(name) takes \(wanted) argument\(most == 1 ? "" : "s"), got \(call.arguments.count - before)",
            instead: instead(call))
    }
}

extension LuaCall {
    /// The argument at this place, nil where the script gave none.
    subscript(place: Int) -> LuaValue { place < arguments.count ? arguments[place] : .none }
}

/// The operations that a plugin can record; the prelude binds them to operators and methods.
enum TraceFunctions {
    static let all = arithmetic + comparisons + masks + unary + reductions + draws + shapes

    private static let arithmetic: [TraceFunction] = [
        binary("add", .add, "adding", isMethod: false),
        binary("subtract", .subtract, "subtracting", isMethod: false),
        binary("multiply", .multiply, "multiplying", isMethod: false),
        binary("divide", .divide, "dividing", isMethod: false),
        binary("floorDivide", .floorDivide, "'//'", isMethod: false),
        binary("modulo", .modulo, "'%'", isMethod: false),
        binary("min", .minimum, "min"), binary("max", .maximum, "max"),
        TraceFunction(name: "power", arguments: 2...2, isMethod: false) { tracer, call throws(LuaHostError) in
            let (base, exponent) = (
                try tracer.number(call[0], for: "'^'"), try tracer.number(call[1], for: "'^'")
            )
            // A square is exact as a product; everything else goes through logarithms.
            if exponent == tracer.graph.constant(2) {
                return try tracer.object(tracer.graph.elementwise(.multiply, base, base))
            }
            return try tracer.object(tracer.graph.elementwise(.power, base, exponent))
        },
        TraceFunction(name: "clamp", arguments: 3...3) { tracer, call throws(LuaHostError) in
            let value = try tracer.number(call[0], for: "clamp")
            let (low, high) = (
                try tracer.number(call[1], for: "clamp"), try tracer.number(call[2], for: "clamp")
            )
            return try tracer.object(
                tracer.graph.elementwise(.minimum, tracer.graph.elementwise(.maximum, value, low), high))
        },
    ]

    private static let comparisons: [TraceFunction] = [
        binary("lt", .less, "lt"), binary("le", .lessEqual, "le"), binary("eq", .equal, "eq"),
        binary("ne", .notEqual, "ne"), binary("gt", .less, "gt", swapped: true),
        binary("ge", .lessEqual, "ge", swapped: true),
    ]

    private static let masks: [TraceFunction] = [
        TraceFunction(name: "and", arguments: 2...2, isMethod: false) { tracer, call throws(LuaHostError) in
            let (a, b) = (try tracer.mask(call[0], for: "'&'"), try tracer.mask(call[1], for: "'&'"))
            return try tracer.object(tracer.graph.elementwise(.and, a, b))
        },
        TraceFunction(name: "or", arguments: 2...2, isMethod: false) { tracer, call throws(LuaHostError) in
            let (a, b) = (try tracer.mask(call[0], for: "'|'"), try tracer.mask(call[1], for: "'|'"))
            return try tracer.object(tracer.graph.elementwise(.or, a, b))
        },
        // Lua gives the one operand of a metamethod twice.
        TraceFunction(name: "not", arguments: 2...2, isMethod: false) { tracer, call throws(LuaHostError) in
            try tracer.object(tracer.graph.elementwise(.not, try tracer.mask(call[0], for: "'~'")))
        },
        TraceFunction(name: "where", arguments: 3...3, isMethod: false) { tracer, call throws(LuaHostError) in
            let mask = try tracer.mask(call[0], for: "where")
            func isMask(_ value: LuaValue) -> Bool {
                if case .object(let object) = value { object.type == 1 } else { false }
            }
            let both = isMask(call[1]) || isMask(call[2])
            func operand(_ value: LuaValue) throws(LuaHostError) -> Int {
                both ? try tracer.mask(value, for: "where") : try tracer.number(value, for: "where")
            }
            return try tracer.object(
                tracer.graph.elementwise(.select, mask, try operand(call[1]), try operand(call[2])))
        },
    ]

    private static let unary: [TraceFunction] =
        [
            TraceFunction(name: "negate", arguments: 2...2, isMethod: false) {
                tracer, call throws(LuaHostError) in
                try tracer.object(tracer.graph.elementwise(.negate, try tracer.number(call[0], for: "'-'")))
            }
        ]
        + ([
            ("abs", .absolute), ("exp", .exp), ("log", .log), ("sqrt", .squareRoot),
            ("sin", .sin),
            ("cos", .cos), ("tanh", .tanh), ("floor", .floor), ("ceil", .ceil), ("round", .round),
            ("sign", .sign),
        ] as [(String, ElementwiseOperation)]).map { name, operation in
            TraceFunction(
                name: name, arguments: 1...1,
                instead: { _ in name == "round" ? "(x * 100):round() / 100 for two places" : nil }
            ) { tracer, call throws(LuaHostError) in
                try tracer.object(tracer.graph.elementwise(operation, try tracer.number(call[0], for: name)))
            }
        }

    private static func binary(
        _ name: String, _ operation: ElementwiseOperation, _ action: String, isMethod: Bool = true,
        swapped: Bool = false
    ) -> TraceFunction {
        TraceFunction(name: name, arguments: 2...2, isMethod: isMethod) { tracer, call throws(LuaHostError) in
            let (a, b) = (try tracer.number(call[0], for: action), try tracer.number(call[1], for: action))
            return try tracer.object(
                swapped
                    ? tracer.graph.elementwise(operation, b, a) : tracer.graph.elementwise(operation, a, b))
        }
    }
}
