import Tensors

/// What a model's description may leave to the data.
package struct DataForm: Equatable, Sendable {
    /// Of one sample.
    package var sample: Shape
    package var classes: Int
    /// How many tokens there are; nil where samples are values.
    package var vocabulary: Int?

    package init(sample: Shape, classes: Int, vocabulary: Int? = nil) {
        (self.sample, self.classes, self.vocabulary) = (sample, classes, vocabulary)
    }
}

extension LayerConfig {
    /// The same layer with the numbers that its description leaves to the data.
    package func forData(_ data: DataForm, place: LayerPlace) throws(ModelError) -> LayerConfig {
        func all(
            _ layers: [LayerConfig], _ inside: (Int) -> LayerPlace
        ) throws(ModelError) -> [LayerConfig] {
            var found: [LayerConfig] = []
            for (index, layer) in layers.enumerated() {
                found.append(try layer.forData(data, place: inside(index)))
            }
            return found
        }
        switch self {
        case .denseClasses(let start):
            guard data.classes > 0 else { throw .noClasses(place) }
            return .dense(data.classes, start: start)
        case .tokenEmbedding(nil, let width, let start):
            guard let vocabulary = data.vocabulary else { throw .noVocabulary(place, sample: data.sample) }
            return .tokenEmbedding(tokens: vocabulary, width: width, start: start)
        case .sequence(let layers): return .sequence(try all(layers) { place.inside("sequence", $0) })
        case .repetition(let times, let layers):
            return .repetition(times, try all(layers) { place.inside("repeat", $0) })
        case .residual(let layers, let shortcut):
            return .residual(
                try all(layers) { place.inside("residual", $0) },
                shortcut: try all(shortcut) { place.inside("residual.shortcut", $0) })
        case .branch(let paths, let join):
            var found: [[LayerConfig]] = []
            for (index, path) in paths.enumerated() {
                found.append(try all(path) { place.inside("branch", index).inside("", $0) })
            }
            return .branch(found, join: join)
        case .heads(let heads):
            var found: [Head] = []
            for head in heads {
                found.append(Head(head.name, try all(head.layers) { place.inside(head: head.name, $0) }))
            }
            return .heads(found)
        default: return self
        }
    }
}
