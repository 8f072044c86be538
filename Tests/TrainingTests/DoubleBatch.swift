import Tensors

/// What layers of a `DoubleModel` hand to one another: the values of all samples of a batch, row-major.
struct DoubleBatch {
    /// Of one sample.
    let shape: Shape
    var values: [Double]
    /// What the positions are; nil where they are no tokens.
    var tokens: DoubleTokens?

    init(_ shape: Shape, _ values: [Double], tokens: DoubleTokens? = nil) {
        precondition(values.count % shape.count == 0, "\(values.count) values in samples of \(shape)")
        (self.shape, self.values, self.tokens) = (shape, values, tokens)
    }

    var channels: Int { shape.sizes.last! }
    /// Of one sample, each a row of channels.
    var positions: Int { shape.count / channels }
    var samples: Int { values.count / shape.count }

    func row(_ position: Int, of sample: Int) -> [Double] {
        let first = (sample * positions + position) * channels
        return Array(values[first..<first + channels])
    }

    /// How many positions of a sample are no padding.
    func length(_ sample: Int) -> Int {
        guard let tokens, let lengths = tokens.lengths else { return positions }
        return min(positions, lengths[sample] + tokens.leading)
    }

    /// y = f(x), element by element.
    func map(_ function: (Double) -> Double) -> DoubleBatch {
        DoubleBatch(shape, values.map(function), tokens: tokens)
    }

    /// Other rows for the rows of each sample.
    func mapSamples(
        tokens: DoubleTokens? = nil, _ body: (_ sample: Int, _ rows: [[Double]]) -> [[Double]]
    ) -> DoubleBatch {
        var rows: [[Double]] = []
        for sample in 0..<samples { rows += body(sample, (0..<positions).map { row($0, of: sample) }) }
        return DoubleBatch([rows.count / samples, rows[0].count], rows.flatMap { $0 }, tokens: tokens)
    }
}
