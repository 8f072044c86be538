/// The values that a number of a config may take.
package protocol ConfigRange<Bound> {
    associatedtype Bound: Comparable
    func contains(_ value: Bound) -> Bool
    /// What the value must be, for an error's text: `in 0.0...1.0`, `at least 1`.
    var requirement: String { get }
}

extension ClosedRange: ConfigRange {
    package var requirement: String { "in \(lowerBound)...\(upperBound)" }
}

extension Range: ConfigRange {
    package var requirement: String { "in \(lowerBound)..<\(upperBound)" }
}

extension PartialRangeFrom: ConfigRange {
    package var requirement: String { "at least \(lowerBound)" }
}

/// Every value greater than `bound`, for strengths that must not be zero.
package struct MoreThan<Bound: Comparable>: ConfigRange {
    package let bound: Bound

    package init(_ bound: Bound) { self.bound = bound }

    package func contains(_ value: Bound) -> Bool { value > bound }
    package var requirement: String { "more than \(bound)" }
}
