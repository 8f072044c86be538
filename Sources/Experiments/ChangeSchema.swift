import Reports

/// The keys by which sweeps change a config, such as `train.optimizer.adam.beta1`, and what may stand behind each: read off the
/// config's schema.
struct ChangeSchema {
    /// What references of the config's schema lead to.
    private let definitions: [String: JSONValue]
    private var keys: [String] = []
    private var forms: [String: [JSONValue]] = [:]
    /// Keys behind which lists or tables of any names lie, of which a schema of keys says nothing.
    private var open: [String] = []

    init(of config: JSONValue, definitions: [JSONValue.Member]) {
        self.definitions = Dictionary(uniqueKeysWithValues: definitions.map { ($0.key, $0.value) })
        add(config, behind: "", within: [])
    }

    /// Of a table of changes, or where `hasConfig` of one that may also name the config that they are of.
    func table(hasConfig: Bool) -> JSONValue {
        let config = hasConfig ? [JSONValue.Member("config", ["type": "string"])] : []
        let changes = keys.map { key in
            let forms = forms[key]!
            return JSONValue.Member(key, forms.count == 1 ? forms[0] : ["anyOf": .list(forms)])
        }
        let patterns = open.map { key in
            JSONValue.Member("^" + key.split(separator: ".").joined(separator: "\\.") + "\\.", [:])
        }
        return [
            "type": ["object", "null"], "properties": .object(config + changes),
            "patternProperties": .object(patterns), "additionalProperties": false,
        ]
    }

    private mutating func add(_ schema: JSONValue, behind path: String, within references: Set<String>) {
        guard case .object(let members) = schema else { return }
        for member in members {
            switch (member.key, member.value) {
            case ("$ref", .string(let reference)):
                let name = String(reference.dropFirst("#/$defs/".count))
                if let schema = definitions[name], !references.contains(name) {
                    add(schema, behind: path, within: references.union([name]))
                } else {
                    addOpen(path)
                }
            case ("anyOf", .list(let forms)):
                for form in forms { add(form, behind: path, within: references) }
            case ("properties", .object(let properties)):
                for property in properties {
                    let key = path.isEmpty ? property.key : "\(path).\(property.key)"
                    add(property.value, as: key)
                    add(property.value, behind: key, within: references)
                }
            case ("items", _), ("additionalProperties", .object): addOpen(path)
            default: break
            }
        }
    }

    private mutating func add(_ schema: JSONValue, as key: String) {
        if forms[key] == nil { keys.append(key) }
        if !forms[key, default: []].contains(schema) { forms[key, default: []].append(schema) }
    }

    private mutating func addOpen(_ path: String) {
        if !open.contains(path) { open.append(path) }
    }
}
