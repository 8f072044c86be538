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
    private let workspaceMemory: Buffer<Float>

    /// `capacity` is the largest batch that memory is planned for.
    init(kernels: KernelSet, pool: WorkerPool, capacity: Int, leaves: Int) {
        precondition(capacity > 0, "a model wants room for at least one sample, got \(capacity)")
        precondition(
            leaves > 0 && leaves <= MatrixProduct.maximumLeaves && leaves & (leaves - 1) == 0,
            "leaves must be a power of two up to \(MatrixProduct.maximumLeaves), got \(leaves)")
        (self.kernels, self.pool, self.leaves) = (kernels, pool, leaves)
        memory = MemoryPlan(capacity: capacity)
        workspaceMemory = Buffer(count: pool.threads * Workspace.count)
        workspace = Workspace(memory: workspaceMemory.pointer)
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
