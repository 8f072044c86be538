import Glibc

/// How well outputs tell classes apart, added up over batches.
package struct ClassMetrics: Equatable, Sendable {
    package let classes: Int
    /// How many samples there were.
    package private(set) var count = 0
    /// `[label, found]`: how many samples of each class were taken for which. What has no largest output is in none.
    package private(set) var confusion: [Int]
    /// By how many outputs are larger than the label's, or as large and before it.
    private var ranks: [Int]
    private var bins = Array(repeating: ConfidenceBin(), count: Self.binCount)

    /// As in Guo et al. 2017.
    package static let binCount = 15

    package init(classes: Int) {
        self.classes = classes
        confusion = Array(repeating: 0, count: classes * classes)
        ranks = Array(repeating: 0, count: classes)
    }

    /// Adds the outputs for one sample, and returns whether its label has the largest one.
    @discardableResult
    package mutating func add(_ outputs: UnsafeBufferPointer<Float>, label: Int) -> Bool {
        count += 1
        var (best, rank) = (-1, 0)
        for (index, value) in outputs.enumerated() {
            if !value.isNaN, best < 0 || value > outputs[best] { best = index }
            if index != label, !(value < outputs[label]), value != outputs[label] || index < label {
                rank += 1
            }
        }
        ranks[rank] += 1
        guard best >= 0 else { return false }
        confusion[label * classes + best] += 1
        // The softmax at the largest output.
        let sum = outputs.reduce(0.0) { $0 + exp(Double($1) - Double(outputs[best])) }
        bins[ConfidenceBin.index(of: 1 / sum)].add(confidence: 1 / sum, isRight: best == label)
        return best == label
    }

    /// The share of samples whose label has the largest output.
    package var accuracy: Double { top(1) }

    /// The share of samples whose label is among the `places` largest outputs.
    package func top(_ places: Int) -> Double { share(ranks.prefix(places).reduce(0, +), of: count) }

    /// Of the samples with this label the share that was found; NaN where there are none.
    package func recall(_ label: Int) -> Double {
        share(
            confusion[label * classes + label],
            of: (0..<classes).reduce(0) { $0 + confusion[label * classes + $1] })
    }

    /// Of the samples that were taken for this class the share that has the label; NaN where there are none.
    package func precision(_ found: Int) -> Double {
        share(
            confusion[found * classes + found],
            of: (0..<classes).reduce(0) { $0 + confusion[$1 * classes + found] })
    }

    /// How far the softmax of the largest output is from the share of right answers, the mean over all samples in 15 bins of
    /// equal width (expected calibration error: Guo et al. 2017, eq. 3).
    package var calibrationError: Double {
        bins.reduce(0) { $0 + abs(Double($1.right) - $1.confidences) } / Double(count)
    }

    private func share(_ part: Int, of whole: Int) -> Double { Double(part) / Double(whole) }
}

/// Samples whose confidence is about the same.
private struct ConfidenceBin: Equatable, Sendable {
    var right = 0
    var confidences = 0.0

    mutating func add(confidence: Double, isRight: Bool) {
        right += isRight ? 1 : 0
        confidences += confidence
    }

    /// Bin m holds what is above m/M and at most (m + 1)/M; 0 and NaN are in the first one.
    static func index(of confidence: Double) -> Int {
        guard confidence > 0 else { return 0 }
        return min(ClassMetrics.binCount, Int((confidence * Double(ClassMetrics.binCount)).rounded(.up))) - 1
    }
}
