import Tensors

/// Why a description is no model for the data, or why weights do not fit a model.
package enum ModelError: Error, Equatable, CustomStringConvertible {
    case denseInput(index: Int, input: Shape)
    case denseOutputs(index: Int, outputs: Int)
    case denseSize(index: Int, inputs: Int, outputs: Int)
    case dropoutRate(index: Int, rate: Double)
    case lastOutputs(shape: Shape, classes: Int)
    case noWeights
    case missingWeight(name: String, shape: Shape)
    case unknownWeight(name: String, known: [String])
    case weightShape(name: String, found: Shape, wanted: Shape)
    case weightCount(name: String, found: Int, shape: Shape)

    package var description: String {
        switch self {
        case .denseInput(let index, let input):
            "model[\(index)] dense: expects [batch, features], gets \(Self.batched(input)); "
                + "a flatten is missing before it?"
        case .denseOutputs(let index, let outputs):
            "model[\(index)] dense: wants at least one output, got \(outputs)"
        case .denseSize(let index, let inputs, let outputs):
            "model[\(index)] dense: \(inputs) inputs and \(outputs) outputs make more than "
                + "\(LayerConfig.weightLimit) weights"
        case .dropoutRate(let index, let rate):
            "model[\(index)] dropout: the rate must be at least 0 and below 1, got \(rate)"
        case .lastOutputs(let shape, let classes):
            "model: the last layer gives \(Self.batched(shape)), the data has \(classes) classes; "
                + "'dense: \(classes)' as the last layer?"
        case .noWeights:
            "model: no layer has weights, so there is nothing to train; 'dense' has"
        case .missingWeight(let name, let shape):
            "weight '\(name)' \(shape) is missing; saved from another model?"
        case .unknownWeight(let name, let known):
            "weight '\(name)' is not in the model, which has \(known.joined(separator: ", "))"
        case .weightShape(let name, let found, let wanted):
            "weight '\(name)' is \(found), the model wants \(wanted); saved from another model?"
        case .weightCount(let name, let found, let shape):
            "weight '\(name)' has \(found) values, its shape \(shape) wants \(shape.count)"
        }
    }

    private static func batched(_ shape: Shape) -> String {
        "[" + (["batch"] + shape.sizes.map(String.init)).joined(separator: ", ") + "]"
    }
}
