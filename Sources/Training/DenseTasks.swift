import VectorKernels

/// Memory in which each thread copies blocks of its products: see `MatrixProduct.packing`.
struct PackingMemory {
    let memory: UnsafeMutablePointer<Float>
    /// Values of each thread.
    let count: Int

    func part(thread: Int) -> UnsafeMutablePointer<Float> { memory + thread * count }
}

/// Computes y = x · W + b, as a sum for each leaf of the inputs, of which the first begins with b.
struct OutputTask: ParallelTask {
    /// Whose B is W's first panel, and whose C takes the first leaf.
    let product: MatrixProduct
    let partition: Partition
    let leaves: Int
    /// Of the other leaves one behind another, as C.
    let partialSums: UnsafeMutablePointer<Float>
    let packing: PackingMemory
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        for index in stride(from: thread, to: partition.pieces, by: threads) {
            let piece = partition.product(index, leaves: leaves, count: product.rows)
            for leaf in piece.leaves {
                let inputs = part(leaf, of: leaves, count: product.depth, unit: 4)
                var leafProduct = product
                if leaf > 0 {
                    leafProduct.c = partialSums + (leaf - 1) * product.rows * product.cStride
                    leafProduct.bias = nil
                }
                var part = leafProduct.part(rows: piece.sums, columns: partition.columns(panel: piece.panel))
                part.a += inputs.lowerBound * product.aDepthStride
                part.b = product.b + (piece.panel * product.depth + inputs.lowerBound) * partition.width
                part.depth = inputs.count
                part.packing = packing.part(thread: thread)
                kernels.training.multiply(part)
            }
        }
    }
}

/// Adds the leaves of y to the first one, each thread for some of the rows.
struct LeafSumTask: SharedTask, SampleTask {
    let y: UnsafeMutablePointer<Float>
    let partialSums: UnsafePointer<Float>
    let count: Int
    /// Of a row.
    let stride: Int
    let leaves: Int
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        let sum = y + share.lowerBound * stride
        for leaf in 1..<leaves {
            let addend = partialSums + ((leaf - 1) * count + share.lowerBound) * stride
            kernels.training.addElements(sum, sum, addend, share.count * stride)
        }
    }
}

/// Computes a product of many rows, each thread for some of them.
struct RowsTask: ParallelTask, SampleTask {
    let product: MatrixProduct
    let packing: PackingMemory?
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        work(rows: part(thread, of: threads, count: product.rows, unit: 4), thread: thread)
    }

    func work(_ share: SampleShare) { work(rows: share.samples, thread: share.thread) }

    func work(rows: Range<Int>, thread: Int) {
        var part = product.part(rows: rows, columns: 0..<product.columns)
        part.packing = packing?.part(thread: thread)
        kernels.training.multiply(part)
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
    let packing: PackingMemory?
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let inputs = part(thread, of: threads, count: product.rows, unit: 16)
        var part = product.part(rows: inputs, columns: 0..<product.columns)
        part.packing = packing?.part(thread: thread)
        for panel in 0..<partition.panels {
            let columns = partition.columns(panel: panel)
            part.depth = min(columns.upperBound, product.depth) - columns.lowerBound
            part.b = product.b + columns.lowerBound * product.bStride
            part.startsFromC = panel > 0
            kernels.training.multiply(part)
            part.a += product.rows * partition.width
        }
        kernels.training.transpose(
            inputGradient + inputs.lowerBound, inputGradientStride, part.c, part.cStride, part.rows, batch)
    }
}

/// Computes dW = Xᵀ · dY and db = 1ᵀ · dY in small rectangles, and updates each at once: a gradient never leaves the
/// first-level cache.
struct UpdateTask: ParallelTask {
    /// Whose C is not used: the gradient goes to a thread's workspace.
    let weightGradient: MatrixProduct
    let biasGradient: MatrixProduct
    /// What of dY is not zero, where that is little: then dW is computed from these alone.
    let nonZeros: NonZeroLists?
    /// Nil where it stays as it is.
    let weight: WeightPanel?
    let bias: WeightPanel?
    let partition: Partition
    let update: WeightUpdate
    let workspace: Workspace
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        for index in stride(from: thread, to: partition.pieces, by: threads) {
            let piece = partition.piece(index, rows: weightGradient.rows)
            let columns = partition.columns(panel: piece.panel)
            if let weight {
                let panel = weight.panel(piece.panel)
                if let nonZeros {
                    apply(nonZeros, to: panel, rows: piece.rows, columns: columns, thread: thread)
                } else {
                    apply(weightGradient, to: panel, rows: piece.rows, columns: columns, thread: thread)
                }
            }
            // With the first part of each panel's rows, also where that part is empty.
            if let bias, index < partition.panels {
                apply(
                    biasGradient, to: bias.panel(piece.panel), rows: 0..<1, columns: columns,
                    thread: thread)
            }
        }
    }

    /// `columns` are those of the whole matrix that are in the panel.
    private func apply(
        _ gradient: MatrixProduct, to panel: WeightPanel, rows: Range<Int>, columns: Range<Int>, thread: Int
    ) {
        let (height, width) = (Workspace.rows, Workspace.columns)
        let memory = workspace.gradient(thread: thread)
        // Back from the end, where `OutputTask` has just been: what of the weights is still in a cache is used first, and the next
        // step begins with what this one ends with.
        let parts = (rows.count + height - 1) / height
        for index in stride(from: parts - 1, through: 0, by: -1) {
            let row = rows.lowerBound + index * height
            let part = row..<min(row + height, rows.upperBound)
            for column in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
                let columnEnd = min(column + width, columns.upperBound)
                var product = gradient.part(rows: part, columns: column..<columnEnd)
                (product.c, product.cStride) = (memory, width)
                product.partialSums = workspace.partialSums(thread: thread)
                product.packing = workspace.packing(thread: thread)
                kernels.training.multiply(product)
                let weights = panel.part(
                    rows: part, columns: column - columns.lowerBound..<columnEnd - columns.lowerBound,
                    gradient: memory, gradientStride: width)
                update.apply(to: weights, kernels)
            }
        }
    }

    /// The same with what is not zero, in taller rectangles: a list is gone through once for each.
    private func apply(
        _ nonZeros: NonZeroLists, to panel: WeightPanel, rows: Range<Int>, columns: Range<Int>, thread: Int
    ) {
        if rows.isEmpty { return }
        let (gradient, largest) = (workspace.gradient(thread: thread), kernels.training.sparseRows)
        // From whole cache lines of A on: vectors that begin elsewhere would each be read from two.
        let begin = rows.lowerBound / 16 * 16
        let count = rows.upperBound - begin
        let parts = (count + largest - 1) / largest
        for index in stride(from: parts - 1, through: 0, by: -1) {
            let share = part(index, of: parts, count: count, unit: 16)
            let computed = begin + share.lowerBound..<begin + share.upperBound
            let part = computed.clamped(to: rows)
            let width = Workspace.columns(rows: computed.count)
            for column in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
                let some = column..<min(column + width, columns.upperBound)
                let product = SparseProduct(
                    a: weightGradient.a + computed.lowerBound, aDepthStride: weightGradient.aDepthStride,
                    b: nonZeros, columns: some, rows: computed.count, c: gradient)
                kernels.training.multiplySparse(product)
                var weights = panel.part(
                    rows: part,
                    columns: some.lowerBound - columns.lowerBound..<some.upperBound - columns.lowerBound,
                    gradient: gradient + part.lowerBound - computed.lowerBound,
                    gradientStride: product.cStride)
                weights.square = workspace.square(thread: thread)
                update.apply(to: weights, kernels)
            }
        }
    }
}

/// Lists what of dY is not zero, each thread for some of the columns.
struct ListTask: ParallelTask {
    let lists: NonZeroLists
    let gradient: UnsafePointer<Float>
    let gradientStride: Int
    /// Room for dYᵀ `[columns, stride]`.
    let transposed: UnsafeMutablePointer<Float>
    let stride: Int
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        let columns = part(thread, of: threads, count: lists.columns, unit: 16)
        kernels.training.transpose(
            transposed + columns.lowerBound * stride, stride, gradient + columns.lowerBound, gradientStride,
            lists.depth, columns.count)
        kernels.training.listNonZeros(lists, transposed, stride, columns)
    }
}
