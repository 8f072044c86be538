import Tensors

/// The discrete Fourier transform of one length n, X[k] = Σⱼ x[j] · e^(−2πi·jk/n), and its inverse,
/// x[j] = 1/n · Σₖ X[k] · e^(2πi·jk/n); k counts periods in n places. It is made of + − × ÷ on Doubles, so that every processor
/// gives the same bits.
///
/// Lengths with prime factors up to 13 are split by decimation in time (Cooley & Tukey 1965), in an arrangement that sorts as it
/// goes (Stockham, in Cochran et al. 1967). Others are a convolution of a length of the first kind (Bluestein 1970).
/// `FourierReference` says the order of operations.
package struct FourierPlan: Sendable {
    /// n
    package let count: Int
    /// Doubles that `transform` needs beside the values.
    package let scratchCount: Int
    private let stages: [FourierStage]
    private let tables: Buffer<Double>
    private let convolution: ChirpConvolution?

    package init(count: Int) {
        precondition(count >= 1, "a transform wants at least one value, got \(count)")
        self.count = count
        let factors = Self.factors(of: count)
        guard factors.reduce(1, *) == count else {
            let convolution = ChirpConvolution(count: count)
            (stages, tables, self.convolution) = ([], Buffer(count: 0), convolution)
            scratchCount = convolution.scratchCount
            return
        }
        var (stages, size, tableCount) = ([FourierStage](), 1, 0)
        for radix in factors {
            let stage = FourierStage(
                radix: radix, size: size, stride: count / (size * radix), table: tableCount)
            stages.append(stage)
            tableCount += stage.tableCount
            size *= radix
        }
        (self.stages, tables, convolution) = (stages, Buffer(count: tableCount), nil)
        scratchCount = Self.room(for: count)
        withExtendedLifetime(tables) { for stage in stages { stage.writeTable(tables.pointer) } }
    }

    /// Primes up to 13 from the greatest down, then at most one 2, then 4 as often as it goes: later stages take shorter steps,
    /// where 4 is the fastest. Their product is smaller than `count` if that has larger prime factors.
    package static func factors(of count: Int) -> [Int] {
        var (factors, rest) = ([Int](), count)
        for factor in [4, 2, 3, 5, 7, 11, 13] {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
        }
        return factors.reversed()
    }

    /// Transforms `count` values in place; `real`, `imaginary` and `scratch` do not overlap.
    ///
    /// - Parameters:
    ///   - inverse: with a positive exponent, and divided by n.
    ///   - scratch: room for `scratchCount` values, which need not be set.
    package func transform(
        real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>, inverse: Bool,
        scratch: UnsafeMutablePointer<Double>
    ) {
        let values = FourierValues(real: real, imaginary: imaginary)
        let turned = inverse ? values.exchanged : values
        var result = turned
        if let convolution {
            convolution.run(turned, scratch: scratch)
        } else {
            result = run(turned, Self.values(in: scratch, count: count))
        }
        if inverse {
            turned.set(result, dividedBy: Double(count), count: count)
        } else if result.real != real {
            real.update(from: result.real, count: count)
            imaginary.update(from: result.imaginary, count: count)
        }
    }

    /// Transforms `values` forward, with or without division, between there and `other`.
    ///
    /// - Returns: where the result is, one of the two.
    fileprivate func run(_ values: FourierValues, _ other: FourierValues) -> FourierValues {
        var (input, output) = (values, other)
        withExtendedLifetime(tables) {
            for stage in stages {
                stage.run(input, into: output, tables: tables.pointer)
                (input, output) = (output, input)
            }
        }
        return input
    }

    /// Doubles for `count` complex values.
    fileprivate static func room(for count: Int) -> Int { 2 * count + gap }

    fileprivate static func values(in memory: UnsafeMutablePointer<Double>, count: Int) -> FourierValues {
        FourierValues(real: memory, imaginary: memory + count + gap)
    }

    /// Keeps real and imaginary parts, whose distance would often be a power of two, out of the same lines of the cache.
    private static let gap = 64
}

/// Transforms of lengths with large prime factors, as convolutions (Bluestein 1970). With c[k] = e^(−πi·k²/n):
/// X[k] = c[k] · Σⱼ (x[j] · c[j]) · c̄[k − j].
private final class ChirpConvolution: Sendable {
    private let count: Int
    private let plan: FourierPlan
    /// c
    private let chirp: (real: Buffer<Double>, imaginary: Buffer<Double>)
    /// The transform of c̄, divided by the convolution's length, which the inverse transform then need not do.
    private let filter: (real: Buffer<Double>, imaginary: Buffer<Double>)

    init(count: Int) {
        self.count = count
        let size = Self.size(for: count)
        plan = FourierPlan(count: size)
        chirp = (Buffer(count: count), Buffer(count: count))
        filter = (Buffer(count: size), Buffer(count: size))
        for k in 0..<count {
            let (cosine, sine) = unitRoot(k * k % (2 * count), of: 2 * count)
            (chirp.real[k], chirp.imaginary[k]) = (cosine, -sine)
            for place in k == 0 ? [0] : [k, size - k] {
                (filter.real[place], filter.imaginary[place]) = (cosine, sine)
            }
        }
        let scratch = Buffer<Double>(count: plan.scratchCount)
        withExtendedLifetime((scratch, filter)) {
            let values = FourierValues(real: filter.real.pointer, imaginary: filter.imaginary.pointer)
            plan.transform(
                real: values.real, imaginary: values.imaginary, inverse: false, scratch: scratch.pointer)
            values.set(values, dividedBy: Double(size), count: size)
        }
    }

    /// The least 2ᵃ, 3 · 2ᵃ or 5 · 2ᵃ that holds the convolution.
    private static func size(for count: Int) -> Int {
        [1, 3, 5].map { factor in
            var size = factor
            while size < 2 * count - 1 { size *= 2 }
            return size
        }.min()!
    }

    var scratchCount: Int { 2 * FourierPlan.room(for: plan.count) }

    /// Transforms `values` forward, in place.
    func run(_ values: FourierValues, scratch: UnsafeMutablePointer<Double>) {
        let size = plan.count
        let first = FourierPlan.values(in: scratch, count: size)
        let second = FourierPlan.values(in: scratch + FourierPlan.room(for: size), count: size)
        withExtendedLifetime(self) {
            let chirp = FourierValues(real: chirp.real.pointer, imaginary: chirp.imaginary.pointer)
            let filter = FourierValues(real: filter.real.pointer, imaginary: filter.imaginary.pointer)
            first.setProduct(values, chirp, count: count)
            (first.real + count).update(repeating: 0, count: size - count)
            (first.imaginary + count).update(repeating: 0, count: size - count)
            let spectrum = plan.run(first, second)
            // The size is even, being 33 at least.
            spectrum.setProduct(spectrum, filter, count: size)
            let other = spectrum.real == first.real ? second : first
            let sum = plan.run(spectrum.exchanged, other.exchanged).exchanged
            values.setProduct(sum, chirp, count: count)
        }
    }
}
