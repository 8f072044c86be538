import Tensors
import VectorKernels

/// For which samples each node of a graph is needed: those in which all of its conditions are true.
///
/// A condition is a mask of one value a sample that `select` asks: what it chooses from its second operand is needed only
/// where the mask is true. (The third operand counts as needed always: it is what a generator was given.) A value that is
/// needed on several ways has the conditions that they share. A condition is kept only if what it saves is more than what it
/// costs: values that pass from one stage to another go through memory.
struct Guards {
    /// Of nodes that have any, sorted.
    private var conditions: [NodeID: [NodeID]] = [:]

    init(_ chain: TracedChain, needed: Set<NodeID>) {
        var finder = GuardFinder(chain, needed: needed)
        finder.find()
        conditions = finder.worthwhile()
    }

    subscript(node: NodeID) -> [NodeID] { conditions[node] ?? [] }

    var isEmpty: Bool { conditions.isEmpty }
}

private struct GuardFinder {
    private let graph: Graph
    private let chain: TracedChain
    /// The last first: users before their operands.
    private let nodes: [NodeID]
    private var needs: [NodeID: Set<NodeID>] = [:]

    init(_ chain: TracedChain, needed: Set<NodeID>) {
        (graph, self.chain) = (chain.graph, chain)
        nodes = needed.sorted(by: >)
    }

    /// Goes from the outputs back to what they are made of.
    mutating func find() {
        for output in chain.outputs where !isBlended(output) { require(output, []) }
        for mixing in chain.mixings {
            require(mixing.values, mixing.applied.map { implied(by: $0) } ?? [])
        }
        for node in nodes {
            let own = needs[node] ?? []
            let operands = graph.nodes[node].operands
            let isChoice = graph.nodes[node].operation == .elementwise(.select) && isCondition(operands[0])
            for (place, operand) in operands.enumerated() {
                require(operand, isChoice && place == 1 ? own.union(implied(by: operands[0])) : own)
            }
        }
    }

    /// Whether an output is the values of a partner, which are needed where the sample is blended with it.
    private func isBlended(_ output: NodeID) -> Bool {
        chain.mixings.contains { $0.values == output } && chain.values != output
            && !chain.extras.contains { $0.node == output }
    }

    private mutating func require(_ node: NodeID, _ conditions: Set<NodeID>) {
        needs[node] = needs[node]?.intersection(conditions) ?? conditions
    }

    private func isCondition(_ node: NodeID) -> Bool {
        graph.nodes[node].type == .mask && graph.nodes[node].shape == []
            && GroupSchedule.isComputed(graph.nodes[node].operation)
    }

    /// What is true where a condition is.
    private func implied(by condition: NodeID) -> Set<NodeID> {
        guard isCondition(condition) else { return [] }
        guard graph.nodes[condition].operation == .elementwise(.and) else { return [condition] }
        return graph.nodes[condition].operands.reduce([condition]) { $0.union(implied(by: $1)) }
    }

    /// A condition that saves less than this many elementary steps more than twice what it costs is not kept.
    private static let overhead = 256.0

    /// The conditions of each node, without those that save too little.
    func worthwhile() -> [NodeID: [NodeID]] {
        var (saved, passed) = ([NodeID: Double](), [NodeID: Double]())
        var (inside, outside) = ([NodeID: Set<NodeID>](), [NodeID: Set<NodeID>]())
        for node in nodes {
            let own = needs[node]!
            for condition in own { saved[condition, default: 0] += ChainCost.work(of: node, in: graph) }
            for operand in graph.nodes[node].operands where isPassed(operand) {
                // What a condition's nodes read of others, and what others read of them.
                for condition in own.subtracting(needs[operand]!) {
                    outside[condition, default: []].insert(operand)
                }
                for condition in needs[operand]!.subtracting(own) {
                    inside[condition, default: []].insert(operand)
                }
            }
        }
        for (condition, values) in inside {
            for value in values.union(outside[condition] ?? []) {
                passed[condition, default: 0] += Double(graph.nodes[value].shape.count)
            }
        }
        let kept = Set(saved.keys.filter { saved[$0]! > 2 * passed[$0, default: 0] + Self.overhead })
        return needs.compactMapValues { own in
            let conditions = own.intersection(kept)
            return conditions.isEmpty ? nil : conditions.sorted()
        }
    }

    private func isPassed(_ node: NodeID) -> Bool { GroupSchedule.isComputed(graph.nodes[node].operation) }
}
