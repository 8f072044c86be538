import Reports

/// What one run of a reader found out about a value.
indirect enum SchemaReading: Hashable {
    /// Nothing was asked.
    case anything
    case schema(JSONValue)
    /// One of several values that are taken.
    case constant(JSONValue)
    case list([SchemaReading])
    case table(TableReading)

    /// The schema of what was taken in any of these runs.
    static func schema(of readings: [SchemaReading], generators: [JSONValue.Member]) -> JSONValue {
        let readings = readings.uniqued()
        if readings.contains(.anything) { return [:] }
        var (alternatives, constants): ([JSONValue], [JSONValue]) = ([], [])
        var (lists, tables): ([[SchemaReading]], [TableReading]) = ([], [])
        for reading in readings {
            switch reading {
            case .anything: break
            case .schema(let schema): alternatives.append(schema)
            case .constant(let value): constants.append(value)
            case .list(let items): lists.append(items)
            case .table(let table): tables.append(table)
            }
        }
        if !constants.isEmpty { alternatives.insert(schema(ofConstants: constants), at: 0) }
        if !lists.isEmpty { alternatives.append(schema(ofLists: lists, generators)) }
        alternatives += TableReading.schemas(of: tables, generators: generators)
        alternatives = alternatives.uniqued()
        return alternatives.count == 1 ? alternatives[0] : ["anyOf": .list(alternatives)]
    }

    private static func schema(ofConstants constants: [JSONValue]) -> JSONValue {
        let flags: [JSONValue] = [false, true]
        if flags.allSatisfy(constants.contains) {
            let others = constants.filter { !flags.contains($0) }
            return others.isEmpty
                ? ["type": "boolean"] : ["anyOf": [["type": "boolean"], ["enum": .list(others)]]]
        }
        return ["enum": .list(constants)]
    }

    /// Runs were given lists of none, one and two items.
    private static func schema(ofLists lists: [[SchemaReading]], _ generators: [JSONValue.Member])
        -> JSONValue
    {
        var members = [JSONValue.Member("type", "array")]
        members.append(.init("items", schema(of: lists.flatMap(\.self), generators: generators)))
        let counts = lists.map(\.count)
        if let least = counts.min(), least > 0 { members.append(.init("minItems", .whole(least))) }
        if let most = counts.max(), most < 2 || counts.allSatisfy({ $0 == 2 }) {
            members.append(.init("maxItems", .whole(most)))
        }
        return .object(members)
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, where it comes first.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
