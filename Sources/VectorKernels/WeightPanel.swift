/// A rectangle of one layer's weights with its gradient, which one call of an optimiser's kernel brings forward.
///
/// `columns` is a multiple of 16. No two of the arrays overlap.
public struct WeightPanel {
    public var weights: UnsafeMutablePointer<Float>
    /// What the optimiser keeps for each weight: Adam's first moment, or the velocity.
    public var first: UnsafeMutablePointer<Float>
    /// Adam's second moment; not touched by others.
    public var second: UnsafeMutablePointer<Float>
    /// From one row to the next of the three above.
    public var stride: Int
    public var gradient: UnsafePointer<Float>
    public var gradientStride: Int
    public var rows: Int
    public var columns: Int

    public init(
        weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>,
        second: UnsafeMutablePointer<Float>, stride: Int, gradient: UnsafePointer<Float>, gradientStride: Int,
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
        let offset = rows.lowerBound * stride + columns.lowerBound
        return WeightPanel(
            weights: weights + offset, first: first + offset, second: second + offset, stride: stride,
            gradient: gradient, gradientStride: gradientStride, rows: rows.count, columns: columns.count)
    }
}

/// One step of Adam (Kingma & Ba 2015, algorithm 1):
/// m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − α · m̂ / (√v̂ + ε).
///
/// The corrections of the bias, m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), are the same for all weights, so they are
/// folded into two numbers: w ← w − stepSize · m / (√v · rootScale + ε).
public struct AdamStep: Sendable {
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    public var oneMinusBeta1: Float
    public var oneMinusBeta2: Float
    /// α / (1 − β₁ᵗ).
    public var stepSize: Float
    /// 1 / √(1 − β₂ᵗ).
    public var rootScale: Float

    /// The numbers are Double, since 1 − β₂ᵗ is small in the first steps; `stepSize` and `rootScale` as above.
    public init(beta1: Double, beta2: Double, epsilon: Double, stepSize: Double, rootScale: Double) {
        (self.beta1, self.beta2, self.epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
        (oneMinusBeta1, oneMinusBeta2) = (Float(1 - beta1), Float(1 - beta2))
        (self.stepSize, self.rootScale) = (Float(stepSize), Float(rootScale))
    }

    @inlinable @inline(__always)
    func apply<V: ProductVector>(to panel: WeightPanel, vector: V.Type) {
        let (decay1, decay2) = (V(repeating: beta1), V(repeating: beta2))
        let (share1, share2) = (V(repeating: oneMinusBeta1), V(repeating: oneMinusBeta2))
        let (rate, scale, floor) = (V(repeating: stepSize), V(repeating: rootScale), V(repeating: epsilon))
        for row in 0..<panel.rows {
            let (weights, gradient) = (
                panel.weights + row * panel.stride, panel.gradient + row * panel.gradientStride
            )
            let (first, second) = (panel.first + row * panel.stride, panel.second + row * panel.stride)
            for i in stride(from: 0, to: panel.columns, by: V.scalarCount) {
                let g = V(loading: gradient + i)
                let m = V.multiplyAdd(decay1, V(loading: first + i), share1 * g)
                let v = V.multiplyAdd(decay2, V(loading: second + i), share2 * (g * g))
                m.store(to: first + i)
                v.store(to: second + i)
                let change = (rate * m) / V.multiplyAdd(V.squareRoot(v), scale, floor)
                (V(loading: weights + i) - change).store(to: weights + i)
            }
        }
    }
}

/// One step of gradient descent with momentum (Polyak 1964): v ← μ v + g,  w ← w − α v.
public struct MomentumStep: Sendable {
    /// α.
    public var learningRate: Float
    /// μ; 0: plain gradient descent.
    public var momentum: Float

    public init(learningRate: Double, momentum: Double) {
        (self.learningRate, self.momentum) = (Float(learningRate), Float(momentum))
    }

    @inlinable @inline(__always)
    func apply<V: ProductVector>(to panel: WeightPanel, vector: V.Type) {
        let (decay, rate) = (V(repeating: momentum), V(repeating: learningRate))
        for row in 0..<panel.rows {
            let (weights, gradient) = (
                panel.weights + row * panel.stride, panel.gradient + row * panel.gradientStride
            )
            let velocities = panel.first + row * panel.stride
            for i in stride(from: 0, to: panel.columns, by: V.scalarCount) {
                let velocity = V.multiplyAdd(decay, V(loading: velocities + i), V(loading: gradient + i))
                velocity.store(to: velocities + i)
                (V(loading: weights + i) - rate * velocity).store(to: weights + i)
            }
        }
    }
}
