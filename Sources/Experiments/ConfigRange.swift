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
