import Reports
import Tensors

/// A type that can be read from one value of a config.
package protocol ConfigValue {
    init(_ node: ConfigNode) throws(ConfigError)
}

extension Int: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) { self = try node.wholeNumber() }
}

extension UInt64: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) { self = try node.wholeNumber() }
}

extension Double: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) { self = try node.number() }
}

extension Float: ConfigValue {
    /// Rounded once, from the text.
    package init(_ node: ConfigNode) throws(ConfigError) { self = try node.number() }
}

extension Bool: ConfigValue {
    /// Only `true` and `false`: `yes`, `on` and their like mean different things to different readers of YAML.
    package init(_ node: ConfigNode) throws(ConfigError) {
        if let probe = node.probe, probe.isOne(of: [.flag]) {
            self = probe.flag()
            return
        }
        guard case .plain(let text) = node.content, let flag = Bool(text) else {
            throw node.mismatch(wanted: "true or false")
        }
        self = flag
    }
}

extension String: ConfigValue {
    /// A string in quotes, or a plain word that reads as nothing else.
    package init(_ node: ConfigNode) throws(ConfigError) {
        if let probe = node.probe, probe.isOne(of: [.word]) {
            self = "word"
            return
        }
        switch node.content {
        case .quoted(let text): self = text
        case .plain(let text) where !PlainText.isNumberOrFlag(text): self = text
        case .plain: throw node.mismatch(wanted: "a string", hint: "; put it in quotes")
        default: throw node.mismatch(wanted: "a string")
        }
    }
}

extension Array: ConfigValue where Element: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        self = []
        for item in try node.items() { append(try item.value()) }
    }
}

extension ClosedRange: ConfigValue where Bound == Float {
    /// The values that data may have, `[low, high]`: strengths in the unit `range` are shares of it.
    package init(_ node: ConfigNode) throws(ConfigError) {
        let bounds = try [Float](node)
        guard bounds.count == 2 else { throw node.mismatch(wanted: "two numbers [low, high]") }
        if node.isProbe {
            self = 0...1
            return
        }
        guard bounds[0] < bounds[1] else {
            throw ConfigError(
                node.place, "'range' must have its lower end first, got [\(bounds[0]), \(bounds[1])]")
        }
        self = bounds[0]...bounds[1]
    }
}

extension Optional: ConfigValue where Wrapped: ConfigValue {
    /// An empty value is nil.
    package init(_ node: ConfigNode) throws(ConfigError) {
        self = node.isNothing ? nil : try Wrapped(node)
    }
}

/// Names of which a config gives one, as a value or as the key of a table.
package typealias ConfigName = RawRepresentable<String> & CaseIterable

extension ConfigValue where Self: ConfigName {
    /// One of the type's cases by name.
    package init(_ node: ConfigNode) throws(ConfigError) {
        self = try node.name(wanted: "one of " + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
}

extension RawRepresentable<String> where Self: CaseIterable {
    /// The case of that name.
    ///
    /// - Parameter kind: what an unknown name is called.
    init(_ name: String, kind: String, place: ConfigPlace) throws(ConfigError) {
        guard let value = Self(rawValue: name) else {
            let known = Self.allCases.map(\.rawValue)
            let hint = Suggestion.hint(name, among: known)
            // A long list would hide the name that was meant.
            let list = known.count > 10 && !hint.isEmpty ? "" : "; known are \(known.joined(separator: ", "))"
            throw ConfigError(place, "unknown \(kind) '\(name)'" + list + hint)
        }
        self = value
    }
}

extension ConfigNode {
    /// The case of the name that stands here.
    ///
    /// - Parameter wanted: what is expected, for the error's text.
    func name<Name: ConfigName>(wanted: String) throws(ConfigError) -> Name {
        let names = Name.allCases.map(\.rawValue)
        guard let text = try? word(among: names) else { throw mismatch(wanted: wanted) }
        guard let value = Name(rawValue: text) else {
            throw mismatch(wanted: wanted, hint: Suggestion.hint(text, among: names))
        }
        return value
    }

    /// The whole number that stands here, one of `numbers`.
    ///
    /// - Parameter wanted: what is expected, for the error's text.
    func value(among numbers: [Int], wanted: String) throws(ConfigError) -> Int {
        if let probe, probe.isOne(of: [.whole]) { return probe.whole(among: numbers) }
        let number = try Int(self)
        guard numbers.contains(number) else { throw mismatch(wanted: wanted) }
        return number
    }

    /// The string that stands here, which names a generator.
    func generatorName() throws(ConfigError) -> String {
        let name = try String(self)
        if let probe { probe.become(probe.explorer.generatorName) }
        return name
    }

    /// The string that stands here, which is to be one of `names`.
    func word(among names: [String]) throws(ConfigError) -> String {
        if let probe, probe.isOne(of: [.word]) { return probe.name(among: names) }
        return try String(self)
    }

    /// A number without a fraction: `3`, `-2`, `1_000`, `1e6`.
    fileprivate func wholeNumber<Whole: FixedWidthInteger>() throws(ConfigError) -> Whole {
        let wanted = Whole.isSigned ? "a whole number" : "a whole number of 0 or more"
        if let probe, probe.isOne(of: [.whole]) {
            if !Whole.isSigned { probe.limit([.init("minimum", 0)]) }
            return 1
        }
        guard case .plain(let text) = content, PlainText.isNumber(text) else {
            throw mismatch(wanted: wanted)
        }
        let digits = text.filter { $0 != "_" }
        if let whole = Whole(digits) { return whole }
        // With an exponent: exact as long as a Double holds every whole number.
        guard let number = Double(digits), let whole = Whole(exactly: number), abs(number) <= 0x1p53 else {
            throw mismatch(wanted: wanted)
        }
        return whole
    }

    /// A finite number: `0.1`, `1e-3`, `5`.
    fileprivate func number<Number: BinaryFloatingPoint & LosslessStringConvertible>() throws(ConfigError)
        -> Number
    {
        if let probe, probe.isOne(of: [.whole, .fraction]) { return 1 }
        guard case .plain(let text) = content else { throw mismatch(wanted: "a number") }
        if PlainText.isInfinityOrNaN(text) { throw mismatch(wanted: "a finite number") }
        guard PlainText.isNumber(text), let number = Number(text.filter { $0 != "_" }) else {
            throw mismatch(wanted: "a number")
        }
        guard number.isFinite else { throw mismatch(wanted: "a finite number") }
        return number
    }
}

/// What a scalar without quotes is taken for.
enum PlainText {
    /// Decimal digits with at most one point and one exponent; `_` may stand between digits.
    static func isNumber(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        /// Takes away the bytes at the start that `isPart` accepts, and returns them.
        func take(_ isPart: (UInt8) -> Bool, atMost limit: Int = .max) -> ArraySlice<UInt8> {
            let part = rest.prefix(while: isPart).prefix(limit)
            rest = rest.dropFirst(part.count)
            return part
        }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func isDigitOrGap(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: "_") }
        func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }

        _ = take(isSign, atMost: 1)
        let whole = take(isDigitOrGap)
        _ = take({ $0 == UInt8(ascii: ".") }, atMost: 1)
        let fraction = take(isDigitOrGap)
        guard let first = whole.first ?? fraction.first, isDigit(first) else { return false }
        if !take({ $0 | 0x20 == UInt8(ascii: "e") }, atMost: 1).isEmpty {
            _ = take(isSign, atMost: 1)
            guard !take(isDigit).isEmpty else { return false }
        }
        return rest.isEmpty
    }

    static func isInfinityOrNaN(_ text: String) -> Bool {
        let unsigned = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
        let word = unsigned.hasPrefix(".") ? unsigned.dropFirst() : unsigned
        return ["inf", "infinity", "nan"].contains(word.lowercased())
    }

    static func isNumberOrFlag(_ text: String) -> Bool {
        text == "true" || text == "false" || isNumber(text) || isInfinityOrNaN(text)
    }

    /// The spellings of an empty value.
    static func isNothing(_ text: String) -> Bool {
        ["", "~", "null", "Null", "NULL"].contains(text)
    }
}
