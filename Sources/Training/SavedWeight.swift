import Tensors

/// A weight as files hold it: without padding, row-major.
package struct SavedWeight: Equatable, Sendable {
    package var shape: Shape
    package var values: [Float]

    package init(shape: Shape, values: [Float]) { (self.shape, self.values) = (shape, values) }
}

extension Model {
    /// The shapes of all weights by name.
    package var weightShapes: [String: Shape] {
        Dictionary(uniqueKeysWithValues: weights.map { ($0.name, $0.shape) })
    }

    /// All weights by name, for instance `dense1.weight`.
    package func savedWeights() -> [String: SavedWeight] {
        let pairs = weights.map { ($0.name, SavedWeight(shape: $0.shape, values: $0.unpadded)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// Sets all weights, or none where anything does not fit.
    package func load(_ saved: [String: SavedWeight]) throws(ModelError) {
        for weight in weights {
            guard let values = saved[weight.name] else {
                throw .missingWeight(name: weight.name, shape: weight.shape)
            }
            guard values.shape == weight.shape else {
                throw .weightShape(name: weight.name, found: values.shape, wanted: weight.shape)
            }
            guard values.values.count == weight.shape.count else {
                throw .weightCount(name: weight.name, found: values.values.count, shape: weight.shape)
            }
        }
        let known = weights.map(\.name)
        for name in saved.keys.sorted() where !known.contains(name) {
            throw .unknownWeight(name: name, known: known)
        }
        for weight in weights { weight.unpadded = saved[weight.name]!.values }
    }
}
