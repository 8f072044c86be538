import Tensors
import Training

extension LayerConfig: ConfigValue {
    private static let names = ["flatten", "dense", "relu", "dropout"]

    /// `flatten`, `relu`, `dense: 128`, `dropout: 0.2`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            guard let name = try? String(node) else {
                throw node.mismatch(wanted: "a layer, such as 'relu' or 'dense: 128'")
            }
            switch name {
            case "flatten": self = .flatten
            case "relu": self = .relu
            case "dense": throw ConfigError(node.place, "'dense' needs its number of outputs: 'dense: 128'")
            case "dropout": throw ConfigError(node.place, "'dropout' needs its rate: 'dropout: 0.2'")
            default: throw Self.unknown(name, node.place)
            }
            return
        }
        var table = try node.table()
        let entry = try table.takeOnly(naming: "one layer")
        try table.finish()
        switch entry.key {
        case "dense": self = .dense(try entry.value.value(in: 1...))
        case "dropout": self = .dropout(try entry.value.value(in: 0..<1))
        case "flatten", "relu":
            throw ConfigError(entry.place, "'\(entry.key)' takes no value: '- \(entry.key)'")
        default: throw Self.unknown(entry.key, entry.place)
        }
    }

    private static func unknown(_ name: String, _ place: ConfigPlace) -> ConfigError {
        let near = Suggestion.hint(name, among: names)
        return ConfigError(
            place,
            "unknown layer '\(name)'" + (near.isEmpty ? "; known are \(names.joined(separator: ", "))" : near)
        )
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .flatten, .relu: .string(kind)
        case .dense(let outputs): .table(["dense": .whole(outputs)])
        case .dropout(let rate): .table(["dropout": .number(rate)])
        }
    }
}

extension ExperimentConfig {
    /// The config's error for a model that doesn't fit the data.
    func error(_ error: ModelError) -> ConfigError {
        switch error {
        case .denseInput(let index, _), .denseOutputs(let index, _), .denseSize(let index, _, _),
            .dropoutRate(let index, _):
            ConfigError(layerPlaces[index], error.description)
        case .lastOutputs: ConfigError(layerPlaces.last ?? modelPlace, error.description)
        default: ConfigError(modelPlace, error.description)
        }
    }
}
