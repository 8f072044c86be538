@testable import Training

/// What layers must give, and the gradients of Σ upstream · y by central differences of it, all in Double.
struct DoubleGradients {
    /// Uneven.
    let upstream: [Float]
    var outputs: [Double]
    var input: [Double]
    /// By name.
    var weights: [String: [Double]] = [:]

    /// - Parameters:
    ///   - weights: those that have a gradient, by name.
    ///   - function: the outputs for an input and for weights.
    init(
        _ x: [Float], weights: [String: [Float]] = [:],
        _ function: (_ x: [Double], _ weights: [String: [Double]]) throws -> [Double]
    ) rethrows {
        let (start, startWeights) = (x.map(Double.init), weights.mapValues { $0.map(Double.init) })
        outputs = try function(start, startWeights)
        let upstream = Fixture.floats(outputs.count, seed: 22)
        self.upstream = upstream
        func sum(_ y: [Double]) -> Double { zip(upstream, y).reduce(0) { $0 + Double($1.0) * $1.1 } }

        input = try centralDifferences(x) { sum(try function($0, startWeights)) }
        for (name, values) in weights {
            self.weights[name] = try centralDifferences(values) { moved in
                var others = startWeights
                others[name] = moved
                return sum(try function(start, others))
            }
        }
    }
}

extension DoubleGradients {
    /// Of a case's layers, with the weights that a bench gives them.
    init(_ test: GradientCase) throws {
        let weights = try LayerBench(test, set: .baseline).layer.weights
        var model = DoubleModel(
            layers: test.layers, input: test.input, frozen: Set(weights.filter(\.isFrozen).map(\.name)),
            lengths: test.lengths?.map(Int.init), mask: test.mask, draws: LayerBench.draws)
        for weight in weights { model.weights[weight.name] = weight.unpadded.map(Double.init) }
        let trained = weights.filter(\.isTrained).map { ($0.name, $0.unpadded) }
        try self.init(test.inputs, weights: Dictionary(uniqueKeysWithValues: trained)) { x, weights in
            var moved = model
            moved.weights.merge(weights) { $1 }
            return try moved.outputs(x).flatMap(\.values)
        }
    }
}
