import Reports

/// The values that a number of a config may take.
package protocol ConfigRange<Bound> {
    associatedtype Bound: Comparable
    var lowerBound: Bound { get }
    /// The upper end as JSON Schema has it, where it is the same in every config.
    var upperLimit: (keyword: String, bound: Bound)? { get }
    func contains(_ value: Bound) -> Bool
    /// What the value must be, for an error's text: `in 0.0...1.0`, `at least 1`.
    var requirement: String { get }
}

extension ConfigRange {
    /// As JSON Schema has it.
    var limits: [JSONValue.Member] {
        [.init("minimum", JSONValue(bound: lowerBound))]
            + (upperLimit.map { [.init($0.keyword, JSONValue(bound: $0.bound))] } ?? [])
    }
}

extension JSONValue {
    fileprivate init(bound: some Comparable) {
        switch bound {
        case let whole as Int: self = .whole(whole)
        case let number as Double: self = .number(number)
        case let number as Float: self = .single(number)
        default: preconditionFailure("a range of \(type(of: bound)) in a config")
        }
    }
}

extension ClosedRange: ConfigRange {
    package var upperLimit: (keyword: String, bound: Bound)? { ("maximum", upperBound) }
    package var requirement: String { "in \(lowerBound)...\(upperBound)" }
}

extension Range: ConfigRange {
    package var upperLimit: (keyword: String, bound: Bound)? { ("exclusiveMaximum", upperBound) }
    package var requirement: String { "in \(lowerBound)..<\(upperBound)" }
}

extension PartialRangeFrom: ConfigRange {
    package var upperLimit: (keyword: String, bound: Bound)? { nil }
    package var requirement: String { "at least \(lowerBound)" }
}

/// A range whose upper end follows from something else in the config, which errors name.
struct DerivedRange<Range: ConfigRange>: ConfigRange {
    let range: Range
    /// `half of 'rate'`
    let origin: String

    var lowerBound: Range.Bound { range.lowerBound }
    var upperLimit: (keyword: String, bound: Range.Bound)? { nil }
    func contains(_ value: Range.Bound) -> Bool { range.contains(value) }
    var requirement: String { "\(range.requirement), \(origin)" }
}
