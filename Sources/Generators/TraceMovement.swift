import LuaRuntime
import Tensors
import VectorKernels

extension TraceFunctions {
    /// Other shapes of the same values, and values at other places. Masks move as numbers do, by the nearest element.
    static let movement: [TraceFunction] = [
        TraceFunction(
            "reshape", .value, arguments: 2...2,
            manual: OperationManual(
                .movement, "x:reshape { \"N\", n, … }", "The same elements, row-major, under other sizes.",
                shape: "as given; the count stays", example: "x:reshape { \"N\", x.H * x.W * x.C }")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: "reshape")
            guard case .table(let list, _) = call[1] else {
                throw LuaHostError(
                    code: "M12", what: "reshape wants a list of sizes, got \(tracer.name(of: call[1]))",
                    instead: "x:reshape { \"N\", x.H * x.W }")
            }
            let (shape, old) = (
                try tracer.shape(list, for: "reshape", batch: true), tracer.graph.nodes[value].shape
            )
            guard shape.count == old.count else {
                throw LuaHostError(
                    code: "M12",
                    what: "reshape: \(old) has \(old.count) elements, \(shape) has \(shape.count)")
            }
            return tracer.graph.reshape(value, to: shape)
        },
        TraceFunction(
            "flip", .value, arguments: 2...2,
            manual: OperationManual(
                .movement, "x:flip(axis)", "The other way round along an axis.", shape: "x's",
                example: "x:flip(\"W\")")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: "flip")
            let place = try tracer.place(call[1], for: "flip")
            let size = tracer.graph.nodes[value].shape.size(place)
            let mirrored = tracer.graph.elementwise(
                .subtract, tracer.graph.constant(Float(size + 1)), tracer.graph.index(place, count: size))
            return tracer.graph.gather(value, at: [(place, mirrored)])
        },
        shift(
            "roll", arguments: 3...3,
            OperationManual(
                .movement, "x:roll(axis, k)",
                "Moved k places (whole; plain, or one a sample) towards higher positions; what leaves comes in at the other end.",
                shape: "x's", example: "x:roll(\"W\", rng:integer(\"N\", -3, 3))")),
        shift(
            "shift", arguments: 3...4,
            OperationManual(
                .movement, "x:shift(axis, k, border)",
                "Moved k places towards higher positions; what comes in is as the border says: \"edge\" (if not given), \"wrap\", \"reflect\", or a number.",
                shape: "x's", example: "x:shift(\"H\", 2, x.low)")),
        take(
            "take",
            OperationManual(
                .movement, "x:take(axis, positions)",
                "The elements at positions counted from 1, rounded to whole ones; outside lies the nearest element.",
                shape: "x's, with the positions' sizes", example: "x:take(\"W\", mottle.index(\"W\", 4) * 2)")
        ),
        take(
            "permute",
            OperationManual(
                .movement, "x:permute(axis, order)",
                "The elements of an axis in another order, for instance of `rng:permutation`.",
                shape: "x's",
                example: "x:permute(\"W\", rng:permutation(\"N\", x.W):reshape { \"N\", 1, x.W })")),
        TraceFunction(
            "upsample", .value, arguments: 2...3,
            manual: OperationManual(
                .movement, "x:upsample(k, axes)",
                "Each element k times (plain) along the axes; along all but C if not given.",
                shape: "k times as long", example: "x:upsample(2, \"HW\"):downsample(2, \"HW\")")
        ) { tracer, call throws(LuaHostError) in
            var value = try tracer.value(call[0], for: "upsample")
            let factor = try tracer.whole(call[1], for: "upsample", in: 1...Tracer.elementLimit)
            for place in try tracer.places(call[2], for: "upsample", otherwise: tracer.spatialPlaces)
            where factor > 1 {
                let size = tracer.graph.nodes[value].shape.size(place)
                try tracer.checkCount(tracer.graph.nodes[value].shape.extent * Double(factor), "upsample")
                let index = tracer.graph.index(place, count: size * factor)
                let part = tracer.graph.elementwise(.divide, index, tracer.graph.constant(Float(factor)))
                value = tracer.graph.gather(value, at: [(place, tracer.graph.elementwise(.ceil, part))])
            }
            return value
        },
        TraceFunction(
            "downsample", .tensor, arguments: 2...3,
            manual: OperationManual(
                .movement, "x:downsample(k, axes)",
                "The means of blocks of k elements (plain, a divisor of the size) along the axes; along all but C if not given.",
                shape: "a k-th as long", example: "x:downsample(2, \"HW\")")
        ) { tracer, call throws(LuaHostError) in try downsample(tracer, call) },
        TraceFunction(
            "resize", .value, arguments: 2...3,
            manual: OperationManual(
                .movement, "x:resize({ H = h, W = w }, mode)",
                "Other sizes (plain): \"bilinear\" (if not given), centres of elements on centres, or \"nearest\". It does not smooth: `blur` or `downsample` first to make much smaller.",
                shape: "as given",
                example: "x:resize({ H = 5, W = 9 }):resize({ H = x.H, W = x.W }, \"nearest\")")
        ) { tracer, call throws(LuaHostError) in try resize(tracer, call) },
        TraceFunction(
            "warp", .value, arguments: 2...4,
            manual: OperationManual(
                .movement, "x:warp({ H = rows, W = columns }, mode, border)",
                "The values at traced positions, counted from 1, between elements \"bilinear\" (if not given) or of the \"nearest\" one; outside as the border says.",
                shape: "the positions', and x's along other axes",
                example: "x:warp({ H = mottle.index(\"H\") + rng:normal(\"NHW\"), W = mottle.index(\"W\") })")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: "warp")
            var positions: [(axis: Int, node: NodeID)] = []
            for (letter, position) in try fields(call[1], of: "warp", tracer) {
                positions.append((letter, try tracer.number(position, for: "warp")))
            }
            return try tracer.warp(
                value, at: positions, mode: call[2], border: try tracer.border(call[3], of: value, "warp"),
                "warp")
        },
        TraceFunction(
            "rotate", .value, arguments: 2...4,
            manual: OperationManual(
                .movement, "x:rotate(degrees, mode, border)",
                "Turned counter-clockwise about the centre, along the first two axes; mode and border as for `warp`.",
                shape: "x's", example: "x:rotate(rng:uniform(\"N\", -30, 30), \"bilinear\", x.low)")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: "rotate")
            try tracer.checkFinite(call[1], for: "rotate")
            let degrees = try tracer.number(call[1], for: "rotate")
            let radians = tracer.graph.elementwise(
                .multiply, degrees, tracer.graph.constant(Float(Double.pi / 180)))
            let (sine, cosine) = (
                tracer.graph.elementwise(.sin, radians), tracer.graph.elementwise(.cos, radians)
            )
            // Rows count downwards, so this turns what is seen counter-clockwise.
            let zero = tracer.graph.constant(0)
            let matrix = [[cosine, sine, zero], [tracer.graph.elementwise(.negate, sine), cosine, zero]]
            return try affine(tracer, value, matrix, call[2], call[3], "rotate")
        },
        TraceFunction(
            "affine", .value, arguments: 2...4,
            manual: OperationManual(
                .movement, "x:affine({ { a, b, c }, { d, e, f } }, mode, border)",
                "The value at (row, column), measured from the centre in places, is x's at (a · row + b · column + c, d · row + e · column + f); plain or traced numbers; mode and border as for `warp`.",
                shape: "x's", example: "x:affine({ { 1, 0.2, 0 }, { 0, 1, -2 } }, \"bilinear\", x.low)")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: "affine")
            let wanted = LuaHostError(
                code: "M11", what: "affine wants two rows of three numbers",
                instead: "{ { 1, 0, 0 }, { 0, 1, 0 } }")
            guard case .table(let rows, _) = call[1], rows.count == 2 else { throw wanted }
            var matrix: [[NodeID]] = []
            for row in rows {
                guard case .table(let entries, _) = row, entries.count == 3 else { throw wanted }
                var nodes: [NodeID] = []
                for entry in entries {
                    try tracer.checkFinite(entry, for: "affine")
                    nodes.append(try tracer.number(entry, for: "affine"))
                }
                matrix.append(nodes)
            }
            return try affine(tracer, value, matrix, call[2], call[3], "affine")
        },
    ]

    private static func shift(
        _ name: String, arguments: ClosedRange<Int>, _ manual: OperationManual
    ) -> TraceFunction {
        TraceFunction(name, .value, arguments: arguments, manual: manual) {
            tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: name)
            let place = try tracer.place(call[1], for: name)
            if let plain = call[2].plainNumber, !plain.isFinite || plain != plain.rounded() {
                throw LuaHostError(
                    code: "M17", what: "\(name) wants a whole number of places, got \(formatted(plain))",
                    instead: "mottle.round(k), or x:warp between places")
            }
            let steps = tracer.graph.elementwise(.round, try tracer.number(call[2], for: name))
            let index = tracer.graph.index(place, count: tracer.graph.nodes[value].shape.size(place))
            let from = try tracer.elementwise(.subtract, name, index, steps)
            let border = name == "roll" ? Border.wrap : try tracer.border(call[3], of: value, name)
            return try tracer.gather(value, at: [(place, from)], border: border, name)
        }
    }

    private static func take(_ name: String, _ manual: OperationManual) -> TraceFunction {
        TraceFunction(name, .value, arguments: 3...3, manual: manual) { tracer, call throws(LuaHostError) in
            let value = try tracer.value(call[0], for: name)
            let place = try tracer.place(call[1], for: name)
            let positions = tracer.graph.elementwise(.round, try tracer.number(call[2], for: name))
            let (size, wanted) = (
                tracer.graph.nodes[positions].shape.size(place), tracer.graph.nodes[value].shape.size(place)
            )
            guard name == "take" || size == wanted else {
                throw LuaHostError(
                    code: "M12",
                    what: "permute: the axis has size \(wanted), the order \(size) positions along it",
                    instead: "x:take(axis, positions)")
            }
            return try tracer.gather(value, at: [(place, positions)], border: .edge, name)
        }
    }

    private static func downsample(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> NodeID {
        var value = try tracer.number(call[0], for: "downsample")
        let factor = try tracer.whole(call[1], for: "downsample", in: 1...Tracer.elementLimit)
        for place in try tracer.places(call[2], for: "downsample", otherwise: tracer.spatialPlaces)
        where factor > 1 {
            let shape = tracer.graph.nodes[value].shape
            let size = shape.size(place)
            guard size % factor == 0 else {
                throw LuaHostError(
                    code: "M12", what: "downsample: \(factor) does not divide the axis's size \(size)",
                    instead: "x:resize{…} to a multiple first")
            }
            guard size > 1 else { continue }
            // [… n …] as [… n/k, k …], of which k becomes its mean.
            var sizes = shape.sizes
            sizes.replaceSubrange(place...place, with: [size / factor, factor])
            let blocks = tracer.graph.reshape(value, to: Shape(sizes))
            let means = tracer.graph.reduce(.mean, blocks, over: [place + 1])
            value = tracer.graph.reshape(means, to: shape.with(size / factor, at: place))
        }
        return value
    }

    private static func resize(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> NodeID {
        let value = try tracer.value(call[0], for: "resize")
        var positions: [(axis: Int, node: NodeID)] = []
        for (place, target) in try fields(call[1], of: "resize", tracer) {
            let size = try tracer.whole(target, for: "resize", in: 1...Tracer.elementLimit)
            let old = tracer.graph.nodes[value].shape.size(place)
            guard size != old else { continue }
            // Element i of n covers (i − 1)/n … i/n.
            let middle = tracer.graph.elementwise(
                .subtract, tracer.graph.index(place, count: size), tracer.graph.constant(0.5))
            let scaled = tracer.graph.elementwise(
                .multiply, middle, tracer.graph.constant(Float(Double(old) / Double(size))))
            positions.append((place, tracer.graph.elementwise(.add, scaled, tracer.graph.constant(0.5))))
        }
        _ = try tracer.isLinear(call[2], "resize")
        guard !positions.isEmpty else { return value }
        return try tracer.warp(value, at: positions, mode: call[2], border: .edge, "resize")
    }

    /// Axes by letter with what a script gives for each, outermost first.
    private static func fields(
        _ value: LuaValue, of action: String, _ tracer: Tracer
    ) throws(LuaHostError) -> [(Int, LuaValue)] {
        guard case .table(let list, let fields) = value, list.isEmpty, !fields.isEmpty, fields.count <= 3
        else {
            throw LuaHostError(
                code: "M12", what: "\(action) wants a table of one to three axes", instead: "{ H = …, W = … }"
            )
        }
        var places: [(Int, LuaValue)] = []
        for (letter, value) in fields.sorted(by: { $0.key < $1.key }) {
            places.append((try tracer.place(.string(letter), for: action), value))
        }
        return places.sorted { $0.0 < $1.0 }
    }

    private static func affine(
        _ tracer: Tracer, _ value: NodeID, _ matrix: [[NodeID]], _ mode: LuaValue, _ border: LuaValue,
        _ action: String
    ) throws(LuaHostError) -> NodeID {
        let shape = tracer.graph.nodes[value].shape
        var (centred, middles) = ([NodeID](), [NodeID]())
        for place in 0..<2 {
            let middle = tracer.graph.constant(Float(shape.size(place) + 1) / 2)
            middles.append(middle)
            centred.append(
                tracer.graph.elementwise(
                    .subtract, tracer.graph.index(place, count: shape.size(place)), middle))
        }
        var positions: [(axis: Int, node: NodeID)] = []
        for place in 0..<2 {
            let row = matrix[place]
            let along = try tracer.elementwise(.multiply, action, row[0], centred[0])
            let across = try tracer.elementwise(.multiply, action, row[1], centred[1])
            let moved = try tracer.elementwise(
                .add, action, try tracer.elementwise(.add, action, along, across), row[2])
            positions.append((place, try tracer.elementwise(.add, action, moved, middles[place])))
        }
        return try tracer.warp(
            value, at: positions, mode: mode, border: try tracer.border(border, of: value, action), action)
    }
}
