import Tensors

/// One item of a model's description.
package enum LayerConfig: Equatable, Sendable {
    /// `[batch, height, width, channels]` to `[batch, features]`.
    case flatten
    /// An affine map to so many outputs.
    case dense(Int)
    case relu
    /// Sets this share of the values to zero in training, 0 ..< 1.
    case dropout(Double)

    /// As a config and a weight's name call it.
    package var kind: String {
        switch self {
        case .flatten: "flatten"
        case .dense: "dense"
        case .relu: "relu"
        case .dropout: "dropout"
        }
    }

    /// A layer's weights beyond this are taken for a slip: with what Adam keeps they would take 12 GiB.
    static let weightLimit = 1 << 30

    /// The shape of one sample's output for an input of shape `input`; `index` is the place in the model, for errors.
    func outputShape(input: Shape, index: Int) throws(ModelError) -> Shape {
        switch self {
        case .flatten: return [input.count]
        case .relu: return input
        case .dropout(let rate):
            guard rate >= 0, rate < 1 else { throw .dropoutRate(index: index, rate: rate) }
            return input
        case .dense(let outputs):
            guard outputs > 0 else { throw .denseOutputs(index: index, outputs: outputs) }
            guard input.rank == 1 else { throw .denseInput(index: index, input: input) }
            let (weights, overflow) = input.count.multipliedReportingOverflow(by: outputs)
            guard !overflow, weights <= Self.weightLimit else {
                throw .denseSize(index: index, inputs: input.count, outputs: outputs)
            }
            return [outputs]
        }
    }
}
