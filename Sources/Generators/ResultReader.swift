import LuaRuntime
import Tensors

/// Reads what `apply` or `make` returned: values, a mask, and a table of extra outputs, as the kind of generator has them.
struct ResultReader {
    let plugin: Plugin
    let tracer: Tracer

    func result(of results: [LuaValue]) throws(LuaHostError) -> Plugin.Result {
        guard let first = results.first, first != .none else {
            throw LuaHostError(
                code: "M13", what: "\(plugin.entry) returned nothing", instead: "return … at its end")
        }
        var result = plugin.kind == .mask ? try mask(first) : try values(first)
        var rest = results.dropFirst().filter { $0 != .none }
        if plugin.kind != .mask, let second = rest.first, tracer.isObject(second, .mask),
            case .object(let object) = second
        {
            result.mask = try fitting(try tracer.node(object))
            rest.removeFirst()
        }
        if let extras = rest.first, case .table(let list, let fields) = extras, list.isEmpty {
            result.extras = try self.extras(fields)
            rest.removeFirst()
        }
        if let surplus = rest.first {
            let wanted =
                plugin.kind == .mask
                ? "a table of extra outputs" : "a mask, or a table of extra outputs"
            throw LuaHostError(
                code: "M13",
                what:
                    "\(plugin.entry) returned \(tracer.name(of: surplus)) as a further result, which must be \(wanted)",
                instead: plugin.kind == .mask
                    ? "return mask, { name = value }" : "return x, mask, { name = value }")
        }
        return result
    }

    private func mask(_ value: LuaValue) throws(LuaHostError) -> Plugin.Result {
        guard tracer.isObject(value, .mask), case .object(let object) = value else {
            throw LuaHostError(
                code: "M13",
                what:
                    "\(plugin.entry) returned \(tracer.name(of: value)); \(plugin.title) must return a mask",
                instead: "return x:gt(0.5)")
        }
        return Plugin.Result(values: nil, mask: try fitting(try tracer.node(object)))
    }

    private func values(_ value: LuaValue) throws(LuaHostError) -> Plugin.Result {
        guard tracer.isObject(value, .tensor), case .object(let object) = value else {
            throw LuaHostError(
                code: "M13",
                what:
                    "\(plugin.entry) returned \(tracer.name(of: value)); \(plugin.title) must return values like its input's",
                instead: "mottle.where(mask, a, x)")
        }
        let node = try tracer.node(object)
        let shape = tracer.graph.nodes[node].shape
        guard shape == tracer.graph.full else {
            let isFewer = Shape.broadcast([shape, tracer.graph.full]) == tracer.graph.full
            throw LuaHostError(
                code: "M13",
                what: isFewer
                    ? "\(plugin.entry) returned values along fewer axes than its input's \(tracer.graph.shape)"
                    : "\(plugin.entry) returned values of shape \(shape); its input's is \(tracer.graph.shape)",
                instead: isFewer ? "return x + …" : "x:resize{…} back to the input's sizes")
        }
        return Plugin.Result(values: node, mask: nil)
    }

    /// A mask, if it fits the sample.
    private func fitting(_ node: NodeID) throws(LuaHostError) -> NodeID {
        let shape = tracer.graph.nodes[node].shape
        guard Shape.broadcast([shape, tracer.graph.full]) == tracer.graph.full else {
            throw LuaHostError(
                code: "M13",
                what:
                    "\(plugin.entry) returned a mask of shape \(shape); its input's is \(tracer.graph.shape)")
        }
        return node
    }

    /// How many extra outputs a generator may have.
    private static let extraLimit = 64

    private func extras(_ fields: [String: LuaValue]) throws(LuaHostError) -> [ExtraOutput] {
        guard fields.count <= Self.extraLimit else {
            throw LuaHostError(
                code: "M18",
                what: "\(plugin.entry) returned \(fields.count) extra outputs; it may have \(Self.extraLimit)"
            )
        }
        var (extras, count) = ([ExtraOutput](), 0)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            extras.append(ExtraOutput(name: name, node: try extra(name, value)))
            count += tracer.graph.nodes[extras.last!.node].shape.count
        }
        // Every batch holds them for each of its samples.
        let limit = max(1 << 18, 4 * tracer.graph.shape.count)
        guard count <= limit else {
            throw LuaHostError(
                code: "M18",
                what:
                    "\(plugin.entry) returned extra outputs of \(count) elements in all; they may have \(limit)"
            )
        }
        return extras
    }

    private func extra(_ name: String, _ value: LuaValue) throws(LuaHostError) -> NodeID {
        guard !name.isEmpty, name.utf8.count <= 64,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else {
            throw LuaHostError(
                code: "M13", what: "an extra output's name must have letters, digits and '_', got '\(name)'")
        }
        switch value {
        case .object(let object) where object.type < 2: return try tracer.node(object)
        case .integer, .number: return try tracer.number(value, for: "an extra output")
        case .boolean(let flag): return tracer.graph.mask(flag)
        default:
            throw LuaHostError(
                code: "M13",
                what: "the extra output '\(name)' is \(tracer.name(of: value)), not a tensor or a mask")
        }
    }
}
