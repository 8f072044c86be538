import Tensors

/// Which tokens of a batch are visible, and where they stood: what `visible_tokens` finds, and the layers up to
/// `restore_tokens` go by.
final class VisibleTokens {
    /// What `places` has for a token that the mask hides, and for one that is padding.
    static let hidden: Int32 = -1
    static let padding: Int32 = -2

    /// Of a sample, in front of which others may stand.
    let tokens: Int
    /// The most that a sample of the batch has, at least one; until there is a batch, all.
    private(set) var most: Int
    /// `[samples]`: how many each has.
    let lengths: Buffer<Int32>
    /// `[samples, tokens]`: the how-manieth of the visible ones each is.
    let places: Buffer<Int32>
    /// Where each token's values are in a sample.
    private let (begins, length): ([[Int]], Int)
    private let haveLengths: Bool

    /// - Parameter tokens: what the positions of `input` are.
    init(_ tokens: Tokens, of input: Activation, capacity: Int) {
        let count = input.positions - tokens.leading
        (begins, length) = tokens.source.runs(tokens: count, channels: input.channels)
        (self.tokens, most, haveLengths) = (count, count, tokens.haveLengths)
        lengths = Buffer(count: capacity)
        places = Buffer(count: capacity * count)
    }

    /// Looks at a batch's mask: a token is hidden where all values that it comes from are.
    func find(_ pass: Pass) {
        var most = 1
        for sample in 0..<pass.count {
            let mask = pass.mask.map { $0 + sample * begins.count * begins[0].count * length }
            let real = haveLengths ? pass.lengths.map { Int($0[sample]) } ?? tokens : tokens
            var visible = 0
            for token in 0..<tokens {
                let place = sample * tokens + token
                if token >= real {
                    places[place] = Self.padding
                } else if let mask, isHidden(token, mask) {
                    places[place] = Self.hidden
                } else {
                    places[place] = Int32(visible)
                    visible += 1
                }
            }
            lengths[sample] = Int32(visible)
            most = max(most, visible)
        }
        self.most = most
    }

    private func isHidden(_ token: Int, _ mask: UnsafePointer<UInt8>) -> Bool {
        for begin in begins[token] {
            for index in begin..<begin + length where mask[index] == 0 { return false }
        }
        return true
    }
}

/// Passes on the tokens that the batch's mask leaves visible, one behind the other in their order, so that the layers up to
/// `restore_tokens` run over fewer (He et al. 2022, §3). Those in front of the sample's own stay; without a mask all do.
///
/// - Shapes: `[tokens, channels]` → up to as many tokens. A batch has as many positions as the sample with the most visible
///   tokens; what others lack is padding.
final class VisibleTokensLayer: Layer {
    var weights: [Weight] { [] }
    let output: Activation
    private let input: Activation
    private let visible: VisibleTokens
    private let leading: Int
    private let forwardRegion: Region<TakeTokensTask>
    private let backwardRegion: Region<SpreadTokensTask>

    init(_ input: Activation, _ visible: VisibleTokens, engine: Engine) {
        (self.input, self.visible, leading) = (input, visible, input.tokens?.leading ?? 0)
        engine.memory.use(input)
        output = engine.memory.output(input.shape, wantsGradient: input.gradient != nil)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    private var rows: TokenRows { TokenRows(visible, few: output, leading: leading, all: leading) }

    func forward(_ pass: Pass) {
        visible.find(pass)
        let task = TakeTokensTask(
            rows: rows, count: pass.count, all: input.values.pointer, visible: output.values.pointer)
        forwardRegion.run(task, multiplications: pass.count * input.sampleStride)
    }

    func backward(_ pass: Pass) {
        guard let gradient = input.gradient else { return }
        let task = SpreadTokensTask(
            rows: rows, count: pass.count, visible: output.gradient!.pointer, all: gradient.pointer,
            hidden: nil)
        backwardRegion.run(task, multiplications: pass.count * input.sampleStride)
    }
}
