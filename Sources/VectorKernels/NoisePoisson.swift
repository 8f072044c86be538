extension FloatVector {
    /// The least k with u < P(X ≤ k) for X ~ Poisson(mean): P(X = k) = e^−mean · mean^k / k!, summed from k = 0 on in Float.
    ///
    /// A mean of 0 or less gives 0, NaN gives NaN. Of means up to 32 the sum passes every u ≤ 1 − 2⁻²⁴, or stays below it by
    /// rounding, within 96 terms; larger means than that are not for this.
    @inlinable @inline(__always)
    static func poissonQuantile(_ u: Self, _ mean: Self) -> Self {
        var term = exp(Self(repeating: 0) - mean)
        var sum = term
        var k = Self(repeating: 0)
        var next: Float = 1
        var waiting = lessEqual(sum, u)
        // Lanes that have passed u keep their k: the sum only grows.
        while next <= 96, Words.any(waiting) {
            k = k + Self(bits: waiting & Float(1).bitPattern)
            term = term * mean / Self(repeating: next)
            sum = sum + term
            next += 1
            waiting = waiting & lessEqual(sum, u)
        }
        return select(equal(mean, mean), k, mean)
    }
}

/// Writes out[i] = Σ_t weights[t] · source[taps[t] + i], a vector of results at a time.
@inlinable @inline(__always)
func correlateRow<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>,
    _ taps: UnsafePointer<Int>, _ weights: UnsafePointer<Float>, _ tapCount: Int, _ count: Int
) {
    for i in stride(from: 0, to: count, by: V.scalarCount) {
        var sum = V(repeating: 0)
        for t in 0..<tapCount {
            sum = sum + V(loading: source + taps[t] + i) * weights[t]
        }
        sum.store(to: out + i)
    }
}
