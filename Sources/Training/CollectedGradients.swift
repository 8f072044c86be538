import Tensors
import VectorKernels

/// The gradients of all weights, added up over some batches: for steps that must know all of them before any weight changes.
final class CollectedGradients {
    private let weights: [Weight]
    private let engine: Engine
    private let normRegion: Region<SquaresTask>
    private let updateRegion: Region<CollectedUpdateTask>
    /// For each column of the largest weight the sum of its squares.
    private let columnSums: Buffer<Double>

    /// - Parameter weights: of which those take part that an optimiser brings forward.
    init(_ weights: [Weight], engine: Engine) {
        let weights = weights.filter(\.isTrained)
        for weight in weights { weight.startCollecting() }
        (self.weights, self.engine) = (weights, engine)
        (normRegion, updateRegion) = (Region(engine.pool), Region(engine.pool))
        columnSums = Buffer(count: weights.map(\.partition.columns).max() ?? 0)
    }

    /// The root of the sum of all squares. Each column is summed by itself, whatever panel it lies in, so it has the same bits for
    /// any number of threads.
    var norm: Double {
        var sum = 0.0
        for index in 0..<weights.count {
            let weight = weights[index]
            let task = SquaresTask(
                values: weight.collected!.pointer, partition: weight.partition, rows: weight.rows,
                sums: columnSums.pointer, kernels: engine.kernels)
            normRegion.run(task, multiplications: weight.rows * weight.partition.columns)
            for column in 0..<weight.partition.columns { sum += columnSums.pointer[column] }
        }
        return sum.squareRoot()
    }

    /// Changes all weights by what was collected.
    func apply(_ update: WeightUpdate) {
        for index in 0..<weights.count {
            let weight = weights[index]
            let task = CollectedUpdateTask(
                panel: weight.firstPanel(gradient: weight.collected!.pointer), partition: weight.partition,
                update: update, kernels: engine.kernels)
            updateRegion.run(task, multiplications: weight.rows * weight.partition.columns)
        }
    }
}

/// Sums the squares of each column of one weight's gradient.
private struct SquaresTask: ParallelTask {
    let values: UnsafePointer<Float>
    let partition: Partition
    let rows: Int
    let sums: UnsafeMutablePointer<Double>
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let columns = part(thread, of: threads, count: partition.columns, unit: 16)
        for first in stride(from: columns.lowerBound, to: columns.upperBound, by: 16) {
            let (panel, column) = (first / partition.width, first % partition.width)
            (sums + first).update(repeating: 0, count: 16)
            kernels.training.addSquares(
                sums + first, values + panel * rows * partition.width + column, partition.width, rows, 16)
        }
    }
}

/// Changes one weight by its collected gradient; each thread the pieces that are its own in layers, too.
private struct CollectedUpdateTask: ParallelTask {
    /// The first one.
    let panel: WeightPanel
    let partition: Partition
    let update: WeightUpdate
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        for index in stride(from: thread, to: partition.pieces, by: threads) {
            let piece = partition.piece(index, rows: panel.rows)
            let columns = partition.columns(panel: piece.panel)
            let whole = panel.panel(piece.panel)
            let offset = whole.collected! + piece.rows.lowerBound * panel.stride
            update.apply(
                to: whole.part(
                    rows: piece.rows, columns: 0..<columns.count, gradient: offset,
                    gradientStride: panel.stride), kernels)
        }
    }
}
