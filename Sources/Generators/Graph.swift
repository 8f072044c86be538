import Kernels
import Tensors
import VectorKernels

/// A number or a mask; they never stand for one another.
package enum ValueType: Sendable, Equatable {
    case number, mask
}

/// The two kinds of random value; everything else is made of them by arithmetic.
package enum DrawKind: Sendable, Hashable {
    case uniform, normal
}

/// One operation of a traced generator.
package enum Operation: Sendable, Hashable {
    /// The clean sample.
    case input
    /// A number, or a mask's truth: the bits of a Float, so that −0 and NaN are constants like any other.
    case constant(bits: UInt32)
    /// A parameter's value at this epoch, by its place in the graph's list of schedules.
    case schedule(Int)
    /// Random numbers, one an element along the node's axes, with the key of their address.
    case draw(DrawKind, key: UInt64)
    /// 1 … size along the one axis of the node.
    case index
    case elementwise(ElementwiseOperation)
    case reduce(Reduction)
}

/// A value of the graph, by its place in `Graph.nodes`; operands always come before their users.
package typealias NodeID = Int

package struct Node: Sendable, Hashable {
    package var operation: Operation
    package var operands: [NodeID] = []
    package var axes: AxisSet
    package var type: ValueType
}

/// What a chain does to one sample, as a graph without cycles: the meaning that both executors carry out.
package struct Graph: Sendable {
    package let shape: Shape
    package private(set) var nodes: [Node] = []
    /// Values that change from epoch to epoch, used by `Operation.schedule`.
    package private(set) var schedules: [Ramp] = []
    private var known: [Node: NodeID] = [:]

    /// A graph for samples of `shape`, whose first node is the clean sample.
    package init(shape: Shape) {
        self.shape = shape
        _ = add(.input, axes: .all(of: shape), type: .number)
    }

    package var input: NodeID { 0 }
    /// The axes of a whole sample.
    package var full: AxisSet { nodes[input].axes }

    /// Returns the node for this operation, an equal one that is there already if there is one.
    package mutating func add(
        _ operation: Operation, _ operands: [NodeID] = [], axes: AxisSet, type: ValueType
    ) -> NodeID {
        let node = Node(operation: operation, operands: operands, axes: axes, type: type)
        if let id = known[node] { return id }
        nodes.append(node)
        known[node] = nodes.count - 1
        return nodes.count - 1
    }

    package mutating func constant(_ value: Float) -> NodeID {
        add(.constant(bits: value.bitPattern), axes: [], type: .number)
    }

    /// A mask that is everywhere true or everywhere false.
    package mutating func mask(_ value: Bool, axes: AxisSet = []) -> NodeID {
        add(.constant(bits: value ? .max : 0), axes: axes, type: .mask)
    }

    package mutating func schedule(_ ramp: Ramp) -> NodeID {
        schedules.append(ramp)
        return add(.schedule(schedules.count - 1), axes: [], type: .number)
    }

    package mutating func draw(_ kind: DrawKind, key: UInt64, axes: AxisSet) -> NodeID {
        add(.draw(kind, key: key), axes: axes, type: .number)
    }

    /// An elementwise operation; operands broadcast along the axes that they lack. Constants fold.
    package mutating func elementwise(_ operation: ElementwiseOperation, _ operands: NodeID...) -> NodeID {
        precondition(
            operands.count == operation.operandCount, "\(operation) wants \(operation.operandCount) operands")
        let axes = operands.reduce(into: AxisSet()) { $0.formUnion(nodes[$1].axes) }
        let type = resultType(of: operation, operands)
        let constants = operands.compactMap { id in
            if case .constant(let bits) = nodes[id].operation { Float(bitPattern: bits) } else { nil }
        }
        if constants.count == operands.count {
            let padded = constants + [0, 0]
            let value = ScalarReference.elementwise(operation, padded[0], padded[1], padded[2])
            return add(.constant(bits: value.bitPattern), axes: axes, type: type)
        }
        return add(.elementwise(operation), operands, axes: axes, type: type)
    }

    /// Makes one value of all along `axes`. Axes that the operand lacks have size 1, so nothing is done about them.
    package mutating func reduce(_ reduction: Reduction, _ operand: NodeID, over axes: AxisSet) -> NodeID {
        let node = nodes[operand]
        let kept = node.axes.subtracting(axes)
        guard kept != node.axes else { return operand }
        if case .constant(let bits) = node.operation {
            let value = Float(bitPattern: bits)
            let members = node.axes.subtracting(kept).count(in: shape)
            let result = reduction == .sum ? value * Float(members) : value
            return add(.constant(bits: result.bitPattern), axes: kept, type: .number)
        }
        return add(.reduce(reduction), [operand], axes: kept, type: .number)
    }

    private func resultType(of operation: ElementwiseOperation, _ operands: [NodeID]) -> ValueType {
        switch operation {
        case .less, .lessEqual, .equal, .notEqual, .and, .or, .not: .mask
        case .select: nodes[operands[1]].type
        default: .number
        }
    }
}

/// A graph with the nodes that leave it.
package struct TracedChain: Sendable {
    package var graph: Graph
    /// What the model sees, along all axes.
    package var values: NodeID
    /// True where something was hidden or destroyed; nil when no generator of the chain says so.
    package var mask: NodeID?

    package init(graph: Graph, values: NodeID, mask: NodeID?) {
        (self.graph, self.values, self.mask) = (graph, values, mask)
    }
}
