import Generators
import Tensors

/// Samples made for trying generators: smooth patterns with some texture inside the data's range, or token ids. Of every
/// eight samples one has only the range's exact ends, and one is the same value everywhere.
final class SyntheticSamples: SampleSource {
    let shape: Shape
    let ids: SampleIDs
    let range: ClosedRange<Float>
    /// Whether values are token ids.
    let isText: Bool
    /// One value everywhere, where that is wanted.
    let constant: Float?
    /// Whether the second half of every other sample's first axis is padding.
    let hasPadding: Bool
    private let values: Buffer<Float>
    private let words: Buffer<Float>
    /// Token ids are 0 ..< this.
    static let vocabulary = 1000

    init(
        shape: Shape, range: ClosedRange<Float>, isText: Bool, count: Int, constant: Float? = nil,
        hasPadding: Bool = false
    ) {
        (self.shape, self.range, self.isText, self.constant) = (shape, range, isText, constant)
        self.hasPadding = hasPadding
        ids = SampleIDs(0..<UInt64(count))
        values = Buffer(count: count * shape.count)
        words = Buffer(count: shape.size(0))
        for sample in 0..<count {
            for element in 0..<shape.count {
                values.pointer[sample * shape.count + element] =
                    constant
                    ?? Self.value(
                        sample, element, shape, range, isText)
            }
        }
        // Words of one to three tokens.
        var (word, left) = (0, 0)
        for place in 0..<words.count {
            if left == 0 { (word, left) = (word + 1, 1 + word % 3) }
            words.pointer[place] = Float(word)
            left -= 1
        }
    }

    private static func value(
        _ sample: Int, _ element: Int, _ shape: Shape, _ range: ClosedRange<Float>, _ isText: Bool
    ) -> Float {
        let texture = Float((element &* 7919 &+ sample &* 104_729 &+ 13) % 10_007) / 10_007
        if isText { return (texture * Float(vocabulary)).rounded(.down) }
        if sample % 8 == 5 { return texture < 0.5 ? range.lowerBound : range.upperBound }
        if sample % 8 == 6 { return range.lowerBound + 0.4 * (range.upperBound - range.lowerBound) }
        let (row, column) = element.quotientAndRemainder(
            dividingBy: max(1, shape.sizes.dropFirst().reduce(1, *)))
        let wave = Float(row % 16) / 15 * Float(column % 24) / 23
        let share = 0.05 + 0.9 * (0.75 * wave + 0.25 * texture)
        return range.lowerBound + share * (range.upperBound - range.lowerBound)
    }

    /// How many places of a sample are real.
    func length(_ id: UInt64) -> Int { hasPadding && id % 2 == 1 ? (shape.size(0) + 1) / 2 : shape.size(0) }

    func clean(_ id: UInt64) -> [Float] {
        Array(UnsafeBufferPointer(start: values.pointer + Int(id) * shape.count, count: shape.count))
    }

    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
        CleanSample(
            .floats(values.pointer + Int(id) * shape.count), length: length(id),
            words: UnsafePointer(words.pointer))
    }

    func label(_ id: UInt64) -> Int { Int(id) % 10 }

    var wordNumbers: [Float] { words.values }
}
