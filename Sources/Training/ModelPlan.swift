import Tensors

/// A model's description, checked against the data: which layers there are, their names and their shapes.
package struct ModelPlan: Equatable, Sendable {
    /// One layer and the shapes of one sample.
    package struct Layer: Equatable, Sendable {
        package var config: LayerConfig
        /// Numbered by kind in order: `dense1`, `relu1`, `dense2`.
        package var name: String
        package var input: Shape
        package var output: Shape
    }

    package let layers: [Layer]
    /// The shape of one sample.
    package let input: Shape
    package let classes: Int

    package init(_ configs: [LayerConfig], input: Shape, classes: Int) throws(ModelError) {
        var layers: [Layer] = []
        var shape = input
        var numbers: [String: Int] = [:]
        for (index, config) in configs.enumerated() {
            let output = try config.outputShape(input: shape, index: index)
            numbers[config.kind, default: 0] += 1
            let name = "\(config.kind)\(numbers[config.kind]!)"
            layers.append(Layer(config: config, name: name, input: shape, output: output))
            shape = output
        }
        guard shape == [classes] else { throw .lastOutputs(shape: shape, classes: classes) }
        guard numbers["dense"] != nil else { throw .noWeights }
        (self.layers, self.input, self.classes) = (layers, input, classes)
    }
}
