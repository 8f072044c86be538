/// One step of RMSProp (Tieleman & Hinton 2012, lecture 6.5, as PyTorch writes it):
/// s ← β s + (1 − β) g²,  v ← μ v + g / (√s + ε),  w ← kept · w − α v.
public struct RMSPropStep: Sendable {
    /// α.
    public var learningRate: Float
    /// β.
    public var beta: Float
    public var oneMinusBeta: Float
    public var epsilon: Float
    /// μ; 0: without.
    public var momentum: Float
    public var scales: StepScales

    public init(
        learningRate: Double, beta: Double, epsilon: Double, momentum: Double,
        scales: StepScales = StepScales()
    ) {
        (self.learningRate, self.beta, oneMinusBeta) = (Float(learningRate), Float(beta), Float(1 - beta))
        (self.epsilon, self.momentum, self.scales) = (Float(epsilon), Float(momentum), scales)
    }

    @inlinable @inline(__always)
    func apply<V: ProductVector>(to panel: WeightPanel, vector: V.Type) {
        let (decay, share, floor) = (V(repeating: beta), V(repeating: oneMinusBeta), V(repeating: epsilon))
        let (friction, rate, kept) = (
            V(repeating: momentum), V(repeating: learningRate), V(repeating: scales.kept)
        )
        let (first, second) = (panel.first!, panel.second!)
        panel.updateEach(V.self, scale: scales.gradient, l2: scales.l2) { offset, weight, g in
            let square = V.multiplyAdd(decay, V(loading: second + offset), share * (g * g))
            square.store(to: second + offset)
            let velocity = V.multiplyAdd(
                friction, V(loading: first + offset), g / (V.squareRoot(square) + floor))
            velocity.store(to: first + offset)
            return kept * weight - rate * velocity
        }
    }
}
