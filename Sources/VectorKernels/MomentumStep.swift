/// One step of gradient descent with momentum (Polyak 1964): v ← μ v + g,  w ← kept · w − α v; Nesterov's form looks one step ahead:
/// w ← kept · w − α (g + μ v) (Sutskever et al. 2013, as PyTorch writes it).
public struct MomentumStep: Sendable {
    /// α.
    public var learningRate: Float
    /// μ; 0: plain gradient descent.
    public var momentum: Float
    public var isNesterov: Bool
    public var scales: StepScales

    public init(
        learningRate: Double, momentum: Double, isNesterov: Bool = false, scales: StepScales = StepScales()
    ) {
        (self.learningRate, self.momentum) = (Float(learningRate), Float(momentum))
        (self.isNesterov, self.scales) = (isNesterov, scales)
    }

    @inlinable @inline(__always)
    func apply<V: ProductVector>(to panel: WeightPanel, vector: V.Type) {
        let (decay, rate, kept) = (
            V(repeating: momentum), V(repeating: learningRate), V(repeating: scales.kept)
        )
        let first = panel.first!
        // The direction is ahead · v + direct · g: no branch in the loop.
        let ahead = V(repeating: isNesterov ? momentum : 1)
        let direct = V(repeating: isNesterov ? 1 : 0)
        panel.updateEach(V.self, scale: scales.gradient, l2: scales.l2) { offset, weight, g in
            let velocity = V.multiplyAdd(decay, V(loading: first + offset), g)
            velocity.store(to: first + offset)
            let direction = V.multiplyAdd(ahead, velocity, direct * g)
            return kept * weight - rate * direction
        }
    }
}
