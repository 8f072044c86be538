import Kernels
import Tensors
import VectorKernels
import Workers

/// What all layers of a model run on.
final class Engine {
    let kernels: KernelSet
    let pool: WorkerPool
    let memory: MemoryPlan
    /// See `TrainConfig.leaves`.
    let leaves: Int
    let workspace: Workspace
    /// See `TrainConfig.freeze`.
    private let frozen: [NamePattern]
    private let workspaceMemory: Buffer<Float>

    /// `capacity` is the largest batch that memory is planned for.
    init(
        kernels: KernelSet, pool: WorkerPool, capacity: Int, leaves: Int, frozen: [NamePattern] = []
    ) {
        precondition(capacity > 0, "a model wants room for at least one sample, got \(capacity)")
        precondition(
            leaves > 0 && leaves <= MatrixProduct.maximumLeaves && leaves & (leaves - 1) == 0,
            "leaves must be a power of two up to \(MatrixProduct.maximumLeaves), got \(leaves)")
        (self.kernels, self.pool, self.leaves) = (kernels, pool, leaves)
        self.frozen = frozen
        memory = MemoryPlan(capacity: capacity)
        workspaceMemory = Buffer(count: pool.threads * Workspace.count)
        workspace = Workspace(memory: workspaceMemory.pointer)
    }

    /// A weight of a layer.
    ///
    /// - Parameters:
    ///   - threads: among which its columns are parted; 1 where every thread reads all of it.
    ///   - cutsColumns, rowLeaves: see `Partition`.
    func weight(
        _ name: String, _ shape: Shape, threads: Int = 1, cutsColumns: Bool = true, rowLeaves: Int = 1
    ) -> Weight {
        Weight(
            name: name, shape: shape, threads: threads, cutsColumns: cutsColumns, rowLeaves: rowLeaves,
            isFrozen: frozen.contains { $0.means(name) })
    }

    /// The output of the layer that is being made, whose gradient somebody wants where the layer, or one before it, has weights
    /// that change.
    func output(_ shape: Shape, of input: Activation, _ weights: [Weight] = []) -> Activation {
        let changes = weights.contains { !$0.isFrozen }
        return memory.output(shape, wantsGradient: changes || input.gradient != nil)
    }
}

/// Memory that each thread needs while it updates weights.
struct Workspace {
    /// Of a weight's gradient, this much is computed at a time: it stays in the first-level cache until the
    /// optimiser has used it.
    /// Rows are whole tiles of any instruction set.
    static let rows = 48
    static let columns = 64

    static let count = rows * columns + MatrixProduct.partialSumsCount

    let memory: UnsafeMutablePointer<Float>

    func gradient(thread: Int) -> UnsafeMutablePointer<Float> { memory + thread * Self.count }

    func partialSums(thread: Int) -> UnsafeMutablePointer<Float> {
        gradient(thread: thread) + Self.rows * Self.columns
    }
}
