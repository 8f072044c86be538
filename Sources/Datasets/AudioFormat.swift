import Kernels
import Tensors

/// What samples are made of sounds, whatever the files hold.
package struct AudioFormat: Equatable, Sendable {
    /// Samples a second; sounds of another rate are resampled.
    package let rate: Int
    /// How much of the start of each sound is taken; shorter sounds are followed by silence.
    package let seconds: Double
    /// Nil for the sound itself.
    package var logMel: MelSettings?

    /// - Precondition: one of `largestCount` samples or fewer.
    package init(rate: Int, seconds: Double, logMel: MelSettings? = nil) {
        (self.rate, self.seconds, self.logMel) = (rate, seconds, logMel)
        precondition((1...Self.largestCount).contains(sampleCount), "a sound of \(sampleCount) samples")
    }

    /// More than an hour at 16 kHz, 256 MiB.
    package static let largestCount = 1 << 26

    package var sampleCount: Int { Self.sampleCount(rate: rate, seconds: seconds) }

    /// How many samples a sound has; 2⁶² stands for more than that.
    package static func sampleCount(rate: Int, seconds: Double) -> Int {
        Int(min(0x1p62, (seconds * Double(rate)).rounded()))
    }

    /// `[samples]`, or `[frames, bins]`.
    package var sampleShape: Shape {
        logMel.map { [$0.frames(sampleCount), $0.bins] } ?? [sampleCount]
    }

    /// The full scale of files of whole numbers, or decibels of a full sine wave.
    package var range: ClosedRange<Float> { logMel == nil ? -1...1 : MelSpectrogram.range }
}
