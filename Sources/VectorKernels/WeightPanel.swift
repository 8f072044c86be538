/// A rectangle of one layer's weights with its gradient, which one call of an optimiser's kernel brings forward.
///
/// `columns` is a multiple of 16. No two of the arrays overlap.
public struct WeightPanel {
    public var weights: UnsafeMutablePointer<Float>
    /// What the optimiser keeps for each weight: a mean of its gradients, or its velocity; nil where no optimiser changes it.
    public var first: UnsafeMutablePointer<Float>?
    /// The mean square of its gradients, which Adam and RMSProp keep; otherwise nil.
    public var second: UnsafeMutablePointer<Float>?
    /// From one row to the next of the three above.
    public var stride: Int
    public var gradient: UnsafePointer<Float>
    public var gradientStride: Int
    /// Where the gradient is given as its transpose, `[columns, gradientStride]`: room for 256 values, with which it is turned. Up to
    /// 15 values behind a column's last row are read, also where these are in this room.
    public var square: UnsafeMutablePointer<Float>?
    public var rows: Int
    public var columns: Int
    /// What the optimiser's learning rate is multiplied with.
    public var rateScale = 1.0
    /// λ of weight decay.
    public var weightDecay = 0.0
    /// Where the gradients of several batches are added up, laid out as the weights; nil where weights change at once.
    public var collected: UnsafeMutablePointer<Float>?

    public init(
        weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>?,
        second: UnsafeMutablePointer<Float>?, stride: Int, gradient: UnsafePointer<Float>,
        gradientStride: Int,
        rows: Int, columns: Int
    ) {
        (self.weights, self.first, self.second, self.stride) = (weights, first, second, stride)
        (self.gradient, self.gradientStride) = (gradient, gradientStride)
        (self.rows, self.columns) = (rows, columns)
    }

    /// Some of its rows and columns, which begin at a multiple of 16, with the gradient of just these.
    public func part(
        rows: Range<Int>, columns: Range<Int>, gradient: UnsafePointer<Float>, gradientStride: Int
    ) -> WeightPanel {
        var part = moved(by: rows.lowerBound * stride + columns.lowerBound)
        (part.gradient, part.gradientStride, part.square) = (gradient, gradientStride, nil)
        (part.rows, part.columns) = (rows.count, columns.count)
        return part
    }

    /// The panel so many values further in memory, with the gradient of this one.
    public func moved(by offset: Int) -> WeightPanel {
        var panel = self
        panel.weights = weights + offset
        panel.first = first.map { $0 + offset }
        panel.second = second.map { $0 + offset }
        panel.collected = collected.map { $0 + offset }
        return panel
    }

    /// Adds the gradient to `collected`, or puts it there where it is the first one.
    @inlinable @inline(__always)
    func collect<V: ProductVector>(isFirst: Bool, vector: V.Type) {
        let kept = V(repeating: isFirst ? 0 : 1)
        let target = collected!
        eachVector(vector) { offset, gradient in
            // Not 0 · what is there, which may be no number.
            let before = V.select(
                V.less(V(repeating: 0), kept), V(loading: target + offset), V(repeating: 0))
            (before + gradient).store(to: target + offset)
        }
    }
}

extension WeightPanel {
    /// Replaces each vector of weights by what `update` returns. It gets where they lie behind the first one, as does what the
    /// optimiser keeps for them, the weights w, and their gradient g · scale + l2 · w.
    ///
    /// Weights are read before `update` stores anything. Large arrays all begin at the same place of a page, and that place alone is
    /// what processors first compare to find out whether a load wants what was just stored; so a later load would wait.
    @inlinable @inline(__always)
    func updateEach<V: ProductVector>(
        _ vector: V.Type, scale: Float, l2: Float, _ update: (_ offset: Int, _ weight: V, _ gradient: V) -> V
    ) {
        let (scale, l2) = (V(repeating: scale), V(repeating: l2))
        eachVector(vector) { offset, gradient in
            let weight = V(loading: weights + offset)
            update(offset, weight, V.multiplyAdd(l2, weight, scale * gradient)).store(to: weights + offset)
        }
    }

    @inlinable @inline(__always)
    func eachVector<V: ProductVector>(_ vector: V.Type, _ body: (_ offset: Int, _ gradient: V) -> Void) {
        let lanes = V.scalarCount
        guard let square else {
            for row in 0..<rows {
                for i in Swift.stride(from: 0, to: columns, by: lanes) {
                    body(row &* stride &+ i, V(loading: gradient + (row &* gradientStride &+ i)))
                }
            }
            return
        }
        for first in Swift.stride(from: 0, to: rows, by: lanes) {
            for i in Swift.stride(from: 0, to: columns, by: lanes) {
                V.transposeSquare(square, lanes, gradient + (i &* gradientStride &+ first), gradientStride)
                for row in 0..<min(lanes, rows &- first) {
                    body((first &+ row) &* stride &+ i, V(loading: square + row &* lanes))
                }
            }
        }
    }
}

/// How the size of weights and gradients enters a step of any optimiser.
public struct StepScales: Sendable {
    /// What gradients are multiplied with before anything else, for instance to bring their norm down.
    public var gradient: Float
    /// λ of g ← g + λ w: the gradient of λ/2 · w², which the optimiser then sees as part of the gradient.
    public var l2: Float
    /// 1 − α λ: what decay that is decoupled from the gradient leaves of each weight (Loshchilov & Hutter 2019).
    public var kept: Float

    public init(gradient: Double = 1, l2: Double = 0, kept: Double = 1) {
        (self.gradient, self.l2, self.kept) = (Float(gradient), Float(l2), Float(kept))
    }
}
