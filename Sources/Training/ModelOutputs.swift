import Tensors

extension Model {
    /// The shape of one sample's output.
    package var outputShape: Shape { output.shape }

    /// Computes a batch's outputs, without dropout, and writes them row-major without gaps, `[count] + outputShape`.
    package func writeOutputs(of batch: Batch, to target: UnsafeMutablePointer<Float>) {
        let pass = Pass(
            count: batch.count, ids: batch.ids, epoch: UInt32(batch.epoch), update: nil,
            lengths: batch.lengths)
        withoutDenormals { forward(batch, pass) }
        for row in 0..<batch.count * output.positions {
            (target + row * output.channels).update(
                from: output.values.pointer + row * output.stride, count: output.channels)
        }
    }
}
