import Tensors

/// How a log-mel spectrogram is made of a sound.
package struct MelSettings: Equatable, Sendable {
    /// Samples a second of the sound.
    package let rate: Int
    /// Samples that a spectrum is made of, and samples from one spectrum to the next.
    package var window: Int
    package var hop: Int
    package var bins = 64
    /// Where the lowest filter begins and the highest one ends, in Hz.
    package var low = 0.0
    package var high: Double

    /// 25 ms every 10 ms, as is usual for speech, up to half the rate.
    package init(rate: Int) {
        self.rate = rate
        window = max(2, rate / 40)
        hop = max(1, rate / 100)
        high = Double(rate) / 2
    }

    /// How many frames a sound has: their middles are samples 0, hop, 2 · hop … up to its end.
    package func frames(_ samples: Int) -> Int { 1 + samples / hop }
}

/// Triangles over the frequencies of a spectrum, whose corners are evenly spaced in mel, 2595 · log₁₀(1 + Hz/700) (O'Shaughnessy
/// 1987; HTK's formula). Each is 1 at its middle, the corner that its neighbours end at: torchaudio's `melscale_fbanks`, and
/// `librosa.filters.mel(htk=True, norm=None)`.
package struct MelFilters: Sendable {
    /// The first frequency of a filter and its weights from there on.
    struct Filter: Sendable {
        var first: Int
        var weights: [Double]
    }

    let filters: [Filter]

    package init(_ settings: MelSettings) {
        let corners = Self.corners(settings)
        let step = Double(settings.rate) / Double(settings.window)
        filters = (0..<settings.bins).map { bin in
            let (low, middle, high) = (corners[bin], corners[bin + 1], corners[bin + 2])
            let weights = (0...settings.window / 2).map { place in
                let frequency = Double(place) * step
                return max(
                    0, min((frequency - low) / (middle - low), (high - frequency) / (high - middle)))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? first - 1
            return Filter(first: first, weights: Array(weights[first..<last + 1]))
        }
    }

    /// The ends, in Hz, of the first filter that is so narrow that no frequency of the spectrum lies in it.
    package static func firstEmpty(_ settings: MelSettings) -> ClosedRange<Double>? {
        let corners = corners(settings)
        return MelFilters(settings).filters.firstIndex { $0.weights.isEmpty }.map {
            corners[$0]...corners[$0 + 2]
        }
    }

    /// Evenly spaced in mel, so in the logarithm of 1 + Hz/700.
    private static func corners(_ settings: MelSettings) -> [Double] {
        let (first, last) = (1 + settings.low / 700, 1 + settings.high / 700)
        let step = ScalarReference.log(last / first) / Double(settings.bins + 1)
        return (0...settings.bins + 1).map { place in
            switch place {
            case 0: settings.low
            case settings.bins + 1: settings.high
            default: 700 * (first * ScalarReference.exp(step * Double(place)) - 1)
            }
        }
    }
}
