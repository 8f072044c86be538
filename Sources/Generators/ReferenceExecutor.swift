import Kernels
import Tensors

/// The meaning of a graph, carried out node by node with plain scalar code: slow, and the judge of `Program`.
///
/// Scripts have no other meaning than what Lua makes of them; a chain with scripts is not for this.
package struct ReferenceExecutor {
    private let chain: TracedChain
    private let source: (any SampleSource)?

    package init(_ chain: TracedChain, source: (any SampleSource)? = nil) {
        (self.chain, self.source) = (chain, source)
    }

    /// What a chain makes of one sample.
    package struct Result {
        /// As long as the sample.
        package var values: [Float]
        /// 1 hidden; nil if the chain has no mask.
        package var mask: [UInt8]?
        /// In the order of the chain's extra outputs; masks as 1 and 0.
        package var extras: [[Float]]

        package init(values: [Float], mask: [UInt8]?, extras: [[Float]]) {
            (self.values, self.mask, self.extras) = (values, mask, extras)
        }
    }

    /// What is known of the sample at hand.
    private struct Sample {
        var values: [Float]
        var length: Int?
        var words: [Float]?
        var id: UInt64
        var epoch: Int
        var step: Int
    }

    /// Returns what the chain makes of one sample.
    ///
    /// - Parameter sample: the clean values, row-major along all axes.
    package func run(
        _ sample: [Float], length: Int? = nil, words: [Float]? = nil, id: UInt64, epoch: Int, step: Int = 0
    ) -> Result {
        let graph = chain.graph
        precondition(
            sample.count == graph.shape.count, "a sample of \(graph.shape) has \(graph.shape.count) values")
        let clean = Sample(
            values: sample, length: length, words: words, id: id, epoch: epoch, step: step)
        let needed = GroupSchedule(chain).needed
        var results: [[Float]] = []
        for (id, node) in graph.nodes.enumerated() {
            results.append(needed.contains(id) ? evaluate(node, results, clean) : [])
        }
        func whole(_ node: NodeID) -> [Float] {
            expand(results[node], graph.nodes[node].shape, to: graph.full)
        }
        return Result(
            values: whole(chain.values),
            mask: chain.mask.map { whole($0).map { $0.bitPattern == 0 ? 0 : 1 } },
            extras: chain.extras.map { extra in
                let isMask = graph.nodes[extra.node].type == .mask
                return isMask ? results[extra.node].map { $0.bitPattern == 0 ? 0 : 1 } : results[extra.node]
            })
    }

    private func evaluate(_ node: Node, _ results: [[Float]], _ sample: Sample) -> [Float] {
        let graph = chain.graph
        let count = node.shape.count
        let first = graph.shape.size(0)
        let length = min(max(sample.length ?? first, 0), first)
        switch node.operation {
        case .input: return sample.values
        case .length: return [Float(length)]
        case .words:
            return (0..<first).map { $0 >= length ? 0 : sample.words?[$0] ?? Float($0 + 1) }
        case .constant(let bits): return [Float](repeating: Float(bitPattern: bits), count: count)
        case .table(let table): return graph.tables[table]
        case .schedule(let index):
            return [Float(graph.schedules[index].value(epoch: sample.epoch, step: sample.step))]
        case .index: return (0..<count).map { Float($0 + 1) }
        case .draw(let kind, let key):
            let address = DrawAddress(key: key, epoch: UInt32(sample.epoch), sample: sample.id)
            return (0..<count).map { element in
                switch kind {
                case .uniform: ScalarReference.uniform(address: address, element: element)
                case .normal: ScalarReference.normal(address: address, element: element)
                }
            }
        case .elementwise(let operation):
            var operands = node.operands.map { expand(results[$0], graph.nodes[$0].shape, to: node.shape) }
            while operands.count < 3 { operands.append([Float](repeating: 0, count: count)) }
            return (0..<count).map { element in
                ScalarReference.elementwise(
                    operation, operands[0][element], operands[1][element], operands[2][element])
            }
        case .reduce(let reduction), .whole(.reduce(let reduction)):
            return reduce(
                reduction, results[node.operands[0]], graph.nodes[node.operands[0]].shape, to: node.shape)
        case .whole(let operation):
            let operands = node.operands.map {
                ReferenceValue(values: results[$0], shape: graph.nodes[$0].shape)
            }
            return evaluate(operation, operands, node.shape, sample)
        }
    }

    private func evaluate(
        _ operation: WholeOperation, _ operands: [ReferenceValue], _ shape: Shape, _ sample: Sample
    ) -> [Float] {
        let address = { (key: UInt64) in DrawAddress(key: key, epoch: UInt32(sample.epoch), sample: sample.id)
        }
        switch operation {
        case .partner(let place): return partner(place, of: sample)
        case .partnerID(let place): return [Float(partnerID(place, of: sample))]
        case .partnerLength(let place):
            let size = chain.graph.shape.size(0)
            return [Float(min(max(partnerSample(place, of: sample)?.length ?? size, 0), size))]
        case .script, .scriptMask: preconditionFailure("a script has no reference")
        case .choose(let key, let axis):
            return ReferenceOperations.choose(operands[0], shape, axis, address(key))
        case .permutation(let key, let axis):
            return ReferenceOperations.permutation(shape, axis, address(key))
        default: return ReferenceOperations.evaluate(operation, operands, shape)
        }
    }

    private func partnerID(_ place: Int, of sample: Sample) -> UInt64 {
        let ids = source?.ids ?? SampleIDs(sample.id..<sample.id + 1)
        let others = UInt64(ids.count) - 1
        guard others > 0, let own = ids.place(of: sample.id) else { return sample.id }
        let word = DrawAddress(
            key: chain.graph.partners[place].key, epoch: UInt32(sample.epoch), sample: sample.id
        ).bits(0)
        // One of the others, counted on from the sample.
        let steps = 1 + UInt64(word).multipliedReportingOverflow(by: others).partialValue / (1 << 32)
        return ids[(own + Int(steps)) % ids.count]
    }

    private func partner(_ place: Int, of sample: Sample) -> [Float] {
        guard let clean = partnerSample(place, of: sample) else { return [] }
        let part = TracedChain(graph: chain.graph, values: chain.graph.partners[place].node, mask: nil)
        return ReferenceExecutor(part, source: source).run(
            clean.values, length: clean.length, words: clean.words, id: clean.id, epoch: clean.epoch,
            step: clean.step
        ).values
    }

    /// The clean sample that is a sample's partner.
    private func partnerSample(_ place: Int, of sample: Sample) -> Sample? {
        let id = partnerID(place, of: sample)
        let count = chain.graph.shape.count
        let scratch = Buffer<Float>(count: count)
        defer { withExtendedLifetime(scratch) {} }
        guard let source, let clean = try? source.sample(id, scratch: scratch.pointer) else { return nil }
        let values: [Float] =
            switch clean.values {
            case .floats(let floats): Array(UnsafeBufferPointer(start: floats, count: count))
            case .bytes(let bytes, let scale, let low):
                (0..<count).map { ScalarReference.decode(bytes[$0], scale: scale, low: low) }
            }
        let words = clean.words.map {
            Array(UnsafeBufferPointer(start: $0, count: chain.graph.shape.size(0)))
        }
        return Sample(
            values: values, length: clean.length, words: words, id: id, epoch: sample.epoch, step: sample.step
        )
    }

    private func reduce(
        _ reduction: Reduction, _ values: [Float], _ shape: Shape, to kept: Shape
    ) -> [Float] {
        var members = [[Double]](repeating: [], count: kept.count)
        for (element, value) in values.enumerated() {
            members[place(element, shape, in: kept)].append(Double(value))
        }
        return members.map { values in
            // Sixteen lanes where everything becomes one value, a running sum where axes are kept.
            var lanes = [Double](repeating: start(reduction), count: kept == [] ? 16 : 1)
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

    private func expand(_ values: [Float], _ shape: Shape, to wanted: Shape) -> [Float] {
        guard shape != wanted else { return values }
        return (0..<wanted.count).map { values[place($0, wanted, in: shape)] }
    }

    /// The place, in a value that lacks some axes, of an element of a value of `shape`.
    private func place(_ element: Int, _ shape: Shape, in kept: Shape) -> Int {
        ReferenceValue.place(of: ReferenceValue.position(of: element, in: shape), in: kept)
    }
}
