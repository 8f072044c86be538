import Kernels
import Tensors

/// The meaning of a graph, carried out node by node with plain scalar code: slow, and the judge of `Program`.
package struct ReferenceExecutor {
    private let chain: TracedChain

    package init(_ chain: TracedChain) { self.chain = chain }

    /// Returns what the chain makes of one sample.
    ///
    /// - Parameter sample: the clean values, row-major along all axes.
    /// - Returns: the values, and the mask (1 hidden) if the chain has one, each as long as the sample.
    package func run(_ sample: [Float], id: UInt64, epoch: Int) -> (values: [Float], mask: [UInt8]?) {
        let graph = chain.graph
        precondition(
            sample.count == graph.shape.count, "a sample of \(graph.shape) has \(graph.shape.count) values")
        var results: [[Float]] = []
        for node in graph.nodes {
            results.append(evaluate(node, results, sample: sample, id: id, epoch: epoch))
        }
        func whole(_ node: NodeID) -> [Float] {
            expand(results[node], graph.nodes[node].axes, to: graph.full)
        }
        return (whole(chain.values), chain.mask.map { whole($0).map { $0.bitPattern == 0 ? 0 : 1 } })
    }

    private func evaluate(
        _ node: Node, _ results: [[Float]], sample: [Float], id: UInt64, epoch: Int
    ) -> [Float] {
        let graph = chain.graph
        let count = node.axes.count(in: graph.shape)
        switch node.operation {
        case .input: return sample
        case .constant(let bits): return [Float](repeating: Float(bitPattern: bits), count: count)
        case .schedule(let index): return [Float(graph.schedules[index].value(epoch: epoch))]
        case .index: return (0..<count).map { Float($0 + 1) }
        case .draw(let kind, let key):
            let address = DrawAddress(key: key, epoch: UInt32(epoch), sample: id)
            return (0..<count).map { element in
                switch kind {
                case .uniform: ScalarReference.uniform(address: address, element: element)
                case .normal: ScalarReference.normal(address: address, element: element)
                }
            }
        case .elementwise(let operation):
            var operands = node.operands.map { expand(results[$0], graph.nodes[$0].axes, to: node.axes) }
            while operands.count < 3 { operands.append([Float](repeating: 0, count: count)) }
            return (0..<count).map { element in
                ScalarReference.elementwise(
                    operation, operands[0][element], operands[1][element], operands[2][element])
            }
        case .reduce(let reduction):
            return reduce(
                reduction, results[node.operands[0]], graph.nodes[node.operands[0]].axes, to: node.axes)
        }
    }

    private func reduce(_ reduction: Reduction, _ values: [Float], _ axes: AxisSet, to kept: AxisSet)
        -> [Float]
    {
        var members = [[Double]](repeating: [], count: kept.count(in: chain.graph.shape))
        for (element, value) in values.enumerated() {
            members[place(element, axes, in: kept)].append(Double(value))
        }
        return members.map { values in
            // Sixteen lanes where everything becomes one value, a running sum where axes are kept.
            var lanes = [Double](repeating: start(reduction), count: kept.isEmpty ? 16 : 1)
            for (element, value) in values.enumerated() {
                lanes[element % lanes.count] = fold(reduction, lanes[element % lanes.count], value)
            }
            while lanes.count > 1 {
                let half = lanes.count / 2
                lanes = (0..<half).map { fold(reduction, lanes[$0], lanes[$0 + half]) }
            }
            return Float(reduction == .mean ? lanes[0] / Double(values.count) : lanes[0])
        }
    }

    private func start(_ reduction: Reduction) -> Double {
        switch reduction {
        case .sum, .mean: 0
        case .minimum: .infinity
        case .maximum: -.infinity
        }
    }

    private func fold(_ reduction: Reduction, _ accumulator: Double, _ value: Double) -> Double {
        switch reduction {
        case .sum, .mean: accumulator + value
        case .minimum: value < accumulator ? value : accumulator
        case .maximum: value > accumulator ? value : accumulator
        }
    }

    private func expand(_ values: [Float], _ axes: AxisSet, to wanted: AxisSet) -> [Float] {
        guard axes != wanted else { return values }
        return (0..<wanted.count(in: chain.graph.shape)).map { values[place($0, wanted, in: axes)] }
    }

    /// The place, among the elements along `kept`, of an element along `axes`; `axes` contains `kept`.
    private func place(_ element: Int, _ axes: AxisSet, in kept: AxisSet) -> Int {
        var (rest, stride, result) = (element, 1, 0)
        for axis in axes.places.reversed() {
            let size = chain.graph.shape[axis]
            if kept.contains(.axis(axis)) {
                result += rest % size * stride
                stride *= size
            }
            rest /= size
        }
        return result
    }
}
