import Reports

/// What one run of a reader found out about a table.
struct TableReading: Hashable {
    struct Key: Hashable {
        var name: String
        /// Nil in a run where it was absent.
        var value: SchemaReading?
        var isIndependent: Bool
    }

    /// Keys that may have any name.
    struct Others: Hashable {
        var value: SchemaReading?
        /// Whether there is exactly one.
        var isOne: Bool
        /// Names that have a meaning of their own.
        var besides: [String]
    }

    var keys: [Key]
    var others: Others?

    private func has(_ name: String) -> Bool { keys.contains { $0.name == name && $0.value != nil } }

    /// A schema for each form that the table has. Runs that asked for the same keys read the same form.
    static func schemas(of tables: [TableReading], generators: [JSONValue.Member]) -> [JSONValue] {
        var (forms, places): ([[TableReading]], [[String]: Int]) = ([], [:])
        for table in tables {
            let asked = table.keys.map(\.name) + (table.others == nil ? [] : ["*"])
            if let place = places[asked] {
                forms[place].append(table)
            } else {
                places[asked] = forms.count
                forms.append([table])
            }
        }
        let schemas = forms.flatMap(split).map { TableSchema($0, generators: generators) }
        return TableSchema.joined(schemas).map(\.json)
    }

    /// Divides the runs of a form until any key of a part may be there or not, whatever other keys are there.
    private static func split(_ form: [TableReading]) -> [[TableReading]] {
        let varying = form[0].keys.map(\.name).filter { name in
            let count = form.count { $0.has(name) }
            return 0 < count && count < form.count
        }
        let patterns = Set(form.map { table in varying.map(table.has) })
        if patterns.count == 1 << varying.count { return [form] }
        let divisions = varying.map { name in
            split(form.filter { $0.has(name) }) + split(form.filter { !$0.has(name) })
        }
        return divisions.min { $0.count < $1.count }!
    }
}

/// The schema of one form of a table.
struct TableSchema {
    private var properties: [JSONValue.Member] = []
    private var required: [String] = []
    /// Keys that are required beside a key.
    private var dependents: [(key: String, required: [String])] = []
    /// About keys of any name.
    private var open: [JSONValue.Member] = []

    /// - Parameter form: readings that asked for the same keys.
    init(_ form: [TableReading], generators: [JSONValue.Member]) {
        for (index, key) in form[0].keys.enumerated() {
            let values = form.compactMap { $0.keys[index].value }
            if values.isEmpty { continue }
            properties.append(.init(key.name, SchemaReading.schema(of: values, generators: generators)))
            if values.count == form.count && !key.isIndependent { required.append(key.name) }
        }
        let others = form.compactMap(\.others)
        let values = others.compactMap(\.value)
        if values.isEmpty { return }
        open.append(
            .init("additionalProperties", SchemaReading.schema(of: values, generators: generators)))
        if others[0].isOne {
            properties += generators.filter { !others[0].besides.contains($0.key) }
            let names = others[0].besides.map { JSONValue.string($0) }
            open.append(.init("propertyNames", ["not": ["enum": .list(names)]]))
        }
        if values.count == others.count { open.append(.init("minProperties", .whole(required.count + 1))) }
    }

    /// Fewer forms that say the same: where one has keys beside those of another, one form has them all, and any of
    /// them asks for those that are required.
    static func joined(_ forms: [TableSchema]) -> [TableSchema] {
        var joined: [TableSchema] = []
        for form in forms {
            if let place = joined.firstIndex(where: { form.extending($0) != nil || $0.extending(form) != nil }
            ) {
                joined[place] = form.extending(joined[place]) ?? joined[place].extending(form)!
            } else {
                joined.append(form)
            }
        }
        return joined.count < forms.count ? Self.joined(joined) : joined
    }

    /// This form with that of `smaller` in it; nil unless it has more keys, of which some are required.
    private func extending(_ smaller: TableSchema) -> TableSchema? {
        let (own, other) = (Set(properties), Set(smaller.properties))
        let added = own.subtracting(other).map(\.key)
        let needed = required.filter(added.contains)
        guard open.isEmpty, smaller.open.isEmpty, own.isSuperset(of: other), !needed.isEmpty,
            Set(required).subtracting(needed) == Set(smaller.required)
        else { return nil }
        var whole = self
        whole.required = smaller.required
        for property in properties where added.contains(property.key) {
            let beside = needed.filter { $0 != property.key }
            if !beside.isEmpty { whole.dependents.append((property.key, beside)) }
        }
        whole.dependents += smaller.dependents
        return whole
    }

    var json: JSONValue {
        var members: [JSONValue.Member] = [.init("type", "object"), .init("properties", .object(properties))]
        func list(_ names: [String]) -> JSONValue { .list(names.map { .string($0) }) }
        if !required.isEmpty { members.append(.init("required", list(required))) }
        if !dependents.isEmpty {
            let object = dependents.map { JSONValue.Member($0.key, list($0.required)) }
            members.append(.init("dependentRequired", .object(object)))
        }
        return .object(members + (open.isEmpty ? [.init("additionalProperties", false)] : open))
    }
}
