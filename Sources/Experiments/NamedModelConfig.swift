import Datasets
import Training

/// The model of a config: layers, or a name for them.
enum ModelSection: Equatable {
    case layers([LayerConfig])
    case named(NamedModel)

    init(_ node: ConfigNode, _ custom: CustomLayers = CustomLayers()) throws(ConfigError) {
        guard node.isList else {
            self = .named(try node.value())
            return
        }
        self = .layers(try custom.layers(node))
    }

    /// The layers, with every number that these data decide.
    func layers(for data: any Dataset) throws(ModelError) -> [LayerConfig] {
        let form = DataForm(
            sample: data.sampleShape, classes: data.classes, vocabulary: data.vocabularySize)
        var layers =
            switch self {
            case .layers(let layers): layers
            case .named(let model): try model.layers(for: form)
            }
        for index in layers.indices {
            layers[index] = try layers[index].forData(form, place: .model(index))
        }
        return layers
    }
}

extension NamedModel: ConfigValue {
    /// `mlp`, or `{ mlp: { width: 64, dropout: 0.1 } }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            guard let word = try? node.word(among: Name.allCases.map(\.rawValue)) else {
                throw node.mismatch(wanted: "a list of layers or a model's name, such as 'mlp'")
            }
            self.init(try Name(word, kind: "model", place: node.place))
            return
        }
        var table = try node.table()
        let (name, entry) = try table.takeOnly(naming: "one model", kind: "model", as: Name.self)
        try table.finish()
        self.init(name)
        var settings = try entry.value.table()
        if name.usualWidth != nil { try settings.read("width", into: &width, in: 1...65_536) }
        if name.usualDropout != nil { try settings.read("dropout", into: &dropout, in: 0..<1) }
        try settings.finish()
    }
}
