import Tensors

/// Where the rows that positions add come from.
package enum PositionKind: String, CaseIterable, Sendable {
    /// From the gradient.
    case learned
    /// Waves of different lengths (Vaswani et al. 2017, §3.5).
    case sinusoidal
}

extension LayerConfig {
    /// The shape of one sample's output, of layers of tokens and patches.
    func tokenShape(input: Shape, place: LayerPlace) throws(ModelError) -> Shape {
        switch self {
        case .groupNorm(let groups):
            try divide(input.sizes.last ?? 1, by: groups, "groups of channels", place)
            return input
        case .tokenEmbedding(let tokens, let width, _):
            guard let tokens else {
                preconditionFailure("\(place) \(kind): a plan is of layers for some data")
            }
            guard input.rank == 1 else {
                throw .layerInput(place, kind: kind, wanted: "[batch, tokens]", input: input)
            }
            try checkSize(tokens, width, place)
            return [input[0], width]
        case .patchEmbedding(let size, let width, _):
            guard input.rank == 3 else {
                throw .layerInput(place, kind: kind, wanted: "[batch, height, width, channels]", input: input)
            }
            for side in 0..<2 { try divide(input[side], by: size, "pixels a patch", place) }
            let patches = Patches.shape(input, size: size)
            try checkSize(patches[1], width, place)
            return [patches[0], width]
        default:
            guard input.rank == 2 else {
                throw .layerInput(place, kind: kind, wanted: "[batch, tokens, channels]", input: input)
            }
            return try tokensShape(input, place)
        }
    }

    /// For an input `[tokens, channels]`.
    private func tokensShape(_ input: Shape, _ place: LayerPlace) throws(ModelError) -> Shape {
        switch self {
        case .classToken: return [input[0] + 1, input[1]]
        case .firstToken, .meanToken: return [input[1]]
        case .attention(let heads, _):
            try divide(input[1], by: heads, "heads", place)
            try checkSize(input[1], 3 * input[1], place)
            return input
        default: return input
        }
    }

    private func divide(_ count: Int, by parts: Int, _ what: String, _ place: LayerPlace) throws(ModelError) {
        guard parts > 0, count % parts == 0 else {
            throw .indivisible(place, kind: kind, count: count, parts: parts, what: what)
        }
    }

    private func checkSize(_ inputs: Int, _ outputs: Int, _ place: LayerPlace) throws(ModelError) {
        let (weights, overflow) = inputs.multipliedReportingOverflow(by: outputs)
        guard inputs > 0, outputs > 0, !overflow, weights <= Self.weightLimit else {
            throw .layerSize(place, kind: kind, inputs: inputs, outputs: outputs)
        }
    }
}
