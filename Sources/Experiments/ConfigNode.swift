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

    package init(_ content: Content, place: ConfigPlace = .program, path: String = "", name: String = "") {
        (self.content, self.place, self.path, self.name) = (content, place, path, name)
    }

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
        guard case .list(let items) = content else { throw mismatch(wanted: "a list") }
        return items
    }

    /// Its keys and values, to be read one by one; an error when it is no table. An empty value is an empty table.
    package func table() throws(ConfigError) -> ConfigTable {
        switch content {
        case .table(let entries): return ConfigTable(entries, of: self)
        case .nothing: return ConfigTable([], of: self)
        default: throw mismatch(wanted: "a table of keys and values")
        }
    }

    /// Whether it is an empty value, for keys where that means an empty list.
    package var isNothing: Bool {
        if case .nothing = content { true } else { false }
    }

    /// Whether it is a table, for keys that take either a table or something shorter.
    package var isTable: Bool {
        if case .table = content { true } else { false }
    }

    /// Whether it is a list, for keys that take one value or several.
    package var isList: Bool {
        if case .list = content { true } else { false }
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
