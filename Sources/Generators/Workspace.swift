import Kernels
import Tensors
import VectorKernels

/// Where a worker finds the partners of its samples. Used by one thread.
package protocol SampleSource: AnyObject {
    /// The ids of all samples, the same for all workers.
    var ids: SampleIDs { get }
    /// The clean sample of this id.
    ///
    /// - Parameter scratch: room for a sample's values, which the result may use.
    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample
    /// The sample's class.
    func label(_ id: UInt64) -> Int
    /// The same samples as sounds, where they are features of sounds.
    var sounds: (any SampleSource)? { get }

    /// Whether samples that cannot be read are left out, and whether that is what an error says.
    var leavesOutUnreadable: Bool { get }
    func leavesOut(_ error: any Error) -> Bool
}

extension SampleSource {
    package var sounds: (any SampleSource)? { nil }
    package var leavesOutUnreadable: Bool { false }
    package func leavesOut(_ error: any Error) -> Bool { false }
}

/// The memory in which one worker runs a program, one sample at a time.
package final class Workspace {
    private struct Stage {
        enum Work {
            case fused(FusedRunner)
            case whole(any WholeRunner)
        }
        let work: Work
        /// Slots of one value a sample; the stage runs where all of them are true.
        let conditions: Buffer<Int>
    }

    /// A stage as every sample goes through it. It keeps nothing alive, so that nothing is counted.
    private struct PlainStage: BitwiseCopyable {
        /// Of the `FusedRunner`; nil for a stage of another kind.
        let fused: UnsafeRawPointer?
        let conditions: UnsafePointer<Int>
        let conditionCount: Int

        init(_ stage: Stage) {
            if case .fused(let runner) = stage.work {
                fused = UnsafeRawPointer(Unmanaged.passUnretained(runner).toOpaque())
            } else {
                fused = nil
            }
            conditions = UnsafePointer(stage.conditions.pointer)
            conditionCount = stage.conditions.count
        }

        func isNeeded(_ block: Block) -> Bool {
            for place in 0..<conditionCount where block.slots[conditions[place]].bitPattern == 0 {
                return false
            }
            return true
        }
    }

    /// What every sample asks of the program, in plain numbers: threads that reach into the same arrays wait for one another to
    /// count the references.
    private struct Facts: BitwiseCopyable {
        let (count, firstSize): (Int, Int)
        let registerMemory: Int
        let (lengthSlot, wordsSlot, inputSlot): (Int?, Int?, Int?)
        let hasSchedules: Bool
        let hasDemands: Bool

        init(_ program: Program) {
            (count, firstSize) = (program.shape.count, program.shape.size(0))
            registerMemory = program.registerMemory
            (lengthSlot, wordsSlot, inputSlot) = (program.lengthSlot, program.wordsSlot, program.inputSlot)
            hasSchedules = !program.schedules.isEmpty
            hasDemands = program.demands.ids || program.demands.words != nil
        }
    }

    private let program: Program
    private let facts: Facts
    private let kernels: NoiseKernels
    private let stages: [Stage]
    private let plainStages: Buffer<PlainStage>
    private let memory: Buffer<Float>
    private let accumulators: Buffer<Double>
    private let partners: PartnerSet
    private let source: (any SampleSource)?
    /// Nil where the chain begins with the samples as they are read.
    private let sound: SoundRunner?
    private let extras: [(slot: Int, count: Int, isMask: Bool)]
    private let scheduleValues: Buffer<Float>
    private var scheduleTime = (epoch: -1, step: -1)

    /// - Parameters:
    ///   - source: where samples and their partners are found; who has samples, and a chain without partners, needs none.
    package init(_ program: Program, kernels: NoiseKernels, source: (any SampleSource)? = nil) {
        (self.program, self.kernels, self.source) = (program, kernels, source)
        facts = Facts(program)
        sound = program.sound.map { SoundRunner($0, kernels: kernels, sounds: source?.sounds) }
        let memory = Buffer<Float>(count: program.registerMemory + program.slotMemory)
        let slots = memory.pointer + program.registerMemory
        partners = PartnerSet(program, kernels: kernels, source: source)
        let scripts = ScriptSet(program.scripts)
        let scheduleValues = Buffer<Float>(count: program.schedules.count)
        stages = program.stages.map { [partners] stage in
            let work: Stage.Work =
                switch stage.work {
                case .fused(let group): .fused(FusedRunner(group, kernels, scheduleValues))
                case .whole(let step):
                    .whole(step.runner(slots: slots, kernels: kernels, partners: partners, scripts: scripts))
                }
            return Stage(work: work, conditions: Buffer(stage.conditions))
        }
        plainStages = Buffer(stages.map(PlainStage.init))
        (self.scheduleValues, self.memory) = (scheduleValues, memory)
        extras = program.extras.map { ($0.slot, $0.shape.count, $0.type == .mask) }
        accumulators = Buffer(count: program.accumulatorCount)
        for constant in program.constants {
            (memory.pointer + constant.register).update(repeating: constant.value, count: Program.blockLength)
        }
        for table in program.tables {
            for (place, value) in table.values.enumerated() { slots[table.slot + place] = value }
        }
    }

    /// What the program begins with: the clean sample, or features of the sound that the chain has changed.
    ///
    /// - Parameter scratch: room for a sample's values, which the result may use.
    package func sample(
        _ id: UInt64, epoch: Int, step: Int, scratch: UnsafeMutablePointer<Float>
    ) throws -> CleanSample {
        if let sound { return try sound.sample(id, epoch: epoch, step: step, scratch: scratch) }
        guard let source else { preconditionFailure("samples are asked for, and there is no source of them") }
        return try source.sample(id, scratch: scratch)
    }

    /// Runs the program over one sample.
    ///
    /// - Parameters:
    ///   - step: of the optimiser, counted from 0; only a chain with schedules over steps asks for it.
    ///   - values: room for the sample, written whole.
    ///   - mask: room for the sample's mask, a byte an element, 1 hidden; only a program that writes one needs it.
    /// - Throws: `SampleError` for a sample that the chain cannot take, what reading a partner throws, and `ScriptFailure`
    ///   where a script that runs for each sample fails.
    package func run(
        _ sample: CleanSample, id: UInt64, epoch: Int, step: Int = 0, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?
    ) throws {
        let block = try begin(sample, id: id, epoch: epoch, step: step, values: values, mask: mask)
        for place in 0..<plainStages.count { try run(place, block) }
    }

    /// Runs the program over one sample and adds the seconds that each of its stages took to `seconds`.
    package func measure(
        _ sample: CleanSample, id: UInt64, epoch: Int, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?, seconds: inout [Double]
    ) throws {
        let block = try begin(sample, id: id, epoch: epoch, step: 0, values: values, mask: mask)
        let clock = ContinuousClock()
        for place in 0..<plainStages.count {
            let start = clock.now
            try run(place, block)
            seconds[place] += (clock.now - start) / .seconds(1)
        }
    }

    /// Makes only the uniform and normal numbers that a sample takes, to compare the whole with; what is one value a sample is
    /// worked out, since it says which stages are needed.
    package func runDraws(
        _ sample: CleanSample, id: UInt64, epoch: Int, values: UnsafeMutablePointer<Float>
    ) throws {
        let block = try begin(sample, id: id, epoch: epoch, step: 0, values: values, mask: nil)
        for place in 0..<plainStages.count where plainStages.pointer[place].isNeeded(block) {
            guard case .fused(let runner) = stages[place].work else { continue }
            if runner.count == 1 { runner.run(block) } else { runner.runDraws(block) }
        }
    }

    /// How many stages there are, in the order of `Explanation`'s.
    package var stageCount: Int { stages.count }

    private func run(_ index: Int, _ block: Block) throws {
        let stage = plainStages.pointer[index]
        guard stage.isNeeded(block) else { return }
        if let fused = stage.fused {
            return Unmanaged<FusedRunner>.fromOpaque(fused)._withUnsafeGuaranteedRef { $0.run(block) }
        }
        if case .whole(let runner) = stages[index].work { try runner.run(id: block.id, epoch: block.epoch) }
    }

    private func begin(
        _ sample: CleanSample, id: UInt64, epoch: Int, step: Int, values: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<UInt8>?
    ) throws(SampleError) -> Block {
        if facts.hasDemands { try program.demands.check(sample, id: id, count: facts.count) }
        if facts.hasSchedules, (epoch, step) != scheduleTime {
            for (index, schedule) in program.schedules.enumerated() {
                scheduleValues.pointer[index] = Float(schedule.value(epoch: epoch, step: step))
            }
            scheduleTime = (epoch, step)
        }
        partners.step = step
        let block = Block(
            sample: sample.values, id: id, epoch: UInt32(epoch), registers: memory.pointer,
            slots: memory.pointer + facts.registerMemory, values: values, mask: mask,
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
        let size = facts.firstSize
        let length = max(0, min(sample.length ?? size, size))
        if let slot = facts.lengthSlot { slots[slot] = Float(length) }
        if let slot = facts.wordsSlot {
            for place in 0..<size {
                slots[slot + place] = place >= length ? 0 : sample.words?[place] ?? Float(place + 1)
            }
        }
        if let slot = facts.inputSlot {
            sample.values.decode(first: 0, count: facts.count, to: slots + slot, kernels)
        }
    }
}
