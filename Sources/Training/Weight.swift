import Tensors
import VectorKernels

/// An array that training changes, with what the optimiser keeps for each of its values.
package final class Weight {
    /// For instance `dense1.weight`.
    package let name: String
    /// `[columns]`, or with more axes before, which together are the rows.
    package let shape: Shape
    let rows: Int
    let columns: Int
    /// How it lies in memory.
    let partition: Partition
    let values: Buffer<Float>
    /// Whether a layer measures it, so that no optimiser touches it.
    var isStatistic = false
    /// Whether it stays as it is, whatever it is.
    let isFrozen: Bool
    /// Whether an optimiser brings it forward.
    package var isTrained: Bool { !isStatistic && !isFrozen }
    /// What the optimiser keeps (see `WeightPanel`), laid out as `values`; nil where none changes it.
    private(set) var first: Buffer<Float>?
    private(set) var second: Buffer<Float>?
    /// What the optimiser's learning rate is multiplied with.
    private var rateScale = 1.0
    private var weightDecay = 0.0
    /// Whether the optimiser's weight decay touches it: not what has only one axis, such as biases and the scales of norms.
    var decays: Bool
    /// Where gradients are added up, laid out as `values`; nil where weights change at once.
    private(set) var collected: Buffer<Float>?
    /// A moving average of `values`, laid out as these; nil where none is kept.
    private(set) var average: Buffer<Float>?
    /// The values that did best in validation, laid out as `values`; nil where nobody asked for them.
    private(set) var best: Buffer<Float>?

    init(
        name: String, shape: Shape, threads: Int, cutsColumns: Bool = true, rowLeaves: Int = 1,
        isFrozen: Bool = false
    ) {
        precondition(shape.rank > 0, "a weight has at least one axis, \(name) has none")
        (self.name, self.shape, self.isFrozen) = (name, shape, isFrozen)
        rows = shape.sizes.dropLast().reduce(1, *)
        columns = shape.sizes.last!
        decays = shape.rank > 1
        partition = Partition(
            columns: columns, threads: threads, cutsColumns: cutsColumns, rowLeaves: rowLeaves)
        let count = partition.panels * rows * partition.width
        values = Buffer(count: count)
    }

    /// All that is kept of it, in bytes.
    var memory: Int {
        let buffers = [values, first, second, collected, average, best]
        return buffers.reduce(0) { $0 + ($1?.count ?? 0) } * MemoryLayout<Float>.stride
    }

    /// The values row-major, without padding.
    package var unpadded: [Float] {
        get { unpadded(values) }
        set { write(newValue, to: values) }
    }

    func unpadded(_ buffer: Buffer<Float>) -> [Float] {
        (0..<shape.count).map { buffer.pointer[offset($0)] }
    }

    func write(_ new: [Float], to buffer: Buffer<Float>) {
        precondition(new.count == shape.count, "\(name) is \(shape), got \(new.count) values")
        for (index, value) in new.enumerated() { buffer.pointer[offset(index)] = value }
    }

    /// Where a value lies.
    private func offset(_ index: Int) -> Int {
        let (row, column) = (index / columns, index % columns)
        return ((column / partition.width) * rows + row) * partition.width + column % partition.width
    }

    /// The first panel, still without a gradient; the others follow.
    func firstPanel(gradient: UnsafePointer<Float>) -> WeightPanel {
        var panel = WeightPanel(
            weights: values.pointer, first: first?.pointer, second: second?.pointer, stride: partition.width,
            gradient: gradient, gradientStride: partition.width, rows: rows, columns: partition.width)
        (panel.rateScale, panel.weightDecay) = (rateScale, weightDecay)
        panel.collected = collected?.pointer
        return panel
    }

    /// From now on an optimiser, which has kept nothing of it yet, brings it forward as its group says, or where it has none as the
    /// optimiser does.
    func startTraining(_ optimizer: Optimizer, _ group: WeightGroup? = nil) {
        guard isTrained else { return }
        first = Buffer(count: values.count)
        second = optimizer.keepsSquares ? Buffer(count: values.count) : nil
        rateScale = group?.learningRate.map { $0 / optimizer.learningRate } ?? 1
        weightDecay = group?.weightDecay ?? (decays ? optimizer.weightDecay : 0)
    }

    /// From now on there is room for the best values, which are those as they are.
    func startKeepingBest() {
        best = Buffer(count: values.count)
        rememberAsBest()
    }

    /// Takes the average, or where there is none the values, for the best ones so far.
    func rememberAsBest() { best!.pointer.update(from: (average ?? values).pointer, count: values.count) }

    /// Lets the values and others change places.
    func exchangeValues(with others: Buffer<Float>) {
        for index in 0..<values.count { swap(&others.pointer[index], &values.pointer[index]) }
    }

    /// From now on layers may collect gradients instead of changing it.
    func startCollecting() { collected = Buffer(count: values.count) }

    /// From now on there is an average, which begins at the values as they are.
    func startAverage() {
        average = Buffer(count: values.count)
        average!.pointer.update(from: values.pointer, count: values.count)
    }
}

extension WeightPanel {
    /// The panel so many places behind this one, with the gradient of this one.
    func panel(_ places: Int) -> WeightPanel { moved(by: places * rows * stride) }
}
