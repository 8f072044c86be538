import Tensors

/// Changes the sampling rate of sounds, by a sinc in Kaiser's window whose phases are computed once (Smith, Digital Audio
/// Resampling, ccrma.stanford.edu/~jos/resample; Kaiser 1974).
///
/// Output i is the filtered sound at its time: y[i] = Σⱼ x[j] · h(i · from/to − j), with no sound before the first value and behind
/// the last. With r = min(1, to/from), and t in inputs:
///
///     h(t) = 0.95 r · sinc(0.95 r t) · I₀(β √(1 − (r t/64)²)) / I₀(β) where |r t| < 64, otherwise 0; β = 10.06
///
/// Of the lower rate's half, the first 90 % pass with a ripple below 0.001 dB, and what lies beyond it, which would come back
/// as another frequency, is down by more than 98 dB. It is made of + − × ÷ in a fixed order, so that every processor gives the
/// same bits.
package struct Resampler: Sendable {
    /// Outputs for every `decimation` inputs; the two have no common factor.
    private let expansion: Int
    private let decimation: Int
    /// Inputs before the last one that is not later than an output, which take part in it.
    package let before: Int
    /// Inputs that an output is made of; a multiple of 16, where the last ones may have no weight.
    private let taps: Int
    /// Row i has the weights of the outputs i, i + rows, i + 2 · rows …
    private let rows: Int
    private let weights: Buffer<Float>

    /// Rates above have no meaning for sound, and the filter's angles are exact for rates up to it.
    package static let largestRate = 1_000_000

    /// How many weights a resampler has, which is what it costs to make it.
    package static func weightCount(from: Int, to: Int, outputs: Int) -> Int {
        let (expansion, decimation) = ratio(from: from, to: to)
        return min(expansion, outputs) * taps(expansion, decimation)
    }

    /// - Parameters:
    ///   - from, to: samples a second, 1 ... `largestRate`.
    ///   - outputs: the most that are made of one sound, one at least.
    package init(from: Int, to: Int, outputs: Int) {
        precondition((1...Self.largestRate).contains(from) && (1...Self.largestRate).contains(to))
        (expansion, decimation) = Self.ratio(from: from, to: to)
        taps = Self.taps(expansion, decimation)
        rows = min(expansion, outputs)
        before = Self.half(expansion, decimation) - 1
        weights = Buffer(count: rows * taps)
        for row in 0..<rows {
            let phase = row * decimation % expansion
            for tap in 0...2 * before + 1 {
                weights[row * taps + tap] = Float(weight((tap - before) * expansion - phase))
            }
        }
    }

    /// h at `place`/expansion inputs.
    private func weight(_ place: Int) -> Double {
        let slower = max(expansion, decimation)
        let gain = 19 * Double(expansion) / Double(20 * slower)
        if place == 0 { return gain }
        guard abs(place) < Self.crossings * slower else { return 0 }
        // sin(π · 0.95 · place/slower), by whole numbers.
        let sine = unitRoot(19 * abs(place) % (40 * slower), of: 40 * slower).sine
        let angle = Double.pi * Double(19 * abs(place)) / Double(20 * slower)
        return gain * sine / angle * KaiserWindow.value(abs(place), of: Self.crossings * slower)
    }

    /// How many zeros the sinc has on each side, if it ended at half the lower rate.
    private static let crossings = 64

    private static func ratio(from: Int, to: Int) -> (expansion: Int, decimation: Int) {
        var (divisor, rest) = (from, to)
        while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
        return (to / divisor, from / divisor)
    }

    /// Inputs on each side of an output.
    private static func half(_ expansion: Int, _ decimation: Int) -> Int {
        (crossings * max(expansion, decimation) + expansion - 1) / expansion
    }

    private static func taps(_ expansion: Int, _ decimation: Int) -> Int {
        (2 * half(expansion, decimation) + 15) / 16 * 16
    }

    /// How many outputs belong to a sound of so many inputs.
    package func outputCount(_ inputs: Int) -> Int { (inputs * expansion + decimation - 1) / decimation }

    /// How many inputs, from the first one of a sound, take part in so many outputs.
    package func inputCount(_ outputs: Int) -> Int {
        (outputs - 1) * decimation / expansion + taps - before
    }

    /// Writes the first `count` outputs.
    ///
    /// - Parameter inputs: `before` zeros, and `inputCount(count)` values, zeros behind the sound's end.
    package func run(
        _ inputs: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>, count: Int
    ) {
        withExtendedLifetime(weights) {
            var (first, phase, row) = (0, 0, 0)
            let (step, rest) = decimation.quotientAndRemainder(dividingBy: expansion)
            for place in 0..<count {
                outputs[place] = Self.product(inputs + first, weights.pointer + row * taps, count: taps)
                (first, phase, row) = (first + step, phase + rest, row + 1)
                if phase >= expansion { (first, phase) = (first + 1, phase - expansion) }
                if row == expansion { row = 0 }
            }
        }
    }

    /// Returns Σᵢ a[i] · b[i] in sixteen lanes; the count is a multiple of 16.
    private static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
        func term(_ place: Int) -> SIMD4<Float> {
            UnsafeRawPointer(a + place).loadUnaligned(as: SIMD4<Float>.self)
                * UnsafeRawPointer(b + place).loadUnaligned(as: SIMD4<Float>.self)
        }
        var (first, second, third, fourth) = (
            SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero
        )
        for place in stride(from: 0, to: count, by: 16) {
            first += term(place)
            second += term(place + 4)
            third += term(place + 8)
            fourth += term(place + 12)
        }
        let sum = (first + second) + (third + fourth)
        return (sum[0] + sum[1]) + (sum[2] + sum[3])
    }
}

/// Kaiser's window for 100 dB: I₀(β √(1 − x²)) / I₀(β), −1 < x < 1.
private enum KaiserWindow {
    /// 0.1102 · (100 − 8.7) (Kaiser 1974).
    private static let beta = 10.06
    /// 1/k², k = 32 … 1, of the series I₀(z) = Σₖ (z²/4)ᵏ / k!²; what it leaves out is below 10⁻²⁰.
    private static let reciprocals = (1...32).reversed().map { 1 / Double($0 * $0) }
    private static let peak = series(beta * beta / 4)

    /// At x = place/width.
    static func value(_ place: Int, of width: Int) -> Double {
        let share = Double(width - place) * Double(width + place) / (Double(width) * Double(width))
        return series(beta * beta / 4 * share) / peak
    }

    /// I₀ of what has z²/4 = `square`.
    private static func series(_ square: Double) -> Double {
        reciprocals.reduce(1) { $0 * (square * $1) + 1 }
    }
}
