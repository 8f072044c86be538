import LuaRuntime
import Tensors
import VectorKernels

extension TraceFunctions {
    /// Sizes, positions and constants along named axes.
    static let positions: [TraceFunction] = [
        TraceFunction(
            "size", .value, arguments: 2...2,
            manual: OperationManual(
                .positions, "x:size(axis), x.H", "The size of x along an axis, a plain number.",
                shape: "plain",
                example: "x:size(\"H\") + x.W")
        ) { tracer, call throws(LuaHostError) in
            guard case .string(let letters) = call[1], letters.count == 1 else {
                throw LuaHostError(code: "M12", what: "size wants one axis letter, for instance \"H\"")
            }
            return [
                .integer(try tracer.size(letters.first!, of: try tracer.value(call[0], for: "size")))
            ]
        },
        TraceFunction(
            "index", .function, arguments: 1...2,
            manual: OperationManual(
                .positions, "mottle.index(axis), mottle.index(axis, n)",
                "1, 2 … along an axis: to the sample's size, or to n (plain).",
                shape: "long along that axis only",
                example: "mottle.index(\"H\") + mottle.index(\"W\", 3):mean()")
        ) { tracer, call throws(LuaHostError) in
            let place = try tracer.place(call[0], for: "index")
            var count = tracer.graph.shape.size(place)
            if call[1] != .none {
                count = try tracer.whole(call[1], for: "index", in: 1...Tracer.elementLimit)
            }
            return tracer.graph.index(place, count: count)
        },
        TraceFunction(
            "zeros", .function, arguments: 1...1,
            manual: OperationManual(
                .positions, "mottle.zeros(axes)",
                "Zeros along the axes (letters, a list of sizes, or a value shaped so).",
                shape: "axes", example: "mottle.zeros(\"NHW\") + mottle.zeros(x)")
        ) { tracer, call throws(LuaHostError) in
            tracer.graph.constant(0, shape: try tracer.shape(call[0], for: "zeros", batch: false))
        },
        TraceFunction(
            "none", .function, arguments: 1...1,
            manual: OperationManual(
                .positions, "mottle.none(axes)", "A mask that is false everywhere.", shape: "axes",
                example: "mottle.none(\"NHW\")")
        ) { tracer, call throws(LuaHostError) in
            tracer.graph.mask(false, shape: try tracer.shape(call[0], for: "none", batch: false))
        },
        TraceFunction(
            "full", luaName: "all", .function, arguments: 1...1,
            manual: OperationManual(
                .positions, "mottle.all(axes)", "A mask that is true everywhere.", shape: "axes",
                example: "mottle.all(\"NHW\")")
        ) { tracer, call throws(LuaHostError) in
            tracer.graph.mask(true, shape: try tracer.shape(call[0], for: "all", batch: false))
        },
        TraceFunction(
            "constant", .function, arguments: 1...2,
            manual: OperationManual(
                .positions, "mottle.constant({ … }, axes)",
                "Plain numbers along the first axis, or along `axes`; lists within the list for two axes.",
                shape: "the lists' lengths",
                example: "mottle.constant({ { 0, 1, 0 }, { 1, 4, 1 }, { 0, 1, 0 } }) / 8")
        ) { tracer, call throws(LuaHostError) in try constant(tracer, call) },
        TraceFunction(
            "frequency", .function, arguments: 1...1,
            manual: OperationManual(
                .signals, "mottle.frequency(axis)",
                "0, 1/n … up to 1/2 cycles a place: what the gains of `filter` are for.",
                shape: "n // 2 + 1 along the axis", example: "mottle.frequency(\"W\")")
        ) { tracer, call throws(LuaHostError) in
            let place = try tracer.place(call[0], for: "frequency")
            let size = tracer.graph.shape.size(place)
            let index = tracer.graph.index(place, count: size / 2 + 1)
            let steps = tracer.graph.elementwise(.subtract, index, tracer.graph.constant(1))
            return tracer.graph.elementwise(.divide, steps, tracer.graph.constant(Float(max(1, size))))
        },
    ]

    private static func constant(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> NodeID {
        func numbers(_ list: [LuaValue]) throws(LuaHostError) -> [Float] {
            var numbers: [Float] = []
            for item in list { numbers.append(Float(try tracer.plain(item, for: "constant"))) }
            return numbers
        }
        guard case .table(let list, _) = call[0], !list.isEmpty else {
            throw LuaHostError(
                code: "M11", what: "constant wants a list of plain numbers, got \(tracer.name(of: call[0]))",
                instead: "mottle.constant { 1, 2, 1 }")
        }
        var (rows, isNested) = ([[Float]](), false)
        for item in list {
            if case .table(let row, _) = item {
                isNested = true
                rows.append(try numbers(row))
            }
        }
        let places = try tracer.places(call[1], for: "constant", otherwise: isNested ? [0, 1] : [0])
        guard isNested else {
            guard places.count == 1 else {
                throw LuaHostError(code: "M12", what: "constant: one list wants one axis")
            }
            return tracer.graph.table(try numbers(list), shape: .along(places[0], list.count))
        }
        guard places.count == 2, places[0] < places[1] else {
            throw LuaHostError(
                code: "M12", what: "constant: lists in a list want two axes, the outer one first")
        }
        guard rows.count == list.count, !rows[0].isEmpty, rows.allSatisfy({ $0.count == rows[0].count })
        else {
            throw LuaHostError(code: "M12", what: "constant: the lists in the list must be equally long")
        }
        return tracer.graph.table(
            rows.flatMap { $0 },
            shape: Shape.along(places[0], rows.count).with(rows[0].count, at: places[1]))
    }
}
