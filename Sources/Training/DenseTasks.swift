import VectorKernels

/// Memory in which each thread copies blocks of its products: see `MatrixProduct.packing`.
struct PackingMemory {
    let memory: UnsafeMutablePointer<Float>
    /// Values of each thread.
    let count: Int

    func part(thread: Int) -> UnsafeMutablePointer<Float> { memory + thread * count }
}

/// Computes y = x · W + b.
struct OutputTask: ParallelTask {
    /// Whose B is W's first panel.
    let product: MatrixProduct
    let partition: Partition
    let packing: PackingMemory
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        for index in stride(from: thread, to: partition.pieces, by: threads) {
            let piece = partition.piece(index, rows: product.rows)
            var part = product.part(rows: piece.rows, columns: partition.columns(panel: piece.panel))
            part.b = product.b + piece.panel * product.depth * partition.width
            part.packing = packing.part(thread: thread)
            kernels.multiply(part)
        }
    }
}

/// Computes a product of many rows, each thread for some of them.
struct RowsTask: ParallelTask {
    /// Whose B is a matrix's first panel; the others follow.
    let product: MatrixProduct
    let panelWidth: Int
    let packing: PackingMemory
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        let rows = part(thread, of: threads, count: product.rows, unit: 4)
        for column in stride(from: 0, to: product.columns, by: panelWidth) {
            var part = product.part(rows: rows, columns: column..<min(column + panelWidth, product.columns))
            part.b = product.b + column * product.depth
            part.packing = packing.part(thread: thread)
            kernels.multiply(part)
        }
    }
}

/// Computes dX = dY · Wᵀ by way of dXᵀ = W · dYᵀ, each thread for some of the inputs.
struct InputGradientTask: ParallelTask {
    /// dXᵀ `[inputs, batch]`, whose A is W's first panel.
    let product: MatrixProduct
    let partition: Partition
    let batch: Int
    let inputGradient: UnsafeMutablePointer<Float>
    let inputGradientStride: Int
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        let inputs = part(thread, of: threads, count: product.rows, unit: 16)
        var part = product.part(rows: inputs, columns: 0..<product.columns)
        for panel in 0..<partition.panels {
            let columns = partition.columns(panel: panel)
            part.depth = min(columns.upperBound, product.depth) - columns.lowerBound
            part.b = product.b + columns.lowerBound * product.bStride
            part.startsFromC = panel > 0
            kernels.multiply(part)
            part.a += product.rows * partition.width
        }
        kernels.transpose(
            inputGradient + inputs.lowerBound, inputGradientStride, part.c, part.cStride, part.rows, batch)
    }
}

/// Computes dW = Xᵀ · dY and db = 1ᵀ · dY in small rectangles, and updates each at once: a gradient never leaves the
/// first-level cache.
struct UpdateTask: ParallelTask {
    /// Whose C is not used: the gradient goes to a thread's workspace.
    let weightGradient: MatrixProduct
    let biasGradient: MatrixProduct
    /// Nil where it stays as it is.
    let weight: WeightPanel?
    let bias: WeightPanel?
    let partition: Partition
    let update: WeightUpdate
    /// Memory for all of W's gradient; nil: it is made in rectangles.
    let wholeGradient: UnsafeMutablePointer<Float>?
    let workspace: Workspace
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        for index in stride(from: thread, to: partition.pieces, by: threads) {
            let piece = partition.piece(index, rows: weightGradient.rows)
            let columns = partition.columns(panel: piece.panel)
            if let weight, let wholeGradient {
                applyWhole(
                    wholeGradient + piece.panel * weight.rows * partition.width, to: weight, piece: piece,
                    columns, thread: thread)
            } else if let weight {
                apply(
                    weightGradient, to: weight.panel(piece.panel), rows: piece.rows, columns: columns,
                    thread: thread)
            }
            // With the first part of each panel's rows, also where that part is empty.
            if let bias, index < partition.panels {
                apply(
                    biasGradient, to: bias.panel(piece.panel), rows: 0..<1, columns: columns,
                    thread: thread)
            }
        }
    }

    /// So many rows of X and of dY stay in the second-level cache while they add to all of the gradient.
    private static let depthBlock = 192

    /// Makes the gradient of a panel's rows in `memory`, which has room for the panel, and updates them.
    private func applyWhole(
        _ memory: UnsafeMutablePointer<Float>, to weight: WeightPanel,
        piece: (panel: Int, rows: Range<Int>), _ columns: Range<Int>, thread: Int
    ) {
        var product = weightGradient.part(rows: piece.rows, columns: columns)
        (product.c, product.cStride) = (memory + piece.rows.lowerBound * partition.width, partition.width)
        product.partialSums = workspace.partialSums(thread: thread)
        let depth = product.depth
        // Leaves are cut by the product itself.
        let block = product.leaves > 1 ? max(depth, 1) : Self.depthBlock
        for begin in stride(from: 0, to: depth, by: block) {
            product.depth = min(block, depth - begin)
            product.startsFromC = begin > 0
            kernels.multiply(product)
            product.a += block * product.aDepthStride
            product.b += block * product.bStride
        }
        let panel = weight.panel(piece.panel).part(
            rows: piece.rows, columns: 0..<columns.count, gradient: product.c,
            gradientStride: partition.width)
        update.apply(to: panel, kernels)
    }

    /// `columns` are those of the whole matrix that are in the panel.
    private func apply(
        _ gradient: MatrixProduct, to panel: WeightPanel, rows: Range<Int>, columns: Range<Int>, thread: Int
    ) {
        let (height, width) = (Workspace.rows, Workspace.columns)
        let memory = workspace.gradient(thread: thread)
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
            let columnEnd = min(column + width, columns.upperBound)
            for row in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
                let part = row..<min(row + height, rows.upperBound)
                var product = gradient.part(rows: part, columns: column..<columnEnd)
                (product.c, product.cStride) = (memory, width)
                product.partialSums = workspace.partialSums(thread: thread)
                kernels.multiply(product)
                let weights = panel.part(
                    rows: part, columns: column - columns.lowerBound..<columnEnd - columns.lowerBound,
                    gradient: memory, gradientStride: width)
                update.apply(to: weights, kernels)
            }
        }
    }
}
