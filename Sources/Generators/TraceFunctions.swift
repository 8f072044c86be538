import LuaRuntime
import VectorKernels

/// The operations that a plugin can record; the prelude binds them to operators and methods.
enum TraceFunctions {
    static let all =
        arithmetic + comparisons + masks + unary + positions + reductions + movement + filters + signals
        + draws
        + scripts + internals

    private static let arithmetic: [TraceFunction] = [
        binary(
            "add", .add, "adding", .operation("__add"),
            OperationManual(.arithmetic, "a + b", "The sum.", example: "x + 1")),
        binary(
            "subtract", .subtract, "subtracting", .operation("__sub"),
            OperationManual(.arithmetic, "a - b", "The difference.", example: "x - x.low")),
        binary(
            "multiply", .multiply, "multiplying", .operation("__mul"),
            OperationManual(.arithmetic, "a * b", "The product.", example: "x * rng:normal(x)")),
        binary(
            "divide", .divide, "dividing", .operation("__div"),
            OperationManual(.arithmetic, "a / b", "The quotient.", example: "x / 2")),
        binary(
            "floorDivide", .floorDivide, "'//'", .operation("__idiv"),
            OperationManual(
                .arithmetic, "a // b", "⌊a / b⌋, rounded once after the division.", example: "x // 0.25")),
        binary(
            "modulo", .modulo, "'%'", .operation("__mod"),
            OperationManual(
                .arithmetic, "a % b", "a − ⌊a / b⌋ · b: the sign of b, as in Lua.",
                example: "mottle.index(\"H\") % 3")),
        TraceFunction(
            "negate", .operation("__unm"), arguments: 2...2,
            manual: OperationManual(.arithmetic, "-a", "The negative.", example: "-x")
        ) { tracer, call throws(LuaHostError) in
            tracer.graph.elementwise(.negate, try tracer.number(call[0], for: "'-'"))
        },
        power(
            "power", .operation("__pow"),
            OperationManual(
                .arithmetic, "a ^ b", "aᵇ, correctly rounded in almost all cases; a ^ 2 is a · a.",
                example: "x ^ 1.5")),
        power("pow", .tensor, nil),
        binary(
            "min", .minimum, "min", .tensor, isAlsoFunction: true,
            OperationManual(
                .arithmetic, "a:min(b)", "The smaller of two; b where a is NaN.", example: "x:min(0.5)")),
        binary(
            "max", .maximum, "max", .tensor, isAlsoFunction: true,
            OperationManual(
                .arithmetic, "a:max(b)", "The larger of two; b where a is NaN.", example: "x:max(0.5)")),
        TraceFunction(
            "clamp", .tensor, arguments: 3...3, isAlsoFunction: true,
            manual: OperationManual(
                .arithmetic, "a:clamp(low, high)", "a, but at least low and at most high.",
                example: "x:clamp(x.low, x.high)")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.number(call[0], for: "clamp")
            try tracer.checkBounds(call[1], call[2], for: "clamp") { "x:clamp(\($0), \($1))" }
            let (low, high) = (
                try tracer.number(call[1], for: "clamp"), try tracer.number(call[2], for: "clamp")
            )
            let raised = try tracer.elementwise(.maximum, "clamp", value, low)
            return try tracer.elementwise(.minimum, "clamp", raised, high)
        },
    ]

    private static let comparisons: [TraceFunction] =
        ([
            ("lt", .less, false, "<"), ("le", .lessEqual, false, "≤"), ("gt", .less, true, ">"),
            ("ge", .lessEqual, true, "≥"), ("eq", .equal, false, "="), ("ne", .notEqual, false, "≠"),
        ] as [(String, ElementwiseOperation, Bool, String)]).map { name, operation, isSwapped, sign in
            binary(
                name, operation, name, .tensor, isSwapped: isSwapped,
                OperationManual(
                    .comparisons, "a:\(name)(b)",
                    "A mask: true where a \(sign) b"
                        + (name == "lt"
                            ? ". (`a < b` cannot work: Lua makes one true or false of it.)" : "."),
                    example: "x:\(name)(0.5)"))
        } + [
            TraceFunction(
                "isin", .tensor, arguments: 2...2,
                manual: OperationManual(
                    .comparisons, "a:isin { … }", "A mask: true where a is one of the plain numbers.",
                    shape: "a's", example: "x:isin { 0, 1 }")
            ) { tracer, call throws(LuaHostError) in
                let value = try tracer.number(call[0], for: "isin")
                guard case .table(let list, let fields) = call[1], fields.isEmpty else {
                    throw LuaHostError(
                        code: "M11",
                        what: "isin wants a list of plain numbers, got \(tracer.name(of: call[1]))",
                        instead: "x:isin { 0, 101, 102 }")
                }
                var result = tracer.graph.mask(false, shape: tracer.graph.nodes[value].shape)
                for item in list {
                    let number = tracer.graph.constant(Float(try tracer.plain(item, for: "isin")))
                    let isThis = tracer.graph.elementwise(.equal, value, number)
                    result = tracer.graph.elementwise(.or, result, isThis)
                    try tracer.checkNodes()
                }
                return result
            }
        ]

    private static let masks: [TraceFunction] = [
        maskBinary(
            "and", .and, "'&'", "__band",
            OperationManual(.comparisons, "m & n", "Both.", example: "x:gt(0.2) & x:lt(0.5)")),
        maskBinary(
            "or", .or, "'|'", "__bor",
            OperationManual(.comparisons, "m | n", "One or both.", example: "x:lt(0.2) | x:gt(0.8)")),
        // Lua gives the one operand of a metamethod twice.
        TraceFunction(
            "not", .operation("__bnot"), arguments: 2...2,
            manual: OperationManual(.comparisons, "~m", "The opposite.", example: "~x:lt(0.5)")
        ) { tracer, call throws(LuaHostError) in
            tracer.graph.elementwise(.not, try tracer.mask(call[0], for: "'~'"))
        },
        TraceFunction(
            "where", .function, arguments: 3...3,
            manual: OperationManual(
                .comparisons, "mottle.where(m, a, b)", "a where m is true, else b; numbers or masks.",
                example: "mottle.where(x:gt(0.5), x.high, x)")
        ) { tracer, call throws(LuaHostError) in
            let mask = try tracer.mask(call[0], for: "where")
            func isMask(_ value: LuaValue) -> Bool {
                if case .boolean = value { true } else { tracer.isObject(value, .mask) }
            }
            let both = isMask(call[1]) || isMask(call[2])
            func operand(_ value: LuaValue) throws(LuaHostError) -> Int {
                both ? try tracer.mask(value, for: "where") : try tracer.number(value, for: "where")
            }
            return try tracer.elementwise(.select, "where", mask, try operand(call[1]), try operand(call[2]))
        },
    ]

    private static let unary: [TraceFunction] =
        ([
            ("abs", .absolute, "|a|."), ("exp", .exp, "eᵃ."),
            ("log", .log, "The natural logarithm; −∞ of 0, NaN below it."), ("sqrt", .squareRoot, "√a."),
            ("sin", .sin, "The sine of a in radians."), ("cos", .cos, "The cosine of a in radians."),
            ("tanh", .tanh, "The hyperbolic tangent."), ("floor", .floor, "⌊a⌋."), ("ceil", .ceil, "⌈a⌉."),
            ("round", .round, "The nearest whole number, halves to the even one."),
            ("sign", .sign, "−1, 0 or 1; 0 of NaN."),
        ] as [(String, ElementwiseOperation, String)]).map { name, operation, text in
            TraceFunction(
                name, .tensor, arguments: 1...1, isAlsoFunction: true,
                manual: OperationManual(
                    .functions, "a:\(name)()", text, shape: "a's", example: "x:\(name)()"),
                instead: { _ in name == "round" ? "(x * 100):round() / 100 for two places" : nil }
            ) { tracer, call throws(LuaHostError) in
                tracer.graph.elementwise(operation, try tracer.number(call[0], for: name))
            }
        } + [
            TraceFunction(
                "sigmoid", .tensor, arguments: 1...1, isAlsoFunction: true,
                manual: OperationManual(
                    .functions, "a:sigmoid()", "1 / (1 + e⁻ᵃ).", shape: "a's",
                    example: "(x * 8 - 4):sigmoid()")
            ) { tracer, call throws(LuaHostError) in
                tracer.graph.sigmoid(try tracer.number(call[0], for: "sigmoid"))
            }
        ]

    private static func binary(
        _ name: String, _ operation: ElementwiseOperation, _ action: String, _ face: TraceFunction.Face,
        isAlsoFunction: Bool = false, isSwapped: Bool = false, _ manual: OperationManual
    ) -> TraceFunction {
        TraceFunction(
            name, face, arguments: 2...2, isAlsoFunction: isAlsoFunction, manual: manual,
            instead: { reduced($0, name) }
        ) { tracer, call throws(LuaHostError) in
            if let instead = reduced(call, name), case .string = call[1] {
                throw LuaHostError(
                    code: "M11", what: "\(name) is of two values, got axes", instead: instead)
            }
            let (a, b) = (try tracer.number(call[0], for: action), try tracer.number(call[1], for: action))
            return isSwapped
                ? try tracer.elementwise(operation, action, b, a)
                : try tracer.elementwise(operation, action, a, b)
        }
    }

    /// `x:amax("HW")` for `x:max("HW")`, which other libraries have.
    private static func reduced(_ call: LuaCall, _ name: String) -> String? {
        guard name == "min" || name == "max", call.arguments.count <= 2 else { return nil }
        return call[1].text.map { "x:a\(name)(\"\($0)\")" }
            ?? "x:a\(name)() for a whole sample, x:a\(name)(\"HW\") along axes"
    }

    private static func maskBinary(
        _ name: String, _ operation: ElementwiseOperation, _ action: String, _ event: String,
        _ manual: OperationManual
    ) -> TraceFunction {
        TraceFunction(name, .operation(event), arguments: 2...2, manual: manual) {
            tracer, call throws(LuaHostError) in
            let (a, b) = (try tracer.mask(call[0], for: action), try tracer.mask(call[1], for: action))
            return try tracer.elementwise(operation, action, a, b)
        }
    }

    private static func power(
        _ name: String, _ face: TraceFunction.Face, _ manual: OperationManual?
    ) -> TraceFunction {
        TraceFunction(
            name, face, arguments: 2...2,
            manual: manual
                ?? OperationManual(.arithmetic, "a:pow(b)", "The same as a ^ b.", example: "x:pow(0.5)")
        ) { tracer, call throws(LuaHostError) in
            let (base, exponent) = (
                try tracer.number(call[0], for: "'^'"), try tracer.number(call[1], for: "'^'")
            )
            // A square is exact as a product; everything else goes through logarithms.
            return exponent == tracer.graph.constant(2)
                ? tracer.graph.elementwise(.multiply, base, base)
                : try tracer.elementwise(.power, "'^'", base, exponent)
        }
    }
}

extension Graph {
    /// 1 / (1 + e⁻ᵃ).
    mutating func sigmoid(_ value: NodeID) -> NodeID {
        let power = elementwise(.exp, elementwise(.negate, value))
        return elementwise(.divide, constant(1), elementwise(.add, constant(1), power))
    }
}
