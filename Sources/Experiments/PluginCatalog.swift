import Generators
import Reports

/// The plugins that can be named in a config, described for people.
package struct PluginCatalog {
    private let library: PluginLibrary

    package init(runtime: Runtime) { library = PluginLibrary(folders: runtime.pluginFolders) }

    /// A line for each plugin that is found: name, kind and what it does. One that is broken says so.
    package var list: String {
        let rows = library.names.map { name in
            guard let plugin = try? library.plugin(name, base: ".") else {
                return (name, "broken", "see: mottle plugins show \(name)")
            }
            let others = library.files(named: name).dropFirst()
            let note = others.isEmpty ? "" : " (goes before \(others.joined(separator: ", ")))"
            return (name, plugin.kind.rawValue, plugin.documentation + note)
        }
        guard !rows.isEmpty else {
            return
                "no plugins found; they are looked for in the folders of MOTTLE_PLUGINS and in 'plugins' here"
        }
        let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
        return rows.map { name, kind, text in
            "\(name.padded(to: widths.0))  \(kind.padded(to: widths.1))  \(text)"
        }.joined(separator: "\n")
    }

    /// One plugin's parameters with their types, ranges, units and documentation.
    package func description(of name: String) throws(PluginError) -> String {
        let plugin = try library.plugin(name, base: ".")
        var lines = [
            "\(plugin.name) (\(plugin.kind.rawValue), axes \(plugin.axes))", plugin.documentation, "",
        ]
        for parameter in plugin.parameters {
            let standard =
                parameter.defaultValue.map { "default \($0)" }
                ?? (parameter.isOptional ? "optional" : "required")
            lines.append("  \(parameter.name): \(parameter.expectation), \(standard)")
            if !parameter.documentation.isEmpty { lines.append("      \(parameter.documentation)") }
        }
        if plugin.parameters.isEmpty { lines.append("  no parameters") }
        if plugin.parameters.contains(where: { $0.unit == .range }) {
            lines += ["", "  (range): in shares of the data's value range"]
        }
        return lines.joined(separator: "\n")
    }

    /// `list` for a program.
    package var json: String {
        let rows: [JSONValue] = library.names.map { name in
            do {
                return try library.plugin(name, base: ".").json(called: name, withParameters: false)
            } catch {
                return .object(["name": .string(name), "kind": .null, "error": .string("\(error)")])
            }
        }
        return JSONValue.list(rows).text
    }

    /// `description(of:)` for a program.
    package func json(of name: String) throws(PluginError) -> String {
        try library.plugin(name, base: ".").json(called: name, withParameters: true).text
    }
}

extension Plugin {
    /// - Parameter reference: what a config calls it: its file's name, or a path.
    fileprivate func json(called reference: String, withParameters: Bool) -> JSONValue {
        var members = [
            JSONValue.Member("name", .string(reference)), JSONValue.Member("kind", .string(kind.rawValue)),
            JSONValue.Member("axes", .string(axes)), JSONValue.Member("doc", .string(documentation)),
        ]
        if withParameters { members.append(JSONValue.Member("parameters", .list(parameters.map(\.json)))) }
        return .object(members)
    }
}

extension ParameterDeclaration {
    fileprivate var json: JSONValue {
        let (type, choices): (String, JSONValue) =
            switch kind {
            case .number: ("number", .null)
            case .integer: ("integer", .null)
            case .boolean: ("boolean", .null)
            case .interval: ("range", .null)
            case .list: ("list", .null)
            case .choice(let names): ("choice", .list(names.map { .string($0) }))
            }
        return .object([
            "name": .string(name), "type": .string(type), "choices": choices,
            "min": minimum.map { .number($0) } ?? .null, "max": maximum.map { .number($0) } ?? .null,
            "unit": unit.map { .string($0.rawValue) } ?? .null, "default": defaultValue?.json ?? .null,
            "optional": .flag(isOptional), "plain": .flag(isPlain), "doc": .string(documentation),
        ])
    }
}

extension ParameterValue {
    var json: JSONValue {
        switch self {
        case .number(let number): .number(number)
        case .boolean(let flag): .flag(flag)
        case .choice(let name): .string(name)
        case .numbers(let numbers): .list(numbers.map { .number($0) })
        }
    }
}

extension String {
    /// With spaces behind it.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
