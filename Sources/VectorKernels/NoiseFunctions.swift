// Elementary functions of Float vectors. All are made of what IEEE 754 fixes (+ − · /, comparisons, bits), in one order,
// so their bits are the same on every processor. Errors are against the exact value, in units in the last place (ulp).
// Coefficients: Moshier's Cephes library, single precision (expf.c, logf.c, sinf.c, tanhf.c), unless said otherwise.

extension FloatVector {
    /// eˣ, ≤ 1 ulp. Overflows to +∞ (x > 88.72), underflows through the denormals to 0; NaN gives NaN.
    ///
    /// x = n · ln 2 + r with |r| ≤ 0.35; eʳ by a polynomial, times 2ⁿ in two steps, since 2ⁿ alone may overflow or be
    /// denormal.
    @inlinable @inline(__always)
    static func exp(_ x: Self) -> Self {
        // Comparisons with the operand second keep a NaN.
        let low = Self(repeating: -104)
        let high = Self(repeating: 89)
        let above = select(less(x, low), low, x)
        let clamped = select(less(high, above), high, above)
        // Adding and taking away 1.5 · 2²³ rounds to an integer; meanwhile it stands in the lowest bits.
        let shift: Float = 0x1.8p23
        let shifted = clamped * 1.44269504088896341 + shift
        let n = shifted - shift
        // ln 2 in two parts: the first has 9 bits, so n times it is exact.
        let r = (clamped - n * 0.693359375) - n * -2.12194440e-4
        var p = r * 1.9875691500e-4 + 1.3981999507e-3
        p = p * r + 8.3334519073e-3
        p = p * r + 4.1665795894e-2
        p = p * r + 1.6666665459e-1
        p = p * r + 5.0000001201e-1
        let value = (p * (r * r) + r) + 1
        let whole = shifted.bits &- shift.bitPattern
        let half = Words.shiftRightSigned(whole, by: 1)
        return (value * powerOfTwo(half)) * powerOfTwo(whole &- half)
    }

    /// 2ⁿ for −126 ≤ n ≤ 127.
    @inlinable @inline(__always)
    static func powerOfTwo(_ n: Words) -> Self { Self(bits: (n &+ 127) &<< 23) }

    /// ln x, ≤ 1 ulp, denormals too. ±0 gives −∞, less than 0 NaN, +∞ +∞, NaN NaN.
    @inlinable @inline(__always)
    static func log(_ x: Self) -> Self {
        // Denormals are scaled by 2²³, which the exponent takes back.
        let tiny = less(x, Self(repeating: .leastNormalMagnitude))
        let scaled = select(tiny, x * 0x1p23, x)
        let (f, exponent) = split(scaled.bits)
        let e = exponent - Self(bits: tiny & Float(23).bitPattern)
        let value = log(f: f, e: e)
        // What is not a positive finite number.
        let zero = Self(repeating: 0)
        let kept = select(less(x, Self(repeating: .infinity)), value, x + x)
        let negative = select(less(x, zero), Self(repeating: .nan), kept)
        return select(equal(x, zero), Self(repeating: -.infinity), negative)
    }

    /// Splits a normal positive number into (1 + f) · 2ᵉ with √½ ≤ 1 + f < √2.
    @inlinable @inline(__always)
    static func split(_ bits: Words) -> (f: Self, e: Self) {
        let rootOfHalf = Float(0.70710678118654752440).bitPattern
        let offset = bits &- rootOfHalf
        let mantissa = Self(bits: (offset & 0x007f_ffff) &+ rootOfHalf)
        return (mantissa - 1, Self(signed: Words.shiftRightSigned(offset, by: 23)))
    }

    /// ln((1 + f) · 2ᵉ).
    @inlinable @inline(__always)
    static func log(f: Self, e: Self) -> Self {
        let z = f * f
        var p = f * 7.0376836292e-2 - 1.1514610310e-1
        p = p * f + 1.1676998740e-1
        p = p * f - 1.2420140846e-1
        p = p * f + 1.4249322787e-1
        p = p * f - 1.6668057665e-1
        p = p * f + 2.0000714765e-1
        p = p * f - 2.4999993993e-1
        p = p * f + 3.3333331174e-1
        // ln 2 in two parts, as in exp; small terms first.
        let tail = ((p * f) * z + e * -2.12194440e-4) - z * 0.5
        return (f + tail) + e * 0.693359375
    }

    /// sin x for |x| ≤ π/4.
    @inlinable @inline(__always)
    static func sinNearZero(_ x: Self) -> Self {
        let z = x * x
        var p = z * -1.9515295891e-4 + 8.3321608736e-3
        p = p * z - 1.6666654611e-1
        return (p * z) * x + x
    }

    /// cos x for |x| ≤ π/4.
    @inlinable @inline(__always)
    static func cosNearZero(_ x: Self) -> Self {
        let z = x * x
        var p = z * 2.443315711809948e-5 - 1.388731625493765e-3
        p = p * z + 4.166664568298827e-2
        p = p * z - 0.5
        return p * z + 1
    }

    /// sin x, ≤ 2 ulp for |x| ≤ 10⁶, within 2e-7 for |x| < 2³⁰; larger numbers count as 0. −0 gives 0, ±∞ and NaN NaN.
    @inlinable @inline(__always)
    static func sin(_ x: Self) -> Self {
        let (r, quadrant) = reduced(x)
        let odd = equal(Self(bits: (quadrant & 1) &<< 23), Self(repeating: 0))
        let value = select(odd, sinNearZero(r), cosNearZero(r))
        return Self(bits: value.bits ^ ((quadrant & 2) &<< 30))
    }

    /// cos x: as `sin`.
    @inlinable @inline(__always)
    static func cos(_ x: Self) -> Self {
        let (r, quadrant) = reduced(x)
        let odd = equal(Self(bits: (quadrant & 1) &<< 23), Self(repeating: 0))
        let value = select(odd, cosNearZero(r), sinNearZero(r))
        return Self(bits: value.bits ^ (((quadrant &+ 1) & 2) &<< 30))
    }

    /// x = n · π/2 + r with |r| ≤ π/4, and n modulo 2³² as quadrant. In Double: π/2 has a first part of 33 bits, so
    /// that n times it is exact for n < 2²⁰.
    @inlinable @inline(__always)
    static func reduced(_ x: Self) -> (r: Self, quadrant: Words) {
        // x − x: 0 for what is too large, NaN for ±∞ and NaN.
        let limited = select(less(x.magnitude, Self(repeating: 0x1p30)), x, x - x)
        let d = limited.doubles
        let shift = 0x1.8p52
        let shifted = d * 0.63661977236758134308 + shift
        let n = shifted - shift
        let r = (d - n * 1.57079632673412561417) - n * 6.07710050650619224932e-11
        return (Self(rounding: r), lowWords(shifted))
    }

    /// tanh x, ≤ 2 ulp. ±∞ gives ±1, −0 −0, NaN NaN.
    ///
    /// Below 0.625 a polynomial in x², above it 1 − 2 / (e²ˣ + 1).
    @inlinable @inline(__always)
    static func tanh(_ x: Self) -> Self {
        let z = x * x
        var p = z * -5.70498872745e-3 + 2.06390887954e-2
        p = p * z - 5.37397155531e-2
        p = p * z + 1.33314422036e-1
        p = p * z - 3.33332819422e-1
        let near = (p * z) * x + x
        let size = x.magnitude
        let far = Self(repeating: 1) - Self(repeating: 2) / (exp(size + size) + 1)
        let value = select(less(size, Self(repeating: 0.625)), near, far)
        return Self(bits: value.bits | (x.bits & 0x8000_0000))
    }
}
