import Tensors

/// A model's description, checked against the data: which layers there are, their names and their shapes.
package struct ModelPlan: Equatable, Sendable {
    /// One layer and the shapes of one sample.
    package struct Layer: Equatable, Sendable {
        package var config: LayerConfig
        /// Numbered by kind in order: `dense1`, `relu1`, `dense2`.
        package var name: String
        package var place: LayerPlace
        package var input: Shape
        package var output: Shape
        /// Of a residual its layers and its shortcut's, which may be none.
        package var paths: [[Layer]] = []
    }

    package let layers: [Layer]
    /// The shape of one sample.
    package let input: Shape
    package let classes: Int

    /// What outputs must be.
    package enum Target: Equatable, Sendable {
        /// A value for each class of the data.
        case classes
        /// As many values as a sample has, in their order.
        case samples
        /// At each position a value for each token of a vocabulary of so many.
        case tokens(Int)
    }

    package init(
        _ configs: [LayerConfig], input: Shape, classes: Int, target: Target = .classes
    ) throws(ModelError) {
        var planner = Planner()
        let layers = try planner.plan(configs, input: input) { .model($0) }
        let shape = layers.last?.output ?? input
        switch target {
        case .classes:
            guard shape == [classes] else { throw .lastOutputs(shape: shape, classes: classes) }
        case .samples:
            guard shape.count == input.count else {
                throw .outputsBesideSamples(shape: shape, samples: input)
            }
        case .tokens(let vocabulary):
            let wanted = Shape(input.sizes + [vocabulary])
            guard shape == wanted else { throw .outputsBesideTokens(shape: shape, wanted: wanted) }
        }
        guard planner.hasWeights else { throw .noWeights }
        (self.layers, self.input, self.classes) = (layers, input, classes)
    }
}

/// Names layers and finds their shapes.
private struct Planner {
    /// How many layers of each kind there are so far.
    var numbers: [String: Int] = [:]
    var hasWeights = false

    mutating func plan(
        _ configs: [LayerConfig], input: Shape, _ place: (Int) -> LayerPlace
    ) throws(ModelError) -> [ModelPlan.Layer] {
        var layers: [ModelPlan.Layer] = []
        for (index, config) in configs.enumerated() {
            let shape = layers.last?.output ?? input
            layers += try plan(config, input: shape, place(index))
        }
        return layers
    }

    /// A sequence or a repetition stands for the layers that it holds.
    private mutating func plan(
        _ config: LayerConfig, input: Shape, _ place: LayerPlace
    ) throws(ModelError) -> [ModelPlan.Layer] {
        switch config {
        case .sequence(let items): return try plan(items, input: input) { place.inside("sequence", $0) }
        case .repetition(let times, let items):
            var layers: [ModelPlan.Layer] = []
            for _ in 0..<times {
                layers += try plan(items, input: layers.last?.output ?? input) { place.inside("repeat", $0) }
            }
            return layers
        case .residual(let items, let shortcut):
            var layer = named(config, input: input, output: input, place)
            let path = try plan(items, input: input) { place.inside("residual", $0) }
            let around = try plan(shortcut, input: input) { place.inside("residual.shortcut", $0) }
            let (output, other) = (path.last?.output ?? input, around.last?.output ?? input)
            guard output == other else { throw .residualShapes(place, layers: output, shortcut: other) }
            (layer.paths, layer.output) = ([path, around], output)
            return [layer]
        default:
            let output = try config.outputShape(input: input, place: place)
            return [named(config, input: input, output: output, place)]
        }
    }

    private mutating func named(
        _ config: LayerConfig, input: Shape, output: Shape, _ place: LayerPlace
    ) -> ModelPlan.Layer {
        numbers[config.kind, default: 0] += 1
        hasWeights = hasWeights || config.hasWeights(input: input)
        let name = "\(config.kind)\(numbers[config.kind]!)"
        return ModelPlan.Layer(config: config, name: name, place: place, input: input, output: output)
    }
}
