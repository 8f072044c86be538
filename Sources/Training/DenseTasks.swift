import VectorKernels

/// Computes a product, each thread some of its rows and columns.
struct ProductTask: ParallelTask {
    let product: MatrixProduct
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        let share = Share(rows: product.rows, columns: product.columns, thread: thread, threads: threads)
        kernels.multiply(product.part(rows: share.rows, columns: share.columns))
    }
}

/// Computes dX = dY · Wᵀ by way of dXᵀ = W · dYᵀ, each thread some of the inputs.
struct InputGradientTask: ParallelTask {
    /// dXᵀ `[inputs, batch]`.
    let product: MatrixProduct
    let batch: Int
    let inputGradient: UnsafeMutablePointer<Float>
    let inputGradientStride: Int
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        let inputs = Share.part(thread, of: threads, count: product.rows, unit: 16)
        let part = product.part(rows: inputs, columns: 0..<product.columns)
        kernels.multiply(part)
        kernels.transpose(
            inputGradient + inputs.lowerBound, inputGradientStride, part.c, part.cStride, part.rows, batch)
    }
}

/// Computes dW = Xᵀ · dY and db = 1ᵀ · dY panel by panel, each thread some of W, and updates each panel at once: a
/// gradient never leaves the first-level cache.
struct UpdateTask: ParallelTask {
    /// Whose C is not used: the gradient goes to a thread's workspace.
    let weightGradient: MatrixProduct
    let biasGradient: MatrixProduct
    let weight: WeightPanel
    let bias: WeightPanel
    let update: WeightUpdate
    let workspace: Workspace
    let kernels: TrainingKernels

    func work(thread: Int, threads: Int) {
        let share = Share(rows: weight.rows, columns: weight.columns, thread: thread, threads: threads)
        let (height, width) = (Workspace.panelRows, Workspace.panelColumns)
        for column in stride(from: share.columns.lowerBound, to: share.columns.upperBound, by: width) {
            let columns = column..<min(column + width, share.columns.upperBound)
            for row in stride(from: share.rows.lowerBound, to: share.rows.upperBound, by: height) {
                let rows = row..<min(row + height, share.rows.upperBound)
                apply(weightGradient, to: weight, rows: rows, columns: columns, thread: thread)
            }
            if share.rows.lowerBound == 0 {
                apply(biasGradient, to: bias, rows: 0..<1, columns: columns, thread: thread)
            }
        }
    }

    private func apply(
        _ gradient: MatrixProduct, to weight: WeightPanel, rows: Range<Int>, columns: Range<Int>, thread: Int
    ) {
        let panel = workspace.panel(thread: thread)
        var product = gradient.part(rows: rows, columns: columns)
        (product.c, product.cStride) = (panel, Workspace.panelColumns)
        product.partialSums = workspace.partialSums(thread: thread)
        kernels.multiply(product)
        update.apply(
            to: weight.part(
                rows: rows, columns: columns, gradient: panel, gradientStride: Workspace.panelColumns),
            kernels)
    }
}
