/// One step of Lion (Chen et al. 2023, algorithm 2): w ← kept · w − α · sign(β₁ m + (1 − β₁) g),  m ← β₂ m + (1 − β₂) g.
public struct LionStep: Sendable {
    /// α.
    public var learningRate: Float
    public var beta1: Float
    public var beta2: Float
    public var oneMinusBeta1: Float
    public var oneMinusBeta2: Float
    public var scales: StepScales

    public init(learningRate: Double, beta1: Double, beta2: Double, scales: StepScales = StepScales()) {
        (self.learningRate, self.beta1, self.beta2) = (Float(learningRate), Float(beta1), Float(beta2))
        (oneMinusBeta1, oneMinusBeta2, self.scales) = (Float(1 - beta1), Float(1 - beta2), scales)
    }

    @inlinable @inline(__always)
    func apply<V: ProductVector>(to panel: WeightPanel, vector: V.Type) {
        let (decay1, decay2) = (V(repeating: beta1), V(repeating: beta2))
        let (share1, share2) = (V(repeating: oneMinusBeta1), V(repeating: oneMinusBeta2))
        let (up, down, zero) = (V(repeating: learningRate), V(repeating: -learningRate), V(repeating: 0))
        let kept = V(repeating: scales.kept)
        let first = panel.first!
        panel.updateEach(V.self, scale: scales.gradient, l2: scales.l2) { offset, weight, g in
            let m = V(loading: first + offset)
            let blend = V.multiplyAdd(decay1, m, share1 * g)
            // What is neither above nor below 0 is 0 or NaN, and stays it.
            let negative = V.select(V.less(blend, zero), down, blend)
            let change = V.select(V.less(zero, blend), up, negative)
            V.multiplyAdd(decay2, m, share2 * g).store(to: first + offset)
            return kept * weight - change
        }
    }
}
