import Glibc

/// How close outputs come to samples, added up over batches.
package struct SampleMetrics: Equatable, Sendable {
    private var squares = 0.0
    private var count = 0

    package init() {}

    /// Adds rows of outputs, `stride` apart, beside as many rows of targets without gaps, and returns the mean square of their
    /// differences.
    @discardableResult
    package mutating func add(
        _ outputs: UnsafePointer<Float>, stride: Int, channels: Int, targets: UnsafePointer<Float>, rows: Int
    ) -> Double {
        var sum = 0.0
        for row in 0..<rows {
            for channel in 0..<channels {
                let error =
                    Double(outputs[row * stride + channel]) - Double(targets[row * channels + channel])
                sum += error * error
            }
        }
        squares += sum
        count += rows * channels
        return sum / Double(rows * channels)
    }

    package var meanSquare: Double { squares / Double(count) }

    /// The peak signal-to-noise ratio in decibels of values between 0 and 1, −10 · log₁₀ of the mean square of all differences;
    /// infinite where there are none.
    package var peakSignalToNoise: Double { -10 * log10(meanSquare) }
}
