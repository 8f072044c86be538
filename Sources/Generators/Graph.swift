import Kernels
import Tensors
import VectorKernels

/// A number or a mask; they never stand for one another.
package enum ValueType: Sendable, Equatable {
    case number, mask
}

/// The two kinds of random value; everything else is made of them by arithmetic.
package enum DrawKind: Sendable, Hashable, BitwiseCopyable {
    case uniform, normal
}

/// One operation of a traced generator.
package enum Operation: Sendable, Hashable {
    /// The clean sample.
    case input
    /// How many places along the sample's first axis are real; the rest is padding.
    case length
    /// Which word each token belongs to, counted from 1; 0 for none.
    case words
    /// A number, or a mask's truth: the bits of a Float, so that −0 and NaN are constants like any other.
    case constant(bits: UInt32)
    /// Constants that differ from element to element, by their place in the graph's list of tables.
    case table(Int)
    /// A parameter's value at this epoch and step, by its place in the graph's list of schedules.
    case schedule(Int)
    /// Random numbers, one an element of the node, with the key of their address.
    case draw(DrawKind, key: UInt64)
    /// 1 … size along the one axis of the node.
    case index
    case elementwise(ElementwiseOperation)
    /// Many values made one.
    case reduce(Reduction)
    case whole(WholeOperation)
}

/// A value of the graph, by its place in `Graph.nodes`; operands always come before their users.
package typealias NodeID = Int

package struct Node: Sendable, Hashable {
    package var operation: Operation
    package var operands: [NodeID] = []
    package var shape: Shape
    package var type: ValueType
}

/// Where a node comes from, for people.
package struct Origin: Sendable, Equatable {
    /// The generator's path in the chain.
    package var path: String
    package var file: String
    /// 0 for what the host added.
    package var line: Int
}

/// A draw of `rng:partner`: which sample it is, and what it looks like at this point of the chain.
package struct Partner: Sendable, Hashable {
    package var key: UInt64
    /// The node whose value the partner has in its own sample.
    package var node: NodeID
    /// The chain's mixings that came before, by their places.
    package var mixings: [Int]
}

/// What a chain does to one sample, as a graph without cycles: the meaning that both executors carry out.
package struct Graph: Sendable {
    /// The shape of one sample, with all its axes.
    package let shape: Shape
    package private(set) var nodes: [Node] = []
    /// Who recorded each node first.
    package private(set) var origins: [Origin] = []
    /// What the next nodes come from.
    package var origin = Origin(path: "", file: "", line: 0)
    /// Values that change from epoch to epoch or from step to step, used by `Operation.schedule`.
    package private(set) var schedules: [Schedule] = []
    package private(set) var tables: [[Float]] = []
    private var tablePlaces: [[UInt32]: Int] = [:]
    package private(set) var partners: [Partner] = []
    package private(set) var scripts: [ScriptCall] = []
    /// What a person should know of the chain, each once.
    package private(set) var notes: [String] = []
    var demands = SampleDemands()
    private var known: [Node: NodeID] = [:]

    /// A graph for samples of `shape`, whose first node is the clean sample.
    package init(shape: Shape) {
        self.shape = shape
        _ = add(.input, shape: shape.trimmed, type: .number)
    }

    package var input: NodeID { 0 }
    /// The shape of a whole sample as values have it.
    package var full: Shape { nodes[input].shape }

    /// Returns the node for this operation, an equal one that is there already if there is one.
    package mutating func add(
        _ operation: Operation, _ operands: [NodeID] = [], shape: Shape, type: ValueType
    ) -> NodeID {
        let node = Node(operation: operation, operands: operands, shape: shape, type: type)
        if let id = known[node] { return id }
        nodes.append(node)
        origins.append(origin)
        known[node] = nodes.count - 1
        return nodes.count - 1
    }

    package mutating func constant(_ value: Float, shape: Shape = []) -> NodeID {
        add(.constant(bits: value.bitPattern), shape: shape, type: .number)
    }

    /// A mask that is everywhere true or everywhere false.
    package mutating func mask(_ value: Bool, shape: Shape = []) -> NodeID {
        add(.constant(bits: value ? .max : 0), shape: shape, type: .mask)
    }

    /// Constants, row-major.
    package mutating func table(_ values: [Float], shape: Shape) -> NodeID {
        precondition(values.count == shape.count, "\(values.count) values for \(shape)")
        if let first = values.first, values.allSatisfy({ $0.bitPattern == first.bitPattern }) {
            return constant(first, shape: shape)
        }
        let bits = values.map(\.bitPattern)
        let place = tablePlaces[bits] ?? tables.count
        if place == tables.count {
            tables.append(values)
            tablePlaces[bits] = place
        }
        return add(.table(place), shape: shape, type: .number)
    }

    /// Whether tables have the same bits: NaN is a constant like any other.
    static func areEqual(_ a: [[Float]], _ b: [[Float]]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0.map(\.bitPattern) == $1.map(\.bitPattern) }
    }

    package mutating func schedule(_ schedule: Schedule) -> NodeID {
        schedules.append(schedule)
        return add(.schedule(schedules.count - 1), shape: [], type: .number)
    }

    package mutating func draw(_ kind: DrawKind, key: UInt64, shape: Shape) -> NodeID {
        add(.draw(kind, key: key), shape: shape, type: .number)
    }

    /// 1 … `count` along one axis.
    package mutating func index(_ place: Int, count: Int) -> NodeID {
        guard count != 1 else { return constant(1) }
        return add(.index, shape: .along(place, count), type: .number)
    }

    /// The constant that a node is everywhere, if it is one.
    package func constantValue(_ node: NodeID) -> Float? {
        if case .constant(let bits) = nodes[node].operation { Float(bitPattern: bits) } else { nil }
    }

    /// An elementwise operation; operands broadcast along axes of size 1. Constants fold.
    package mutating func elementwise(_ operation: ElementwiseOperation, _ operands: NodeID...) -> NodeID {
        precondition(
            operands.count == operation.operandCount, "\(operation) wants \(operation.operandCount) operands")
        let shapes = operands.map { nodes[$0].shape }
        guard let shape = Shape.broadcast(shapes) else { preconditionFailure("\(operation) of \(shapes)") }
        let type = resultType(of: operation, operands)
        let constants = operands.compactMap(constantValue)
        if constants.count == operands.count {
            let padded = constants + [0, 0]
            let value = ScalarReference.elementwise(operation, padded[0], padded[1], padded[2])
            return add(.constant(bits: value.bitPattern), shape: shape, type: type)
        }
        if operation == .and || operation == .or,
            let simpler = simplified(operation, operands[0], operands[1], shape)
        {
            return simpler
        }
        return add(.elementwise(operation), operands, shape: shape, type: type)
    }

    /// `and` and `or` of masks with a constant, or in an order that makes more of them along fewer axes: (rows & columns) &
    /// columns is rows & (columns & columns). The same bits in any case.
    private mutating func simplified(
        _ operation: ElementwiseOperation, _ a: NodeID, _ b: NodeID, _ shape: Shape
    ) -> NodeID? {
        for (value, other) in [(a, b), (b, a)] {
            guard let constant = constantValue(value), nodes[other].shape == shape else { continue }
            // False leaves an `or` as it is, true an `and`.
            if (constant.bitPattern == 0) == (operation == .or) { return other }
        }
        for (whole, part) in [(a, b), (b, a)] where nodes[whole].operation == .elementwise(operation) {
            let operands = nodes[whole].operands
            for (kept, met) in [(operands[0], operands[1]), (operands[1], operands[0])] {
                guard let smaller = Shape.broadcast([nodes[met].shape, nodes[part].shape]),
                    smaller.count < nodes[whole].shape.count
                else { continue }
                return elementwise(operation, kept, elementwise(operation, met, part))
            }
        }
        return nil
    }

    /// Makes one value of all along the axes at `places`; axes of size 1 stay as they are.
    package mutating func reduce(_ reduction: Reduction, _ operand: NodeID, over places: [Int]) -> NodeID {
        let node = nodes[operand]
        var kept = node.shape.sizes
        for place in places where place < kept.count { kept[place] = 1 }
        let shape = Shape(kept).trimmed
        guard shape != node.shape else { return operand }
        if let value = constantValue(operand), node.shape.count > 0 {
            let members = node.shape.count / shape.count
            return constant(reduction == .sum ? value * Float(members) : value, shape: shape)
        }
        let operation: Operation = shape == [] ? .reduce(reduction) : .whole(.reduce(reduction))
        return add(operation, [operand], shape: shape, type: .number)
    }

    package mutating func addPartner(_ partner: Partner) -> Int {
        partners.append(partner)
        return partners.count - 1
    }

    /// The graph as it was before some partner was asked for.
    func before(partner: Int) -> Graph {
        var part = self
        part.partners.removeSubrange(partner...)
        return part
    }

    package mutating func addScript(_ script: ScriptCall) -> Int {
        scripts.append(script)
        return scripts.count - 1
    }

    package mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// The keys of all random numbers that the graph draws.
    package var drawKeys: [UInt64] {
        nodes.compactMap { node in
            switch node.operation {
            case .draw(_, let key), .whole(.choose(let key, _)), .whole(.permutation(let key, _)): key
            case .whole(.partner(let place)): partners[place].key
            default: nil
            }
        }
    }

    private func resultType(of operation: ElementwiseOperation, _ operands: [NodeID]) -> ValueType {
        switch operation {
        case .less, .lessEqual, .equal, .notEqual, .and, .or, .not: .mask
        case .select: nodes[operands[1]].type
        default: .number
        }
    }
}

/// A value that leaves a chain beside the samples.
package struct ExtraOutput: Sendable, Equatable {
    /// The generator's name in the chain and the output's own: `mae_patches.grid`.
    package var name: String
    package var node: NodeID

    package init(name: String, node: NodeID) { (self.name, self.node) = (name, node) }
}

/// A parameter that differs from sample to sample or from epoch to epoch.
package struct DrawnParameter: Sendable, Equatable {
    /// The generator's name in the chain and the parameter's own: `gaussian.sigma`.
    package var name: String
    package var node: NodeID
    /// True for samples that the generator is applied to; nil for every sample.
    package var applied: NodeID?
}

/// A sample behind one entry of the chain.
package struct ChainState: Sendable, Equatable {
    /// The entry's name.
    package var name: String
    package var values: NodeID
    package var mask: NodeID?
    /// True for samples that got it; nil for all.
    package var applied: NodeID?
    /// What undoes the standardisation that the values went through.
    var standardisation: Standardisation?
    /// How many parameters were drawn up to here.
    var parameters: Int
}

/// A generator that blended a sample with its partner, whose label then counts with a share of 1 − `share`.
package struct Mixing: Sendable, Equatable {
    package var share: NodeID
    /// The partner's place in the graph's list, and its values: it must be made for its label to be known.
    package var partner: Int
    package var values: NodeID
    /// True for samples that are blended at all; nil for every sample.
    package var applied: NodeID?
}

/// A graph with the nodes that leave it.
package struct TracedChain: Sendable {
    package var graph: Graph
    /// What the model sees, along all axes.
    package var values: NodeID
    /// True where something was hidden or destroyed; nil when no generator of the chain says so.
    package var mask: NodeID?
    package var extras: [ExtraOutput] = []
    /// In the order of the chain.
    package var mixings: [Mixing] = []
    /// Parameters that differ from sample to sample or from epoch to epoch, with their nodes; a program has them only if
    /// they are made extra outputs.
    package var parameters: [DrawnParameter] = []
    /// What each entry of the chain leaves behind, in the order of the chain.
    package var states: [ChainState] = []
    /// What undoes the standardisation, if there is one.
    package var standardisation: Standardisation?
    /// What the chain does before this, to the sounds of which the graph's input has features.
    package var sound: SoundChain?

    package init(graph: Graph, values: NodeID, mask: NodeID?) {
        (self.graph, self.values, self.mask) = (graph, values, mask)
    }

    /// All nodes that must be there at the end.
    var outputs: [NodeID] { [values] + (mask.map { [$0] } ?? []) + beside }
    /// Those that stay in the worker's memory.
    var beside: [NodeID] {
        extras.map(\.node) + mixings.flatMap { [$0.share, $0.values] + ($0.applied.map { [$0] } ?? []) }
    }
}

extension TracedChain {
    /// The chain up to an entry and no further; nil if it has no entry of that name.
    package func until(_ name: String) -> TracedChain? {
        guard let state = states.first(where: { $0.name == name }) else {
            guard let sound, let part = sound.traced.until(name) else { return nil }
            var features = TracedChain(graph: Graph(shape: graph.shape), values: 0, mask: nil)
            features.sound = SoundChain(part, features: sound.features)
            return features
        }
        var part = TracedChain(graph: graph, values: state.values, mask: state.mask)
        part.sound = sound
        part.parameters = Array(parameters.prefix(state.parameters))
        part.standardisation = state.standardisation
        return part
    }

    /// The names of all entries, in the order of the chain.
    package var entryNames: [String] { (sound?.traced.entryNames ?? []) + states.map(\.name) }

    /// What a person should know of the chain for a data set of this many samples.
    package func notes(sampleCount: Int) -> [String] {
        (sound?.traced.notes(sampleCount: sampleCount) ?? []) + ownNotes(sampleCount: sampleCount)
    }

    private func ownNotes(sampleCount: Int) -> [String] {
        let asking = graph.nodes.firstIndex {
            if case .whole(.partner) = $0.operation { true } else { false }
        }
        guard sampleCount == 1, let asking else { return graph.notes }
        return graph.notes + [
            "\(graph.origins[asking].path) takes other samples, and the data has only one: it is its own partner"
        ]
    }
}
