/// A layer's function of single values.
public enum ActivationFunction: Equatable, Sendable {
    /// x > 0 ? x : slope · x (Maas et al. 2013); the slope is not negative.
    case leakyReLU(slope: Float)
    /// x · Φ(x), with the normal distribution's own Φ, not the form with tanh (Hendrycks & Gimpel 2016).
    case gelu
    /// x / (1 + e⁻ˣ) (Elfwing et al. 2017).
    case silu
    case tanh
    /// 1 / (1 + e⁻ˣ).
    case sigmoid

    /// y = f(x) and slopes = f′(x), with which the gradient is multiplied; nil: not wanted. `y` may be x, and so may `slopes`.
    @inlinable @inline(__always)
    func apply<V: ProductVector>(
        _ y: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>?, _ x: UnsafePointer<Float>,
        _ rows: Rows, vector: V.Type
    ) {
        let (zero, one) = (V(repeating: 0), V(repeating: 1))
        switch self {
        case .leakyReLU(let slope):
            rows.map(y, slopes, x) { (x: V) in
                (V.select(V.less(x, zero), x * slope, x), V.select(V.less(zero, x), one, V(repeating: slope)))
            }
        case .gelu:
            rows.map(y, slopes, x) { (x: V) in
                let (share, density) = V.normalShareAndDensity(x)
                return (x * share, V.multiplyAdd(x, density, share))
            }
        case .silu:
            rows.map(y, slopes, x) { (x: V) in
                let share = V.sigmoid(x)
                let y = x * share
                return (y, share + y * (one - share))
            }
        case .tanh:
            rows.map(y, slopes, x) { (x: V) in
                let y = V.tanh(x)
                return (y, one - y * y)
            }
        case .sigmoid:
            rows.map(y, slopes, x) { (x: V) in
                let y = V.sigmoid(x)
                return (y, y * (one - y))
            }
        }
    }
}

extension ProductVector {
    /// 1 / (1 + e⁻ˣ), within 1e-7.
    @inlinable @inline(__always)
    static func sigmoid(_ x: Self) -> Self {
        let one = Self(repeating: 1)
        let power = expBelow88(Self(repeating: 0) - x.magnitude)
        return select(less(x, Self(repeating: 0)), power, one) / (one + power)
    }

    /// Φ(x), the share of the standard normal distribution below x, within 1e-7, and its density φ(x) = e^(−x²/2) / √(2π).
    ///
    /// Φ(−|x|) = e^(−x²/2) · P(|x|), where P is the polynomial for which this is nearest to Φ in 0...6.5 (1.7e-8 at most), and
    /// good enough up to where the power is 0. P of more than 100 might be infinite.
    @inlinable @inline(__always)
    static func normalShareAndDensity(_ x: Self) -> (share: Self, density: Self) {
        let (farthest, magnitude) = (Self(repeating: 100), x.magnitude)
        let size = select(less(farthest, magnitude), farthest, magnitude)
        let square = size * size
        // e^(−x²/2).
        let power = powerOf2(square * -0.721347520444481704)
        // In parts that do not wait for one another (Estrin 1960).
        let fourth = square * square
        let low = multiplyAdd(
            line(size, -1.3280578627735073e-1, 2.499725727303152e-1), square,
            line(size, -3.989406022091063e-1, 4.999999830380847e-1))
        let middle = multiplyAdd(
            line(size, -2.590090330698527e-3, 9.003847430900483e-3), square,
            line(size, -2.5471817297670278e-2, 6.192393194120229e-2))
        let high = multiplyAdd(
            line(size, -3.1554302246393904e-7, 7.708778355438247e-6), square,
            line(size, -8.477098845714224e-5, 5.636527152845383e-4))
        let p = multiplyAdd(multiplyAdd(high, fourth, middle), fourth, low)
        let below = power * p
        let share = select(less(x, Self(repeating: 0)), below, Self(repeating: 1) - below)
        return (share, power * 0.398942280401432678)
    }

    /// eˣ for x ≤ 88, within 2 ulp; 0 for x < −87.3, where the result would be no normal number. NaN gives NaN. With fewer
    /// steps than `exp`, and fused ones where there are any.
    @inlinable @inline(__always)
    static func expBelow88(_ x: Self) -> Self {
        let shift = Self(repeating: 0x1.8p23)
        let shifted = multiplyAdd(x, Self(repeating: 1.44269504088896341), shift)
        let n = shifted - shift
        let near = multiplyAdd(n, Self(repeating: -0.693359375), x)
        let r = multiplyAdd(n, Self(repeating: 2.12194440e-4), near)
        // In parts that do not wait for one another (Estrin 1960).
        let square = r * r
        let low = line(r, 1.6666665459e-1, 5.0000001201e-1)
        let middle = line(r, 8.3334519073e-3, 4.1665795894e-2)
        let high = line(r, 1.9875691500e-4, 1.3981999507e-3)
        let p = multiplyAdd(multiplyAdd(high, square, middle), square, low)
        let value = multiplyAdd(p, square, r + 1)
        // 2ⁿ: 1.5 · 2²³ has zeros where all but n's lowest bits are shifted out to.
        let scale = Self(bits: (shifted.bits &<< 23) &+ Float(1).bitPattern)
        return Self(bits: (value * scale).bits & ~less(x, Self(repeating: -87.3)))
    }

    /// 2ˣ for x < 127.5, within 2e-7 of it; 0 where that is less than about 2⁻¹²⁶. NaN gives NaN.
    @inlinable @inline(__always)
    static func powerOf2(_ x: Self) -> Self {
        // Adding 1.5 · 2²³ and taking it away rounds.
        let shift = Self(repeating: 0x1.8p23)
        let n = (x + shift) - shift
        let r = x - n
        // The polynomial nearest to 2ʳ in −1/2...1/2 that is 1 at 0, in parts that do not wait for one another (Estrin 1960).
        let high = line(r, 1.3264727e-3, 9.671513e-3)
        let middle = line(r, 5.5507336e-2, 2.4022242e-1)
        let low = line(r, 6.93147e-1, 1)
        let square = r * r
        let p = multiplyAdd(multiplyAdd(high, square, middle), square, low)
        return scale(p, byPowerOf2: n)
    }

    /// slope · x + level.
    @inlinable @inline(__always)
    static func line(_ x: Self, _ slope: Float, _ level: Float) -> Self {
        multiplyAdd(x, Self(repeating: slope), Self(repeating: level))
    }
}
