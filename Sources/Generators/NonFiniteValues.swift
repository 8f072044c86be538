import Kernels
import Tensors

/// Values of a sample that are not finite, with the operation that made the first of them.
package struct NonFiniteValues: Error, CustomStringConvertible {
    private let id: UInt64
    private let epoch: Int
    private let count: Int
    private let size: Int
    /// Nil if the clean sample has such values.
    private let maker: (operation: String, origin: Origin)?

    /// Makes a sample once more with every value that leads to its own, and follows those that are not finite back to where
    /// all operands are; nil if the sample's values are finite.
    package init?(
        of id: UInt64, epoch: Int, step: Int = 0, in chain: TracedChain, kernels: KernelSet,
        source: any SampleSource
    ) throws {
        if let sound = chain.sound, let sounds = source.sounds,
            let found = try NonFiniteValues(
                of: id, epoch: epoch, step: step, in: sound.traced, kernels: kernels, source: sounds)
        {
            self = found
            return
        }
        (self.id, self.epoch, size) = (id, epoch, chain.graph.shape.count)
        var watched = chain
        let nodes = GroupSchedule(chain).needed.sorted()
        watched.extras = nodes.map { ExtraOutput(name: "\($0)", node: $0) }
        let workspace = Workspace(Program(watched), kernels: kernels.noise, source: source)
        let (values, mask) = (Buffer<Float>(count: size), Buffer<UInt8>(count: size))
        let scratch = Buffer<Float>(count: size)
        try workspace.run(
            try workspace.sample(id, epoch: epoch, step: step, scratch: scratch.pointer), id: id,
            epoch: epoch, step: step,
            values: values.pointer, mask: mask.pointer)
        count = values.values.count { !$0.isFinite }
        guard count > 0 else { return nil }
        var results: [NodeID: [Float]] = [:]
        for (place, node) in nodes.enumerated() {
            let value = Buffer<Float>(count: chain.graph.nodes[node].shape.count)
            workspace.copyExtra(place, to: value.pointer)
            results[node] = value.values
        }
        let element = values.values.firstIndex { !$0.isFinite }!
        let node = Self.maker(of: element, chain.values, chain.graph, results)
        maker =
            node == chain.graph.input
            ? nil : (Explanation.name(of: chain.graph.nodes[node].operation), chain.graph.origins[node])
    }

    /// Follows one element back to the node whose operands are finite.
    private static func maker(
        of element: Int, _ start: NodeID, _ graph: Graph, _ results: [NodeID: [Float]]
    ) -> NodeID {
        /// The element's own place in an operand, or the first that is not finite where places do not correspond.
        func badPlace(_ operand: NodeID, _ place: Int, of node: NodeID) -> Int? {
            guard let values = results[operand] else { return nil }
            if values.count == 1 { return values[0].isFinite ? nil : 0 }
            if case .elementwise = graph.nodes[node].operation,
                graph.nodes[operand].shape == graph.nodes[node].shape
            {
                return values[place].isFinite ? nil : place
            }
            return values.firstIndex { !$0.isFinite }
        }
        var (node, place) = (start, element)
        search: while true {
            var operands = graph.nodes[node].operands
            if graph.nodes[node].operation == .elementwise(.select), let mask = results[operands[0]],
                mask.count == 1 || graph.nodes[operands[0]].shape == graph.nodes[node].shape
            {
                operands = [operands[mask[mask.count == 1 ? 0 : place] == 1 ? 1 : 2]]
            }
            for operand in operands {
                guard let next = badPlace(operand, place, of: node) else { continue }
                (node, place) = (operand, next)
                continue search
            }
            return node
        }
    }

    package var description: String {
        let values = "\(count) of the \(size) values of sample \(id) in epoch \(epoch)"
        guard let maker else { return "\(values) are not finite before any noise" }
        return "'\(maker.operation)' in \(maker.origin.path) makes \(values) infinite or nan"
    }

    /// The plugin's file and line, where one made the values.
    package var place: String? {
        maker.flatMap { $0.origin.line > 0 ? "\($0.origin.file):\($0.origin.line)" : nil }
    }

    /// The description behind its place and a word: "gaussian.lua:14: warning: …".
    package func text(_ severity: String) -> String { "\(place ?? "mottle"): \(severity): \(self)" }
}
