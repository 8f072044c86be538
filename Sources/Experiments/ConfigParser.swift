import Yams

/// Turns YAML text into config nodes that know their places, paths and names.
struct ConfigParser {
    private let source: Source
    /// Nodes that may still be made. Aliases let a short text stand for a tree of any size.
    private var allowance = 100_000

    /// Parses a file's text; an empty one is an empty table.
    static func parse(_ text: String, file: String) throws(ConfigError) -> ConfigNode {
        var parser = ConfigParser(source: .file(file))
        var root = try parser.node(parser.compose(text), path: "", name: "")
        root.place = .wholeFile(file)
        return root
    }

    /// Parses the value of `--set`, every part of which stands at `place`.
    static func parse(value text: String, place: ConfigPlace, path: String, name: String)
        throws(ConfigError) -> ConfigNode
    {
        var parser = ConfigParser(source: .value(place))
        return try parser.node(parser.compose(text), path: path, name: name)
    }

    private init(source: Source) { self.source = source }

    private func compose(_ text: String) throws(ConfigError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw configError(error, text: text)
        } catch {
            throw ConfigError(source.whole, "\(error)")
        }
    }

    private mutating func node(_ node: Node?, path: String, name: String) throws(ConfigError) -> ConfigNode {
        guard let node else { return ConfigNode(.nothing, place: source.whole, path: path, name: name) }
        let place = source.place(node.mark)
        allowance -= 1
        guard allowance >= 0 else { throw ConfigError(place, "the config holds more than 100000 values") }
        let content: ConfigNode.Content =
            switch node {
            case .scalar(let scalar): try self.content(of: scalar)
            case .sequence(let sequence): try .list(items(of: sequence, path: path, name: name))
            case .mapping(let mapping): try .table(entries(of: mapping, path: path))
            case .alias: .nothing  // the composer has put the anchor's node in its place
            }
        return ConfigNode(content, place: place, path: path, name: name)
    }

    private func content(of scalar: Node.Scalar) throws(ConfigError) -> ConfigNode.Content {
        guard scalar.style == .plain else { return .quoted(scalar.string) }
        guard scalar.tag == .implicit else {
            throw ConfigError(source.place(scalar.mark), "tags are not read, got '\(scalar.tag)'")
        }
        return PlainText.isNothing(scalar.string) ? .nothing : .plain(scalar.string)
    }

    private mutating func items(of sequence: Node.Sequence, path: String, name: String)
        throws(ConfigError) -> [ConfigNode]
    {
        var items: [ConfigNode] = []
        for (index, item) in sequence.enumerated() {
            items.append(try node(item, path: path.appendingKey("\(index)"), name: "\(name)[\(index)]"))
        }
        return items
    }

    private mutating func entries(of mapping: Node.Mapping, path: String) throws(ConfigError) -> [ConfigEntry]
    {
        var entries: [ConfigEntry] = []
        var keys: Set<String> = []
        for (keyNode, value) in mapping {
            let keyPlace = source.place(keyNode.mark)
            guard case .scalar(let scalar) = keyNode else {
                throw ConfigError(keyPlace, "a key must be a word")
            }
            let key = scalar.string
            // The composer tells `1` from `"1"`; as keys of a config they are the same.
            guard keys.insert(key).inserted else { throw Self.duplicate(key, keyPlace) }
            let value = try node(value, path: path.appendingKey(key), name: key)
            entries.append(ConfigEntry(key, value, place: keyPlace))
        }
        return entries
    }

    private static func duplicate(_ key: String, _ place: ConfigPlace) -> ConfigError {
        ConfigError(place, "the key '\(key)' stands twice in this table")
    }

    private func configError(_ error: YamlError, text: String) -> ConfigError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            ConfigError(source.place(mark), problem + (context.map { " " + $0.text } ?? ""))
        case .reader(let problem, let offset?, _, _):
            ConfigError(source.place(of: offset, in: text), problem)
        case .duplicatedKeysInMapping(let keys, let context):
            Self.duplicate(keys.first ?? "", source.place(context.mark))
        default:
            ConfigError(source.whole, "\(error)")
        }
    }

    /// Where the text comes from: each node of a file has its own place, all of a `--set` value have one.
    private enum Source {
        case file(String)
        case value(ConfigPlace)

        var whole: ConfigPlace {
            switch self {
            case .file(let name): .wholeFile(name)
            case .value(let place): place
            }
        }

        func place(line: Int, column: Int) -> ConfigPlace {
            switch self {
            case .file(let name): .file(name, line: line, column: column)
            case .value(let place): place
            }
        }

        func place(_ mark: Mark?) -> ConfigPlace {
            mark.map { place(line: $0.line, column: $0.column) } ?? whole
        }

        /// The place of the character at `offset`.
        func place(of offset: Int, in text: String) -> ConfigPlace {
            let lines = text.prefix(offset).split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            return place(line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1)
        }
    }
}

extension String {
    /// This path with another key behind it.
    func appendingKey(_ key: String) -> String { isEmpty ? key : self + "." + key }
}
