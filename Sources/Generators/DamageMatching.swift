import LuaRuntime
import Tensors
import VectorKernels

extension ChainTracer {
    /// Scales what a generator changed, so that the sample's damage is what `match` says: x + s · (y − x) with one s a sample,
    /// s² = wanted mean square / mean((y − x)²); s is 1 where nothing was changed.
    mutating func scale(
        _ result: inout Plugin.Result, to match: DamageMatch, of item: ChainItem, _ context: TraceContext
    ) throws(LuaError) {
        guard !result.extras.contains(where: { $0.name == "partner" }) else {
            throw item.plugin.failure(
                nil,
                "'match' scales a disturbance; \(item.plugin.title) blends labels, which would not follow",
                "a weaker blend by its own parameters"
            ).used(in: item.origin)
        }
        let axes = Array(0..<max(1, shape.rank))
        let input = traced.values
        let level = item.plugin.number(match.declaration, match.level, &traced.graph, input, context)
        // 10^(−level / 10)
        let share = traced.graph.elementwise(
            .exp, traced.graph.elementwise(.multiply, level, traced.graph.constant(-0.230_258_51)))
        let peak = range.upperBound - range.lowerBound
        let power =
            match.measure == .psnr
            ? traced.graph.constant(peak * peak) : traced.graph.meanSquare(input, over: axes)
        let change = traced.graph.elementwise(.subtract, result.values!, input)
        let damage = traced.graph.meanSquare(change, over: axes)
        let isDamaged = traced.graph.elementwise(
            .lessEqual, traced.graph.constant(.leastNormalMagnitude), damage)
        let ratio = traced.graph.elementwise(
            .divide, traced.graph.elementwise(.multiply, power, share), damage)
        let strength = traced.graph.elementwise(
            .select, isDamaged, traced.graph.elementwise(.squareRoot, ratio), traced.graph.constant(1))
        result.values = traced.graph.elementwise(
            .add, input, traced.graph.elementwise(.multiply, strength, change))
    }
}

extension Plugin {
    /// The node of a number that the chain itself sets, as if the plugin had declared it.
    fileprivate func number(
        _ parameter: ParameterDeclaration, _ setting: ParameterSetting, _ graph: inout Graph, _ input: NodeID,
        _ context: TraceContext
    ) -> NodeID {
        let tracer = Tracer()
        tracer.begin(graph, input: input, context, axes: axes, places: axisPlaces)
        let value = tracer.value(of: parameter, setting)
        graph = tracer.end()
        if case .object(let object) = value { return Int(object.id) }
        return graph.constant(Float(value.plainNumber ?? 0))
    }
}

extension Graph {
    /// The mean of the squares along axes, which are all that the value has.
    fileprivate mutating func meanSquare(_ value: NodeID, over axes: [Int]) -> NodeID {
        reduce(.mean, elementwise(.multiply, value, value), over: axes)
    }
}
