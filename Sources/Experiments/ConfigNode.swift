/// One value of a config: what stands there, where, and by which keys it is reached.
package struct ConfigNode: Sendable {
    package indirect enum Content: Sendable {
        /// An empty value, `~` or `null`.
        case nothing
        /// A value without quotes: a number, `true`, or a plain word.
        case plain(String)
        /// A value in quotes or in a literal block: always a string.
        case quoted(String)
        case list([ConfigNode])
        case table([ConfigEntry])
    }

    package var content: Content
    package var place: ConfigPlace
    /// The keys and indexes that lead here, as `--set` takes them: `chain.0.gaussian.sigma`; empty for the whole.
    package var path: String
    /// What error texts call it: the last key, with the indexes behind it: `sigma`, `sigma[1]`; empty for the whole.
    package var name: String
    /// What stands in for the content where the schema is made.
    let probe: ConfigProbe?

    package init(_ content: Content, place: ConfigPlace = .program, path: String = "", name: String = "") {
        (self.content, self.place, self.path, self.name) = (content, place, path, name)
        probe = nil
    }

    init(probe: ConfigProbe, name: String) {
        (content, place, path, self.name, self.probe) = (.nothing, .program, "", name, probe)
    }

    /// Whether it stands for any value, so that there is nothing to check in what was read from it.
    var isProbe: Bool { probe != nil }

    /// What was found, for the end of an error's text: `'ten'`, `a list`.
    package var found: String {
        switch content {
        case .nothing: "nothing"
        case .plain(let text): "'\(text)'"
        case .quoted(let text): "the string \"\(text)\""
        case .list: "a list"
        case .table: "a table"
        }
    }

    /// An error about this value: `'epochs' must be a whole number, got 'ten'`.
    package func mismatch(wanted: String, hint: String = "") -> ConfigError {
        ConfigError(place, "\(subject) must be \(wanted), got \(found)\(hint)")
    }

    /// What an error's text starts with: the name in quotes, or `the config`.
    var subject: String { name.isEmpty ? "the config" : "'\(name)'" }

    /// Its items, each knowing its index; an error when it is no list.
    package func items() throws(ConfigError) -> [ConfigNode] {
        if let probe, probe.isOne(of: [.list]) { return probe.listItems() }
        guard case .list(let items) = content else { throw mismatch(wanted: "a list") }
        return items
    }

    /// Its keys and values, to be read one by one; an error when it is no table. An empty value is an empty table.
    package func table() throws(ConfigError) -> ConfigTable {
        if let probe {
            // An empty value answers that no key is there.
            guard probe.isOne(of: [.table]) || probe.isOne(of: [.nothing]) else {
                throw mismatch(wanted: "a table of keys and values")
            }
            return ConfigTable([], of: self)
        }
        switch content {
        case .table(let entries): return ConfigTable(entries, of: self)
        case .nothing: return ConfigTable([], of: self)
        default: throw mismatch(wanted: "a table of keys and values")
        }
    }

    /// Whether it is an empty value, for keys where that means an empty list.
    package var isNothing: Bool {
        if let probe { return probe.isOne(of: [.nothing]) }
        return if case .nothing = content { true } else { false }
    }

    /// Whether it is a table, for keys that take either a table or something shorter.
    package var isTable: Bool {
        if let probe { return probe.isOne(of: [.table]) }
        return if case .table = content { true } else { false }
    }

    /// Whether it is a table with this key, for tables whose kind a key decides.
    func has(_ key: String) -> Bool {
        if let probe { return probe.isOne(of: [.table]) && probe.take(key) != nil }
        guard case .table(let entries) = content else { return false }
        return entries.contains { $0.key == key }
    }

    /// Where the value of a key stands; nil where this is no table with it.
    func place(of key: String) -> ConfigPlace? {
        guard case .table(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value.place
    }

    /// Whether it is a list, for keys that take one value or several.
    package var isList: Bool {
        if let probe { return probe.isOne(of: [.list]) }
        return if case .list = content { true } else { false }
    }
}

/// A key of a table and its value.
package struct ConfigEntry: Sendable {
    package var key: String
    package var place: ConfigPlace
    package var value: ConfigNode

    package init(_ key: String, _ value: ConfigNode, place: ConfigPlace = .program) {
        (self.key, self.value, self.place) = (key, value, place)
    }
}
