import Tensors
import VectorKernels

/// The cross-entropy of each position with the token that stood there before the chain (masked language models: Devlin et al.
/// 2019, §3.1); the mean is over the positions that count. What a text lacks to its full length never does.
final class TokenCrossEntropy: LossFunction {
    private let base: CrossEntropy
    private let positions: Int
    private let part: LossConfig.Part
    /// Nil: outputs are there for all positions.
    private let counted: CountedRows?
    private let labels: Buffer<Int32>
    /// 1 or 0.
    private let weights: Buffer<Float>

    /// - Parameters:
    ///   - logits: a model's output, `[positions, tokens]`, whose gradient this writes.
    ///   - counted: where `begin` says which positions the model computes.
    init(
        of logits: Activation, _ counted: CountedRows? = nil, smoothing: Double, over part: LossConfig.Part,
        engine: Engine
    ) {
        base = CrossEntropy(of: logits, smoothing: smoothing, engine: engine)
        (positions, self.counted, self.part) = (logits.positions, counted, part)
        let rows = engine.memory.capacity * logits.positions
        (labels, weights) = (Buffer(count: rows), Buffer(count: rows))
    }

    func begin(_ batch: Batch) {
        guard let counted else { return }
        counted.begin(samples: batch.count)
        forEachPosition(of: batch) { row, label, counts in
            guard counts else { return }
            labels.pointer[counted.count] = label
            weights.pointer[counted.count] = 1
            counted.append(row)
        }
        // Where none counts, the first position is computed, and left out.
        if counted.count == 0 {
            (labels.pointer[0], weights.pointer[0]) = (0, 0)
            counted.append(0)
        }
    }

    func evaluate(_ batch: Batch, wantsGradient: Bool) -> LossResult {
        if counted == nil {
            forEachPosition(of: batch) { row, label, counts in
                labels.pointer[row] = label
                weights.pointer[row] = counts ? 1 : 0
            }
        }
        var result = base.evaluate(
            labels: labels.pointer, rowWeights: weights.pointer,
            count: counted?.count ?? batch.count * positions, wantsGradient: wantsGradient)
        // Positions are no samples.
        result.correct = nil
        return result
    }

    /// Says of each position of a batch, in order, what stood there, and whether it counts.
    private func forEachPosition(
        of batch: Batch, _ body: (_ row: Int, _ label: Int32, _ counts: Bool) -> Void
    ) {
        guard let clean = batch.clean else {
            preconditionFailure("the loss wants clean samples, the pipeline keeps none")
        }
        let mask = part == .all ? nil : batch.mask
        for sample in 0..<batch.count {
            let length = batch.lengths.map { Int($0[sample]) } ?? positions
            for position in 0..<positions {
                let row = sample * positions + position
                let isWanted = mask.map { ($0[row] == 1) == (part == .hidden) } ?? true
                body(
                    row, Int32(clean[sample / batch.views * positions + position]),
                    isWanted && position < length)
            }
        }
    }
}
