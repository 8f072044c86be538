import Tensors

/// The positions of a batch that count for a loss, where the last layer computes no others: of a masked language model's tokens
/// most don't, and its last layer has an output for each of a vocabulary.
///
/// What the layer takes and gives lies one row behind the other, in the order of the positions.
final class CountedRows {
    /// Positions of the whole batch, in order; at least one.
    let rows: Buffer<Int32>
    private(set) var count = 0
    /// How many there are in the batch.
    private(set) var samples = 0
    /// The layer's input at these positions, and the gradient for it.
    let inputs: Buffer<Float>
    let inputGradients: Buffer<Float>
    private let input: Activation

    init(of input: Activation, capacity: Int) {
        self.input = input
        let most = capacity * input.positions
        rows = Buffer(count: most)
        (inputs, inputGradients) = (Buffer(count: most * input.stride), Buffer(count: most * input.stride))
    }

    func begin(samples: Int) { (self.samples, count) = (samples, 0) }

    func append(_ row: Int) {
        rows.pointer[count] = Int32(row)
        count += 1
    }

    /// The samples, by their places in the batch, of those rows, one behind the other, which a condition holds for.
    func samples(where holds: (_ index: Int) -> Bool) -> [Int] {
        var found: [Int] = []
        for (index, row) in rows.pointer.prefix(count) where holds(index) {
            let sample = row / input.positions
            if found.last != sample { found.append(sample) }
        }
        return found
    }

    /// Puts the layer's input together.
    func gather() {
        for (index, row) in rows.pointer.prefix(count) {
            (inputs.pointer + index * input.stride).update(
                from: input.values.pointer + row * input.stride, count: input.stride)
        }
    }

    /// Takes the gradient for the layer's input apart; nothing depends on positions that don't count.
    ///
    /// - Parameter positions: of the whole batch.
    func spread(into gradient: UnsafeMutablePointer<Float>, positions: Int) {
        gradient.update(repeating: 0, count: positions * input.stride)
        for (index, row) in rows.pointer.prefix(count) {
            (gradient + row * input.stride).update(
                from: inputGradients.pointer + index * input.stride, count: input.stride)
        }
    }
}

extension UnsafeMutablePointer<Int32> {
    /// The first ones, numbered.
    fileprivate func prefix(_ count: Int) -> some Sequence<(index: Int, row: Int)> {
        (0..<count).lazy.map { (index: $0, row: Int(self[$0])) }
    }
}

extension Model {
    /// From now on the last layer computes only what a loss says before each pass.
    ///
    /// - Returns: nil where it cannot: it is no affine map.
    func countRows() -> CountedRows? {
        guard let dense = layers.last?.layer as? Dense else { return nil }
        return dense.countRows()
    }
}
