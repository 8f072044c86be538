/// What a model's outputs are compared with, and how.
package struct LossConfig: Equatable, Sendable {
    package enum Formula: Equatable, Sendable {
        /// −ln softmax(outputs)[label], smoothed, and weighted by class; no weights: all 1. See `SoftmaxCrossEntropy`.
        case crossEntropy(smoothing: Double = 0, classWeights: [Double] = [])
        /// Of each output by itself: see `BinaryCrossEntropy`.
        case binaryCrossEntropy
        /// The square of the difference.
        case squared
        /// The size of the difference.
        case absolute
        /// The square of small differences, the size of large ones: see `HuberError`.
        case huber(delta: Double)
        /// One minus the cosine between outputs and targets: see `CosineLoss`.
        case cosine
    }

    /// The formulas as a config calls them. The compiler keeps the list complete: `Formula.kind` finds one for each.
    package enum Kind: String, CaseIterable, Sendable {
        case crossEntropy = "cross_entropy"
        case binaryCrossEntropy = "binary_cross_entropy"
        case mse, l1, huber, cosine
    }

    package enum Target: String, CaseIterable, Sendable {
        /// For each class its share of the label: 1 for the label, 0 for the others where labels are not blended.
        case labels
        /// The sample before the chain.
        case clean
        /// The token at each position before the chain.
        case tokens
    }

    /// Which elements of a sample count, by the chain's mask. Where a batch has no mask, all do.
    package enum Part: String, CaseIterable, Sendable {
        case all, hidden, visible
    }

    package var formula: Formula
    package var target: Target
    package var over: Part

    package init(_ formula: Formula, target: Target, over: Part = .all) {
        (self.formula, self.target, self.over) = (formula, target, over)
    }

    package static let crossEntropy = LossConfig(.crossEntropy(), target: .labels)

    /// Whether outputs say which class a sample has.
    package var judgesClasses: Bool { target == .labels }
}

extension LossConfig.Formula {
    package var kind: LossConfig.Kind {
        switch self {
        case .crossEntropy: .crossEntropy
        case .binaryCrossEntropy: .binaryCrossEntropy
        case .squared: .mse
        case .absolute: .l1
        case .huber: .huber
        case .cosine: .cosine
        }
    }
}
