import Tensors

/// Which group computes each node of a graph, and in which order the groups run.
///
/// Nodes of the same shape share a group as long as none of them waits for a reduction, for an operation on whole values or
/// for values of another shape, which must be whole before they can be used. Everything is computed as late as it can be,
/// so that it is near its users and need not be kept for a whole sample. Nodes that only some samples need are apart from
/// the others, so that their groups can be skipped.
struct GroupSchedule {
    /// Where a node is computed.
    struct Place: Hashable {
        var level: Int
        /// The shape that its fused group runs over; empty of meaning for an operation on whole values, which is alone.
        var shape: Shape
        var whole: NodeID?
        /// It runs only for samples in which these are true.
        var guards: [NodeID] = []
    }
    struct Members {
        var place: Place
        var nodes: [NodeID] = []
    }
    /// In the order in which they run; the last one writes the outputs.
    private(set) var groups: [Members] = []
    /// Nodes that outputs depend on.
    let needed: Set<NodeID>
    /// Nodes whose values must be in memory for a whole sample: another group needs them, or they are whole only when
    /// their group has run.
    private(set) var crossing: Set<NodeID> = []

    private let graph: Graph
    private let chain: TracedChain
    private let guards: Guards
    private var levels: [NodeID: Int] = [:]

    init(_ chain: TracedChain) {
        (graph, self.chain) = (chain.graph, chain)
        needed = Self.needed(chain)
        guards = Guards(chain, needed: needed)
        let order = order()
        let last = assignEarliest(order)
        assignLatest(last, order)
        collect(last)
    }

    /// False for what is at hand before any group runs.
    static func isComputed(_ operation: Operation) -> Bool {
        switch operation {
        case .input, .length, .words, .constant, .table: false
        default: true
        }
    }

    private func isComputed(_ node: NodeID) -> Bool { Self.isComputed(graph.nodes[node].operation) }

    private func isWhole(_ node: NodeID) -> Bool {
        if case .whole = graph.nodes[node].operation { true } else { false }
    }

    /// Whether the value is there only when its whole group has run.
    private func isLate(_ node: NodeID) -> Bool {
        if case .reduce = graph.nodes[node].operation { true } else { isWhole(node) }
    }

    /// The shape that a node's group runs over: a reduction runs over what it reads.
    private func groupShape(of node: NodeID) -> Shape {
        if case .reduce = graph.nodes[node].operation {
            return graph.nodes[graph.nodes[node].operands[0]].shape
        }
        return graph.nodes[node].shape
    }

    private func place(of node: NodeID) -> Place {
        isWhole(node)
            ? Place(level: levels[node]!, shape: [], whole: node, guards: guards[node])
            : Place(level: levels[node]!, shape: groupShape(of: node), whole: nil, guards: guards[node])
    }

    /// How many levels after `operand` a group over `shape`, nil for an operation on whole values, must run.
    private func distance(from operand: NodeID, to shape: Shape?, _ conditions: [NodeID]) -> Int {
        !isLate(operand) && graph.nodes[operand].shape == shape && guards[operand] == conditions ? 0 : 1
    }

    private static func needed(_ chain: TracedChain) -> Set<NodeID> {
        var (needed, waiting) = (Set<NodeID>(), chain.outputs)
        while let node = waiting.popLast() {
            if needed.insert(node).inserted { waiting += chain.graph.nodes[node].operands }
        }
        return needed
    }

    /// The needed nodes, operands and conditions before what needs them. No condition depends on a node that has it.
    private func order() -> [NodeID] {
        let sorted = needed.sorted()
        if guards.isEmpty { return sorted }
        var (order, done) = ([NodeID](), Set<NodeID>())
        for start in sorted {
            var waiting = [start]
            while let node = waiting.last {
                let pending = (graph.nodes[node].operands + guards[node]).filter { !done.contains($0) }
                if pending.isEmpty {
                    if done.insert(node).inserted { order.append(node) }
                    waiting.removeLast()
                } else {
                    waiting += pending
                }
            }
        }
        return order
    }

    /// Sets every level to the earliest possible; returns the level of the outputs.
    private mutating func assignEarliest(_ order: [NodeID]) -> Int {
        func earliest(_ operands: [NodeID], _ shape: Shape?, _ conditions: [NodeID]) -> Int {
            let afterOperands = operands.map {
                isComputed($0) ? levels[$0]! + distance(from: $0, to: shape, conditions) : 0
            }
            return (afterOperands + conditions.map { levels[$0]! + 1 }).max() ?? 0
        }
        for node in order where isComputed(node) {
            levels[node] = earliest(
                graph.nodes[node].operands, isWhole(node) ? nil : groupShape(of: node), guards[node])
        }
        return earliest(chain.outputs, graph.full, [])
    }

    private mutating func assignLatest(_ last: Int, _ order: [NodeID]) {
        var latest: [NodeID: Int] = [:]
        func limit(_ operands: [NodeID], _ shape: Shape?, _ conditions: [NodeID], _ level: Int) {
            for operand in operands where isComputed(operand) {
                let distance = distance(from: operand, to: shape, conditions)
                latest[operand] = min(latest[operand] ?? .max, level - distance)
            }
            for condition in conditions { latest[condition] = min(latest[condition] ?? .max, level - 1) }
        }
        limit(chain.outputs, graph.full, [], last)
        for node in order.reversed() where isComputed(node) {
            limit(
                graph.nodes[node].operands, isWhole(node) ? nil : groupShape(of: node), guards[node],
                latest[node]!)
        }
        levels = latest
    }

    private mutating func collect(_ last: Int) {
        let final = Place(level: last, shape: graph.full, whole: nil)
        var members: [Place: [NodeID]] = [final: []]
        for node in needed.sorted() where isComputed(node) {
            let place = place(of: node)
            members[place, default: []].append(node)
            if isLate(node) { crossing.insert(node) }
            for operand in graph.nodes[node].operands { cross(operand, into: place) }
            crossing.formUnion(place.guards)
        }
        for output in [chain.values] + (chain.mask.map { [$0] } ?? []) { cross(output, into: final) }
        crossing.formUnion(chain.beside)
        groups = members.keys.sorted(by: Self.runsBefore).map { Members(place: $0, nodes: members[$0]!) }
    }

    /// Notes that a group uses a node: what is not made in the group itself must be in memory.
    private mutating func cross(_ node: NodeID, into user: Place) {
        switch graph.nodes[node].operation {
        case .constant where user.whole == nil: return
        case .input where user.whole == nil && user.shape == graph.full: return
        case let operation where Self.isComputed(operation) && place(of: node) == user: return
        default: crossing.insert(node)
        }
    }

    private static func runsBefore(_ a: Place, _ b: Place) -> Bool {
        if a.level != b.level { return a.level < b.level }
        if a.shape != b.shape { return a.shape.sizes.lexicographicallyPrecedes(b.shape.sizes) }
        if a.whole != b.whole { return a.whole ?? -1 < b.whole ?? -1 }
        return a.guards.lexicographicallyPrecedes(b.guards)
    }
}
