import Foundation
import Tensors
import Training

/// What positions that are tokens are.
struct DoubleTokens: Equatable {
    /// Which values of a sample each of its own tokens comes from.
    var sources: [[Int]]
    /// How many of each sample's own tokens are no padding; nil: all.
    var lengths: [Int]?
    /// How many there are in front of the sample's own, such as a class token.
    var leading = 0
    /// What `visible_tokens` kept, up to `restore_tokens`.
    var visible: Visible?

    struct Visible: Equatable {
        /// Of each sample, in order.
        var tokens: [[Int]]
        /// Before the hidden ones went.
        var lengths: [Int]?
    }

    /// - Parameter shape: of one sample, whose first axis tokens are.
    init(_ shape: Shape, lengths: [Int]?) {
        let size = shape.count / shape[0]
        sources = (0..<shape[0]).map { Array($0 * size..<($0 + 1) * size) }
        self.lengths = lengths
    }
}

extension DoublePass {
    /// y[t] = table[x[t]].
    func tokenEmbedding(_ name: String, _ x: DoubleBatch, width: Int) throws -> DoubleBatch {
        let table = try weight("\(name).table")
        var rows: [Double] = []
        for token in x.values {
            let row = Int(token.rounded())
            rows += table[row * width..<(row + 1) * width]
        }
        return DoubleBatch([x.shape.count, width], rows, tokens: x.tokens)
    }

    /// A learned token before all others.
    func classToken(_ name: String, _ x: DoubleBatch) throws -> DoubleBatch {
        let token = try weight("\(name).token")
        var tokens = x.tokens
        tokens?.leading += 1
        return x.mapSamples(tokens: tokens) { _, rows in [token] + rows }
    }

    /// The tokens with a value that the mask leaves visible, one behind the other, behind those in front; as many positions as the
    /// sample with the most has, with zeros as padding (He et al. 2022, §3).
    func visibleTokens(_ name: String, _ x: DoubleBatch) throws -> DoubleBatch {
        guard var tokens = x.tokens else { throw DoubleModelError.noTokens(layer: name) }
        let (mask, size) = (model.mask, model.input.count)
        let visible = (0..<x.samples).map { sample in
            tokens.sources.indices.filter { token in
                let isReal = tokens.lengths.map { token < $0[sample] } ?? true
                let isHidden = tokens.sources[token].allSatisfy { mask?[sample * size + $0] == 1 }
                return isReal && !isHidden
            }
        }
        tokens.visible = DoubleTokens.Visible(tokens: visible, lengths: tokens.lengths)
        tokens.lengths = visible.map(\.count)
        let positions = tokens.leading + max(1, visible.map(\.count).max()!)
        return x.mapSamples(tokens: tokens) { sample, rows in
            let kept = rows[..<tokens.leading] + visible[sample].map { rows[tokens.leading + $0] }
            return kept + Array(repeating: rows[0].map { _ in 0 }, count: positions - kept.count)
        }
    }

    /// The visible tokens where they stood, a learned one where others are hidden, zeros where there is padding; without those in
    /// front.
    func restoreTokens(_ name: String, _ x: DoubleBatch) throws -> DoubleBatch {
        let token = try weight("\(name).mask_token")
        guard var tokens = x.tokens, let visible = tokens.visible else {
            throw DoubleModelError.noTokens(layer: name)
        }
        (tokens.lengths, tokens.visible, tokens.leading) = (visible.lengths, nil, 0)
        return x.mapSamples(tokens: tokens) { sample, rows in
            tokens.sources.indices.map { index in
                if let place = visible.tokens[sample].firstIndex(of: index) {
                    return rows[x.tokens!.leading + place]
                }
                let isPadding = visible.lengths.map { index >= $0[sample] } ?? false
                return isPadding ? token.map { _ in 0 } : token
            }
        }
    }
}

extension DoubleBatch {
    /// y = x + table, the same in every sample.
    func adding(_ table: [Double]) -> DoubleBatch {
        let sums = values.indices.map { values[$0] + table[$0 % shape.count] }
        return DoubleBatch(shape, sums, tokens: tokens)
    }

    /// To channel 2i the sine and to channel 2i + 1 the cosine of position / 10000^(2i / channels) (Vaswani et al. 2017, §3.5).
    func waves() -> [Double] {
        (0..<shape.count).map { index in
            let (position, channel) = index.quotientAndRemainder(dividingBy: channels)
            let angle = Double(position) / pow(10000, Double(channel / 2 * 2) / Double(channels))
            return channel % 2 == 0 ? sin(angle) : cos(angle)
        }
    }

    func firstToken() -> DoubleBatch {
        DoubleBatch([channels], (0..<samples).flatMap { row(0, of: $0) })
    }

    /// The mean of the tokens that are no padding; of none zero.
    func meanToken() -> DoubleBatch {
        let means = (0..<samples).flatMap { sample in
            let length = length(sample)
            return (0..<channels).map { channel in
                (0..<length).reduce(0) { $0 + row($1, of: sample)[channel] } / Double(max(length, 1))
            }
        }
        return DoubleBatch([channels], means)
    }

    /// Squares of a picture, row by row from the top left, and in a square too (Dosovitskiy et al. 2021).
    func patches(_ size: Int) -> DoubleBatch {
        let (height, width) = (shape[0], shape[1])
        var sources: [[Int]] = []
        for top in stride(from: 0, to: height, by: size) {
            for left in stride(from: 0, to: width, by: size) {
                var source: [Int] = []
                for y in top..<top + size {
                    for x in left..<left + size {
                        for channel in 0..<channels { source.append((y * width + x) * channels + channel) }
                    }
                }
                sources.append(source)
            }
        }
        var pixels: [Double] = []
        for sample in 0..<samples {
            for index in sources.joined() { pixels.append(values[sample * shape.count + index]) }
        }
        var patches = DoubleBatch([sources.count, sources[0].count], pixels, tokens: tokens)
        patches.tokens?.sources = sources
        patches.tokens?.lengths = nil
        return patches
    }
}
