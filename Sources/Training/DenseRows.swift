import VectorKernels

/// Computes dX = dY · Wᵀ, and dW = Xᵀ · dY and db = 1ᵀ · dY of each of some contiguous leaves of the rows.
///
/// A thread has whole leaves, and does everything for a block of rows while its dY is in the second-level cache. What the
/// leaves found, `LeafUpdateTask` adds up.
struct RowsGradientTask: ParallelTask {
    /// Of all rows; nil: not wanted.
    private(set) var inputGradient: MatrixProduct?
    /// Whose C is the first leaf's, `[inputs + 1, outputs]`: db is the last row. The other leaves' follow.
    private(set) var weightGradient: MatrixProduct
    let wantsWeightGradient: Bool
    private(set) var biasGradient: MatrixProduct
    let wantsBiasGradient: Bool
    let leaves: Int
    let packing: PackingMemory
    let kernels: KernelTable

    /// Rows of dY, X and dX that are worked on at a time.
    private static let blockRows = 256

    /// Into how many leaves the rows of all samples are cut, of which a thread has whole ones: a power of two, so that leaves
    /// are a binary tree. Few rows are cut so that many threads have some, more of them so that adding up leaves takes little
    /// beside making them. There are no more than samples, so that layers can make a `SampleGroup`; of fewer than four samples
    /// that is worth less than threads are.
    static func leaves(samples: Int, positions: Int, atLeast least: Int) -> Int {
        let most = samples < 4 ? MatrixProduct.maximumLeaves : min(samples, MatrixProduct.maximumLeaves)
        var leaves = least
        while 2 * leaves <= most, samples * positions >= 2 * leaves * (leaves < 8 ? 64 : 384) { leaves *= 2 }
        return leaves
    }

    /// Of a thread, for products of one block, or of a sample's `positions` where these are more (see `SampleGrid`).
    static func packingCount(inputs: Int, outputs: Int, positions: Int) -> Int {
        let rows = max(blockRows, positions)
        return paddedTo16(
            max(
                MatrixProduct.packingCount(rows: rows, columns: inputs, depth: outputs),
                MatrixProduct.packingCount(rows: inputs, columns: outputs, depth: rows)))
    }

    func work(thread: Int, threads: Int) {
        let count = weightGradient.depth
        for leaf in part(thread, of: threads, count: leaves, unit: 1) {
            let rows = count * leaf / leaves..<count * (leaf + 1) / leaves
            let blocks = max(1, (rows.count + Self.blockRows - 1) / Self.blockRows)
            for block in 0..<blocks {
                let share = part(block, of: blocks, count: rows.count, unit: 4)
                work(
                    rows.lowerBound + share.lowerBound..<rows.lowerBound + share.upperBound, leaf: leaf,
                    begins: block == 0, thread: thread)
            }
        }
    }

    /// Takes dY, and where dX goes, from elsewhere.
    mutating func setGradients(_ gradient: UnsafePointer<Float>, input: UnsafeMutablePointer<Float>?) {
        (weightGradient.b, biasGradient.b) = (gradient, gradient)
        inputGradient?.a = gradient
        if let input { inputGradient?.c = input }
    }

    /// Does what is to be done for some rows of a leaf, which are its first where `begins`.
    func work(_ rows: Range<Int>, leaf: Int, begins: Bool, thread: Int) {
        let packing = packing.part(thread: thread)
        if let inputGradient {
            var product = inputGradient.part(rows: rows, columns: 0..<inputGradient.columns)
            product.packing = packing
            kernels.training.multiply(product)
        }
        let gradient = weightGradient.c + leaf * (weightGradient.rows + 1) * weightGradient.cStride
        func add(_ product: MatrixProduct, to sums: UnsafeMutablePointer<Float>) {
            var product = product
            product.a += rows.lowerBound * product.aDepthStride
            product.b += rows.lowerBound * product.bStride
            (product.c, product.depth, product.startsFromC) = (sums, rows.count, !begins)
            product.packing = packing
            kernels.training.multiply(product)
        }
        if wantsWeightGradient { add(weightGradient, to: gradient) }
        if wantsBiasGradient {
            add(biasGradient, to: gradient + weightGradient.rows * weightGradient.cStride)
        }
    }
}

/// Adds up the gradients of all leaves, pair by pair as a binary tree, and updates the weights: each thread some rows of
/// W, a few at a time.
struct LeafUpdateTask: ParallelTask {
    /// `[leaves, rows + 1, columns]`, see `RowsGradientTask`; written over.
    let gradients: UnsafeMutablePointer<Float>
    let leaves: Int
    /// Of W.
    let rows: Int
    /// Nil where it stays as it is.
    let weight: WeightPanel?
    let bias: WeightPanel?
    let partition: Partition
    let update: WeightUpdate
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        for index in stride(from: thread, to: partition.pieces, by: threads) {
            let piece = partition.piece(index, rows: rows).rows
            let height = max(1, 2048 / partition.width)
            for row in stride(from: piece.lowerBound, to: piece.upperBound, by: height) {
                let rows = row..<min(row + height, piece.upperBound)
                if let weight { apply(to: weight, rows, gradients + row * partition.width) }
            }
            if index == 0, let bias { apply(to: bias, 0..<1, gradients + rows * partition.width) }
        }
    }

    private func apply(to panel: WeightPanel, _ rows: Range<Int>, _ sums: UnsafeMutablePointer<Float>) {
        let leafStride = (self.rows + 1) * partition.width
        var distance = 1
        while distance < leaves {
            for leaf in stride(from: 0, to: leaves, by: 2 * distance) {
                let sum = sums + leaf * leafStride
                kernels.training.addElements(
                    sum, sum, sum + distance * leafStride, rows.count * partition.width)
            }
            distance *= 2
        }
        update.apply(
            to: panel.part(
                rows: rows, columns: 0..<partition.width, gradient: sums, gradientStride: partition.width),
            kernels)
    }
}
