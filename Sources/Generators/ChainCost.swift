import Kernels
import LuaRuntime
import Tensors
import VectorKernels

/// What a traced chain takes to make one sample, told before anything is compiled: a stranger's plugin must not fill the memory
/// or keep a worker busy for minutes.
package struct ChainCost {
    /// What a worker holds, in Floats.
    package private(set) var memory = 0.0
    /// Roughly nanoseconds of one core, counted in elements.
    package private(set) var work = 0.0

    /// Floats that a chain may take in each worker: 1 GB; large samples may take more.
    package static func memoryLimit(for shape: Shape) -> Double { max(0x1p28, 16 * Double(shape.count)) }

    /// Work that one generator may take for a sample, some two seconds; large samples may take more.
    package static func workLimit(for shape: Shape) -> Double { max(2e9, 4096 * Double(shape.count)) }

    package init(_ chain: TracedChain) {
        var known: [Int: ChainCost] = [:]
        self.init(chain, &known)
    }

    /// - Parameter partners: the costs of partners that are known already.
    private init(_ chain: TracedChain, _ partners: inout [Int: ChainCost]) {
        let graph = chain.graph
        var (needed, waiting) = (Set<NodeID>(), chain.outputs)
        while let node = waiting.popLast() {
            if needed.insert(node).inserted { waiting += graph.nodes[node].operands }
        }
        var all = 0.0
        for (id, node) in graph.nodes.enumerated() where needed.contains(id) {
            all += Double(node.shape.count) + 128
            memory += Double(Program.blockLength)  // a register at most
            add(
                node, graph.nodes[node.operands.first ?? id].shape,
                node.operands.map { graph.nodes[$0].shape })
            guard case .whole(.partner(let place)) = node.operation else { continue }
            let partner = partners[place] ?? ChainCost(chain.before(partner: place), &partners)
            partners[place] = partner
            memory += partner.memory + 2 * Double(graph.shape.count)
            work += partner.work
        }
        // Memory is used again when a value is needed no more, which takes longer to tell.
        memory +=
            memory + all <= Self.memoryLimit(for: graph.shape)
            ? all : Double(SlotPlan(GroupSchedule(chain), chain).size)
    }

    /// Roughly nanoseconds that one node takes for a sample; a partner, which is a sample more, and Lua take many.
    static func work(of node: NodeID, in graph: Graph) -> Double {
        var cost = ChainCost()
        let (node, operands) = (graph.nodes[node], graph.nodes[node].operands.map { graph.nodes[$0].shape })
        cost.add(node, operands.first ?? node.shape, operands)
        switch node.operation {
        case .whole(.partner): return 16 * cost.work
        case .whole(.script): return 64 * cost.work
        default: return cost.work
        }
    }

    private init() {}

    private mutating func add(_ node: Node, _ first: Shape, _ operands: [Shape]) {
        let (count, read) = (Double(node.shape.count), Double(first.count))
        switch node.operation {
        case .input, .length, .words, .schedule, .index: work += count
        case .constant, .table: memory += count  // the program's own
        case .draw(let kind, _): work += kind == .uniform ? count : 3 * count
        case .elementwise(let operation): work += Self.weight(operation) * count
        case .reduce: work += read
        case .whole(let operation): add(operation, count, node.shape, first, operands)
        }
    }

    private mutating func add(
        _ operation: WholeOperation, _ count: Double, _ shape: Shape, _ first: Shape, _ operands: [Shape]
    ) {
        let read = Double(first.count)
        switch operation {
        case .reshape: break
        case .reduce:
            memory += 2 * count + 4 * read / Double(max(1, first.sizes.last ?? 1))
            work += 2 * read
        case .scan(_, let axis):
            memory += 2 * Double(shape.split(at: axis).inner)
            work += 4 * count
        case .gather(let axes):
            let rows = count / Double(max(1, shape.sizes.last ?? 1))
            (memory, work) = (memory + count, work + Double(6 * axes.count) * count + 16 * rows)
        case .correlate(let axes):
            let taps = Double(operands[1].count)
            let row = shape.sizes.dropFirst(axes.max() ?? 0).reduce(1, *)
            memory += 2 * (taps + count / Double(max(1, row)))
            // A kernel handles a whole vector of a row at once.
            work += taps * max(0.5 * count, 4 * count / Double(max(1, row)))
        case .fourier(let axis, _, _):
            let size = first.size(axis)
            let isSmooth = FourierPlan.factors(of: max(1, size)).reduce(1, *) == size
            memory += (isSmooth ? 16 : 96) * Double(size)
            work += (isSmooth ? 2 : 16) * read * (8 + 4 * Double(size.bitWidth - size.leadingZeroBitCount))
        case .choose: work += 10 * count
        case .permutation: (memory, work) = (memory + count, work + 10 * count)
        case .top: (memory, work) = (memory + count, work + 24 * count)
        case .order(let axis):
            let size = first.size(axis)
            memory += 4 * Double(size)
            work += count * (8 + 8 * Double(size.bitWidth - size.leadingZeroBitCount))
        case .partner, .partnerID, .partnerLength, .scriptMask: work += count
        case .round: work += 4 * count
        case .script: (memory, work) = (memory + 3 * count, work + count)  // the rest is in its own budget
        }
    }

    private static func weight(_ operation: ElementwiseOperation) -> Double {
        switch operation {
        case .power: 16
        case .poissonQuantile: 64
        case .exp, .log, .sin, .cos, .tanh: 4
        default: 1
        }
    }
}

extension Plugin {
    /// Says that the chain takes too much with this generator at its end, nil if it does not.
    func excess(of cost: ChainCost, over before: ChainCost, _ shape: Shape) -> LuaError? {
        var error = LuaError(
            kind: .memory, code: "M18", file: file, line: declaration.line, what: "",
            instead: "smaller sizes, kernels and windows, or fewer of them", activity: activity)
        let memoryLimit = ChainCost.memoryLimit(for: shape)
        if cost.memory > memoryLimit {
            error.what =
                "a worker would need \(megabytes(cost.memory)) for this chain; it may have \(megabytes(memoryLimit))"
            return error
        }
        let (work, limit) = (cost.work - before.work, ChainCost.workLimit(for: shape))
        guard work > limit else { return nil }
        error.kind = .time
        error.what =
            "one sample would take about \(seconds(work)) of one core; a generator may take \(seconds(limit))"
        return error
    }

    private func megabytes(_ floats: Double) -> String { "\(formatted((floats / 0x1p18).rounded())) MB" }

    private func seconds(_ work: Double) -> String { "\(formatted((work / 1e9).rounded(.up))) s" }
}

extension TracedChain {
    /// The part of the chain that comes before a partner was asked for: what the partner goes through.
    func before(partner place: Int) -> TracedChain {
        let partner = graph.partners[place]
        var part = TracedChain(graph: graph.before(partner: place), values: partner.node, mask: nil)
        part.mixings = partner.mixings.map { mixings[$0] }
        part.sound = sound
        return part
    }
}
