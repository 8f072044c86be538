import Foundation
import Kernels
import Tensors
import Testing

struct ResamplerTests {
    /// A resampled sound, all of it or the first `outputs`.
    private static func resampled(_ sound: [Float], from: Int, to: Int, outputs: Int? = nil) -> [Float] {
        let whole = Resampler(from: from, to: to, outputs: 1 << 20)
        let count = outputs ?? whole.outputCount(sound.count)
        let resampler = Resampler(from: from, to: to, outputs: count)
        let silence = [Float](repeating: 0, count: resampler.before)
        let tail = [Float](repeating: 0, count: max(0, resampler.inputCount(count) - sound.count))
        var values = [Float](repeating: .nan, count: count)
        resampler.run(silence + sound + tail, into: &values, count: count)
        return values
    }

    private static func sine(_ hertz: Double, rate: Int, count: Int) -> [Float] {
        (0..<count).map { Float(sin(2 * .pi * hertz * Double($0) / Double(rate) + 0.3)) }
    }

    /// Root of the mean square of the middle, where the ends' silence has no part.
    private static func level(_ values: [Float]) -> Double {
        let middle = values[values.count / 4..<values.count * 3 / 4]
        return (middle.reduce(0) { $0 + Double($1) * Double($1) } / Double(middle.count)).squareRoot()
    }

    @Test(arguments: [
        (44100, 16000, 1000.0), (44100, 16000, 7100), (48000, 16000, 5000), (8000, 16000, 3500),
        (22050, 48000, 9000), (16000, 15999, 7000), (11025, 8000, 440),
    ])
    func `a tone keeps its height, strength and phase`(from: Int, to: Int, hertz: Double) {
        let found = Self.resampled(Self.sine(hertz, rate: from, count: from / 8), from: from, to: to)
        let expected = Self.sine(hertz, rate: to, count: found.count)
        #expect(found.count == (from / 8 * to + from - 1) / from)
        // The ripple of 0.001 dB is 1.2e-4 of the strength.
        #expect(Self.level(zip(found, expected).map { $0 - $1 }) < 1e-4)
        #expect(Self.level(expected) > 0.7)
    }

    @Test(arguments: [
        (44100, 16000, 8050.0), (44100, 16000, 12345), (44100, 16000, 21000), (48000, 8000, 4010),
        (16000, 15000, 7900),
    ])
    func `a tone above the new rate's half is gone`(from: Int, to: Int, hertz: Double) {
        let found = Self.resampled(Self.sine(hertz, rate: from, count: from / 4), from: from, to: to)
        #expect(20 * log10(Self.level(found) / 0.5.squareRoot()) < -96)
    }

    @Test func `a raised rate has no images of a tone`() {
        let found = Self.resampled(Self.sine(3000, rate: 8000, count: 1000), from: 8000, to: 32000)
        let expected = Self.sine(3000, rate: 32000, count: found.count)
        #expect(20 * log10(Self.level(zip(found, expected).map { $0 - $1 }) / 0.5.squareRoot()) < -96)
    }

    /// The formula of `Resampler`, with the C library's functions.
    private static func formula(_ sound: [Float], from: Int, to: Int, output: Int) -> Double {
        func bessel(_ z: Double) -> Double {
            (0..<60).reduce((sum: 0.0, term: 1.0)) { state, k in
                let factor = z / 2 / Double(k + 1)
                return (state.sum + state.term, state.term * factor * factor)
            }.sum
        }
        let r = min(1, Double(to) / Double(from))
        return sound.indices.reduce(0) { sum, j in
            let t = Double(output) * Double(from) / Double(to) - Double(j)
            guard abs(r * t) < 64 else { return sum }
            let x = 0.95 * r * t * .pi
            let window = bessel(10.06 * (1 - (r * t / 64) * (r * t / 64)).squareRoot()) / bessel(10.06)
            return sum + Double(sound[j]) * 0.95 * r * (x == 0 ? 1 : sin(x) / x) * window
        }
    }

    @Test(arguments: [(3, 2), (2, 3), (441, 160), (160, 441), (7, 1), (1, 5)])
    func `outputs are what the formula says, at the ends too`(from: Int, to: Int) {
        let sound = (0..<300).map { Float(($0 * 7919 + 13) % 1009) / 1009 - 0.4 }
        let found = Self.resampled(sound, from: from, to: to)
        for output in found.indices {
            let expected = Self.formula(sound, from: from, to: to, output: output)
            #expect(abs(Double(found[output]) - expected) < 2e-6)
        }
    }

    @Test func `the first outputs are the same however many are made`() {
        let sound = Self.sine(1234, rate: 44100, count: 5000)
        let all = Self.resampled(sound, from: 44100, to: 16000)
        for count in [1, 7, 159, 160, 161, 1000] {
            #expect(
                Self.resampled(sound, from: 44100, to: 16000, outputs: count) == Array(all.prefix(count)))
        }
    }

    @Test func `counts follow from the rates`() {
        let resampler = Resampler(from: 44100, to: 16000, outputs: 16000)
        #expect(resampler.outputCount(44100) == 16000)
        #expect(resampler.outputCount(44101) == 16001)
        #expect(resampler.outputCount(1) == 1)
        #expect(resampler.outputCount(0) == 0)
        #expect(Resampler.weightCount(from: 44100, to: 16000, outputs: 16000) == 160 * 368)
        #expect(Resampler.weightCount(from: 44100, to: 16000, outputs: 9) == 9 * 368)
    }
}
