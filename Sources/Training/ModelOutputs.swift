import Tensors

extension Model {
    /// Computes a batch's outputs, without dropout, and writes those of one head row-major without gaps, `[count]` and behind it
    /// the shape of a sample's.
    ///
    /// - Parameter head: its index; 0 for a model without heads.
    package func writeOutputs(of batch: Batch, head: Int, to target: UnsafeMutablePointer<Float>) {
        withoutDenormals { forward(batch, Pass(batch, update: nil)) }
        let output = outputs[head]
        for row in 0..<batch.count * output.positions {
            (target + row * output.channels).update(
                from: output.values.pointer + row * output.stride, count: output.channels)
        }
    }
}
