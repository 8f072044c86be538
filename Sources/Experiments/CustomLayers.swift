import Tensors
import Training

/// Layers that programs bring along, by the names that models' descriptions call them.
struct CustomLayers {
    /// Those of this program.
    var known: [String: any CustomLayer] = [:]
    /// Names that a run's lock file has for layers of the program that trained it.
    var recorded: [String] = []

    /// The layer of that name; nil where the name may be one of Mottle's own.
    ///
    /// - Throws: where a layer that a program brought along was probably meant.
    func layer(_ name: String, _ place: ConfigPlace) throws(ConfigError) -> CustomLayerConfig? {
        if known[name] != nil || recorded.contains(name) {
            return CustomLayerConfig(name: name, layer: known[name])
        }
        if !LayerConfig.names.contains(name), let near = Suggestion.nearest(name, among: known.keys.sorted())
        {
            throw ConfigError(place, "unknown layer '\(name)'; did you mean '\(near)'?")
        }
        return nil
    }

    /// The layers of a list.
    func layers(_ node: ConfigNode) throws(ConfigError) -> [LayerConfig] {
        var layers: [LayerConfig] = []
        for item in try node.items() {
            // The name under which the schema knows layers that are read without others.
            layers.append(
                try item.value(as: "LayerConfig") { node throws(ConfigError) in try LayerConfig(node, self) })
        }
        return layers
    }
}

extension LayerConfig {
    /// Names of the layers in it that a program brought along.
    var customNames: Set<String> {
        switch self {
        case .custom(let custom): [custom.name]
        case .sequence(let layers), .repetition(_, let layers): Self.customNames(layers)
        case .residual(let layers, let shortcut): Self.customNames(layers + shortcut)
        case .branch(let paths, _): Self.customNames(paths.flatMap { $0 })
        case .heads(let heads): Self.customNames(heads.flatMap(\.layers))
        default: []
        }
    }

    static func customNames(_ layers: [LayerConfig]) -> Set<String> {
        layers.reduce(into: []) { $0.formUnion($1.customNames) }
    }
}
