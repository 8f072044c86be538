import Generators
import Reports

/// The JSON Schema (draft 2020-12) of configs, for editors: made of what the readers of configs ask for, so it says what
/// they take, and of what the plugins that are found declare.
package struct ConfigSchema {
    /// What a file holds.
    package enum Form: Sendable {
        /// What `mottle train` reads, a lock file among it.
        case config
        /// A chain in a file of its own, to be included.
        case chain
        /// What `mottle sweep` reads.
        case sweep
    }

    private let explorer = SchemaExplorer()
    private let root: JSONValue

    package init(_ form: Form = .config, runtime: Runtime) throws {
        try self.init(form, pluginFolders: runtime.pluginFolders)
    }

    init(_ form: Form = .config, pluginFolders: [String]) throws {
        let varying = try explorer.explore("parameter", ParameterSetting.varying).schema
        let library = PluginLibrary(folders: pluginFolders)
        // A broken plugin has no parameters to offer; 'mottle plugins' says what is wrong with it.
        for name in library.names {
            guard let plugin = try? library.plugin(name, base: ".") else { continue }
            explorer.addGenerator(name, plugin.schema(varying))
        }
        let files = ChainFiles(base: ".")
        root =
            switch form {
            case .config: try explorer.config
            case .chain: try explorer.explore("chain_file", files.entries(ofFile:)).schema
            case .sweep: try explorer.sweep
            }
    }

    package var json: JSONValue {
        var members = [JSONValue.Member("$schema", "https://json-schema.org/draft/2020-12/schema")]
        members.append(JSONValue.Member("title", "Mottle"))
        if case .object(let own) = root { members += own }
        return .object(members + [JSONValue.Member("$defs", .object(explorer.referenced))])
    }

    package var text: String { json.indentedText() }

    package func write(to path: String) throws { try AtomicFile.write(path, text: text + "\n") }
}

extension SchemaExplorer {
    fileprivate var config: JSONValue {
        get throws(ConfigError) {
            try explore("config") { node throws(ConfigError) in try ExperimentConfig(node, base: ".") }.schema
        }
    }

    fileprivate var sweep: JSONValue {
        get throws(ConfigError) {
            let changes = ChangeSchema(of: try config, definitions: referenced)
            add("changes", changes.table(hasConfig: false), example: [ConfigOverride]())
            add("choice", changes.table(hasConfig: true), example: SweepConfig.Choice(changes: []))
            return try explore("sweep") { node throws(ConfigError) in try SweepConfig(node, base: ".") }
                .schema
        }
    }
}

extension Plugin {
    /// Of what stands behind its name in a chain.
    ///
    /// - Parameter varying: of distributions and schedules.
    fileprivate func schema(_ varying: JSONValue) -> JSONValue {
        var properties = parameters.map { JSONValue.Member($0.name, $0.schema(varying)) }
        if !severities.isEmpty {
            let level: JSONValue = ["type": "integer", "minimum": 1, "maximum": .whole(severities.count)]
            properties.append(JSONValue.Member("severity", ["anyOf": [level, .listSchema(level)]]))
        }
        var members = [JSONValue.Member("description", .string(documentation))]
        let required = parameters.filter { $0.defaultValue == nil && !$0.isOptional }
        members += [
            JSONValue.Member("type", required.isEmpty ? ["object", "null"] : "object"),
            JSONValue.Member("properties", .object(properties)),
            JSONValue.Member("additionalProperties", false),
        ]
        // A severity gives what is not there.
        if !required.isEmpty, severities.isEmpty {
            members.append(JSONValue.Member("required", .list(required.map { .string($0.name) })))
        }
        return .object(members)
    }
}

extension ParameterDeclaration {
    /// Of a value, of what varies, and of the list of values that makes a row for each in `evaluate`.
    fileprivate func schema(_ varying: JSONValue) -> JSONValue {
        let value = valueSchema
        let varies =
            switch kind {
            case .number, .integer: !isPlain
            default: false
            }
        let forms = varies ? [value, varying] : [value]
        var members: [JSONValue.Member] = []
        let unit = unit.map { " (\($0.rawValue))" } ?? ""
        members.append(JSONValue.Member("description", .string(documentation + unit)))
        if let defaultValue { members.append(JSONValue.Member("default", defaultValue.json)) }
        let item: JSONValue = forms.count == 1 ? value : ["anyOf": .list(forms)]
        members.append(JSONValue.Member("anyOf", .list(forms + [.listSchema(item)])))
        return .object(members)
    }

    private var valueSchema: JSONValue {
        var limits: [JSONValue.Member] = []
        if let minimum { limits.append(JSONValue.Member("minimum", .number(minimum))) }
        if let maximum { limits.append(JSONValue.Member("maximum", .number(maximum))) }
        func number(_ type: JSONValue) -> JSONValue { .object([JSONValue.Member("type", type)] + limits) }
        return switch kind {
        case .number: number("number")
        case .integer: number("integer")
        case .boolean: ["type": "boolean"]
        case .choice(let names): ["enum": .list(names.map { .string($0) })]
        case .interval: .listSchema(number("number"), count: 2)
        case .list(let isWhole): .listSchema(number(isWhole ? "integer" : "number"))
        }
    }
}

extension JSONValue {
    fileprivate static func listSchema(_ items: JSONValue, count: Int? = nil) -> JSONValue {
        let counts = count.map { [Member("minItems", .whole($0)), Member("maxItems", .whole($0))] } ?? []
        return .object([Member("type", "array"), Member("items", items)] + counts)
    }
}
