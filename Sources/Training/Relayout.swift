import Tensors

/// The same values in rows of another length: flattening, reshaping, and padding what the pipeline delivers.
final class Relayout: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let input: Activation

    init(_ input: Activation, to shape: Shape, engine: Engine) {
        precondition(input.shape.count == shape.count, "\(input.shape) has no place in \(shape)")
        self.input = input
        engine.memory.use(input)
        output = engine.memory.output(shape, wantsGradient: input.gradient != nil)
    }

    func forward(_ pass: Pass) {
        copyRows(pass.count, from: input, input.values, to: output, output.values)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        copyRows(pass.count, from: output, output.gradient!, to: input, gradient)
    }

    private func copyRows(
        _ count: Int, from source: Activation, _ values: PlannedMemory, to target: Activation,
        _ written: PlannedMemory
    ) {
        let (from, to) = (UnsafePointer<Float>(values.pointer!), written.pointer!)
        let padding = target.stride - target.channels
        // Rows without padding between them are one long row: those of pictures have only a few values.
        let isWhole = source.stride == source.channels
        let (length, stride) = isWhole ? (count * source.sampleStride, 0) : (source.channels, source.stride)
        var (row, column) = (0, 0)  // of the source
        for targetRow in 0..<count * target.positions {
            let begin = to + targetRow * target.stride
            var done = 0
            while done < target.channels {
                let run = min(target.channels - done, length - column)
                (begin + done).update(from: from + row * stride + column, count: run)
                done += run
                column += run
                if column == length { (row, column) = (row + 1, 0) }
            }
            (begin + done).update(repeating: 0, count: padding)
        }
    }
}
