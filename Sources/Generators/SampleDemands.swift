import Tensors

/// What a chain demands of the clean samples that it is given.
struct SampleDemands: Sendable {
    /// Whether every value must be a token's id.
    private(set) var ids = false
    /// The first generator that has no meaning without words, and what named it.
    private(set) var words: (generator: String, origin: String?)?

    mutating func add(_ item: ChainItem) {
        ids = ids || item.plugin.kind == .tokens
        if words == nil, item.plugin.needsWords { words = (item.plugin.title, item.origin) }
    }

    func check(_ sample: CleanSample, id: UInt64, count: Int) throws(SampleError) {
        if let words, sample.words == nil {
            throw .noWords(generator: words.generator, origin: words.origin)
        }
        guard ids else { return }
        for place in 0..<count {
            let value = sample.values[place]
            guard value >= 0, value < 0x1p24, Float(Int32(value)) == value else {
                throw .noID(sample: id, place: place, value: value)
            }
        }
    }
}

/// Why a clean sample cannot go through a chain.
package enum SampleError: Error, Equatable, CustomStringConvertible {
    /// `place` counts from 0, as in the array that the sample comes from.
    case noID(sample: UInt64, place: Int, value: Float)
    case noWords(generator: String, origin: String?)

    package var description: String {
        switch self {
        case .noID(let sample, let place, let value):
            "sample \(sample), place \(place), both counted from 0: \(formatted(Double(value))) is no token id; "
                + "ids are whole numbers from 0 to 16777215"
        case .noWords(let generator, let origin):
            "\(origin.map { "\($0): error: " } ?? "")\(generator) works on whole words, and the samples do not say "
                + "which tokens make a word; --words names the file that does"
        }
    }
}
