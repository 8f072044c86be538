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

/// A range that follows from something else in the config, which errors name.
struct DerivedRange<Range: ConfigRange>: ConfigRange {
    let range: Range
    /// `half of 'rate'`
    let origin: String

    func contains(_ value: Range.Bound) -> Bool { range.contains(value) }
    var requirement: String { "\(range.requirement), \(origin)" }
}
