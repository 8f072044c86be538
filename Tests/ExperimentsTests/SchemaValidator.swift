import Reports

/// Judges values by a schema, as far as the schemas of configs go; an unknown keyword is an error.
struct SchemaValidator {
    let root: JSONValue

    func accepts(_ value: JSONValue) -> Bool { accepts(value, root) }

    /// Whether `value` is what the definition of that name wants.
    func accepts(_ value: JSONValue, as definition: String) -> Bool {
        accepts(value, root["$defs"]![definition]!)
    }

    private func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        guard case .object(let keywords) = schema else { return schema == .flag(true) }
        return keywords.allSatisfy { accepts(value, $0.key, $0.value, schema) }
    }

    private func accepts(_ value: JSONValue, _ keyword: String, _ wanted: JSONValue, _ schema: JSONValue)
        -> Bool
    {
        switch keyword {
        case "$schema", "$defs", "title", "description", "default": true
        case "$ref": accepts(value, definition(wanted.string!))
        case "anyOf": wanted.items!.contains { accepts(value, $0) }
        case "not": !accepts(value, wanted)
        case "enum": wanted.items!.contains(value)
        case "type": (wanted.items ?? [wanted]).contains { value.isOf(type: $0.string!) }
        case "minimum": value.double.map { $0 >= wanted.double! } ?? true
        case "maximum": value.double.map { $0 <= wanted.double! } ?? true
        case "exclusiveMaximum": value.double.map { $0 < wanted.double! } ?? true
        case "items": value.items?.allSatisfy { accepts($0, wanted) } ?? true
        case "minItems": value.items.map { Double($0.count) >= wanted.double! } ?? true
        case "maxItems": value.items.map { Double($0.count) <= wanted.double! } ?? true
        case "minProperties": value.members.map { Double($0.count) >= wanted.double! } ?? true
        case "required": value.members == nil || wanted.items!.allSatisfy { value[$0.string!] != nil }
        case "dependentRequired":
            wanted.members!.allSatisfy { key, beside in
                value[key] == nil || beside.items!.allSatisfy { value[$0.string!] != nil }
            }
        case "propertyNames": value.members?.allSatisfy { accepts(.string($0.key), wanted) } ?? true
        case "properties":
            wanted.members!.allSatisfy { key, schema in value[key].map { accepts($0, schema) } ?? true }
        case "patternProperties":
            value.members?.allSatisfy { key, value in
                wanted.members!.allSatisfy { $0.key.isPattern(of: key) ? accepts(value, $0.value) : true }
            } ?? true
        case "additionalProperties":
            value.members?.allSatisfy { key, value in
                let patterns = schema["patternProperties"]?.members ?? []
                return schema["properties"]?[key] != nil || patterns.contains { $0.key.isPattern(of: key) }
                    || accepts(value, wanted)
            } ?? true
        default: preconditionFailure("the validator does not know '\(keyword)'")
        }
    }

    /// What a reference leads to.
    func definition(_ reference: String) -> JSONValue {
        root["$defs"]![String(reference.dropFirst("#/$defs/".count))]!
    }
}

extension String {
    /// For regular expressions of the form `^a\.b\.`.
    fileprivate func isPattern(of key: String) -> Bool {
        precondition(hasPrefix("^") && hasSuffix("\\."), "another kind of pattern: \(self)")
        return key.hasPrefix(dropFirst().replacing("\\.", with: "."))
    }
}

extension JSONValue {
    subscript(key: String) -> JSONValue? { members?.first { $0.key == key }?.value }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var items: [JSONValue]? { if case .list(let items) = self { items } else { nil } }

    var members: [(key: String, value: JSONValue)]? {
        if case .object(let members) = self { members.map { ($0.key, $0.value) } } else { nil }
    }

    var double: Double? {
        switch self {
        case .whole(let whole): Double(whole)
        case .number(let number): number
        case .single(let number): Double(number)
        default: nil
        }
    }

    fileprivate func isOf(type: String) -> Bool {
        switch self {
        case .null: type == "null"
        case .flag: type == "boolean"
        case .string: type == "string"
        case .list: type == "array"
        case .object: type == "object"
        case .whole, .number, .single: type == "number" || type == "integer" && double!.rounded() == double!
        }
    }
}
