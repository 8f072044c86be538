/// A change of a config, from the command line or from a sweep: `train.epochs=3`.
///
/// The path leads through tables by key and through lists by index. Tables that are absent are made, and a name
/// that stands alone becomes a table of that name: `chain.0.gaussian.sigma=0.2` works on `chain: [gaussian]`.
struct ConfigOverride {
    let place: ConfigPlace
    private let keys: [String]
    private let value: Value

    private enum Value {
        /// As YAML.
        case text(String)
        /// As it stands in a file.
        case node(ConfigNode)
    }

    init(_ assignment: String) throws(ConfigError) {
        place = .override(assignment)
        guard let equals = assignment.firstIndex(of: "=") else {
            throw ConfigError(place, "expected KEY=VALUE")
        }
        keys = Self.keys(String(assignment[..<equals]))
        value = .text(String(assignment[assignment.index(after: equals)...]))
    }

    /// A change that stands in a file, under a key such as `train.epochs`.
    init(_ entry: ConfigEntry) {
        (place, keys, value) = (entry.place, Self.keys(entry.key), .node(entry.value))
    }

    private static func keys(_ path: String) -> [String] {
        path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// Puts the value where `keys[depth...]` leads from `node`.
    fileprivate func put(into node: inout ConfigNode, depth: Int) throws(ConfigError) {
        guard depth < keys.count else {
            switch value {
            case .text(let text):
                node = try ConfigParser.parse(value: text, place: place, path: node.path, name: node.name)
            case .node(let value): node = value
            }
            return
        }
        switch node.content {
        case .table(var entries):
            try put(into: &entries, of: node, depth: depth)
            node.content = .table(entries)
        case .list(var items):
            guard let index = Int(keys[depth]), items.indices.contains(index) else {
                throw ConfigError(
                    place, "\(node.subject) is a list of \(items.count), it has no item '\(keys[depth])'")
            }
            try put(into: &items[index], depth: depth + 1)
            node.content = .list(items)
        case .plain(let name) where name == keys[depth] && depth + 1 < keys.count,
            .quoted(let name)
        where name == keys[depth] && depth + 1 < keys.count:
            var entries = [ConfigEntry(name, child(of: node, key: name), place: node.place)]
            try put(into: &entries, of: node, depth: depth)
            node.content = .table(entries)
        case .nothing:
            var entries: [ConfigEntry] = []
            try put(into: &entries, of: node, depth: depth)
            node.content = .table(entries)
        case .plain, .quoted:
            throw ConfigError(place, "\(node.subject) is \(node.found), it has no key '\(keys[depth])'")
        }
    }

    private func put(into entries: inout [ConfigEntry], of node: ConfigNode, depth: Int) throws(ConfigError) {
        // Keys may hold points (`./scanlines.lua`): the longest key that is there wins.
        for end in stride(from: keys.count, to: depth, by: -1) {
            let key = keys[depth..<end].joined(separator: ".")
            if let index = entries.firstIndex(where: { $0.key == key }) {
                return try put(into: &entries[index].value, depth: end)
            }
        }
        guard !keys[depth].isEmpty else { throw ConfigError(place, "expected KEY=VALUE, a key is empty") }
        var made = child(of: node, key: keys[depth])
        try put(into: &made, depth: depth + 1)
        entries.append(ConfigEntry(keys[depth], made, place: place))
    }

    private func child(of node: ConfigNode, key: String) -> ConfigNode {
        ConfigNode(.nothing, place: place, path: node.path.appendingKey(key), name: key)
    }
}

extension ConfigNode {
    /// Puts a value of the command line into this tree.
    mutating func apply(_ override: ConfigOverride) throws(ConfigError) {
        try override.put(into: &self, depth: 0)
    }
}
