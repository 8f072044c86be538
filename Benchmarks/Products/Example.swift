import Tensors
import VectorKernels

/// One product that is measured.
struct Example {
    let name: String
    let rows: Int
    let depth: Int
    let columns: Int
    let transposesA: Bool
    let transposesB: Bool
    /// How many such products make one run.
    let batch: Int
    let a: Buffer<Float>
    let b: Buffer<Float>
    /// What the last one that was measured wrote, one product after the other.
    let c: Buffer<Float>

    init(
        _ use: String, _ rows: Int, _ depth: Int, _ columns: Int, transposesA: Bool = false,
        transposesB: Bool = false, batch: Int = 1
    ) {
        name = "\(rows)×\(depth)×\(columns) \(use)"
        (self.rows, self.columns, self.depth, self.batch) = (rows, columns, depth, batch)
        (self.transposesA, self.transposesB) = (transposesA, transposesB)
        a = Self.values(rows * depth)
        b = Self.values(depth * columns)
        c = Buffer(count: batch * rows * columns)
    }

    private static func values(_ count: Int) -> Buffer<Float> {
        let buffer = Buffer<Float>(count: count)
        for index in 0..<count { buffer.pointer[index] = Float(index * 7919 % 2003) / 2003 - 0.5 }
        return buffer
    }

    var operations: Int { 2 * rows * depth * columns * batch }

    /// One of the batch, still without memory for packing.
    func product(_ index: Int = 0) -> MatrixProduct {
        var product = MatrixProduct(
            a: a.pointer, aRowStride: transposesA ? 1 : depth, aDepthStride: transposesA ? rows : 1,
            b: b.pointer, bStride: transposesB ? depth : columns, c: c.pointer + index * rows * columns,
            cStride: columns, rows: rows, columns: columns, depth: depth)
        product.transposesB = transposesB
        return product
    }

    static let all = [
        Example("large", 1024, 1024, 1024),
        Example("dense, forward", 32, 784, 128),
        Example("dense, weights", 784, 32, 128, transposesA: true),
        Example("dense, forward", 256, 392, 128),
        Example("dense, forward", 128, 3136, 128),
        Example("dense, weights", 3136, 128, 128, transposesA: true),
        Example("dense, inputs", 128, 128, 3136, transposesB: true),
        Example("tokens, forward", 3136, 64, 192),
        Example("tokens, forward", 3136, 64, 256),
        Example("tokens, forward", 3136, 256, 64),
        Example("tokens, weights", 64, 3136, 192, transposesA: true),
        Example("tokens, weights", 64, 3136, 256, transposesA: true),
        Example("tokens, weights", 256, 3136, 64, transposesA: true),
        Example("tokens, inputs", 3136, 192, 64, transposesB: true),
        Example("tokens, inputs", 3136, 256, 64, transposesB: true),
        Example("tokens, inputs", 3136, 64, 256, transposesB: true),
        Example("last layer", 32, 128, 16, batch: 64),
        Example("tiny", 16, 16, 16, batch: 64),
        Example("scores", 49, 16, 64, batch: 64),
    ]
}
