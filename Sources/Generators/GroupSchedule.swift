import Tensors

/// Which group computes each node of a graph, and in which order the groups run.
///
/// Nodes along the same axes share a group as long as none of them waits for a reduction or for values along other axes,
/// which must be whole before they can be used. Everything is computed as late as it can be, so that it is near its
/// users and need not be kept for a whole sample.
struct GroupSchedule {
    struct Members {
        var axes: AxisSet
        var nodes: [NodeID] = []
    }
    /// In the order in which they run; the last one writes the outputs.
    private(set) var groups: [Members] = []
    /// Nodes that outputs depend on.
    private(set) var needed: Set<NodeID> = []
    /// Nodes whose values another group needs, or that are whole only when their group has run.
    private(set) var crossing: Set<NodeID> = []

    private let graph: Graph
    private let outputs: [NodeID]
    private var levels: [NodeID: Int] = [:]

    init(_ chain: TracedChain) {
        graph = chain.graph
        outputs = [chain.values] + (chain.mask.map { [$0] } ?? [])
        findNeeded()
        let last = assignEarliest()
        assignLatest(last)
        collect(last)
    }

    /// The axes over which a node's group runs: a reduction runs over what it reads.
    static func axes(of node: NodeID, in graph: Graph) -> AxisSet {
        if case .reduce = graph.nodes[node].operation {
            return graph.nodes[graph.nodes[node].operands[0]].axes
        }
        return graph.nodes[node].axes
    }

    /// False for what is at hand in every group.
    private func isComputed(_ node: NodeID) -> Bool {
        switch graph.nodes[node].operation {
        case .input, .constant: false
        default: true
        }
    }

    private func isReduction(_ node: NodeID) -> Bool {
        if case .reduce = graph.nodes[node].operation { true } else { false }
    }

    /// How many levels after `operand` a group along `axes` that uses it must run.
    private func distance(from operand: NodeID, to axes: AxisSet) -> Int {
        !isReduction(operand) && graph.nodes[operand].axes == axes ? 0 : 1
    }

    private mutating func findNeeded() {
        var waiting = outputs
        while let node = waiting.popLast() {
            if needed.insert(node).inserted { waiting += graph.nodes[node].operands }
        }
    }

    /// Sets every level to the earliest possible; returns the level of the outputs.
    private mutating func assignEarliest() -> Int {
        func earliest(_ operands: [NodeID], _ axes: AxisSet) -> Int {
            operands.map { isComputed($0) ? levels[$0]! + distance(from: $0, to: axes) : 0 }.max() ?? 0
        }
        for node in needed.sorted() where isComputed(node) {
            levels[node] = earliest(graph.nodes[node].operands, Self.axes(of: node, in: graph))
        }
        return earliest(outputs, graph.full)
    }

    private mutating func assignLatest(_ last: Int) {
        var latest: [NodeID: Int] = [:]
        func limit(_ operands: [NodeID], _ axes: AxisSet, _ level: Int) {
            for operand in operands where isComputed(operand) {
                latest[operand] = min(latest[operand] ?? .max, level - distance(from: operand, to: axes))
            }
        }
        limit(outputs, graph.full, last)
        for node in needed.sorted(by: >) where isComputed(node) {
            limit(graph.nodes[node].operands, Self.axes(of: node, in: graph), latest[node]!)
        }
        levels = latest
    }

    private mutating func collect(_ last: Int) {
        struct Key: Hashable {
            var level: Int
            var axes: AxisSet
        }
        var members: [Key: [NodeID]] = [Key(level: last, axes: graph.full): []]
        func key(_ node: NodeID) -> Key { Key(level: levels[node]!, axes: Self.axes(of: node, in: graph)) }
        for node in needed.sorted() where isComputed(node) {
            members[key(node), default: []].append(node)
            if isReduction(node) { crossing.insert(node) }
            for operand in graph.nodes[node].operands {
                // A partial reduction reads whole samples.
                let waits = isReduction(node) && !graph.nodes[node].axes.isEmpty
                if waits || isComputed(operand) && key(operand) != key(node) { crossing.insert(operand) }
            }
        }
        for output in outputs where isComputed(output) && key(output) != Key(level: last, axes: graph.full) {
            crossing.insert(output)
        }
        groups = members.keys.sorted { ($0.level, $0.axes.rawValue) < ($1.level, $1.axes.rawValue) }
            .map { Members(axes: $0.axes, nodes: members[$0]!) }
    }
}
