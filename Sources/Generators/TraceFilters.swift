import LuaRuntime
import Tensors
import VectorKernels

extension TraceFunctions {
    /// Operations that look at a value's neighbourhood.
    static let filters: [TraceFunction] = [
        TraceFunction(
            "convolve", .tensor, arguments: 2...4,
            manual: OperationManual(
                .filters, "x:convolve(kernel, axes, border)",
                "Σⱼ kernel[j] · x[i + j − centre] over the axes (all but C if not given), as neural networks mean it; the kernel has odd sizes along them, plain or one for each sample. Outside as the border says, \"edge\" if not given.",
                shape: "x's",
                example: "x:convolve(mottle.constant({ { 0, 1, 0 }, { 1, 4, 1 }, { 0, 1, 0 } }) / 8, \"HW\")")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.number(call[0], for: "convolve")
            if call[1].plainNumber != nil {
                throw LuaHostError(
                    code: "M11", what: "convolve wants a kernel, got a number",
                    instead: "mottle.constant { 1, 2, 1 } / 4")
            }
            let kernel = try tracer.number(call[1], for: "convolve")
            let places = try tracer.places(call[2], for: "convolve", otherwise: tracer.spatialPlaces)
            let border = try tracer.border(call[3], of: value, "convolve")
            return try tracer.convolve(value, kernel, along: places, border: border)
        },
        TraceFunction(
            "blur", .tensor, arguments: 2...5,
            manual: OperationManual(
                .filters, "x:blur(sigma, axes, radius, border)",
                "Gaussian blur, weights e^(−d² / 2σ²) normalised, sigma in places, along the axes (all but C if not given). The radius (plain) is ⌈4σ⌉ if not given; a sigma that is not plain needs one. Outside as the border says, \"edge\" if not given.",
                shape: "x's", example: "x:blur(1.5) + x:blur(rng:uniform(\"N\", 0, 1), \"HW\", 4)")
        ) { tracer, call throws(LuaHostError) in try blur(tracer, call) },
        morphology("dilate", "The largest value (or: any true)", .maximum),
        morphology("erode", "The smallest value (or: all true)", .minimum),
        TraceFunction(
            "order", .tensor, arguments: 2...2,
            manual: OperationManual(
                .reductions, "x:order(axis)",
                "The positions, counted from 1, that sort x along an axis, the smallest first; equal values keep their order, NaN comes first. `x:take(axis, x:order(axis))` is x sorted.",
                shape: "x's", example: "x:take(\"W\", x:order(\"W\"))")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.number(call[0], for: "order")
            let place = try tracer.place(call[1], for: "order")
            return tracer.graph.add(
                .whole(.order(axis: place)), [value], shape: tracer.graph.nodes[value].shape, type: .number)
        },
        TraceFunction(
            "top", .tensor, arguments: 2...2,
            manual: OperationManual(
                .reductions, "x:top(k)",
                "A mask with exactly k trues in every sample, at the largest values; equal ones are taken from the front. k is plain or one a sample.",
                shape: "x's", example: "rng:uniform(\"NHW\"):top(5)")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.number(call[0], for: "top")
            if call[1].plainNumber != nil {
                _ = try tracer.whole(call[1], for: "top", in: 0...Tracer.elementLimit)
            }
            let count = try tracer.number(call[1], for: "top")
            guard tracer.graph.nodes[count].shape == [] else {
                throw LuaHostError(code: "M12", what: "top wants one count a sample")
            }
            return tracer.graph.add(
                .whole(.top), [value, count], shape: tracer.graph.nodes[value].shape, type: .mask)
        },
    ]

    private static func blur(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> NodeID {
        var value = try tracer.number(call[0], for: "blur")
        let sigma = try tracer.number(call[1], for: "blur")
        let places = try tracer.places(call[2], for: "blur", otherwise: tracer.spatialPlaces)
        guard tracer.graph.nodes[sigma].shape == [] else {
            throw LuaHostError(code: "M12", what: "blur wants one sigma a sample")
        }
        let radius: Int
        if call[3] != .none {
            radius = try tracer.whole(call[3], for: "blur: the radius", in: 0...4096)
        } else if let plain = call[1].plainNumber, plain >= 0, plain <= 1024 {
            radius = Int((4 * plain).rounded(.up))
        } else if let plain = call[1].plainNumber {
            throw LuaHostError(
                code: "M17", what: "blur: sigma must be between 0 and 1,024, got \(formatted(plain))")
        } else {
            throw LuaHostError(
                code: "M11", what: "blur: a sigma that is not a plain number of 0 to 1,024 needs a radius",
                instead: "x:blur(sigma, \"HW\", 8)")
        }
        let border = try tracer.border(call[4], of: value, "blur")
        if radius == 0 || tracer.graph.constantValue(sigma) == 0 { return value }
        for place in places where tracer.graph.nodes[value].shape.size(place) != 1 {
            let kernel = tracer.graph.gaussian(sigma, radius: radius, along: place)
            value = try tracer.convolve(value, kernel, along: [place], border: border)
        }
        return value
    }

    /// The extreme value of a box around each element.
    private static func morphology(
        _ name: String, _ text: String, _ operation: ElementwiseOperation
    ) -> TraceFunction {
        TraceFunction(
            name, .value, arguments: 2...3,
            manual: OperationManual(
                .filters, "x:\(name)(size, axes)",
                "\(text) in a box of odd size (plain) around each element, along the axes (all but C if not given).",
                shape: "x's", example: "x:\(name)(3)")
        ) { tracer, call throws(LuaHostError) in
            let source = try tracer.value(call[0], for: name)
            let isMask = tracer.graph.nodes[source].type == .mask
            let size = try tracer.whole(call[1], for: name, in: 1...4096)
            guard size % 2 == 1 else {
                throw LuaHostError(code: "M17", what: "\(name) wants an odd size, got \(size)")
            }
            let operation = isMask ? (operation == .maximum ? .or : .and) : operation
            var value = source
            for place in try tracer.places(call[2], for: name, otherwise: tracer.spatialPlaces) {
                let length = tracer.graph.nodes[value].shape.size(place)
                guard length != 1 else { continue }
                let middle = value
                for step in 1...max(1, size / 2) where size > 1 {
                    for offset in [-step, step] {
                        let moved = tracer.graph.elementwise(
                            .add, tracer.graph.index(place, count: length),
                            tracer.graph.constant(Float(offset)))
                        value = tracer.graph.elementwise(
                            operation, value, tracer.graph.gather(middle, at: [(place, moved)]))
                    }
                    try tracer.checkNodes()
                }
            }
            return value
        }
    }
}

extension Tracer {
    /// Weighted sums over the neighbourhood, as many as there are values.
    func convolve(
        _ value: NodeID, _ kernel: NodeID, along places: [Int], border: Border
    ) throws(LuaHostError) -> NodeID {
        let shape = graph.nodes[kernel].shape
        for place in 0..<max(shape.rank, 1) {
            guard shape.size(place) == 1 || places.contains(place) else {
                throw LuaHostError(
                    code: "M12",
                    what: "convolve: the kernel has sizes \(shape), also along axes that are not convolved",
                    instead: "name the axes: x:convolve(kernel, \"HW\")")
            }
            guard shape.size(place) % 2 == 1 else {
                throw LuaHostError(
                    code: "M12", what: "convolve: a kernel's sizes must be odd, got \(shape)")
            }
        }
        guard shape.count <= 1 << 16 else {
            throw LuaHostError(
                code: "M18", what: "convolve: a kernel may have 65,536 weights, got \(shape.count)")
        }
        var padded = value
        for place in places where shape.size(place) > 1 {
            let half = shape.size(place) / 2
            try checkCount(
                graph.nodes[padded].shape.extent
                    * (1 + Double(2 * half) / Double(max(1, graph.nodes[padded].shape.size(place)))),
                "convolve")
            padded = graph.padded(padded, along: place, low: half, high: half, border: border)
        }
        return graph.correlate(padded, kernel: kernel, along: places.sorted())
    }
}

extension Graph {
    /// The normalised weights of a Gaussian of `sigma` places.
    fileprivate mutating func gaussian(_ sigma: NodeID, radius: Int, along place: Int) -> NodeID {
        let distance = elementwise(
            .subtract, index(place, count: 2 * radius + 1), constant(Float(radius + 1)))
        // A sigma of 0 leaves the middle weight alone: the others vanish, and 0 / tiny is 0.
        let wide = elementwise(.maximum, sigma, constant(1e-3))
        let scaled = elementwise(.divide, distance, wide)
        let weights = elementwise(
            .exp, elementwise(.multiply, elementwise(.multiply, scaled, scaled), constant(-0.5)))
        return elementwise(.divide, weights, reduce(.sum, weights, over: [place]))
    }
}
