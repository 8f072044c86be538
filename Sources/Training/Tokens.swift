import Tensors

/// What the positions of an activation are, where each comes from some values of a sample alone.
struct Tokens: Equatable {
    enum Source: Equatable {
        /// The values are the sample's, in its order.
        case sample
        /// Each comes from so many values of the sample, one run behind the other.
        case runs(Int)
        /// Each comes from a square of so many pixels on a side.
        case patches(Int, of: Shape)
    }

    var source: Source
    /// How many there are in front of the sample's own, such as a class token.
    var leading = 0
    /// Whether each is a place along the sample's first axis, of which a batch may say how many are real.
    var haveLengths = true
    /// Whether those that a mask hides are left out.
    var areVisibleOnly = false
}

extension Tokens.Source {
    /// Where in a sample the values of each of some tokens begin, as many runs of `length` values for each of them.
    func runs(tokens: Int, channels: Int) -> (begins: [[Int]], length: Int) {
        switch self {
        case .sample: ((0..<tokens).map { [$0 * channels] }, channels)
        case .runs(let length): ((0..<tokens).map { [$0 * length] }, length)
        case .patches(let size, let shape):
            (
                (0..<tokens).map { token in
                    let (row, column) = token.quotientAndRemainder(dividingBy: shape[1] / size)
                    return (0..<size).map {
                        ((row * size + $0) * shape[1] + column * size) * shape[2]
                    }
                }, size * shape[2]
            )
        }
    }
}

extension LayerConfig {
    /// What the positions of the output are, of a layer that holds no others; nil where they come from no values of the sample
    /// alone.
    func tokens(after tokens: Tokens?, input: Shape) -> Tokens? {
        guard var tokens else { return nil }
        switch self {
        case .relu, .leakyReLU, .gelu, .silu, .tanh, .sigmoid, .softmax, .layerNorm, .rmsNorm, .batchNorm,
            .groupNorm, .stochasticDepth, .dropout:
            break
        case .flatten, .reshape:
            guard tokens.source == .sample, !tokens.areVisibleOnly else { return nil }
            tokens.haveLengths = false
        case .tokenEmbedding: tokens.source = .runs(1)
        case .patchEmbedding(let size, _, _):
            guard tokens.source == .sample else { return nil }
            (tokens.source, tokens.haveLengths) = (.patches(size, of: input), false)
        case .dense, .positions, .attention, .classToken, .visibleTokens, .restoreTokens:
            guard input.rank == 2 else { return nil }
            if tokens.source == .sample { tokens.source = .runs(input[1]) }
            if self == .classToken { tokens.leading += 1 }
            if self == .visibleTokens { tokens.areVisibleOnly = true }
            if self == .restoreTokens { (tokens.areVisibleOnly, tokens.leading) = (false, 0) }
        case .custom(let custom):
            guard custom.keepsPositions(of: input), !tokens.areVisibleOnly else { return nil }
            if input.rank == 2, tokens.source == .sample { tokens.source = .runs(input[1]) }
        default: return nil
        }
        return tokens
    }
}

extension LayerConfig {
    /// What the positions of the output are, as `tokens(after:input:)` says it, of a layer that can be where these tokens are.
    ///
    /// - Parameter isPath: whether it is inside a residual or a branch.
    func checkedTokens(
        after tokens: Tokens?, input: Shape, isPath: Bool, place: LayerPlace
    ) throws(ModelError) -> Tokens? {
        let areVisibleOnly = tokens?.areVisibleOnly ?? false
        switch self {
        case .visibleTokens, .restoreTokens:
            if isPath { throw .tokensInPath(place, kind: kind) }
            let restores = self == .restoreTokens
            guard tokens != nil || restores else { throw .unknownTokens(place) }
            guard areVisibleOnly == restores else { throw .tokensTwice(place, kind: kind) }
        case .positions where areVisibleOnly: throw .positionsOfVisible(place)
        case .firstToken, .meanToken: return nil
        default: break
        }
        let found = self.tokens(after: tokens, input: input)
        if areVisibleOnly, found == nil { throw .visibleTokensOnly(place, kind: kind) }
        return found
    }
}

extension Tokens {
    /// Of what several paths from one input give together: positions are tokens where they are the same in all paths.
    static func joined(
        _ paths: [[ModelPlan.Layer]], from tokens: Tokens?, input: Shape
    ) -> Tokens? {
        var ends = paths.map { $0.isEmpty ? tokens : $0.last!.tokens }
        // One path may have kept the sample's values, of which another one has made rows.
        if input.rank == 2, !ends.allSatisfy({ $0 == ends[0] }) {
            for index in ends.indices where ends[index]?.source == .sample {
                ends[index]!.source = .runs(input[1])
            }
        }
        return ends.allSatisfy { $0 == ends[0] } ? ends[0] : nil
    }
}
