import Tensors
import VectorKernels

/// Makes log-mel spectrograms of sounds, for one thread.
///
/// Around every hop-th sample, with silence beyond the ends, a window (Hann, periodic) of the sound is transformed: X. A value is
/// 10 · log₁₀ Σₖ filter[k] · |X[k]|² / (Σ window / 2)², the power in decibels of a sine wave of amplitude 1 in the middle of the
/// filter, at least −80. Apart from the divisor that is librosa's `melspectrogram`, with `htk=True, norm=None`, and torchaudio's
/// `MelSpectrogram`, padded with zeros.
package final class MelSpectrogram {
    /// From silence, or what is quieter, to a full sine wave; noise at full scale may lie a little above.
    package static let range: ClosedRange<Float> = -80...0

    private let settings: MelSettings
    private let kernels: NoiseKernels
    private let plan: FourierPlan
    private let filters: [MelFilters.Filter]
    private let window: Buffer<Double>
    private let (real, imaginary, scratch): (Buffer<Double>, Buffer<Double>, Buffer<Double>)
    /// Σₖ filter[k] · |X[k]|² of a frame, then its logarithm.
    private let levels: Buffer<Float>
    /// What makes powers of |X|²: 1 / (Σ window / 2)², and 1/4 for what two frames at a time leave out.
    private let scale: Double

    package init(_ settings: MelSettings, kernels: NoiseKernels = KernelSet.current.noise) {
        (self.settings, self.kernels) = (settings, kernels)
        let count = settings.window
        plan = FourierPlan(count: count)
        filters = MelFilters(settings).filters
        window = Buffer((0..<count).map { 0.5 - 0.5 * unitRoot($0, of: count).cosine })
        (real, imaginary) = (Buffer(count: count), Buffer(count: count))
        scratch = Buffer(count: plan.scratchCount)
        levels = Buffer(count: settings.bins)
        let full = window.values.reduce(0, +) / 2
        scale = 1 / (4 * full * full)
    }

    /// Writes the first `frames` frames, [frames, bins], of a sound of `count` samples.
    package func write(
        _ sound: UnsafePointer<Float>, count: Int, into out: UnsafeMutablePointer<Float>, frames: Int
    ) {
        // The spectra of two frames come from one transform: one is its real part, the other its imaginary part.
        for frame in stride(from: 0, to: frames, by: 2) {
            load(frame, of: sound, count: count, into: real.pointer)
            if frame + 1 < frames {
                load(frame + 1, of: sound, count: count, into: imaginary.pointer)
            } else {
                imaginary.pointer.update(repeating: 0, count: settings.window)
            }
            plan.transform(
                real: real.pointer, imaginary: imaginary.pointer, inverse: false, scratch: scratch.pointer)
            separate()
            writeLevels(real.pointer, into: out + frame * settings.bins)
            if frame + 1 < frames {
                writeLevels(imaginary.pointer, into: out + (frame + 1) * settings.bins)
            }
        }
    }

    /// Writes all frames of a sample, [frames, bins], and returns how many of them are real.
    ///
    /// - Parameters:
    ///   - count: of the sound's samples.
    ///   - length: how many of them are no padding; frames behind these are silent.
    package func writeSample(
        _ sound: UnsafePointer<Float>, count: Int, length: Int, into out: UnsafeMutablePointer<Float>
    ) -> Int {
        let (frames, real) = (settings.frames(count), settings.frames(length))
        write(sound, count: count, into: out, frames: real)
        (out + real * settings.bins).update(
            repeating: Self.range.lowerBound, count: (frames - real) * settings.bins)
        return real
    }

    /// Writes the window's samples around the middle of a frame.
    private func load(
        _ frame: Int, of sound: UnsafePointer<Float>, count: Int, into values: UnsafeMutablePointer<Double>
    ) {
        let first = frame * settings.hop - settings.window / 2
        let begin = min(settings.window, max(0, -first))
        let end = max(begin, min(settings.window, count - first))
        values.update(repeating: 0, count: begin)
        for place in begin..<end { values[place] = window.pointer[place] * Double(sound[first + place]) }
        (values + end).update(repeating: 0, count: settings.window - end)
    }

    /// Makes of Z = A + i·B the powers 4 |A[k]|² and 4 |B[k]|², k = 0 ... window/2, in place of real and imaginary parts:
    /// 2 A[k] = Z[k] + Z̄[n − k] and 2i B[k] = Z[k] − Z̄[n − k].
    private func separate() {
        let (real, imaginary, count) = (real.pointer, imaginary.pointer, settings.window)
        for place in 0...count / 2 {
            let mirror = place == 0 ? 0 : count - place
            let (a, b) = (real[place] + real[mirror], imaginary[place] - imaginary[mirror])
            let (c, d) = (imaginary[place] + imaginary[mirror], real[mirror] - real[place])
            (real[place], imaginary[place]) = (a * a + b * b, c * c + d * d)
        }
    }

    /// Writes the decibels of a frame with these powers.
    private func writeLevels(_ powers: UnsafePointer<Double>, into out: UnsafeMutablePointer<Float>) {
        let levels = levels.pointer
        for (bin, filter) in filters.enumerated() {
            var sum = 0.0
            for (place, weight) in filter.weights.enumerated() {
                sum += weight * powers[filter.first + place]
            }
            // Above the least power, whose logarithm nobody sees, there is no 0 and no subnormal number.
            levels[bin] = Float(max(sum * scale, 1e-9))
        }
        kernels.elementwise(.log, levels, levels, levels, levels, settings.bins)
        for bin in 0..<settings.bins {
            // 10 / ln 10
            out[bin] = max(levels[bin] * 4.342944819, Self.range.lowerBound)
        }
    }
}
