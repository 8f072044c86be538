import Tensors
import Training

extension LayerConfig: ConfigValue {
    private enum Kind: String, CaseIterable { case flatten, dense, relu, dropout }

    /// `flatten`, `relu`, `dense: 128`, `dropout: 0.2`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            guard let name = try? node.word(among: Kind.allCases.map(\.rawValue)) else {
                throw node.mismatch(wanted: "a layer, such as 'relu' or 'dense: 128'")
            }
            switch try Kind(name, kind: "layer", place: node.place) {
            case .flatten: self = .flatten
            case .relu: self = .relu
            case .dense: throw ConfigError(node.place, "'dense' needs its number of outputs: 'dense: 128'")
            case .dropout: throw ConfigError(node.place, "'dropout' needs its rate: 'dropout: 0.2'")
            }
            return
        }
        var table = try node.table()
        let (kind, entry) = try table.takeOnly(naming: "one layer", kind: "layer", as: Kind.self)
        try table.finish()
        switch kind {
        case .dense: self = .dense(try entry.value.value(in: 1...))
        case .dropout: self = .dropout(try entry.value.value(in: 0..<1))
        case .flatten, .relu:
            throw ConfigError(entry.place, "'\(entry.key)' takes no value: '- \(entry.key)'")
        }
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
