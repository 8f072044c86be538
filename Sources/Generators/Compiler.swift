import Tensors
import VectorKernels

extension Program {
    /// Compiles a traced chain: what the outputs don't need is dropped, the rest falls into groups of fused steps.
    package init(_ chain: TracedChain) {
        let graph = chain.graph
        let schedule = GroupSchedule(chain)
        let slots = SlotPlan(schedule, chain)
        // Constants keep their registers for good.
        var constants: [UInt32: Int] = [:]
        for node in schedule.needed.sorted() {
            if case .constant(let bits) = graph.nodes[node].operation, constants[bits] == nil {
                constants[bits] = constants.count
            }
        }
        var stages: [Stage] = []
        var (registers, totals) = (constants.count, 0)
        for (index, members) in schedule.groups.enumerated() {
            let conditions = members.place.guards.map { slots.offsets[$0]! }
            if let node = members.place.whole {
                guard case .whole(let operation) = graph.nodes[node].operation else { preconditionFailure() }
                let step = WholeStep(
                    operation: operation,
                    operands: graph.nodes[node].operands.map { slots.operand($0, in: graph) },
                    result: slots.operand(node, in: graph), node: node)
                stages.append(Stage(work: .whole(step), conditions: conditions))
                continue
            }
            var builder = GroupBuilder(
                graph: graph, shape: members.place.shape, constants: constants, slots: slots.offsets,
                firstTotal: totals)
            builder.build(members.nodes, outputs: index == schedule.groups.count - 1 ? chain : nil)
            stages.append(Stage(work: .fused(builder.group), conditions: conditions))
            registers = max(registers, builder.registerCount)
            totals += builder.group.totals.count
        }
        (shape, sound, demands) = (graph.shape, chain.sound, graph.demands)
        writesMask = chain.mask != nil
        extras = chain.extras.map { extra in
            let node = graph.nodes[extra.node]
            return (extra.name, node.type, node.shape, slots.offsets[extra.node]!)
        }
        self.stages = stages
        self.constants = constants.map { (register: $1 * Program.blockLength, value: Float(bitPattern: $0)) }
        tables = schedule.crossing.sorted().compactMap { node in
            switch graph.nodes[node].operation {
            case .constant(let bits):
                (
                    slots.offsets[node]!,
                    [Float](repeating: Float(bitPattern: bits), count: graph.nodes[node].shape.count)
                )
            case .table(let table): (slots.offsets[node]!, graph.tables[table])
            default: nil
            }
        }
        func slot(of operation: Operation) -> Int? {
            schedule.crossing.first { graph.nodes[$0].operation == operation }.map { slots.offsets[$0]! }
        }
        (inputSlot, lengthSlot, wordsSlot) = (slot(of: .input), slot(of: .length), slot(of: .words))
        schedules = graph.schedules
        partners = graph.partners.indices.map { place in
            let isNeeded = schedule.needed.contains {
                [WholeOperation.partner(place), .partnerID(place), .partnerLength(place)]
                    .map(Operation.whole).contains(graph.nodes[$0].operation)
            }
            return isNeeded ? PartnerProgram(place, of: chain) : nil
        }
        scripts = graph.scripts
        mixings = chain.mixings.map { (slots.offsets[$0.share]!, $0.partner) }
        registerMemory = registers * Program.blockLength
        slotMemory = slots.size
        accumulatorCount = totals * 16
    }
}

extension PartnerProgram {
    /// The part of the chain that comes before the partner was asked for.
    fileprivate convenience init(_ place: Int, of chain: TracedChain) {
        self.init(key: chain.graph.partners[place].key, program: Program(chain.before(partner: place)))
    }
}

/// Writes the steps of one group and shares registers between values that don't live at the same time.
private struct GroupBuilder {
    let graph: Graph
    let shape: Shape
    let constants: [UInt32: Int]
    let slots: [NodeID: Int]
    let firstTotal: Int

    private(set) var group: Group
    private(set) var registerCount: Int
    private var freeRegisters: [Int] = []
    /// Where the values that this group has at hand are.
    private var places: [NodeID: Place] = [:]
    /// The position among the members after which a value's register is free; outputs come after all.
    private var lastUses: [NodeID: Int] = [:]
    /// Products that are made within a sum, by that sum, and the other way round.
    private var (products, sums): ([NodeID: NodeID], [NodeID: NodeID]) = ([:], [:])

    init(graph: Graph, shape: Shape, constants: [UInt32: Int], slots: [NodeID: Int], firstTotal: Int) {
        (self.graph, self.shape, self.constants) = (graph, shape, constants)
        (self.slots, self.firstTotal) = (slots, firstTotal)
        group = Group(shape: shape, count: shape.count)
        registerCount = constants.count
    }

    /// - Parameter outputs: the chain whose outputs the group writes, if it is the last one.
    mutating func build(_ nodes: [NodeID], outputs: TracedChain?) {
        group.nodes = nodes
        findProducts(nodes, outputs: outputs)
        // What is made of nothing comes first, as long as the cache has room, so that the elementwise steps are neighbours.
        let sources = nodes.filter { graph.nodes[$0].operands.isEmpty }
        let members = sources.count > 6 ? nodes : sources + nodes.filter { !graph.nodes[$0].operands.isEmpty }
        for (position, node) in members.enumerated() {
            for operand in operands(of: node) { lastUses[operand] = position }
        }
        if let outputs {
            lastUses[outputs.values] = .max
            if let mask = outputs.mask { lastUses[mask] = .max }
        }
        if sources.count <= 6 {
            let made = Set(nodes)
            for operand in members.flatMap({ self.operands(of: $0) }) where !made.contains(operand) {
                _ = place(of: operand)
            }
        }
        for (position, node) in members.enumerated() where products[node] == nil {
            emit(node, at: position, outputs: outputs)
        }
        guard let outputs else { return }
        let values = place(of: outputs.values)
        if values.base != .output { group.steps.append(.outputValues(values)) }
        if let mask = outputs.mask { group.steps.append(.outputMask(place(of: mask))) }
    }

    /// Products that nobody needs but one sum are made with it.
    private mutating func findProducts(_ members: [NodeID], outputs: TracedChain?) {
        var users: [NodeID: [NodeID]] = [:]
        for node in members {
            for operand in graph.nodes[node].operands { users[operand, default: []].append(node) }
        }
        let kept = [outputs?.values, outputs?.mask].compactMap { $0 }
        for node in members {
            guard case .elementwise(.multiply) = graph.nodes[node].operation, slots[node] == nil,
                !kept.contains(node), let uses = users[node], uses.count == 1, sums[uses[0]] == nil,
                case .elementwise(.add) = graph.nodes[uses[0]].operation
            else { continue }
            (products[node], sums[uses[0]]) = (uses[0], node)
        }
    }

    /// What a step reads: of a sum with a product, the factors and the other term.
    private func operands(of id: NodeID) -> [NodeID] {
        if products[id] != nil { return [] }
        let operands = graph.nodes[id].operands
        guard let product = sums[id] else { return operands }
        return graph.nodes[product].operands + [operands[operands[0] == product ? 1 : 0]]
    }

    private mutating func emit(_ id: NodeID, at position: Int, outputs: TracedChain?) {
        let node = graph.nodes[id]
        if case .reduce(let reduction) = node.operation { return emit(reduction, id, at: position) }
        let ids = self.operands(of: id)
        let operands = ids.map { place(of: $0) }
        release(ids, after: position)
        let to = destination(of: id, outputs: outputs)
        places[id] = to
        switch node.operation {
        case .draw(let kind, let key): group.steps.append(.draw(kind, key: key, to: to))
        case .index: group.steps.append(.index(to: to))
        case .schedule(let schedule): group.steps.append(.schedule(schedule, to: to))
        case .elementwise(let operation):
            // Kernels take three operands and ignore those that they don't need.
            let (a, b) = (operands[0], operands.count > 1 ? operands[1] : operands[0])
            group.steps.append(
                .elementwise(
                    sums[id] == nil ? operation : .multiplyAdd, a, b, operands.count > 2 ? operands[2] : a,
                    to: to))
        default: preconditionFailure("\(node.operation) needs no step in a group")
        }
    }

    private mutating func emit(_ reduction: Reduction, _ id: NodeID, at position: Int) {
        let operand = graph.nodes[id].operands[0]
        let total = TotalReduction(
            reduction: reduction, accumulator: (firstTotal + group.totals.count) * 16, slot: slots[id]!)
        group.steps.append(.accumulate(reduction, place(of: operand), accumulator: total.accumulator))
        group.totals.append(total)
        release([operand], after: position)
    }

    /// Where a value is, after bringing it into this group if it is not here yet.
    private mutating func place(of id: NodeID) -> Place {
        if let place = places[id] { return place }
        let node = graph.nodes[id]
        var place: Place
        if case .constant(let bits) = node.operation {
            place = Place(base: .register, offset: constants[bits]! * Program.blockLength)
            group.uniform.insert(place)
        } else if let slot = slots[id], node.shape == shape {
            place = Place(base: .slot, offset: slot)
        } else if case .input = node.operation, node.shape == shape {
            place = Place(base: .input, offset: newRegister().offset)
            group.steps.append(.load(to: place))
        } else if node.shape == [] {
            // Filled before the first block, so no other value may have the register, earlier or later in a block.
            place = Place(base: .register, offset: registerCount * Program.blockLength)
            registerCount += 1
            lastUses[id] = .max
            group.uniform.insert(place)
            group.splats.append(Group.Splat(slot: slots[id]!, register: place.offset))
        } else {
            place = newRegister()
            group.steps.append(.expand(group.expansions.count, slot: slots[id]!, to: place))
            group.expansions.append(Expansion(of: node.shape, along: shape))
        }
        places[id] = place
        return place
    }

    /// Where a computed value goes: its slot if others need it, straight into the batch if it is the result.
    private mutating func destination(of id: NodeID, outputs: TracedChain?) -> Place {
        if let slot = slots[id] { return Place(base: .slot, offset: slot) }
        // Kernels write whole groups of 16: into the batch only where that cannot reach the next sample.
        if case .elementwise = graph.nodes[id].operation, id == outputs?.values, group.count % 16 == 0 {
            return Place(base: .output, offset: 0)
        }
        return newRegister()
    }

    private mutating func newRegister() -> Place {
        if let free = freeRegisters.popLast() { return Place(base: .register, offset: free) }
        defer { registerCount += 1 }
        return Place(base: .register, offset: registerCount * Program.blockLength)
    }

    /// Frees the registers of operands that nothing after `position` uses; constants stay.
    private mutating func release(_ operands: [NodeID], after position: Int) {
        for operand in Set(operands) where lastUses[operand] == position {
            if let place = places[operand], place.base == .register || place.base == .input,
                place.offset >= constants.count * Program.blockLength
            {
                freeRegisters.append(place.offset)
                places[operand] = nil
            }
        }
    }
}
