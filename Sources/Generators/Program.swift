import Tensors
import VectorKernels

/// Where a step finds or leaves a block of values.
struct Place: Sendable, Hashable, BitwiseCopyable {
    enum Base: Int, Sendable {
        /// A register: one block in the worker's memory, used again by every block.
        case register
        /// A slot: a whole sample's values in the worker's memory, of which a step takes the block at hand.
        case slot
        /// The clean sample where it lies, if kernels can read it there; otherwise a register that it is loaded into.
        case input
        /// The sample that is being made, in the batch.
        case output
    }
    var base: Base
    /// In values, from the base's start; of an input, from the registers' start.
    var offset: Int
}

/// One instruction of a program; it handles a block of up to `Program.blockLength` neighbouring values. It holds plain
/// numbers only, so that running it counts no references.
enum Step: Sendable, BitwiseCopyable {
    /// The clean sample's values, decoded if they are bytes; nothing is done where they can be read where they lie.
    case load(to: Place)
    case draw(DrawKind, key: UInt64, to: Place)
    /// 1-based positions along the group's only axis.
    case index(to: Place)
    case schedule(Int, to: Place)
    case elementwise(ElementwiseOperation, Place, Place, Place, to: Place)
    /// A value with fewer axes, repeated along the others as one of the group's expansions says.
    case expand(Int, slot: Int, to: Place)
    /// Folds the block into the sixteen lanes of an accumulator.
    case accumulate(Reduction, Place, accumulator: Int)
    case outputValues(Place)
    case outputMask(Place)
}

/// Steps that run together over all blocks of one sample's elements of the same shape: what they pass on to each
/// other stays in registers, in the first-level cache.
struct Group: Sendable {
    var shape: Shape
    /// Elements of one sample.
    var count: Int
    /// One value a sample, which fills its register before the first block.
    struct Splat: Sendable, BitwiseCopyable {
        var slot: Int
        var register: Int
    }
    var splats: [Splat] = []
    var steps: [Step] = []
    /// Places of constants and splats: one value throughout.
    var uniform: Set<Place> = []
    var expansions: [Expansion] = []
    /// Reductions to be finished after the last block.
    var totals: [TotalReduction] = []
    /// The nodes that the group computes.
    var nodes: [NodeID] = []
}

/// An operation on whole values with the slots of its operands.
struct WholeStep: Sendable {
    struct Operand: Sendable {
        var slot: Int
        var shape: Shape
    }
    var operation: WholeOperation
    var operands: [Operand]
    var result: Operand
    var node: NodeID
}

/// A compiled chain: groups of steps and operations on whole values, with their memory planned. It gives the bits of the
/// graph's reference at the speed of the kernels. A value; every worker runs it in a `Workspace` of its own.
package struct Program: Sendable {
    struct Stage: Sendable {
        enum Work: Sendable {
            case fused(Group)
            case whole(WholeStep)
        }
        var work: Work
        /// Slots of conditions: where one of them is false, nobody needs what the stage makes.
        var conditions: [Int]
    }

    /// 1,024 values are 4 KB: eight registers fit a first-level cache of 32 KB.
    package static let blockLength = 1024

    /// The shape of one sample.
    package let shape: Shape
    /// What comes before it, where it begins with features of sounds that the chain has changed.
    package let sound: SoundChain?
    let demands: SampleDemands
    /// True if the chain has a mask to write.
    package let writesMask: Bool
    /// Values that leave beside the samples, each with the slot that holds it at the end.
    package let extras: [(name: String, type: ValueType, shape: Shape, slot: Int)]
    let stages: [Stage]
    let constants: [(register: Int, value: Float)]
    /// Slots that are filled once.
    let tables: [(slot: Int, values: [Float])]
    /// Slots that are filled at the start of each sample, where the program needs them.
    let (inputSlot, lengthSlot, wordsSlot): (Int?, Int?, Int?)
    let schedules: [Schedule]
    /// By the partners' places in the graph; nil for those that nothing depends on.
    let partners: [PartnerProgram?]
    let scripts: [ScriptCall]
    /// The share's slot and the partner's place, in the order of the chain.
    let mixings: [(slot: Int, partner: Int)]
    /// Floats that a worker needs for registers, and behind them for slots.
    let registerMemory: Int
    let slotMemory: Int
    let accumulatorCount: Int

    /// Whether labels are blended, as `mixings` say.
    package var mixesLabels: Bool { !mixings.isEmpty }
    /// Whether every value of a sample must be a token's id.
    package var takesIDs: Bool { demands.ids }
    /// Whether samples depend on others of the data set.
    package var hasPartners: Bool { partners.contains { $0 != nil } }
}

/// What makes a sample's partner as it is at some point of the chain.
final class PartnerProgram: Sendable {
    let key: UInt64
    let program: Program

    init(key: UInt64, program: Program) { (self.key, self.program) = (key, program) }
}
