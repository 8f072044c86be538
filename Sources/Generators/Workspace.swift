import Kernels
import Tensors
import VectorKernels

/// A clean sample as the data set keeps it.
package enum SampleValues {
    case floats(UnsafePointer<Float>)
    /// Value = byte · scale + low, rounded once.
    case bytes(UnsafePointer<UInt8>, scale: Double, low: Double)
}

/// The memory in which one worker runs a program, one sample at a time.
package final class Workspace {
    private let program: Program
    private let kernels: NoiseKernels
    /// Copies of the program's and the kernels' arrays: threads that share an array wait for one another to count the
    /// references to it.
    private let groups: [Group]
    private let elementwise: [ElementwiseKernel]
    private let memory: Buffer<Float>
    private let accumulators: Buffer<Double>
    private var scheduleValues: [Float]
    private var scheduleEpoch = -1

    package init(_ program: Program, kernels: NoiseKernels) {
        (self.program, self.kernels) = (program, kernels)
        groups = program.groups.map { $0.copied() }
        elementwise = kernels.elementwise.map { $0 }
        memory = Buffer(count: program.registerMemory + program.slotMemory)
        accumulators = Buffer(count: program.accumulatorCount)
        scheduleValues = [Float](repeating: 0, count: program.schedules.count)
        for constant in program.constants {
            (memory.pointer + constant.register).update(repeating: constant.value, count: Program.blockLength)
        }
    }

    /// Runs the program over one sample.
    ///
    /// - Parameters:
    ///   - values: room for the sample, written whole.
    ///   - mask: room for the sample's mask, a byte an element, 1 hidden; only a program that writes one needs it.
    package func run(
        _ sample: SampleValues, id: UInt64, epoch: Int, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?
    ) {
        if epoch != scheduleEpoch {
            for (index, ramp) in program.schedules.enumerated() {
                scheduleValues[index] = Float(ramp.value(epoch: epoch))
            }
            scheduleEpoch = epoch
        }
        let block = Block(
            sample: sample, id: id, epoch: UInt32(epoch), registers: memory.pointer,
            slots: memory.pointer + program.registerMemory, values: values, mask: mask,
            accumulators: accumulators.pointer)
        for group in groups { run(group, block) }
    }

    private func run(_ group: borrowing Group, _ whole: Block) {
        for splat in group.splats {
            (whole.registers + splat.register).update(
                repeating: whole.slots[splat.slot], count: min(group.count, Program.blockLength))
        }
        for total in group.totals {
            (whole.accumulators + total.accumulator).update(repeating: total.reduction.start, count: 16)
        }
        var block = whole
        // Kernels read whole groups of 16: past the sample's end where it is not made of such.
        if case .floats(let values) = whole.sample, group.count % 16 == 0 {
            block.input = UnsafeMutablePointer(mutating: values)
        }
        for first in stride(from: 0, to: group.count, by: Program.blockLength) {
            block.first = first
            block.count = min(Program.blockLength, group.count - first)
            group.steps.withUnsafeBufferPointer { steps in
                for step in steps { run(step, group, block) }
            }
        }
        for total in group.totals {
            let result = total.reduction.combine(lanes: whole.accumulators + total.accumulator)
            whole.slots[total.slot] = total.reduction.finish(result, count: group.count)
        }
        for partial in group.partials { partial.run(slots: whole.slots, accumulators: whole.accumulators) }
    }

    private func run(_ step: Step, _ group: borrowing Group, _ block: Block) {
        switch step {
        case .elementwise(let operation, let a, let b, let c, let to):
            elementwise[operation.rawValue](block[to], block[a], block[b], block[c], block.count)
        case .draw(.uniform, let key, let to):
            kernels.uniform(block[to], block.count, key, block.epoch, block.id, block.first)
        case .draw(.normal, let key, let to):
            kernels.normal(block[to], block.count, key, block.epoch, block.id, block.first)
        case .load(let to): load(block, to: block[to])
        case .expand(let expansion, let slot, let to):
            group.expansions[expansion].copy(
                block.slots + slot, to: block[to], first: block.first, count: block.count)
        case .index(let to):
            let out = block[to]
            for element in 0..<block.count { out[element] = Float(block.first + element + 1) }
        case .schedule(let index, let to): block[to][0] = scheduleValues[index]
        case .accumulate(let reduction, let from, let accumulator):
            reduction.kernel(kernels)(block.accumulators + accumulator, block[from], block.count)
        case .outputValues(let from):
            (block.values + block.first).update(from: block[from], count: block.count)
        case .outputMask(let from):
            guard let mask = block.mask else { return }
            kernels.encodeMask(mask + block.first, block[from], block.count)
        }
    }

    private func load(_ block: Block, to out: UnsafeMutablePointer<Float>) {
        if let input = block.input, out == input + block.first { return }
        switch block.sample {
        case .floats(let values): out.update(from: values + block.first, count: block.count)
        case .bytes(let bytes, let scale, let low):
            // Kernels read whole groups of 16, and nothing may be behind the last sample's bytes.
            let whole = block.count & ~15
            kernels.decodeBytes(out, bytes + block.first, whole, scale, low)
            for element in whole..<block.count {
                out[element] = Float(Double(bytes[block.first + element]) * scale + low)
            }
        }
    }
}

/// The block of one sample that steps work on.
private struct Block {
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
