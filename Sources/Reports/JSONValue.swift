/// A value of JSON text. Objects keep the order of their keys.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case flag(Bool)
    case whole(Int)
    case number(Double)
    /// A Float, written in the fewest digits that read back as the same Float.
    case single(Float)
    case string(String)
    case list([JSONValue])
    case object([Member])

    /// A key of an object and its value.
    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            (self.key, self.value) = (key, value)
        }
    }

    package static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member($0.key, $0.value) })
    }

    /// The text on one line. Numbers that are not finite, for which JSON has no form, become `null`.
    package var text: String {
        switch self {
        case .null: "null"
        case .flag(let value): "\(value)"
        case .whole(let value): "\(value)"
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .single(let value): value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.quoted(value)
        case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.key) + ": " + $0.value.text }.joined(separator: ", ") + "}"
        }
    }

    /// The text with a line for each member and item, for people; short values stay on one line.
    package func indentedText(by indent: String = "") -> String {
        let line = text
        if indent.count + line.count <= 100 { return line }
        let inner = indent + "  "
        func lines(_ parts: [String], _ open: String, _ close: String) -> String {
            open + "\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent + close
        }
        return switch self {
        case .list(let items): lines(items.map { $0.indentedText(by: inner) }, "[", "]")
        case .object(let members):
            lines(
                members.map { Self.quoted($0.key) + ": " + $0.value.indentedText(by: inner) }, "{", "}")
        default: line
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .whole(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
