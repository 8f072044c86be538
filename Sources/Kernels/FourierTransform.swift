import Tensors

/// The discrete Fourier transform of one length: X[k] = Σⱼ x[j] · e^(−2πi·jk/n), in Double, made of what IEEE 754 fixes, so
/// with the same bits on every processor.
///
/// Decimation in time (Cooley & Tukey 1965) by factors 4, 2, 3 … 13, outermost first; lengths with larger prime factors go
/// through a convolution whose length is a power of two (Bluestein 1970). `FourierReference` says the order of operations.
package struct FourierPlan: Sendable {
    package let count: Int
    /// Doubles that a transform needs beside its values.
    package let scratchCount: Int
    private let stages: [Stage]
    private let chirp: Chirp?

    /// One factor of the length: `radix` transforms of `size` values become one of `radix * size`.
    private struct Stage: Sendable {
        var radix: Int
        var size: Int
        /// cos and −sin of 2π·jk / (radix · size), j = 1 … radix − 1 outside, k = 0 … size − 1 inside.
        var twiddles: (real: Buffer<Double>, imaginary: Buffer<Double>)
        /// The same of 2π·j / radix.
        var roots: (real: [Double], imaginary: [Double])
    }

    /// What Bluestein's convolution needs.
    private final class Chirp: Sendable {
        let plan: FourierPlan
        /// e^(−πi·k²/n), and the transform of its conjugate.
        let (real, imaginary): (Buffer<Double>, Buffer<Double>)
        let (spectrumReal, spectrumImaginary): (Buffer<Double>, Buffer<Double>)

        init(count: Int) {
            plan = FourierPlan(count: Self.size(for: count))
            (real, imaginary) = (Buffer(count: count), Buffer(count: count))
            (spectrumReal, spectrumImaginary) = (Buffer(count: plan.count), Buffer(count: plan.count))
            for k in 0..<count {
                let (cosine, sine) = unitRoot(k * k % (2 * count), of: 2 * count)
                (real.pointer[k], imaginary.pointer[k]) = (cosine, -sine)
                for place in k == 0 ? [0] : [k, plan.count - k] {
                    (spectrumReal.pointer[place], spectrumImaginary.pointer[place]) = (cosine, sine)
                }
            }
            let scratch = Buffer<Double>(count: plan.scratchCount)
            withExtendedLifetime(scratch) {
                plan.transform(
                    real: spectrumReal.pointer, imaginary: spectrumImaginary.pointer, inverse: false,
                    scratch: scratch.pointer)
            }
        }

        /// The least power of two that holds the convolution.
        static func size(for count: Int) -> Int {
            var size = 1
            while size < 2 * count - 1 { size *= 2 }
            return size
        }
    }

    package init(count: Int) {
        precondition(count >= 1, "a transform wants at least one value, got \(count)")
        self.count = count
        var (stages, rest) = ([Stage](), count)
        for radix in Self.factors(of: count) {
            stages.append(Self.stage(radix, size: rest / radix))
            rest /= radix
        }
        self.stages = rest == 1 ? stages : []
        chirp = rest == 1 ? nil : Chirp(count: count)
        scratchCount = chirp.map { 2 * $0.plan.count + $0.plan.scratchCount } ?? 2 * count
    }

    /// 4 as often as it goes, then primes up to 13; their product is smaller than `count` if it has larger ones.
    package static func factors(of count: Int) -> [Int] {
        var (factors, rest) = ([Int](), count)
        for factor in [4, 2, 3, 5, 7, 11, 13] {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
        }
        return factors
    }

    private static func stage(_ radix: Int, size: Int) -> Stage {
        let (real, imaginary) = (
            Buffer<Double>(count: (radix - 1) * size), Buffer<Double>(count: (radix - 1) * size)
        )
        for j in 1..<radix {
            for k in 0..<size {
                let (cosine, sine) = unitRoot(j * k % (radix * size), of: radix * size)
                real.pointer[(j - 1) * size + k] = cosine
                imaginary.pointer[(j - 1) * size + k] = -sine
            }
        }
        let roots = (0..<radix).map { unitRoot($0, of: radix) }
        return Stage(
            radix: radix, size: size, twiddles: (real, imaginary),
            roots: (roots.map(\.cosine), roots.map { -$0.sine }))
    }

    /// Transforms `count` values in place.
    ///
    /// - Parameters:
    ///   - inverse: with a positive exponent, and divided by the count.
    ///   - scratch: room for `scratchCount` values.
    package func transform(
        real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>, inverse: Bool,
        scratch: UnsafeMutablePointer<Double>
    ) {
        // With the parts exchanged, before and after, the forward transform is the inverse one times n.
        let (a, b) = inverse ? (imaginary, real) : (real, imaginary)
        if let chirp {
            convolve(chirp, a, b, scratch)
        } else {
            let (x, y) = (scratch, scratch + count)
            x.update(from: a, count: count)
            y.update(from: b, count: count)
            descend(0, x, y, stride: 1, a, b)
        }
        guard inverse else { return }
        for place in 0..<count {
            real[place] /= Double(count)
            imaginary[place] /= Double(count)
        }
    }

    /// Writes the transform of every `stride`-th value of `x` and `y` to `a` and `b`.
    private func descend(
        _ depth: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, stride: Int,
        _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>
    ) {
        guard depth < stages.count else {
            (a[0], b[0]) = (x[0], y[0])
            return
        }
        let (radix, size) = (stages[depth].radix, stages[depth].size)
        for j in 0..<radix {
            descend(
                depth + 1, x + j * stride, y + j * stride, stride: stride * radix, a + j * size, b + j * size)
        }
        let (real, imaginary) = (stages[depth].twiddles.real.pointer, stages[depth].twiddles.imaginary.pointer)
        switch radix {
        case 2: Self.combine2(a, b, size, real, imaginary)
        case 4: Self.combine4(a, b, size, real, imaginary)
        default: Self.combine(stages[depth], a, b)
        }
    }

    @inline(__always)
    private static func multiplied(
        _ a: Double, _ b: Double, _ c: Double, _ d: Double
    ) -> (Double, Double) { (a * c - b * d, a * d + b * c) }

    private static func combine2(
        _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ size: Int,
        _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>
    ) {
        for k in 0..<size {
            let (re, im) = multiplied(a[size + k], b[size + k], c[k], d[k])
            (a[size + k], b[size + k]) = (a[k] - re, b[k] - im)
            (a[k], b[k]) = (a[k] + re, b[k] + im)
        }
    }

    private static func combine4(
        _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ size: Int,
        _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>
    ) {
        let (a1, a2, a3) = (a + size, a + 2 * size, a + 3 * size)
        let (b1, b2, b3) = (b + size, b + 2 * size, b + 3 * size)
        for k in 0..<size {
            let (r1, i1) = multiplied(a1[k], b1[k], c[k], d[k])
            let (r2, i2) = multiplied(a2[k], b2[k], c[size + k], d[size + k])
            let (r3, i3) = multiplied(a3[k], b3[k], c[2 * size + k], d[2 * size + k])
            let (sr, si, dr, di) = (a[k] + r2, b[k] + i2, a[k] - r2, b[k] - i2)
            let (tr, ti, er, ei) = (r1 + r3, i1 + i3, r1 - r3, i1 - i3)
            (a[k], b[k]) = (sr + tr, si + ti)
            // −i times (er, ei) is (ei, −er).
            (a1[k], b1[k]) = (dr + ei, di - er)
            (a2[k], b2[k]) = (sr - tr, si - ti)
            (a3[k], b3[k]) = (dr - ei, di + er)
        }
    }

    private static func combine(
        _ stage: Stage, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>
    ) {
        let (radix, size) = (stage.radix, stage.size)
        let (c, d) = (stage.twiddles.real.pointer, stage.twiddles.imaginary.pointer)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * radix) { turned in
            for k in 0..<size {
                (turned[0], turned[1]) = (a[k], b[k])
                for j in 1..<radix {
                    (turned[2 * j], turned[2 * j + 1]) = multiplied(
                        a[j * size + k], b[j * size + k], c[(j - 1) * size + k], d[(j - 1) * size + k])
                }
                for q in 0..<radix {
                    var (re, im) = (turned[0], turned[1])
                    for j in 1..<radix {
                        let root = j * q % radix
                        let (x, y) = multiplied(
                            turned[2 * j], turned[2 * j + 1], stage.roots.real[root], stage.roots.imaginary[root])
                        (re, im) = (re + x, im + y)
                    }
                    (a[q * size + k], b[q * size + k]) = (re, im)
                }
            }
        }
    }

    /// X[k] = chirp[k] · Σⱼ (x[j] · chirp[j]) · conj(chirp)[k − j], the sum as a circular convolution.
    private func convolve(
        _ chirp: Chirp, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>,
        _ scratch: UnsafeMutablePointer<Double>
    ) {
        let size = chirp.plan.count
        let (x, y, rest) = (scratch, scratch + size, scratch + 2 * size)
        for k in 0..<size {
            (x[k], y[k]) =
                k < count ? Self.multiplied(a[k], b[k], chirp.real.pointer[k], chirp.imaginary.pointer[k]) : (0, 0)
        }
        chirp.plan.transform(real: x, imaginary: y, inverse: false, scratch: rest)
        for k in 0..<size {
            (x[k], y[k]) = Self.multiplied(
                x[k], y[k], chirp.spectrumReal.pointer[k], chirp.spectrumImaginary.pointer[k])
        }
        chirp.plan.transform(real: x, imaginary: y, inverse: true, scratch: rest)
        for k in 0..<count {
            (a[k], b[k]) = Self.multiplied(x[k], y[k], chirp.real.pointer[k], chirp.imaginary.pointer[k])
        }
    }
}

/// cos and sin of 2πk / n, 0 ≤ k < n, to about an ulp: reduced to the first eighth of the circle in whole numbers, then by
/// Taylor's series, whose rest is below 1e-19.
package func unitRoot(_ k: Int, of n: Int) -> (cosine: Double, sine: Double) {
    let (quarter, rest) = (4 * k).quotientAndRemainder(dividingBy: n)
    let isSwapped = 2 * rest > n
    let x = Double(isSwapped ? n - rest : rest) / Double(n) * 1.57079632679489661923
    let z = x * x
    var sine = -1.0 / 355_687_428_096_000 * z + 1.0 / 1_307_674_368_000
    sine = sine * -z + 1.0 / 6_227_020_800
    sine = sine * -z + 1.0 / 39_916_800
    sine = sine * -z + 1.0 / 362_880
    sine = sine * -z + 1.0 / 5040
    sine = sine * -z + 1.0 / 120
    sine = sine * -z + 1.0 / 6
    sine = x - x * z * sine
    var cosine = -1.0 / 6_402_373_705_728_000 * z + 1.0 / 20_922_789_888_000
    cosine = cosine * -z + 1.0 / 87_178_291_200
    cosine = cosine * -z + 1.0 / 479_001_600
    cosine = cosine * -z + 1.0 / 3_628_800
    cosine = cosine * -z + 1.0 / 40_320
    cosine = cosine * -z + 1.0 / 720
    cosine = cosine * -z + 1.0 / 24
    cosine = 1 - (z * 0.5 - z * z * cosine)
    let (c, s) = isSwapped ? (sine, cosine) : (cosine, sine)
    switch quarter {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
}
