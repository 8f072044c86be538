import Tensors

/// An earlier run, whose weights a model starts with in the place of its own start values.
package struct EarlierRun: Equatable, Sendable {
    package var folder: String
    /// Nil: all weights whose name and shape one of the model has.
    package var layers: [WeightChoice]?
    /// The SHA-256 of the file with its weights, in hexadecimal; nil before somebody has read it.
    package var hash: String?

    package init(folder: String, layers: [WeightChoice]? = nil, hash: String? = nil) {
        (self.folder, self.layers, self.hash) = (folder, layers, hash)
    }
}

/// Weights of a model, and which of another one they are taken from: `attention1.*` from `attention3.*`.
package struct WeightChoice: Equatable, Sendable {
    package var pattern: NamePattern
    /// With as many `*`, each of which stands for the same as in `pattern`.
    package var source: NamePattern

    package init(_ pattern: NamePattern, from source: NamePattern) {
        (self.pattern, self.source) = (pattern, source)
    }

    /// What a weight is taken from; nil where it is not meant.
    fileprivate func source(of name: String) -> String? {
        pattern.parts(of: name).map(source.name(of:))
    }
}

extension Model {
    /// Sets weights to those of another model, or none where anything does not fit.
    ///
    /// - Parameter choices: of which the first that means a weight counts; nil: all with the same name and shape.
    /// - Returns: how many weights were set.
    package func start(
        with saved: [String: SavedWeight], _ choices: [WeightChoice]?
    ) throws(WeightChoiceError) -> Int {
        let taken = try sources(in: saved.mapValues(\.shape), choices)
        for (weight, source) in taken { weight.unpadded = saved[source]!.values }
        return taken.count
    }

    /// Which weights are taken from another model, and by what names.
    ///
    /// - Parameter found: the other model's weights.
    package func sources(
        in found: [String: Shape], _ choices: [WeightChoice]?
    ) throws(WeightChoiceError) -> [(weight: Weight, source: String)] {
        let taken =
            try choices.map { choices throws(WeightChoiceError) in try pairs(found, choices) }
            ?? weights.compactMap { found[$0.name] == $0.shape ? ($0, $0.name) : nil }
        guard !taken.isEmpty else {
            throw .nothingInCommon(known: weights.map(\.name), found: found.keys.sorted())
        }
        return taken
    }

    private func pairs(
        _ found: [String: Shape], _ choices: [WeightChoice]
    ) throws(WeightChoiceError) -> [(weight: Weight, source: String)] {
        for choice in choices where !weights.contains(where: { choice.pattern.means($0.name) }) {
            throw .meansNothing(choice.pattern.text, known: weights.map(\.name))
        }
        var pairs: [(Weight, String)] = []
        for weight in weights {
            var source: String?
            for choice in choices where source == nil { source = choice.source(of: weight.name) }
            guard let source else { continue }
            guard let shape = found[source] else {
                throw .missing(weight.name, source: source, found: found.keys.sorted())
            }
            guard shape == weight.shape else {
                throw .shape(weight.name, wanted: weight.shape, source: source, found: shape)
            }
            pairs.append((weight, source))
        }
        return pairs
    }
}

/// Why a model cannot start with another one's weights. `known` are the model's weights, `found` the other one's.
package enum WeightChoiceError: Error, Equatable, CustomStringConvertible {
    case meansNothing(String, known: [String])
    case missing(String, source: String, found: [String])
    case shape(String, wanted: Shape, source: String, found: Shape)
    case nothingInCommon(known: [String], found: [String])

    package var description: String {
        switch self {
        case .meansNothing(let pattern, let known):
            "'layers' has '\(pattern)', but no weight of the model is named so; there are "
                + known.joined(separator: ", ")
        case .missing(let name, let source, let found):
            "'layers' takes '\(name)' from '\(source)', but the run has no weight of this name; it has "
                + found.joined(separator: ", ")
        case .shape(let name, let wanted, let source, let found):
            "'layers' takes '\(name)' \(wanted) from '\(source)' \(found), but both must be of one shape; leave it out "
                + "of 'layers', and it starts anew"
        case .nothingInCommon(let known, let found):
            "no weight of the run has the name and the shape of one of the model's; the run has "
                + found.joined(separator: ", ") + ", the model " + known.joined(separator: ", ")
                + "; 'layers' takes weights by other names"
        }
    }
}
