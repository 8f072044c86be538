import Tensors
import VectorKernels

extension TracedChain {
    /// Notes what a generator gave beside its values. For samples that it was not applied to its mask is empty and its extra
    /// outputs are 0; where that can be, one more says so.
    ///
    /// In an order that is drawn a generator is met at several places, of which each sample has one.
    mutating func note(_ result: Plugin.Result, of item: ChainItem, _ applied: NodeID?) {
        for parameter in result.parameters {
            let name = "\(item.name).\(parameter.name)"
            if let place = parameters.firstIndex(where: { $0.name == name }), let applied {
                parameters[place].applied = parameters[place].applied.map {
                    graph.elementwise(.or, $0, applied)
                }
            } else {
                parameters.append(DrawnParameter(name: name, node: parameter.node, applied: applied))
            }
        }
        if let newMask = result.mask {
            let hidden = applied.map { graph.elementwise(.select, $0, newMask, graph.mask(false)) } ?? newMask
            mask = mask.map { graph.elementwise(.or, $0, hidden) } ?? hidden
        }
        for extra in result.extras { add(extra, of: item, applied) }
        guard let applied, !result.extras.isEmpty else { return }
        let name = "\(item.name).applied"
        if let place = extras.firstIndex(where: { $0.name == name }) {
            extras[place].node = graph.elementwise(.or, extras[place].node, applied)
        } else {
            extras.append(ExtraOutput(name: name, node: applied))
        }
    }

    private mutating func add(_ extra: ExtraOutput, of item: ChainItem, _ applied: NodeID?) {
        let name = "\(item.name).\(extra.name)"
        let place = extras.firstIndex { $0.name == name }
        let isMask = graph.nodes[extra.node].type == .mask
        var node = extra.node
        if let applied {
            let other = place.map { extras[$0].node } ?? (isMask ? graph.mask(false) : graph.constant(0))
            node = graph.elementwise(.select, applied, node, other)
        }
        if let place { extras[place].node = node } else { extras.append(ExtraOutput(name: name, node: node)) }
    }

    /// How labels follow a generator that blends samples; nil for any other.
    mutating func mixing(
        of result: Plugin.Result, of item: ChainItem, _ applied: NodeID?
    ) -> Mixing? {
        guard item.plugin.kind == .noise, let mix = result.extras.first(where: { $0.name == "mix" })?.node,
            let id = result.extras.first(where: { $0.name == "partner" })?.node,
            case .whole(.partnerID(let partner)) = graph.nodes[id].operation, graph.nodes[mix].shape == []
        else { return nil }
        let share = applied.map { graph.elementwise(.select, $0, mix, graph.constant(1)) } ?? mix
        let values = graph.add(.whole(.partner(partner)), shape: graph.full, type: .number)
        return Mixing(share: share, partner: partner, values: values, applied: applied)
    }
}
