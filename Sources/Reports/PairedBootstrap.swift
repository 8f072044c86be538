import Tensors

/// Intervals for the difference between two sets of runs that were judged on the same samples (Efron & Tibshirani 1993, ch. 13).
///
/// Samples are drawn with replacement, the same ones for all runs, so that what is hard for both falls out of the difference; and so
/// are seeds, where there are several, since training from another seed gives another model. Draws have addresses: the same
/// outcomes give the same interval.
struct PairedBootstrap {
    static let resamples = 1000

    private let samples: Int
    /// `[resamples, samples]`: how often each sample is in each resample.
    private let counts: Buffer<Float>
    private let key = DrawAddress.key(seed: 0, path: "sweep", draw: "bootstrap")

    init(samples: Int) {
        self.samples = samples
        counts = Buffer(count: Self.resamples * samples)
        for resample in 0..<(samples > 0 ? Self.resamples : 0) {
            let address = DrawAddress(key: key, epoch: UInt32(resample), sample: 0)
            let row = counts.pointer + resample * samples
            for draw in 0..<samples { row[Self.index(address.bits(draw), below: samples)] += 1 }
        }
    }

    /// The 2.5th and 97.5th percentile of the mean over seeds of `measure(run) − measure(base)`.
    ///
    /// - Parameters:
    ///   - runs, bases: by seed the outcome of each sample on each of some test sets; as many seeds in both.
    ///   - measure: of a mean outcome; of several test sets the mean is taken of it.
    func interval(
        _ runs: [[[Float]]], _ bases: [[[Float]]], measure: (Double) -> Double
    ) -> ClosedRange<Double> {
        func value(_ tests: [[Float]], _ resample: Int) -> Double {
            tests.reduce(0) { $0 + measure(mean($1, resample)) } / Double(tests.count)
        }
        let differences = (0..<Self.resamples).map { resample in
            zip(runs, bases).map { value($0, resample) - value($1, resample) }
        }
        return Self.percentiles(
            differences.enumerated().map { resample, bySeed in meanOfDrawn(bySeed, resample) })
    }

    /// The same where there is one value a seed and no more.
    func interval(_ differences: [Double]) -> ClosedRange<Double> {
        Self.percentiles((0..<Self.resamples).map { meanOfDrawn(differences, $0) })
    }

    /// Of as many seeds as there are, drawn with replacement.
    private func meanOfDrawn(_ bySeed: [Double], _ resample: Int) -> Double {
        let address = DrawAddress(key: key, epoch: UInt32(resample), sample: 1)
        let drawn = bySeed.indices.map { bySeed[Self.index(address.bits($0), below: bySeed.count)] }
        return drawn.reduce(0, +) / Double(drawn.count)
    }

    /// Of the outcomes in a resample, in sixteen sums.
    private func mean(_ outcomes: [Float], _ resample: Int) -> Double {
        let weights = UnsafeRawPointer(counts.pointer + resample * samples)
        var sums = SIMD16<Float>()
        var total = 0.0
        outcomes.withUnsafeBytes { bytes in
            let whole = samples & ~15
            for place in stride(from: 0, to: whole, by: 16) {
                sums +=
                    weights.loadUnaligned(fromByteOffset: place * 4, as: SIMD16<Float>.self)
                    * bytes.loadUnaligned(fromByteOffset: place * 4, as: SIMD16<Float>.self)
            }
            for place in whole..<samples {
                total +=
                    Double(weights.loadUnaligned(fromByteOffset: place * 4, as: Float.self))
                    * Double(outcomes[place])
            }
        }
        for lane in 0..<16 { total += Double(sums[lane]) }
        return total / Double(samples)
    }

    private static func index(_ bits: UInt32, below count: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(bits) * UInt64(count)) >> 32)
    }

    private static func percentiles(_ values: [Double]) -> ClosedRange<Double> {
        let sorted = values.sorted()
        return sorted[sorted.count * 25 / 1000]...sorted[sorted.count * 975 / 1000]
    }
}
