import Tensors

/// A step whose loss or gradient is infinite or nan, and where that began.
package struct NonFiniteStep: Equatable, Sendable {
    package enum Number: Equatable, Sendable {
        /// `head`: which of several has such a loss; nil where there is one output, or where only the sum overflows.
        case loss(Double, head: String? = nil)
        case gradientNorm(Double)
    }

    /// What held the first value that is not finite, in the order in which a step computes.
    package enum Origin: Equatable, Sendable {
        /// The batch as it came.
        case samples
        /// A weight, before the step.
        case weight(String, LayerPlace?)
        /// What a layer gave forward.
        case outputs(layer: String, LayerPlace?)
        /// What a weight got backward.
        case gradient(weight: String, LayerPlace?)
        /// Nothing but the loss.
        case loss
    }

    /// Counts from 1.
    package var step: Int
    package var number: Number
    package var origin: Origin
    /// Of the samples with such values; where they cannot be told, of the whole batch.
    package var samples: [UInt64]

    package init(step: Int, number: Number, origin: Origin, samples: [UInt64]) {
        (self.step, self.number, self.origin, self.samples) = (step, number, origin, samples)
    }
}

extension NonFiniteStep: CustomStringConvertible {
    package var description: String {
        let found =
            switch number {
            case .loss(let value, let head):
                "the loss\(head.map { " of the head '\($0)'" } ?? "") is \(Self.text(value))"
            case .gradientNorm(let value): "the gradient's norm is \(Self.text(value))"
            }
        let batch = "in the batch of \(samplesText)"
        let cause =
            switch origin {
            case .samples: "so are values of \(samplesText) before the first layer"
            case .weight(let name, let place):
                "the steps before left such values in the weight \(name)\(Self.text(place)), \(batch)"
            case .outputs(let layer, let place):
                "it begins forward in \(layer)\(Self.text(place)), for \(samplesText)"
            case .gradient(let weight, let place):
                "it begins backward in the gradient of \(weight)\(Self.text(place)), \(batch)"
            case .loss: "the outputs of all layers are finite, so the loss itself overflows, \(batch)"
            }
        return "step \(step): \(found): \(cause); \(Self.advice)"
    }

    static let advice =
        "try a lower learning rate or 'clip_norm', and check the strength of the noise and the range of the data"

    static func text(_ value: Double) -> String { value.isNaN ? "not a number" : "\(value)" }

    static func text(_ place: LayerPlace?) -> String { place.map { " at \($0)" } ?? "" }

    /// The first eight; a line is no list of a thousand numbers.
    private var samplesText: String {
        let (named, more) = (samples.prefix(8).map(String.init).joined(separator: ", "), samples.count - 8)
        return (samples.count == 1 ? "sample \(named)" : "samples \(named)")
            + (more > 0 ? " and \(more) more" : "")
    }
}

extension Model {
    /// Where the last `forward`, of this batch, first met a value that is not finite. It looks over all weights and outputs,
    /// which stay as they are until `backward`: for a step that has failed.
    func nonFiniteForward(_ batch: Batch) -> (origin: NonFiniteStep.Origin, samples: [UInt64]) {
        let ids = (0..<batch.count).map { batch.ids[$0] }
        func bad(_ values: UnsafePointer<Float>, _ size: Int) -> [UInt64] {
            ids.indices.filter { !allFinite(values + $0 * size, size) }.map { ids[$0] }
        }
        let samples = bad(batch.values, batch.shape.count)
        if !samples.isEmpty { return (.samples, samples) }
        for placed in layers {
            if let weight = placed.layer.weights.first(where: { !$0.isFinite }) {
                return (.weight(weight.name, place(of: weight.name)), ids)
            }
            let output = placed.layer.output
            let samples =
                if let counted = (placed.layer as? Dense)?.counted {
                    counted.samples { !allFinite(output.values.pointer + $0 * output.stride, output.stride) }
                        .map { ids[$0] }
                } else {
                    bad(output.values.pointer, output.sampleStride)
                }
            if !samples.isEmpty {
                return (.outputs(layer: placed.name, place(of: placed.name)), samples)
            }
        }
        return (.loss, ids)
    }

    /// The first gradient on the way back, of those that are collected, that is not finite.
    func nonFiniteBackward() -> NonFiniteStep.Origin {
        for placed in layers.reversed() {
            for weight in placed.layer.weights.reversed() {
                guard let gradient = weight.collected else { continue }
                if !allFinite(gradient.pointer, gradient.count) {
                    return .gradient(weight: weight.name, place(of: weight.name))
                }
            }
        }
        return .loss
    }

    /// Where the layer stands in the description that a name, or a weight's name, begins with.
    func place(of name: String) -> LayerPlace? {
        func find(_ layers: [ModelPlan.Layer]) -> LayerPlace? {
            for layer in layers {
                if layer.name == name.prefix(while: { $0 != "." }) { return layer.place }
                for path in layer.paths { if let place = find(path) { return place } }
            }
            return nil
        }
        return find(plan.layers)
    }
}

extension Weight {
    /// Whether none of its values is infinite or nan.
    var isFinite: Bool { allFinite(values.pointer, values.count) }
}

private func allFinite(_ values: UnsafePointer<Float>, _ count: Int) -> Bool {
    UnsafeBufferPointer(start: values, count: count).allSatisfy(\.isFinite)
}
