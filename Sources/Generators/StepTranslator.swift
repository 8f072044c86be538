import MachineCode
import VectorKernels

/// What a worker does for each block of a group.
enum Action: BitwiseCopyable {
    case step(Step)
    case loop(ExecutableMemory.Loop)
}

/// Translates runs of elementwise steps into loops of machine code, for processors with vectors of 256 bits. A kernel reads
/// its operands from the first-level cache and writes its result there; in a loop, what one step passes on to the next
/// stays in a register. The instructions are those of the kernels, so the bits are the same.
struct StepTranslator {
    private let steps: [Step]
    /// Places that hold one value throughout, which is read once before the loop.
    private let uniform: Set<Place>
    private var assembler = Assembler()
    /// The steps that run as they are, and where in the code the loops for the others start.
    private var parts: [(start: Int, steps: Range<Int>)] = []

    init(_ steps: [Step], uniform: Set<Place>) {
        (self.steps, self.uniform) = (steps, uniform)
        var next = 0
        while next < steps.count {
            let end = steps[next...].firstIndex { !$0.isTranslatable } ?? steps.count
            if end > next { translate(next..<end) }
            next = end + 1
        }
    }

    /// The actions, with the code that they call; nil where the system lets no program make code.
    func make() -> (actions: [Action], code: ExecutableMemory)? {
        guard let code = ExecutableMemory(assembler.bytes) else { return nil }
        var actions: [Action] = []
        var next = 0
        for part in parts {
            actions += steps[next..<part.steps.lowerBound].map(Action.step)
            actions.append(.loop(code.loop(at: part.start)))
            next = part.steps.upperBound
        }
        return (actions + steps[next...].map(Action.step), code)
    }

    /// The places that steps read which run as they are.
    var placesReadBySteps: Set<Place> {
        Set(steps.lazy.filter { !$0.isTranslatable }.flatMap(\.reads))
    }

    private mutating func translate(_ run: Range<Int>) {
        parts.append((assembler.bytes.count, run))
        var loop = LoopWriter(steps: steps, run: run, uniform: uniform, assembler: assembler)
        loop.write()
        assembler = loop.assembler
    }
}

/// Writes one loop, step by step, and keeps account of what is in which register.
private struct LoopWriter {
    let steps: [Step]
    let run: Range<Int>
    let uniform: Set<Place>
    var assembler: Assembler

    /// Registers that hold uniform values all through the loop.
    private var fixed: [Place: Int] = [:]
    private var held: [Place: Int] = [:]
    /// What is in a register and not in memory.
    private var unsaved: Set<Place> = []
    private var free: [Int] = []

    init(steps: [Step], run: Range<Int>, uniform: Set<Place>, assembler: Assembler) {
        (self.steps, self.run, self.uniform, self.assembler) = (steps, run, uniform, assembler)
    }

    mutating func write() {
        assembler.begin()
        var uses: [Place: Int] = [:]
        for place in run.flatMap({ steps[$0].reads }) where uniform.contains(place) {
            uses[place, default: 0] += 1
        }
        // Most used first. Ten registers are enough for what steps pass on, almost always.
        let wanted = uses.sorted { ($1.value, $0.key.offset) < ($0.value, $1.key.offset) }.prefix(6)
        for (place, _) in wanted {
            fixed[place] = 15 - fixed.count
            assembler.broadcast(address(place), to: fixed[place]!)
        }
        free = Array((0..<16 - fixed.count).reversed())
        let start = assembler.bytes.count
        for index in run {
            guard case .elementwise(let operation, let a, let b, let c, let to) = steps[index] else {
                preconditionFailure("only elementwise steps are translated")
            }
            let operands = Array([a, b, c].prefix(operation.operandCount))
            write(operation, operands, to: to, at: index)
        }
        assembler.end(loopFrom: start)
    }

    private mutating func write(
        _ operation: ElementwiseOperation, _ operands: [Place], to: Place, at index: Int
    ) {
        switch operation {
        case .add, .subtract, .multiply, .divide, .minimum, .maximum, .and, .or, .floorDivide:
            let a = vector(operands[0], at: index)
            let b = operand(operands[1], at: index, keeping: [a])
            let result = result(in: to, at: index)
            assembler.apply(operation.binary!, a, b, to: result)
            if operation == .floorDivide { assembler.round(.down, .register(result), to: result) }
        case .less, .lessEqual, .equal, .notEqual:
            let a = vector(operands[0], at: index)
            let b = operand(operands[1], at: index, keeping: [a])
            assembler.compare(operation.comparison!, a, b, to: result(in: to, at: index))
        case .modulo:
            let a = vector(operands[0], at: index)
            let b = operand(operands[1], at: index, keeping: [a])
            let result = result(in: to, at: index, keeping: [.register(a), b])
            assembler.apply(.divide, a, b, to: result)
            assembler.round(.down, .register(result), to: result)
            assembler.apply(.multiply, result, b, to: result)
            assembler.apply(.subtract, a, .register(result), to: result)
        case .multiplyAdd:
            let a = vector(operands[0], at: index)
            let b = operand(operands[1], at: index, keeping: [a])
            let c = operand(operands[2], at: index, keeping: [a] + b.registers)
            let result = result(in: to, at: index, keeping: [c])
            assembler.apply(.multiply, a, b, to: result)
            assembler.apply(.add, result, c, to: result)
        case .select:
            let mask = vector(operands[0], at: index)
            let b = vector(operands[2], at: index, keeping: [mask])
            let a = operand(operands[1], at: index, keeping: [mask, b])
            assembler.select(mask: mask, a, b, to: result(in: to, at: index))
        case .not, .negate, .absolute:
            let a = vector(operands[0], at: index)
            let result = result(in: to, at: index, keeping: [.register(a)])
            let (pattern, change) = operation.change!
            assembler.set(pattern, to: result)
            assembler.apply(change, a, .register(result), to: result)
        case .floor, .ceil, .round:
            let a = operand(operands[0], at: index, keeping: [])
            assembler.round(operation.rounding!, a, to: result(in: to, at: index))
        case .squareRoot:
            let a = operand(operands[0], at: index, keeping: [])
            assembler.squareRoot(a, to: result(in: to, at: index))
        default: preconditionFailure("\(operation) has no instructions")
        }
        if isNeeded(to, after: index) {
            assembler.store(held[to]!, address(to))
            unsaved.remove(to)
        }
    }

    // MARK: registers

    private func address(_ place: Place) -> Assembler.Address {
        .init(base: place.base.rawValue, offset: Int32(place.base == .input ? 0 : place.offset * 4))
    }

    /// A register with the place's values.
    private mutating func vector(_ place: Place, at index: Int, keeping kept: [Int] = []) -> Int {
        if let register = fixed[place] ?? held[place] { return register }
        let register = take(at: index, keeping: kept)
        if uniform.contains(place) {
            assembler.broadcast(address(place), to: register)
        } else {
            assembler.load(address(place), to: register)
        }
        held[place] = register
        return register
    }

    /// The place's values where they are, if an instruction can read them there and nothing else does later.
    private mutating func operand(_ place: Place, at index: Int, keeping kept: [Int]) -> Assembler.Operand {
        if fixed[place] == nil, held[place] == nil, !uniform.contains(place),
            nextUse(of: place, after: index) == nil
        {
            return .memory(address(place))
        }
        return .register(vector(place, at: index, keeping: kept))
    }

    /// The register that a step's result goes to: an operand's, if that is used no more and the step is one instruction.
    private mutating func result(
        in place: Place, at index: Int, keeping kept: [Assembler.Operand] = []
    ) -> Int {
        if kept.isEmpty { dropUnused(after: index) }
        let register = take(at: index, keeping: kept.flatMap(\.registers))
        dropUnused(after: index)
        (held[place], _) = (register, unsaved.insert(place))
        return register
    }

    private mutating func dropUnused(after index: Int) {
        for (place, register) in held where nextUse(of: place, after: index) == nil {
            held[place] = nil
            unsaved.remove(place)
            free.append(register)
        }
    }

    /// A register that nothing is in; the value that is used last of all gives way if there is none.
    private mutating func take(at index: Int, keeping kept: [Int]) -> Int {
        if let register = free.popLast() { return register }
        let (place, register) = held.filter { !kept.contains($0.value) }
            .max {
                (nextUse(of: $0.key, after: index) ?? .max, $0.value) < (
                    nextUse(of: $1.key, after: index) ?? .max, $1.value
                )
            }!
        if unsaved.remove(place) != nil { assembler.store(register, address(place)) }
        held[place] = nil
        return register
    }

    /// The next step of the loop that reads what is in a place now.
    private func nextUse(of place: Place, after index: Int) -> Int? {
        if steps[index].writes == place { return nil }
        for next in index + 1..<max(index + 1, run.upperBound) {
            if steps[next].reads.contains(place) { return next }
            if steps[next].writes == place { return nil }
        }
        return nil
    }

    /// Whether somebody after the loop reads what the step leaves in a place.
    private func isNeeded(_ place: Place, after index: Int) -> Bool {
        if (index + 1..<max(index + 1, run.upperBound)).contains(where: { steps[$0].writes == place }) {
            return false
        }
        if place.base != .register { return true }
        for step in steps[run.upperBound...] {
            if step.reads.contains(place) { return true }
            if step.writes == place { return false }
        }
        return false
    }
}

extension Assembler.Operand {
    fileprivate var registers: [Int] {
        if case .register(let register) = self { [register] } else { [] }
    }
}

extension Step {
    fileprivate var isTranslatable: Bool {
        guard case .elementwise(let operation, _, _, _, _) = self else { return false }
        switch operation {
        case .select, .multiplyAdd, .modulo, .floorDivide, .squareRoot: return true
        default:
            return operation.binary != nil || operation.comparison != nil || operation.change != nil
                || operation.rounding != nil
        }
    }

    fileprivate var reads: [Place] {
        switch self {
        case .elementwise(let operation, let a, let b, let c, _):
            Array([a, b, c].prefix(operation.operandCount))
        case .accumulate(_, let from, _), .outputValues(let from), .outputMask(let from): [from]
        case .load, .draw, .index, .schedule, .expand: []
        }
    }

    fileprivate var writes: Place? {
        switch self {
        case .load(let to), .draw(_, _, let to), .index(let to), .schedule(_, let to),
            .elementwise(_, _, _, _, let to), .expand(_, _, let to):
            to
        case .accumulate, .outputValues, .outputMask: nil
        }
    }
}

extension ElementwiseOperation {
    fileprivate var binary: Assembler.Binary? {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide, .floorDivide: .divide
        case .minimum: .minimum
        case .maximum: .maximum
        case .and: .and
        case .or: .or
        default: nil
        }
    }

    fileprivate var comparison: Assembler.Comparison? {
        switch self {
        case .equal: .equal
        case .less: .less
        case .lessEqual: .lessEqual
        case .notEqual: .notEqual
        default: nil
        }
    }

    /// A pattern of bits, and what it does to the operand.
    fileprivate var change: (Assembler.Pattern, Assembler.Binary)? {
        switch self {
        case .not: (.all, .xor)
        case .negate: (.sign, .xor)
        case .absolute: (.allButSign, .and)
        default: nil
        }
    }

    fileprivate var rounding: Assembler.Rounding? {
        switch self {
        case .floor: .down
        case .ceil: .up
        case .round: .nearest
        default: nil
        }
    }
}
