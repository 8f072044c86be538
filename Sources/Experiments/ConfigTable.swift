import Tensors

/// The keys of one table of a config, each read once; `finish` refuses what nothing has read.
///
/// It cannot be copied, so a table cannot be read in two places and judged finished in one.
package struct ConfigTable: ~Copyable {
    /// Where the table stands and what error texts call it.
    package let node: ConfigNode
    /// Keys that nothing has read yet, in the file's order.
    package private(set) var unread: [ConfigEntry]
    /// Keys that were asked for, present or not: what a misspelt key is compared with.
    private var known: [String] = []

    init(_ entries: [ConfigEntry], of node: ConfigNode) {
        (self.unread, self.node) = (entries, node)
    }

    /// Reads `key` into `value`; an absent key leaves it as it is.
    ///
    /// What other keys there are must not depend on the value: the schema, for which nothing is read, would not know
    /// of them. For keys on which others depend there is ``take(_:)``.
    package mutating func read<Value: ConfigValue>(_ key: String, into value: inout Value) throws(ConfigError)
    {
        if let probe = node.probe {
            if let node = probe.takeIndependent(key) { let _: Value = try node.value() }
        } else if let node = take(key) {
            value = try Value(node)
        }
    }

    /// Reads `key` into `value` and refuses what `range` does not contain.
    package mutating func read<Value: ConfigValue>(
        _ key: String, into value: inout Value, in range: some ConfigRange<Value>
    ) throws(ConfigError) {
        if let probe = node.probe {
            _ = try probe.takeIndependent(key)?.value(in: range)
        } else if let node = take(key) {
            value = try node.value(in: range)
        }
    }

    /// What `read` makes of the value of `key`; nil when the key is absent.
    ///
    /// What other keys there are must not depend on it.
    ///
    /// - Parameter name: what the schema calls the value; the same name stands for the same reader.
    mutating func read<Value>(
        _ key: String, as name: String, _ read: (ConfigNode) throws(ConfigError) -> Value
    ) throws(ConfigError) -> Value? {
        if let probe = node.probe { return try probe.takeIndependent(key)?.value(as: name, read) }
        guard let node = take(key) else { return nil }
        return try read(node)
    }

    /// Reads `key`, which must be there.
    package mutating func require<Value: ConfigValue>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(ConfigError) -> Value {
        try requireNode(key).value()
    }

    /// Reads `key`, which must be there and in `range`.
    package mutating func require<Value: ConfigValue>(
        _ key: String, in range: some ConfigRange<Value>
    ) throws(ConfigError) -> Value {
        try requireNode(key).value(in: range)
    }

    /// The value of `key`, which now counts as read; nil when the key is absent.
    package mutating func take(_ key: String) -> ConfigNode? {
        if let probe = node.probe { return probe.take(key) }
        known.append(key)
        guard let place = unread.firstIndex(where: { $0.key == key }) else { return nil }
        return unread.remove(at: place).value
    }

    /// The value of `key`, which must be there.
    package mutating func requireNode(_ key: String) throws(ConfigError) -> ConfigNode {
        if let value = node.isProbe ? node.probe?.require(key) : take(key) { return value }
        let similar = Suggestion.nearest(key, among: unread.map(\.key))
        let hint = similar.map { "; is '\($0)' a misspelling of it?" } ?? ""
        throw ConfigError(node.place, "'\(key)' is required" + whole + hint)
    }

    /// The one key that nothing has read yet, which now counts as read: the name in `sgd: {momentum: 0.9}`.
    ///
    /// - Parameters:
    ///   - what: what the key names, for the error's text, for instance `one optimizer`; nil lists the names.
    ///   - kind: what an unknown name is called, for instance `optimizer`.
    mutating func takeOnly<Name: ConfigName>(
        naming what: String? = nil, kind: String, as type: Name.Type = Name.self
    ) throws(ConfigError) -> (Name, ConfigEntry) {
        let names = Name.allCases.map(\.rawValue)
        let what = what ?? "one of " + names.joined(separator: ", ")
        let entry = try takeOnly(naming: what, among: names, isOpen: false)
        return (try Name(entry.key, kind: kind, place: entry.place), entry)
    }

    /// The same where the key may also be any other name, such as a plugin's in `gaussian: {sigma: 0.1}`: nil beside it.
    mutating func takeOnly<Name: ConfigName>(
        naming what: String, besides type: Name.Type
    ) throws(ConfigError) -> (Name?, ConfigEntry) {
        let entry = try takeOnly(naming: what, among: Name.allCases.map(\.rawValue), isOpen: true)
        return (Name(rawValue: entry.key), entry)
    }

    /// The entries that nothing has read yet, whatever their keys; they now count as read.
    mutating func takeRest() -> [ConfigEntry] {
        if let probe = node.probe { return probe.takeRest() }
        defer { unread = [] }
        return unread
    }

    private mutating func takeOnly(
        naming what: String, among names: [String], isOpen: Bool
    ) throws(ConfigError) -> ConfigEntry {
        if let entry = node.probe?.takeOnly(among: names, isOpen: isOpen) { return entry }
        if unread.count == 1 { return unread.removeLast() }
        let found = unread.isEmpty ? "nothing" : unread.map { "'\($0.key)'" }.joined(separator: " and ")
        throw ConfigError(
            unread.last?.place ?? node.place, "\(node.subject) must name \(what), got \(found)" + replacement)
    }

    /// What to write where `--set` put a second name beside the one that was meant to be replaced.
    private var replacement: String {
        guard unread.count == 2, case .override = unread[1].place else { return "" }
        let table = ConfigWriter.inline(ConfigNode(.table([unread[1]])))
        return "; to replace '\(unread[0].key)': --set '\(node.path)=\(table)'"
    }

    /// Refuses the first key that nothing has read.
    package consuming func finish() throws(ConfigError) {
        node.probe?.finish()
        guard let entry = unread.first else { return }
        let hint =
            if let near = Suggestion.nearest(entry.key, among: known) {
                "; did you mean '\(near)'?"
            } else if known.isEmpty {
                "; it takes none"
            } else {
                "; known are " + known.joined(separator: ", ")
            }
        throw ConfigError(entry.place, "unknown key '\(entry.key)'" + whole + hint)
    }

    /// ` in 'adam'`; nothing for the outermost table.
    private var whole: String { node.name.isEmpty ? "" : " in '\(node.name)'" }
}

extension ConfigNode {
    /// This value as a `Value`.
    package func value<Value: ConfigValue>() throws(ConfigError) -> Value {
        // Without the module, and unlike `"\(Value.self)"` with the type that it is nested in.
        let name = String(reflecting: Value.self).split(separator: ".").dropFirst().joined(separator: ".")
        return try value(as: name) { node throws(ConfigError) in try Value(node) }
    }

    /// What `read` makes of this value.
    ///
    /// - Parameter name: what the schema calls it; the same name stands for the same reader.
    func value<Value>(
        as name: String, _ read: (ConfigNode) throws(ConfigError) -> Value
    ) throws(ConfigError) -> Value {
        guard let probe else { return try read(self) }
        let (schema, example) = try probe.explorer.explore(name, read)
        probe.become(schema)
        return example
    }

    /// This value as a `Value` that `range` contains.
    package func value<Value: ConfigValue>(in range: some ConfigRange<Value>) throws(ConfigError) -> Value {
        let value = try Value(self)
        if let probe {
            probe.limit(range.limits)
            return range.lowerBound
        }
        guard range.contains(value) else { throw mismatch(wanted: range.requirement) }
        return value
    }
}
