import Kernels
import Tensors
import VectorKernels

/// A clean sample's values as the data set keeps them.
package enum SampleValues {
    case floats(UnsafePointer<Float>)
    /// Value = byte · scale + low, rounded once.
    case bytes(UnsafePointer<UInt8>, scale: Double, low: Double)
}

/// A clean sample with what is known of it.
package struct CleanSample {
    package var values: SampleValues
    /// How many places along the first axis are real, nil for all.
    package var length: Int?
    /// For each place along the first axis the number of its word, counted from 1, 0 for none; nil if every real place is a
    /// word of its own.
    package var words: UnsafePointer<Float>?

    package init(_ values: SampleValues, length: Int? = nil, words: UnsafePointer<Float>? = nil) {
        (self.values, self.length, self.words) = (values, length, words)
    }
}

/// Where a worker finds the partners of its samples. Used by one thread.
package protocol SampleSource: AnyObject {
    /// The ids of all samples, the same for all workers.
    var ids: Range<UInt64> { get }
    /// The clean sample of this id.
    ///
    /// - Parameter scratch: room for a sample's values, which the result may use.
    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample
    /// The sample's class.
    func label(_ id: UInt64) -> Int
}

/// The memory in which one worker runs a program, one sample at a time.
package final class Workspace {
    private enum Stage {
        case fused(Int)
        case whole(any WholeRunner)
    }

    private let program: Program
    private let kernels: NoiseKernels
    /// Copies of the program's and the kernels' arrays: threads that share an array wait for one another to count the
    /// references to it.
    private let stages: [Stage]
    private let groups: [Group]
    private let elementwise: [ElementwiseKernel]
    private let memory: Buffer<Float>
    private let accumulators: Buffer<Double>
    private let partners: PartnerSet
    private let extras: [(slot: Int, count: Int, isMask: Bool)]
    private var scheduleValues: [Float]
    private var scheduleEpoch = -1

    /// - Parameters:
    ///   - source: where partners are found; a chain without partners needs none.
    package init(_ program: Program, kernels: NoiseKernels, source: (any SampleSource)? = nil) {
        (self.program, self.kernels) = (program, kernels)
        let memory = Buffer<Float>(count: program.registerMemory + program.slotMemory)
        let slots = memory.pointer + program.registerMemory
        partners = PartnerSet(program, kernels: kernels, source: source)
        let scripts = ScriptSet(program.scripts)
        var (stages, groups) = ([Stage](), [Group]())
        for stage in program.stages {
            switch stage {
            case .fused(let group):
                stages.append(.fused(groups.count))
                groups.append(group.copied())
            case .whole(let step):
                stages.append(
                    .whole(step.runner(slots: slots, kernels: kernels, partners: partners, scripts: scripts)))
            }
        }
        (self.stages, self.groups, self.memory) = (stages, groups, memory)
        extras = program.extras.map { ($0.slot, $0.shape.count, $0.type == .mask) }
        elementwise = kernels.elementwise.map { $0 }
        accumulators = Buffer(count: program.accumulatorCount)
        scheduleValues = [Float](repeating: 0, count: program.schedules.count)
        for constant in program.constants {
            (memory.pointer + constant.register).update(repeating: constant.value, count: Program.blockLength)
        }
        for table in program.tables {
            for (place, value) in table.values.enumerated() { slots[table.slot + place] = value }
        }
    }

    /// Runs the program over one sample.
    ///
    /// - Parameters:
    ///   - values: room for the sample, written whole.
    ///   - mask: room for the sample's mask, a byte an element, 1 hidden; only a program that writes one needs it.
    /// - Throws: what reading a partner throws, and `ScriptFailure` where a script that runs for each sample fails.
    package func run(
        _ sample: CleanSample, id: UInt64, epoch: Int, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?
    ) throws {
        let block = begin(sample, id: id, epoch: epoch, values: values, mask: mask)
        for stage in stages { try run(stage, block) }
    }

    /// Runs the program over one sample and adds the seconds that each of its stages took to `seconds`.
    package func measure(
        _ sample: CleanSample, id: UInt64, epoch: Int, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?, seconds: inout [Double]
    ) throws {
        let block = begin(sample, id: id, epoch: epoch, values: values, mask: mask)
        let clock = ContinuousClock()
        for (place, stage) in stages.enumerated() {
            let start = clock.now
            try run(stage, block)
            seconds[place] += (clock.now - start) / .seconds(1)
        }
    }

    /// How many stages there are, in the order of `Explanation`'s.
    package var stageCount: Int { stages.count }

    private func run(_ stage: Stage, _ block: Block) throws {
        switch stage {
        case .fused(let group): run(groups[group], block)
        case .whole(let runner): try runner.run(id: block.id, epoch: block.epoch)
        }
    }

    private func begin(
        _ sample: CleanSample, id: UInt64, epoch: Int, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?
    ) -> Block {
        if epoch != scheduleEpoch {
            for (index, ramp) in program.schedules.enumerated() {
                scheduleValues[index] = Float(ramp.value(epoch: epoch))
            }
            scheduleEpoch = epoch
        }
        let block = Block(
            sample: sample.values, id: id, epoch: UInt32(epoch), registers: memory.pointer,
            slots: memory.pointer + program.registerMemory, values: values, mask: mask,
            accumulators: accumulators.pointer)
        fillSlots(of: sample, block.slots)
        return block
    }

    /// Writes one of the values that left beside the sample that was run last; masks as 1 and 0.
    package func copyExtra(_ place: Int, to target: UnsafeMutablePointer<Float>) {
        let extra = extras[place]
        let values = memory.pointer + program.registerMemory + extra.slot
        for element in 0..<extra.count {
            target[element] = extra.isMask ? (values[element].bitPattern == 0 ? 0 : 1) : values[element]
        }
    }

    /// Writes the shares of all classes in the label of the sample that was run last: 1 for its own, blended with its
    /// partners' as the chain says.
    package func writeTarget(label: Int, classes: Int, to target: UnsafeMutablePointer<Float>) {
        target.update(repeating: 0, count: classes)
        target[label] = 1
        for mixing in program.mixings {
            let share = memory.pointer[program.registerMemory + mixing.slot]
            partners.blend(mixing.partner, share: share, classes: classes, into: target)
        }
    }

    /// What the program needs of the clean sample in memory.
    private func fillSlots(of sample: CleanSample, _ slots: UnsafeMutablePointer<Float>) {
        let size = program.shape.size(0)
        let length = max(0, min(sample.length ?? size, size))
        if let slot = program.lengthSlot { slots[slot] = Float(length) }
        if let slot = program.wordsSlot {
            for place in 0..<size {
                slots[slot + place] = place >= length ? 0 : sample.words?[place] ?? Float(place + 1)
            }
        }
        if let slot = program.inputSlot { decode(sample.values, first: 0, count: program.shape.count, to: slots + slot) }
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
    }

    private func run(_ step: Step, _ group: borrowing Group, _ block: Block) {
        switch step {
        case .elementwise(let operation, let a, let b, let c, let to):
            elementwise[operation.rawValue](block[to], block[a], block[b], block[c], block.count)
        case .draw(.uniform, let key, let to):
            kernels.uniform(block[to], block.count, key, block.epoch, block.id, block.first)
        case .draw(.normal, let key, let to):
            kernels.normal(block[to], block.count, key, block.epoch, block.id, block.first)
        case .load(let to):
            if let input = block.input, block[to] == input + block.first { return }
            decode(block.sample, first: block.first, count: block.count, to: block[to])
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

    /// Writes some of a clean sample's values as Floats.
    private func decode(_ sample: SampleValues, first: Int, count: Int, to out: UnsafeMutablePointer<Float>) {
        switch sample {
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
