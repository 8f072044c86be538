extension FloatVector {
    /// aᵇ, correctly rounded but for about one case in a million. Special values as C's `powf`: x⁰ = 1ʸ = 1, a negative a with
    /// a b that is no integer gives NaN.
    ///
    /// |a|ᵇ = exp(b · ln |a|) in Double, to about 1e-12; the rounding to Float overflows and underflows as it should.
    @inlinable @inline(__always)
    static func power(_ a: Self, _ b: Self) -> Self {
        let (zero, one, infinity) = (Self(repeating: 0), Self(repeating: 1), Self(repeating: .infinity))
        let size = a.magnitude
        let product = b.doubles * Doubles.logPositive(size.doubles)
        // 1 to any finite or infinite power; without this 1^∞ were 0 · ∞.
        let sizeIsOne = equal(size, one) & equal(b, b)
        let raised = select(sizeIsOne, one, Self(rounding: Doubles.expForFloat(product)))

        let isInteger = equal(floor(b), b)
        // From 2²⁴ on all are even; half an odd integer is no integer.
        let isOdd = isInteger & notEqual(floor(b * 0.5), b * 0.5)
        let signed = Self(bits: raised.bits ^ (a.bits & isOdd & 0x8000_0000))
        let undefined = less(a, zero) & less(size, infinity) & ~isInteger
        let defined = select(undefined, Self(repeating: .nan), signed)
        return select(equal(b, zero) | equal(a, one), one, defined)
    }
}

extension DoubleVector {
    /// ln x for x that is a Float ≥ 0, +∞ or NaN (so never a denormal Double); relative error below 1e-12. 0 gives −∞.
    ///
    /// ln m = 2 artanh s, s = (m − 1) / (m + 1), by its series: s² < 0.0295, so nine terms leave less than 1e-14.
    @inlinable @inline(__always)
    static func logPositive(_ x: Self) -> Self {
        let rootOfHalf = 0.70710678118654752440.bitPattern
        let offset = x.bits &- rootOfHalf
        let mantissa = Self(bits: (offset & 0x000f_ffff_ffff_ffff) &+ rootOfHalf)
        // The exponent, −1023 … 1024, biased to be positive, lands in the low bits of 1.5 · 2⁵².
        let shift = 0x1.8p52
        let biased = (offset &+ 1023 &<< 52) &>> 52
        let e = Self(bits: biased &+ shift.bitPattern) - (shift + 1023)
        let s = (mantissa - 1) / (mantissa + 1)
        let z = s * s
        var p = z * (2.0 / 17) + 2.0 / 15
        p = p * z + 2.0 / 13
        p = p * z + 2.0 / 11
        p = p * z + 2.0 / 9
        p = p * z + 2.0 / 7
        p = p * z + 2.0 / 5
        p = p * z + 2.0 / 3
        let value = ((p * z) * s + s * 2) + e * 0.69314718055994530942
        let zero = Self(repeating: 0)
        let kept = select(less(x, Self(repeating: .infinity)), value, x)
        return select(equal(x, zero), Self(repeating: -.infinity), kept)
    }

    /// eˣ for a result that will be a Float: relative error below 1e-12; beyond ±120 it stays at e^±120, which is +∞ and 0
    /// as a Float. NaN gives NaN.
    @inlinable @inline(__always)
    static func expForFloat(_ x: Self) -> Self {
        let low = Self(repeating: -120)
        let high = Self(repeating: 120)
        let above = select(less(x, low), low, x)
        let clamped = select(less(high, above), high, above)
        let shift = 0x1.8p52
        let shifted = clamped * 1.44269504088896340736 + shift
        let n = shifted - shift
        // ln 2 in two parts: the first has 32 bits, so n times it is exact.
        let r = (clamped - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
        // The series of eʳ; |r| ≤ 0.35 leaves less than 3e-13.
        var p = r * (1.0 / 3_628_800) + 1.0 / 362_880
        p = p * r + 1.0 / 40_320
        p = p * r + 1.0 / 5_040
        p = p * r + 1.0 / 720
        p = p * r + 1.0 / 120
        p = p * r + 1.0 / 24
        p = p * r + 1.0 / 6
        p = p * r + 0.5
        p = p * r + 1
        p = p * r + 1
        return p * Self(bits: (shifted.bits &- shift.bitPattern &+ 1023) &<< 52)
    }
}
