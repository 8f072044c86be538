import LuaRuntime
import Tensors
import VectorKernels

extension Tracer {
    /// What a script says of what lies outside of a value.
    func border(_ value: LuaValue, of source: NodeID, _ action: String) throws(LuaHostError) -> Border {
        switch value {
        case .none, .string("edge"): return .edge
        case .string("wrap"): return .wrap
        case .string("reflect"): return .reflect
        case .string(let name):
            throw LuaHostError(
                code: "M17", what: "\(action): unknown border '\(name)'",
                instead: "\"edge\", \"wrap\", \"reflect\" or a number")
        default:
            let isMask = graph.nodes[source].type == .mask
            if isMask, value.plainNumber != nil {
                throw LuaHostError(
                    code: "M11", what: "\(action): the border of a mask is true or false, got a number",
                    instead: "false")
            }
            let outside = isMask ? try mask(value, for: action) : try number(value, for: action)
            guard graph.nodes[outside].shape == [] else {
                throw LuaHostError(code: "M12", what: "\(action): a border is one value, or one a sample")
            }
            return .value(outside)
        }
    }

    /// A gather whose sizes are checked.
    func gather(
        _ source: NodeID, at positions: [(axis: Int, node: NodeID)], border: Border, _ action: String
    ) throws(LuaHostError) -> NodeID {
        var rest = graph.nodes[source].shape
        for (axis, _) in positions { rest = rest.with(1, at: axis) }
        // A constant of the source's other axes has the shape that the positions must agree with.
        try checkSizes([graph.constant(0, shape: rest)] + positions.map(\.node), action)
        return graph.gather(source, at: positions, border: border)
    }

    func isLinear(_ mode: LuaValue, _ action: String) throws(LuaHostError) -> Bool {
        switch mode {
        case .none, .string("bilinear"): return true
        case .string("nearest"): return false
        default:
            throw LuaHostError(
                code: "M17", what: "\(action): the mode must be \"bilinear\" or \"nearest\"",
                instead: "\"bilinear\"")
        }
    }

    /// Values between elements: the nearest, or linear along each axis.
    func warp(
        _ source: NodeID, at positions: [(axis: Int, node: NodeID)], mode: LuaValue, border: Border,
        _ action: String
    ) throws(LuaHostError) -> NodeID {
        let isLinear = try isLinear(mode, action)
        guard isLinear, graph.nodes[source].type == .number else {
            let nearest = positions.map { (axis: $0.axis, node: graph.elementwise(.round, $0.node)) }
            return try gather(source, at: nearest, border: border, action)
        }
        return try interpolate(source, at: positions, [], border, action)
    }

    /// Linear along the first of the positions that are not whole yet, between what the others give at both neighbours.
    private func interpolate(
        _ source: NodeID, at positions: [(axis: Int, node: NodeID)], _ whole: [(axis: Int, node: NodeID)],
        _ border: Border, _ action: String
    ) throws(LuaHostError) -> NodeID {
        guard let first = positions.first else {
            return try gather(source, at: whole, border: border, action)
        }
        let rest = Array(positions.dropFirst())
        let low = graph.elementwise(.floor, first.node)
        let share = graph.elementwise(.subtract, first.node, low)
        let high = graph.elementwise(.add, low, graph.constant(1))
        let a = try interpolate(source, at: rest, whole + [(first.axis, low)], border, action)
        let b = try interpolate(source, at: rest, whole + [(first.axis, high)], border, action)
        let step = graph.elementwise(.multiply, share, graph.elementwise(.subtract, b, a))
        return graph.elementwise(.add, a, step)
    }
}
