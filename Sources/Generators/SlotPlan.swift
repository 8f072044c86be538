import Tensors

/// Where in a worker's memory the values lie that must be whole, with memory used again when a value is needed no more.
struct SlotPlan {
    /// In values, from the start of the slots.
    private(set) var offsets: [NodeID: Int] = [:]
    private(set) var size = 0

    /// Draws write groups of 64, and a kernel may write one vector of 16 past its row's end.
    private static func room(for count: Int) -> Int { (count + 16 + 63) / 64 * 64 }

    init(_ schedule: GroupSchedule, _ chain: TracedChain) {
        let graph = chain.graph
        var (lastUses, aliases) = ([NodeID: Int](), [NodeID: NodeID]())
        func owner(_ node: NodeID) -> NodeID { aliases[node] ?? node }
        for (time, members) in schedule.groups.enumerated() {
            for condition in members.place.guards { lastUses[owner(condition)] = time }
            for node in members.nodes {
                // A reshaped value is its operand's memory.
                if case .whole(.reshape) = graph.nodes[node].operation {
                    aliases[node] = owner(graph.nodes[node].operands[0])
                }
                for operand in graph.nodes[node].operands { lastUses[owner(operand)] = time }
            }
        }
        for output in chain.outputs { lastUses[owner(output)] = .max }
        for node in schedule.crossing where !GroupSchedule.isComputed(graph.nodes[node].operation) {
            lastUses[node] = .max
        }
        var endings: [Int: [NodeID]] = [:]
        for (node, last) in lastUses where last != .max { endings[last, default: []].append(node) }
        var free: [Int: [Int]] = [:]  // offsets by size
        func take(_ count: Int) -> Int {
            let wanted = Self.room(for: count)
            if let offset = free[wanted]?.popLast() { return offset }
            defer { size += wanted }
            return size
        }
        for node in schedule.crossing.sorted() where !GroupSchedule.isComputed(graph.nodes[node].operation) {
            offsets[node] = take(graph.nodes[node].shape.count)
        }
        for (time, members) in schedule.groups.enumerated() {
            for node in members.nodes where schedule.crossing.contains(node) {
                offsets[node] = aliases[node].map { offsets[$0]! } ?? take(graph.nodes[node].shape.count)
            }
            for node in (endings[time] ?? []).sorted() {
                guard let offset = offsets[node], aliases[node] == nil else { continue }
                free[Self.room(for: graph.nodes[node].shape.count), default: []].append(offset)
            }
        }
    }

    func operand(_ node: NodeID, in graph: Graph) -> WholeStep.Operand {
        WholeStep.Operand(slot: offsets[node]!, shape: graph.nodes[node].shape)
    }
}
