/// One step of Adam (Kingma & Ba 2015, algorithm 1), and with `scales.kept` of AdamW (Loshchilov & Hutter 2019, algorithm 2):
/// m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← kept · w − α · m̂ / (√v̂ + ε).
///
/// The corrections of the bias, m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), are the same for all weights, so they are
/// folded into two numbers: w ← kept · w − stepSize · m / (√v · rootScale + ε).
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
    public var scales: StepScales

    /// The numbers are Double, since 1 − β₂ᵗ is small in the first steps; `stepSize` and `rootScale` as above.
    public init(
        beta1: Double, beta2: Double, epsilon: Double, stepSize: Double, rootScale: Double,
        scales: StepScales = StepScales()
    ) {
        (self.beta1, self.beta2, self.epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
        (oneMinusBeta1, oneMinusBeta2) = (Float(1 - beta1), Float(1 - beta2))
        (self.stepSize, self.rootScale, self.scales) = (Float(stepSize), Float(rootScale), scales)
    }

    @inlinable @inline(__always)
    func apply<V: ProductVector>(to panel: WeightPanel, vector: V.Type) {
        let (decay1, decay2) = (V(repeating: beta1), V(repeating: beta2))
        let (share1, share2) = (V(repeating: oneMinusBeta1), V(repeating: oneMinusBeta2))
        let (rate, scale, floor) = (V(repeating: stepSize), V(repeating: rootScale), V(repeating: epsilon))
        let kept = V(repeating: scales.kept)
        let (first, second) = (panel.first!, panel.second!)
        panel.updateEach(V.self, scale: scales.gradient, l2: scales.l2) { offset, weight, g in
            let m = V.multiplyAdd(decay1, V(loading: first + offset), share1 * g)
            let v = V.multiplyAdd(decay2, V(loading: second + offset), share2 * (g * g))
            m.store(to: first + offset)
            v.store(to: second + offset)
            let change = (rate * m) / V.multiplyAdd(V.squareRoot(v), scale, floor)
            return kept * weight - change
        }
    }
}
