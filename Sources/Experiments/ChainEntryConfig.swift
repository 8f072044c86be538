import Generators

/// An entry of a chain as the config spells it.
struct ChainEntryConfig {
    enum Action {
        case generator(ChainItemConfig)
        case group(Group, [ChainEntryConfig])
        case adjustment(ChainAdjustment.Kind)
    }

    /// What a group's key says.
    enum Group: Equatable {
        case oneOf, sequence, shuffleOrder
        case someOf(ClosedRange<Int>)
        case repeated(times: Int)

        var key: String {
            switch self {
            case .oneOf: "one_of"
            case .sequence: "sequence"
            case .shuffleOrder: "shuffle_order"
            case .someOf: "some_of"
            case .repeated: "repeat"
            }
        }
    }

    /// Where its key stands.
    var place: ConfigPlace
    var action: Action
    var probability = 1.0
    /// Of an entry of `one_of`.
    var weight = 1.0
    var phase: ChainPhase?
    /// A name of its own in the addresses of its draws.
    var name: String?

    /// What it is, for keys and names: `gaussian`, `one_of`.
    var key: String {
        switch action {
        case .generator(let item): item.reference
        case .group(let group, _): group.key
        case .adjustment(.standardise): "standardise"
        case .adjustment(.round): "dtype"
        }
    }

    /// What an entry can be beside a generator.
    private enum Name: String, CaseIterable {
        case oneOf = "one_of"
        case someOf = "some_of"
        case sequence
        case shuffleOrder = "shuffle_order"
        case `repeat`, include, standardise, dtype
        /// A generator that has short forms.
        case clip
    }

    /// Reads an entry, as part of the schema `entry` or `weighted entry`.
    ///
    /// - Parameters:
    ///   - files: where included files are found.
    ///   - takesWeight: whether it is an entry of `one_of`.
    static func read(
        _ node: ConfigNode, _ files: ChainFiles, takesWeight: Bool = false
    ) throws(ConfigError) -> ChainEntryConfig {
        try node.value(as: takesWeight ? "weighted_entry" : "entry") { node throws(ConfigError) in
            try ChainEntryConfig(node, files, takesWeight: takesWeight)
        }
    }

    private init(_ node: ConfigNode, _ files: ChainFiles, takesWeight: Bool) throws(ConfigError) {
        guard node.isTable else {
            guard let name = try? node.generatorName() else {
                throw node.mismatch(wanted: "a generator, such as 'gaussian' or 'gaussian: { sigma: 0.1 }'")
            }
            (place, action) = (node.place, .generator(ChainItemConfig(files.reference(name), at: node.place)))
            return
        }
        var table = try node.table()
        if let value = table.take("probability") { probability = try value.value(in: 0...1) }
        if let value = table.take("when") { phase = try value.value() as ChainPhase }
        if let value = table.take("name") { name = try Self.pathName(value) }
        if takesWeight, let value = table.take("weight") {
            weight = try Double(value)
            if !(weight > 0) { throw value.mismatch(wanted: "above 0") }
        }
        let (fill, match) = (table.take("fill"), table.take("match"))
        let (kind, entry) = try table.takeOnly(naming: "one generator or group", besides: Name.self)
        try table.finish()
        place = entry.place
        action = try Self.action(kind, entry, files)
        guard case .generator(var item) = action else {
            if let stray = fill ?? match {
                throw ConfigError(
                    stray.place, "'\(stray.name)' belongs to a generator, not to '\(entry.key)'")
            }
            return
        }
        if let fill { (item.fill, item.fillPlace) = (try fill.value() as Fill, fill.place) }
        if let match { (item.match, item.matchPlace) = (try match.value() as DamageMatch, match.place) }
        action = .generator(item)
    }

    private static func action(
        _ kind: Name?, _ entry: ConfigEntry, _ files: ChainFiles
    ) throws(ConfigError) -> Action {
        let node = entry.value
        switch kind {
        case .oneOf: return .group(.oneOf, try entries(node, files, takeWeights: true))
        case .sequence: return .group(.sequence, try entries(node, files))
        case .shuffleOrder: return .group(.shuffleOrder, try entries(node, files))
        case .someOf:
            var table = try node.table()
            let count = try count(table.requireNode("count"))
            let members = try entries(table.requireNode("of"), files)
            try table.finish()
            return .group(.someOf(count), members)
        case .repeat:
            var table = try node.table()
            let times = try table.require("times", in: 1...ChainGroup.turnLimit)
            let members = try entries(table.requireNode("chain"), files)
            try table.finish()
            return .group(.repeated(times: times), members)
        case .include: return .group(.sequence, try files.entries(including: node))
        case .standardise: return .adjustment(.standardise(try node.value()))
        case .dtype: return .adjustment(.round(try node.value()))
        case .clip, nil:
            var item = try ChainItemConfig(entry)
            item.reference = files.reference(entry.key)
            return .generator(item)
        }
    }

    private static func entries(
        _ node: ConfigNode, _ files: ChainFiles, takeWeights: Bool = false
    ) throws(ConfigError) -> [ChainEntryConfig] {
        var entries: [ChainEntryConfig] = []
        for item in try node.items() {
            entries.append(try read(item, files, takesWeight: takeWeights))
        }
        if entries.isEmpty { throw ConfigError(node.place, "\(node.subject) wants at least one entry") }
        return entries
    }

    /// `2`, or `[1, 3]`.
    private static func count(_ node: ConfigNode) throws(ConfigError) -> ClosedRange<Int> {
        if let number = try? Int(node) { return number...number }
        guard let ends = try? [Int](node), ends.count == 2, ends[0] <= ends[1] else {
            throw node.mismatch(wanted: "a whole number, or two [least, most]")
        }
        return ends[0]...ends[1]
    }

    private static func pathName(_ node: ConfigNode) throws(ConfigError) -> String {
        let name = try String(node)
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
            throw node.mismatch(wanted: "a name of letters, digits, '_' and '-'")
        }
        return name
    }

    /// The generators in it, in the config's order.
    var items: [ChainItemConfig] {
        switch action {
        case .generator(let item): [item]
        case .group(_, let entries): entries.flatMap(\.items)
        case .adjustment: []
        }
    }
}
