import Tensors
import VectorKernels

/// The cross-entropy of each position with the token that stood there before the chain (masked language models: Devlin et al.
/// 2019, §3.1); the mean is over the positions that count. What a text lacks to its full length never does.
final class TokenCrossEntropy: LossFunction {
    private let base: CrossEntropy
    private let positions: Int
    private let part: LossConfig.Part
    private let labels: Buffer<Int32>
    /// 1 or 0.
    private let weights: Buffer<Float>

    /// - Parameter logits: a model's output, `[positions, tokens]`, whose gradient this writes.
    init(of logits: Activation, smoothing: Double, over part: LossConfig.Part, engine: Engine) {
        base = CrossEntropy(of: logits, smoothing: smoothing, engine: engine)
        (positions, self.part) = (logits.positions, part)
        let rows = engine.memory.capacity * logits.positions
        (labels, weights) = (Buffer(count: rows), Buffer(count: rows))
    }

    func evaluate(_ batch: Batch, gradientScale: Double?) -> LossResult {
        guard let clean = batch.clean else {
            preconditionFailure("the loss wants clean samples, the pipeline keeps none")
        }
        let mask = part == .all ? nil : batch.mask
        for sample in 0..<batch.count {
            let length = batch.lengths.map { Int($0[sample]) } ?? positions
            for position in 0..<positions {
                let row = sample * positions + position
                let isWanted = mask.map { ($0[row] == 1) == (part == .hidden) } ?? true
                weights.pointer[row] = isWanted && position < length ? 1 : 0
                labels.pointer[row] = Int32(clean[sample / batch.views * positions + position])
            }
        }
        var result = base.evaluate(
            labels: labels.pointer, rowWeights: weights.pointer, count: batch.count * positions,
            gradientScale: gradientScale)
        // Positions are no samples.
        result.correct = nil
        return result
    }
}
