import Kernels
import MachineCode
import Tensors
import VectorKernels

/// Runs one group of fused steps, block by block. It holds copies of what it needs in memory of its own: threads that share
/// an array wait for one another to count the references to it.
final class FusedRunner {
    private let kernels: NoiseKernels
    /// Elements of the group.
    let count: Int
    /// Plain memory, of which reading counts no references.
    private let (fills, actions, totals): (Buffer<Fill>, Buffer<Action>, Buffer<TotalReduction>)
    /// What the loops among the actions are in.
    private let code: ExecutableMemory?
    /// Where the loops find registers, slots, the clean sample and the one that is being made, by `Place.Base`.
    private let bases = Buffer<UnsafeMutablePointer<Float>>(count: 4)
    /// Where the clean sample is loaded to if it cannot be read where it lies.
    private let inputOffset: Int
    private let expansions: [Expansion]
    /// This epoch's and step's values of what is on a schedule.
    private let scheduleValues: Buffer<Float>

    /// A value of the sample that its register is filled with; loops read only the first.
    private struct Fill: BitwiseCopyable {
        let splat: Group.Splat
        let count: Int
    }

    init(_ group: Group, _ kernels: NoiseKernels, _ scheduleValues: Buffer<Float>) {
        (self.kernels, self.scheduleValues, count) = (kernels, scheduleValues, group.count)
        totals = Buffer(group.totals)
        let translator = kernels.width >= 8 ? StepTranslator(group.steps, uniform: group.uniform) : nil
        let translation = translator?.make()
        code = translation?.code
        actions = Buffer(translation?.actions ?? group.steps.map(Action.step))
        let read = translation == nil ? nil : translator?.placesReadBySteps
        fills = Buffer(
            group.splats.map { splat in
                let isRead = read?.contains(Place(base: .register, offset: splat.register)) ?? true
                return Fill(splat: splat, count: isRead ? min(group.count, Program.blockLength) : 1)
            })
        inputOffset =
            group.steps.lazy.compactMap { if case .load(let to) = $0 { to.offset } else { nil } }.first ?? 0
        expansions = group.expansions.map { $0.copied() }
    }

    func run(_ whole: Block) {
        for place in 0..<fills.count {
            let (splat, count) = (fills.pointer[place].splat, fills.pointer[place].count)
            (whole.registers + splat.register).update(repeating: whole.slots[splat.slot], count: count)
        }
        for place in 0..<totals.count {
            let total = totals.pointer[place]
            (whole.accumulators + total.accumulator).update(repeating: total.reduction.start, count: 16)
        }
        var block = whole
        // Kernels read whole groups of 16: past the sample's end where it is not made of such.
        if case .floats(let values) = whole.sample, count % 16 == 0 {
            block.input = UnsafeMutablePointer(mutating: values)
        }
        for first in stride(from: 0, to: count, by: Program.blockLength) {
            block.first = first
            block.count = min(Program.blockLength, count - first)
            if code != nil { setBases(block) }
            for place in 0..<actions.count {
                switch actions.pointer[place] {
                case .step(let step): run(step, block)
                case .loop(let loop): loop(bases.pointer, (block.count + 7) / 8 * 32)
                }
            }
        }
        for place in 0..<totals.count {
            let total = totals.pointer[place]
            let result = total.reduction.combine(lanes: whole.accumulators + total.accumulator)
            whole.slots[total.slot] = total.reduction.finish(result, count: count)
        }
    }

    private func setBases(_ block: Block) {
        bases.pointer[Place.Base.register.rawValue] = block.registers
        bases.pointer[Place.Base.slot.rawValue] = block.slots + block.first
        bases.pointer[Place.Base.input.rawValue] =
            block.input.map { $0 + block.first } ?? block.registers + inputOffset
        bases.pointer[Place.Base.output.rawValue] = block.values + block.first
    }

    /// Only the draws: what no arithmetic around them can be cheaper than.
    func runDraws(_ whole: Block) {
        var block = whole
        for first in stride(from: 0, to: count, by: Program.blockLength) {
            (block.first, block.count) = (first, min(Program.blockLength, count - first))
            for place in 0..<actions.count {
                if case .step(let step) = actions.pointer[place], case .draw = step { run(step, block) }
            }
        }
    }

    private func run(_ step: Step, _ block: Block) {
        switch step {
        case .elementwise(let operation, let a, let b, let c, let to):
            kernels.elementwise(operation, block[to], block[a], block[b], block[c], block.count)
        case .draw(.uniform, let key, let to):
            kernels.uniform(block[to], block.count, key, block.epoch, block.id, block.first)
        case .draw(.normal, let key, let to):
            kernels.normal(block[to], block.count, key, block.epoch, block.id, block.first)
        case .load(let to):
            if let input = block.input, block[to] == input + block.first { return }
            block.sample.decode(first: block.first, count: block.count, to: block[to], kernels)
        case .expand(let expansion, let slot, let to):
            expansions[expansion].copy(
                block.slots + slot, to: block[to], first: block.first, count: block.count)
        case .index(let to):
            let out = block[to]
            for element in 0..<block.count { out[element] = Float(block.first + element + 1) }
        case .schedule(let index, let to): block[to][0] = scheduleValues.pointer[index]
        case .accumulate(let reduction, let from, let accumulator):
            reduction.kernel(kernels)(block.accumulators + accumulator, block[from], block.count)
        case .outputValues(let from):
            (block.values + block.first).update(from: block[from], count: block.count)
        case .outputMask(let from):
            guard let mask = block.mask else { return }
            kernels.encodeMask(mask + block.first, block[from], block.count)
        }
    }
}

/// The block of one sample that steps work on.
struct Block {
    let sample: SampleValues
    let id: UInt64
    let epoch: UInt32
    let registers: UnsafeMutablePointer<Float>
    let slots: UnsafeMutablePointer<Float>
    let values: UnsafeMutablePointer<Float>
    let mask: UnsafeMutablePointer<UInt8>?
    let accumulators: UnsafeMutablePointer<Double>
    /// The clean sample, if kernels can read it where it lies; nothing writes there.
    var input: UnsafeMutablePointer<Float>?
    /// Elements `first ..< first + count` of the group.
    var first = 0
    var count = 0

    subscript(place: Place) -> UnsafeMutablePointer<Float> {
        switch place.base {
        case .register: registers + place.offset
        case .slot: slots + place.offset + first
        case .input: input.map { $0 + first } ?? registers + place.offset
        case .output: values + first
        }
    }
}

extension SampleValues {
    /// Writes some of a clean sample's values as Floats.
    package func decode(
        first: Int, count: Int, to out: UnsafeMutablePointer<Float>, _ kernels: NoiseKernels
    ) {
        switch self {
        case .floats(let values): out.update(from: values + first, count: count)
        case .bytes(let bytes, let scale, let low):
            // Kernels read whole groups of 16, and nothing may be behind the last sample's bytes.
            let whole = count & ~15
            kernels.decodeBytes(out, bytes + first, whole, scale, low)
            for element in whole..<count {
                out[element] = Float(Double(bytes[first + element]) * scale + low)
            }
        }
    }
}
