import VectorKernels

/// Lists of what is not zero in the gradient for a dense layer's output, dY, if that is at most about three of eight values, as
/// behind a ReLU: then W's gradient is found sooner from these alone, with the same bits but for the sign of a zero.
final class GradientLists {
    private let output: Activation
    private let memory: PlannedMemory
    /// Room for dYᵀ.
    private let transposed: PlannedMemory
    private let kernels: KernelTable
    private let region: Region<ListTask>
    private var found: NonZeroLists?
    /// Whether `found` is what this batch has.
    private var isFound = false

    /// For the output of the layer that is being made.
    init(of output: Activation, transposed: PlannedMemory, engine: Engine) {
        (self.output, self.transposed, kernels) = (output, transposed, engine.kernels)
        memory = engine.memory.scratch(
            NonZeroLists.count(depth: engine.memory.capacity * output.positions, columns: output.stride),
            in: .backward)
        region = Region(engine.pool)
    }

    /// What `begin` decided, or makes the lists now. `multiplications` is the size of the whole product; for nil there are no lists.
    func find(rows: Int, multiplications: Int) -> NonZeroLists? {
        if !isFound, let task = begin(rows: rows, multiplications: multiplications) {
            // A value takes as long as this many multiplications.
            region.run(task, multiplications: rows * output.stride * 16)
        }
        isFound = false
        return found
    }

    /// Decides whether there are lists; who calls this sees to it that they are made before `find`.
    func begin(rows: Int, multiplications: Int) -> ListTask? {
        (isFound, found) = (true, nil)
        guard multiplications >= 1 << 18, shareOfNonZeros(rows) <= 0.375 else { return nil }
        let lists = NonZeroLists(depth: rows, columns: output.stride, memory: memory.pointer)
        found = lists
        return ListTask(
            lists: lists, gradient: output.gradient!.pointer, gradientStride: output.stride,
            transposed: transposed.pointer, stride: paddedTo16(rows), kernels: kernels)
    }

    /// In dY, by up to sixteen of its rows.
    private func shareOfNonZeros(_ rows: Int) -> Double {
        var (found, seen) = (0, 0)
        for row in stride(from: 0, to: rows, by: (rows + 15) / 16) {
            found += kernels.training.countNonZeros(
                output.gradient!.pointer + row * output.stride, output.stride)
            seen += output.stride
        }
        return Double(found) / Double(seen)
    }
}
