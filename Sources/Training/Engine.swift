import Kernels
import Tensors
import VectorKernels
import Workers

/// Where a model's kernels are, as long as its `Engine` is there. The tasks of threads hold this in the place of the kernels, which
/// are closures: a copy of these would count a reference for each of them, between any two regions of a step.
typealias KernelTable = UnsafePointer<KernelSet>

extension KernelTable {
    var noise: NoiseKernels { pointee.noise }
    var training: TrainingKernels { pointee.training }
    var convolution: ConvolutionKernels { pointee.convolution }
    var layers: LayerKernels { pointee.layers }
}

/// What all layers of a model run on.
final class Engine {
    let kernels: KernelTable
    let pool: WorkerPool
    let memory: MemoryPlan
    /// See `TrainConfig.leaves`.
    let leaves: Int
    let workspace: Workspace
    /// Of steps: see `TrainConfig.precision`.
    let precision: Precision
    /// See `TrainConfig.freeze`.
    private let frozen: [NamePattern]
    private let workspaceMemory: Buffer<Float>

    /// `capacity` is the largest batch that memory is planned for.
    init(
        kernels: KernelSet, pool: WorkerPool, capacity: Int, leaves: Int, precision: Precision = .fp32,
        frozen: [NamePattern] = []
    ) {
        precondition(capacity > 0, "a model wants room for at least one sample, got \(capacity)")
        precondition(
            leaves > 0 && leaves <= MatrixProduct.maximumLeaves && leaves & (leaves - 1) == 0,
            "leaves must be a power of two up to \(MatrixProduct.maximumLeaves), got \(leaves)")
        precondition(
            kernels.precisions.contains(precision) && (precision == .fp32 || leaves == 1),
            "\(precision) wants a processor that has it, and one leaf")
        let table = UnsafeMutablePointer<KernelSet>.allocate(capacity: 1)
        table.initialize(to: kernels)
        self.kernels = KernelTable(table)
        (self.pool, self.leaves, self.precision) = (pool, leaves, precision)
        self.frozen = frozen
        memory = MemoryPlan(capacity: capacity)
        let workspaceCount = Workspace.count(precision)
        workspaceMemory = Buffer(count: pool.threads * workspaceCount)
        workspace = Workspace(memory: workspaceMemory.pointer, count: workspaceCount)
    }

    deinit {
        let table = UnsafeMutablePointer(mutating: kernels)
        table.deinitialize(count: 1)
        table.deallocate()
    }

    /// What the factors of a pass are rounded to.
    func precision(_ pass: Pass) -> Precision { pass.update == nil ? .fp32 : precision }

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

    /// So many columns of a gradient with so many rows fit the memory, at least 16 of up to 192 rows.
    static func columns(rows: Int) -> Int {
        let columns = self.rows * columns / paddedTo16(rows) / 16 * 16
        precondition(columns >= 16, "a gradient of \(rows) rows is too tall for a workspace")
        return columns
    }

    static func count(_ precision: Precision) -> Int {
        plainCount
            + (precision == .fp32
                ? 0 : MatrixProduct.packingCount(rows: rows, columns: columns, depth: Int.max))
    }

    private static let squareCount = 256
    private static let plainCount = rows * columns + squareCount + MatrixProduct.partialSumsCount

    let memory: UnsafeMutablePointer<Float>
    /// Of a thread.
    let count: Int

    func gradient(thread: Int) -> UnsafeMutablePointer<Float> { memory + thread * count }

    /// See `WeightPanel.square`.
    func square(thread: Int) -> UnsafeMutablePointer<Float> {
        gradient(thread: thread) + Self.rows * Self.columns
    }

    func partialSums(thread: Int) -> UnsafeMutablePointer<Float> {
        square(thread: thread) + Self.squareCount
    }

    /// See `MatrixProduct.packing`; nil where factors are not rounded, since what is multiplied then lies in a cache already.
    func packing(thread: Int) -> UnsafeMutablePointer<Float>? {
        count == Self.plainCount ? nil : gradient(thread: thread) + Self.plainCount
    }
}
