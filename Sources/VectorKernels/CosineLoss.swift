/// One minus the cosine between each row of outputs x and its targets t, 1 − x·t / (|x| |t|), and its gradient.
///
/// What a mask leaves out is left out of both vectors; rows of which nothing is left add nothing.
public struct CosineLoss {
    /// Laid out as `ElementLoss` says; its `scale` is 1 / the count of rows that count.
    public var rows: ElementLoss

    public init(rows: ElementLoss) { self.rows = rows }

    /// Keeps a row of zeros from dividing by zero, as in PyTorch: the least that |x| |t| counts as.
    @inlinable @inline(__always)
    static var leastNorms: Float { 1e-8 }

    @inlinable @inline(__always)
    func compute<V: ProductVector>(vector: V.Type) {
        for sample in 0..<rows.samples {
            var sum = 0.0
            for row in sample * rows.positions..<(sample + 1) * rows.positions {
                sum += Double(computeRow(row, vector: V.self))
            }
            rows.losses[sample] = sum
        }
    }

    @inlinable @inline(__always)
    func computeRow<V: ProductVector>(_ row: Int, vector: V.Type) -> Float {
        let (outputs, targets) = (rows.outputs + row * rows.stride, rows.targets + row * rows.channels)
        let zero = V(repeating: 0)
        var (product, outputSquares, targetSquares) = (zero.doubles, zero.doubles, zero.doubles)
        var isAny = false
        for i in Swift.stride(from: 0, to: rows.channels, by: V.scalarCount) {
            let counts = counts(row, from: i, vector: V.self)
            isAny = isAny || V.Words.any(counts)
            let x = V.select(counts, V(loading: outputs + i), zero).doubles
            let t = V.select(counts, V(loading: targets + i), zero).doubles
            product = product + x * t
            outputSquares = outputSquares + x * x
            targetSquares = targetSquares + t * t
        }
        let (outputSquare, targetSquare) = (Float(outputSquares.laneSum), Float(targetSquares.laneSum))
        let norms = (outputSquare * targetSquare).squareRoot()
        let least = Self.leastNorms
        let inverse = 1 / (norms < least ? least : norms)
        let cosine = Float(product.laneSum) * inverse
        guard let gradient = rows.gradient else { return isAny ? 1 - cosine : 0 }
        // d/dx of −x·t / (|x| |t|) is −t / (|x| |t|) + x · cosine / |x|²; a norm that counts as the least one is constant.
        let pull = V(repeating: isAny ? -rows.scale * inverse : 0)
        let push = V(repeating: isAny && norms >= least ? rows.scale * cosine / outputSquare : 0)
        for i in Swift.stride(from: 0, to: rows.stride, by: V.scalarCount) {
            let target = gradient + row * rows.stride + i
            if i >= rows.channels {
                zero.store(to: target)
            } else {
                let value = V.multiplyAdd(push, V(loading: outputs + i), pull * V(loading: targets + i))
                V.select(counts(row, from: i, vector: V.self), value, zero).store(to: target)
            }
        }
        return isAny ? 1 - cosine : 0
    }

    @inlinable @inline(__always)
    func counts<V: ProductVector>(_ row: Int, from i: Int, vector: V.Type) -> V.Words {
        let isChannel = V.less(V.ramp, V(repeating: Float(rows.channels - i)))
        guard let mask = rows.mask else { return isChannel }
        return isChannel & V.equal(bytes: mask + row * rows.channels + i, rows.counted)
    }
}
