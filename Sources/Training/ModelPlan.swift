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
        /// Of heads what each of them gets.
        package var output: Shape
        /// What the positions of the output are.
        var tokens: Tokens?
        /// Of a residual its layers and its shortcut's, which may be none; of a branch each path's, of heads each head's.
        package var paths: [[Layer]] = []

        /// Whether there is something to train in it.
        var hasWeights: Bool {
            config.hasWeights(input: input) || paths.contains { $0.contains(where: \.hasWeights) }
        }
    }

    /// What the model gives: all of it, or one of its heads.
    package struct Output: Equatable, Sendable {
        /// Nil where there are no heads.
        package var name: String?
        /// Of one sample.
        package var shape: Shape
        /// Where its last layer stands; nil where there are no heads.
        package var place: LayerPlace?

        package init(name: String? = nil, shape: Shape, place: LayerPlace? = nil) {
            (self.name, self.shape, self.place) = (name, shape, place)
        }
    }

    package let layers: [Layer]
    /// By head; one where there are no heads.
    package let outputs: [Output]
    /// The shape of one sample.
    package let input: Shape
    package let classes: Int

    /// What an output must be.
    package enum Target: Equatable, Sendable {
        /// A value for each class of the data.
        case classes
        /// As many values as a sample has, in their order.
        case samples
        /// At each position a value for each token of a vocabulary of so many.
        case tokens(Int)
    }

    /// - Parameter targets: what the loss of each head compares it with, by the head's name, in any order; nil is the name of the
    ///   output of a model without heads.
    package init(
        _ configs: [LayerConfig], input: Shape, classes: Int,
        targets: [(head: String?, target: Target)] = [(nil, .classes)]
    ) throws(ModelError) {
        let layers = try Self.layers(configs, input: input)
        let outputs = Self.outputs(configs, layers, input: input)
        let names = outputs.compactMap(\.name)
        if let other = targets.first(where: { target in !outputs.contains { $0.name == target.head } }) {
            throw .lossBesideHeads(of: other.head, heads: names)
        }
        for output in outputs {
            guard let target = targets.first(where: { $0.head == output.name })?.target else {
                throw .headWithoutLoss(output.name ?? "")
            }
            try Self.check(output, target, input: input, classes: classes)
        }
        if layers.last?.tokens?.areVisibleOnly == true { throw .outputsOfVisible }
        guard layers.contains(where: \.hasWeights) else { throw .noWeights }
        (self.layers, self.outputs, self.input, self.classes) = (layers, outputs, input, classes)
    }

    private static func outputs(_ configs: [LayerConfig], _ layers: [Layer], input: Shape) -> [Output] {
        guard case .heads(let heads)? = configs.last, let last = layers.last else {
            return [Output(shape: layers.last?.output ?? input)]
        }
        return zip(heads, last.paths).map { head, path in
            Output(
                name: head.name, shape: path.last?.output ?? last.input,
                place: last.place.inside(head: head.name, max(0, head.layers.count - 1)))
        }
    }

    private static func check(
        _ output: Output, _ target: Target, input: Shape, classes: Int
    ) throws(ModelError) {
        let shape = output.shape
        switch target {
        case .classes:
            guard shape == [classes] else { throw .lastOutputs(output, classes: classes) }
        case .samples:
            guard shape.count == input.count else { throw .outputsBesideSamples(output, samples: input) }
        case .tokens(let vocabulary):
            let wanted = Shape(input.sizes + [vocabulary])
            guard shape == wanted else { throw .outputsBesideTokens(output, wanted: wanted) }
        }
    }

    /// The layers alone, whatever the last one gives.
    static func layers(_ configs: [LayerConfig], input: Shape) throws(ModelError) -> [Layer] {
        var planner = Planner(last: .model(configs.count - 1))
        return try planner.plan(configs, input: input, Tokens(source: .sample)) { .model($0) }
    }
}

/// Names layers and finds their shapes, and what their positions are.
private struct Planner {
    /// Where heads may stand.
    let last: LayerPlace
    /// How many layers of each kind there are so far.
    var numbers: [String: Int] = [:]
    /// How many residuals and branches hold what is being planned.
    private var depth = 0

    init(last: LayerPlace) { self.last = last }

    mutating func plan(
        _ configs: [LayerConfig], input: Shape, _ tokens: Tokens?, _ place: (Int) -> LayerPlace
    ) throws(ModelError) -> [ModelPlan.Layer] {
        var layers: [ModelPlan.Layer] = []
        for (index, config) in configs.enumerated() {
            let last = layers.last
            layers += try plan(
                config, input: last?.output ?? input, last == nil ? tokens : last!.tokens, place(index))
        }
        return layers
    }

    /// What is in a residual or a branch.
    private mutating func path(
        _ configs: [LayerConfig], input: Shape, _ tokens: Tokens?, _ place: (Int) -> LayerPlace
    ) throws(ModelError) -> [ModelPlan.Layer] {
        depth += 1
        defer { depth -= 1 }
        return try plan(configs, input: input, tokens, place)
    }

    /// A sequence or a repetition stands for the layers that it holds.
    private mutating func plan(
        _ config: LayerConfig, input: Shape, _ tokens: Tokens?, _ place: LayerPlace
    ) throws(ModelError) -> [ModelPlan.Layer] {
        switch config {
        case .sequence(let items):
            return try plan(items, input: input, tokens) { place.inside("sequence", $0) }
        case .repetition(let times, let items):
            var layers: [ModelPlan.Layer] = []
            for _ in 0..<times {
                let last = layers.last
                layers += try plan(
                    items, input: last?.output ?? input, last == nil ? tokens : last!.tokens
                ) { place.inside("repeat", $0) }
            }
            return layers
        case .residual(let items, let shortcut):
            var layer = named(config, input: input, output: input, place)
            let path = try path(items, input: input, tokens) { place.inside("residual", $0) }
            let around = try self.path(shortcut, input: input, tokens) {
                place.inside("residual.shortcut", $0)
            }
            let (output, other) = (path.last?.output ?? input, around.last?.output ?? input)
            guard output == other else { throw .residualShapes(place, layers: output, shortcut: other) }
            (layer.paths, layer.output) = ([path, around], output)
            layer.tokens = .joined(layer.paths, from: tokens, input: input)
            return [layer]
        case .branch(let paths, let join):
            var layer = named(config, input: input, output: input, place)
            for (index, items) in paths.enumerated() {
                let inside = place.inside("branch", index)
                layer.paths.append(try path(items, input: input, tokens) { inside.inside("", $0) })
            }
            let outputs = layer.paths.map { $0.last?.output ?? input }
            layer.output = try Self.joined(outputs, join, place)
            layer.tokens = .joined(layer.paths, from: tokens, input: input)
            return [layer]
        case .heads(let heads):
            guard place == last else { throw .headsNotLast(place) }
            var layer = named(config, input: input, output: input, place)
            for head in heads {
                layer.paths.append(
                    try plan(head.layers, input: input, tokens) { place.inside(head: head.name, $0) })
            }
            let ends = layer.paths.map { $0.isEmpty ? tokens : $0.last?.tokens }
            layer.tokens = ends.first { $0?.areVisibleOnly == true } ?? nil
            return [layer]
        default:
            let output = try config.outputShape(input: input, place: place)
            var layer = named(config, input: input, output: output, place)
            layer.tokens = try config.checkedTokens(
                after: tokens, input: input, isPath: depth > 0, place: place)
            if config == .restoreTokens, let tokens {
                layer.output = [input[0] - tokens.leading, input[1]]
            }
            return [layer]
        }
    }

    /// What paths with these outputs give together.
    private static func joined(
        _ outputs: [Shape], _ join: BranchJoin, _ place: LayerPlace
    ) throws(ModelError) -> Shape {
        let (first, axes) = (outputs[0], outputs[0].sizes.dropLast())
        for (index, shape) in outputs.enumerated() {
            let fits = join == .sum ? shape == first : shape.sizes.dropLast() == axes
            guard fits else {
                throw .branchShapes(place, join: join, path: index, shape: shape, first: first)
            }
        }
        guard join == .concatenate else { return first }
        return Shape(axes + [outputs.reduce(0) { $0 + $1.sizes.last! }])
    }

    private mutating func named(
        _ config: LayerConfig, input: Shape, output: Shape, _ place: LayerPlace
    ) -> ModelPlan.Layer {
        numbers[config.kind, default: 0] += 1
        let name = "\(config.kind)\(numbers[config.kind]!)"
        return ModelPlan.Layer(config: config, name: name, place: place, input: input, output: output)
    }
}
