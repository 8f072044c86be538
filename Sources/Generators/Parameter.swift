/// What a parameter's number measures.
package enum ParameterUnit: String, CaseIterable, Sendable {
    /// A share of the data's declared value range; what the plugin sees is already in the data's own scale.
    case range
    case db, pixels, frames, tokens, ratio, count, degrees
    /// A number in the scale of the values that the generator is given.
    case value
}

/// A parameter's plain value.
package enum ParameterValue: Sendable, Equatable, CustomStringConvertible {
    case number(Double)
    case boolean(Bool)
    case choice(String)
    /// An interval's ends, or a list.
    case numbers([Double])

    package var description: String {
        switch self {
        case .number(let value): formatted(value)
        case .boolean(let value): String(value)
        case .choice(let value): value
        case .numbers(let numbers): "[\(numbers.map(formatted).joined(separator: ", "))]"
        }
    }
}

/// A parameter as its plugin declares it.
package struct ParameterDeclaration: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case number, integer, boolean
        case choice([String])
        /// Two numbers, the lower first.
        case interval
        /// Any number of numbers.
        case list(isWhole: Bool)
    }

    package var name: String
    package var kind: Kind
    package var unit: ParameterUnit?
    package var minimum: Double?
    package var maximum: Double?
    package var defaultValue: ParameterValue?
    /// True if the parameter may be absent, which the plugin sees as nil.
    package var isOptional = false
    /// True if the plugin needs a plain number, which neither changes from sample to sample nor from epoch to epoch.
    package var isPlain = false
    package var documentation = ""
    /// Where the plugin declares it.
    package var line = 0

    /// Whether a value is a list of numbers.
    package var takesNumbers: Bool {
        switch kind {
        case .interval, .list: true
        default: false
        }
    }

    /// What values are wanted, for messages: "a number between 0 and 10 (range)".
    package var expectation: String {
        let noun =
            switch kind {
            case .number: "a number"
            case .integer: "a whole number"
            case .boolean: "true or false"
            case .choice(let names): "one of " + names.joined(separator: ", ")
            case .interval: "two numbers [low, high]"
            case .list(let isWhole): isWhole ? "a list of whole numbers" : "a list of numbers"
            }
        return noun + limits.map { " " + $0 }.joined()
    }

    /// "a plain number …" for "a number …".
    var plainExpectation: String { "a plain " + expectation.dropFirst("a ".count) }

    /// The limits in words, if there are any; the unit in brackets.
    private var limits: [String] {
        let bounds: [String] =
            switch (minimum, maximum) {
            case (let low?, let high?): ["between \(formatted(low)) and \(formatted(high))"]
            case (let low?, nil): ["of at least \(formatted(low))"]
            case (nil, let high?): ["of at most \(formatted(high))"]
            case (nil, nil): []
            }
        return bounds + (unit.map { ["(\($0.rawValue))"] } ?? [])
    }

    func allows(_ value: ParameterValue) -> Bool {
        switch (kind, value) {
        case (.number, .number(let number)): isInside(number)
        case (.integer, .number(let number)): isWhole(number) && isInside(number)
        case (.boolean, .boolean): true
        case (.choice(let names), .choice(let name)): names.contains(name)
        case (.interval, .numbers(let ends)):
            ends.count == 2 && ends[0] <= ends[1] && ends.allSatisfy(isInside)
        case (.list(let wantsWhole), .numbers(let numbers)):
            numbers.allSatisfy { isInside($0) && (!wantsWhole || isWhole($0)) }
        default: false
        }
    }

    /// Up to 2⁵³ a Double holds every whole number.
    private func isWhole(_ number: Double) -> Bool { number == number.rounded() && abs(number) <= 0x1p53 }

    private func isInside(_ number: Double) -> Bool {
        number.isFinite && number >= minimum ?? -.infinity && number <= maximum ?? .infinity
    }
}

/// A number without a needless ".0".
package func formatted(_ number: Double) -> String {
    number.isNaN
        ? "nan" : number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
}
