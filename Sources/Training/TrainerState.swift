import Tensors

/// All that a trainer's further steps depend on: with it and the same batches another trainer makes the same weights, bit
/// for bit, with any number of threads.
package struct TrainerState: Equatable, Sendable {
    package var steps: Int
    /// Weights by name, and behind the name what there is beside each: `dense1.weight`, `dense1.weight.first` and
    /// `dense1.weight.second` (see `WeightPanel`), `dense1.weight.gradient`, which is still being collected,
    /// `dense1.weight.average` and `dense1.weight.best`.
    package var arrays: [String: SavedWeight]

    package init(steps: Int, arrays: [String: SavedWeight]) { (self.steps, self.arrays) = (steps, arrays) }
}

extension Trainer {
    package var state: TrainerState {
        var arrays = model.savedWeights()
        for weight in model.weights {
            for (name, buffer) in kept(of: weight) {
                arrays[name] = SavedWeight(shape: weight.shape, values: weight.unpadded(buffer))
            }
        }
        return TrainerState(steps: steps, arrays: arrays)
    }

    /// Goes on where another trainer of the same model was.
    package func restore(_ state: TrainerState) throws(ModelError) {
        var weights = state.arrays
        var others: [(Weight, Buffer<Float>, SavedWeight)] = []
        for weight in model.weights {
            for (name, buffer) in kept(of: weight) {
                guard let saved = weights.removeValue(forKey: name) else {
                    throw .missingWeight(name: name, shape: weight.shape)
                }
                guard saved.shape == weight.shape else {
                    throw .weightShape(name: name, found: saved.shape, wanted: weight.shape)
                }
                others.append((weight, buffer, saved))
            }
        }
        try model.load(weights)
        for (weight, buffer, saved) in others { weight.write(saved.values, to: buffer) }
        steps = state.steps
    }

    private func kept(of weight: Weight) -> [(String, Buffer<Float>)] {
        var kept: [(String, Buffer<Float>)] = []
        if let first = weight.first { kept.append(("\(weight.name).first", first)) }
        if let second = weight.second { kept.append(("\(weight.name).second", second)) }
        if let average = weight.average { kept.append(("\(weight.name).average", average)) }
        if let best = weight.best { kept.append(("\(weight.name).best", best)) }
        if collectsOverSteps, let gradient = weight.collected {
            kept.append(("\(weight.name).gradient", gradient))
        }
        return kept
    }
}
