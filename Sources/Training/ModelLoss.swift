/// What training makes small: the loss of a model's output, or those of its heads, each times its weight, added up.
package struct ModelLoss: Equatable, Sendable {
    package struct Head: Equatable, Sendable {
        /// As the model calls the head; nil for the output of a model without heads.
        package var name: String?
        package var loss: LossConfig
        package var weight: Double

        package init(_ name: String?, _ loss: LossConfig, weight: Double = 1) {
            (self.name, self.loss, self.weight) = (name, loss, weight)
        }
    }

    /// One for each output of the model, in its order.
    package var heads: [Head]

    package init(_ loss: LossConfig) { heads = [Head(nil, loss)] }
    package init(heads: [Head]) { self.heads = heads }

    package var hasHeads: Bool { heads[0].name != nil }

    /// The first head that is compared with such targets: the one that is judged where they are.
    package func first(_ target: LossConfig.Target) -> Int? {
        heads.firstIndex { $0.loss.target == target }
    }

    /// Whether all heads are compared with labels, so that nobody wants clean samples.
    package var needsOnlyLabels: Bool { heads.allSatisfy { $0.loss.target == .labels } }

    /// - Parameter results: by head.
    func mean(_ results: [LossResult]) -> Double {
        var sum = 0.0
        for index in heads.indices { sum += heads[index].weight * results[index].mean }
        return sum
    }
}
