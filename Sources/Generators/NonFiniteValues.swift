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
        of id: UInt64, epoch: Int, in chain: TracedChain, kernels: KernelSet, source: any SampleSource
    ) throws {
        (self.id, self.epoch, size) = (id, epoch, chain.graph.shape.count)
        var watched = chain
        let nodes = GroupSchedule(chain).needed.sorted()
        watched.extras = nodes.map { ExtraOutput(name: "\($0)", node: $0) }
        let workspace = Workspace(Program(watched), kernels: kernels.noise, source: source)
        let (values, mask) = (Buffer<Float>(count: size), Buffer<UInt8>(count: size))
        try workspace.run(
            try source.sample(id, scratch: values.pointer), id: id, epoch: epoch, values: values.pointer,
            mask: mask.pointer)
        count = values.values.count { !$0.isFinite }
        guard count > 0 else { return nil }
        var isBad: Set<NodeID> = []
        for (place, node) in nodes.enumerated() {
            let value = Buffer<Float>(count: chain.graph.nodes[node].shape.count)
            workspace.copyExtra(place, to: value.pointer)
            if value.values.contains(where: { !$0.isFinite }) { isBad.insert(node) }
        }
        var node = chain.values
        while let operand = chain.graph.nodes[node].operands.first(where: isBad.contains) { node = operand }
        maker =
            node == chain.graph.input
            ? nil : (Explanation.name(of: chain.graph.nodes[node].operation), chain.graph.origins[node])
    }

    package var description: String {
        let values = "\(count) of the \(size) values of sample \(id) in epoch \(epoch)"
        guard let maker else { return "\(values) are not finite before any noise" }
        let place = maker.origin.line > 0 ? "\(maker.origin.file):\(maker.origin.line): " : ""
        return "\(place)'\(maker.operation)' in \(maker.origin.path) makes \(values) infinite or nan"
    }
}

extension TracedChain {
    /// What a person should know of the chain for a data set of this many samples.
    package func notes(sampleCount: Int) -> [String] {
        let asking = graph.nodes.firstIndex {
            if case .whole(.partner) = $0.operation { true } else { false }
        }
        guard sampleCount == 1, let asking else { return graph.notes }
        return graph.notes + [
            "\(graph.origins[asking].path) takes other samples, and the data has only one: it is its own partner"
        ]
    }
}
