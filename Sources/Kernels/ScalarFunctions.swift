// The elementary functions: formulas, coefficients and errors are told at `FloatVector`'s.
extension ScalarReference {
    static func exp(_ x: Float) -> Float {
        if x.isNaN { return x }
        let clamped = min(max(x, -104), 89)
        let n = (clamped * 1.44269504088896341).rounded(.toNearestOrEven)
        let r = (clamped - n * 0.693359375) - n * -2.12194440e-4
        let p = polynomial(
            r,
            [
                1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
                5.0000001201e-1,
            ])
        let value = (p * (r * r) + r) + 1
        let half = (n / 2).rounded(.down)
        return (value * Float(sign: .plus, exponent: Int(half), significand: 1))
            * Float(sign: .plus, exponent: Int(n - half), significand: 1)
    }

    static func log(_ x: Float) -> Float {
        if x.isNaN || x == .infinity { return x }
        if x == 0 { return -.infinity }
        if x < 0 { return .nan }
        if x < .leastNormalMagnitude {
            let (f, e) = split(x * 8_388_608)
            return log(f: f, e: e - 23)
        }
        let (f, e) = split(x)
        return log(f: f, e: e)
    }

    /// x = (1 + f) · 2ᵉ with √½ ≤ 1 + f < √2.
    static func split(_ x: Float) -> (f: Float, e: Float) {
        let isUpper = x.significand >= 2 * Float(0.70710678118654752440)
        return isUpper
            ? (x.significand / 2 - 1, Float(x.exponent + 1)) : (x.significand - 1, Float(x.exponent))
    }

    /// ln((1 + f) · 2ᵉ).
    static func log(f: Float, e: Float) -> Float {
        let z = f * f
        let p = polynomial(
            f,
            [
                7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
            ])
        let tail = ((p * f) * z + e * -2.12194440e-4) - z * 0.5
        return (f + tail) + e * 0.693359375
    }

    /// −2 ln x for a normal x in (0, 1], as the radius of normal draws wants it.
    static func minusTwoLog(_ x: Float) -> Float {
        let (f, e) = split(x)
        let even = polynomial(f * f, [-0.17444719, -0.29904532, -0.39913666, -0.66668373, -2])
        let odd = polynomial(f * f, [0.28733692, 0.33124787, 0.50004148, 0.99999976])
        return (odd * f + even) * f + e * -1.38629436111989061883
    }

    static func sin(_ x: Float) -> Float {
        let (r, quadrant) = reduced(x)
        switch quadrant {
        case 0: return sinNearZero(r)
        case 1: return cosNearZero(r)
        case 2: return -sinNearZero(r)
        default: return -cosNearZero(r)
        }
    }

    static func cos(_ x: Float) -> Float {
        let (r, quadrant) = reduced(x)
        switch quadrant {
        case 0: return cosNearZero(r)
        case 1: return -sinNearZero(r)
        case 2: return -cosNearZero(r)
        default: return sinNearZero(r)
        }
    }

    static func sinNearZero(_ x: Float) -> Float {
        let z = x * x
        return (polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]) * z) * x + x
    }

    static func cosNearZero(_ x: Float) -> Float {
        polynomial(x * x, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1])
    }

    /// x = n · π/2 + r, and n modulo 4.
    private static func reduced(_ x: Float) -> (r: Float, quadrant: Int) {
        guard x.isFinite else { return (.nan, 0) }
        guard abs(x) < 0x1p30 else { return (0, 0) }
        let d = Double(x)
        let n = (d * 0.63661977236758134308).rounded(.toNearestOrEven)
        let r = (d - n * 1.57079632673412561417) - n * 6.07710050650619224932e-11
        return (Float(r), Int(n) & 3)
    }

    static func tanh(_ x: Float) -> Float {
        if abs(x) < 0.625 {
            let z = x * x
            let p = polynomial(
                z,
                [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1])
            return x == 0 ? x : (p * z) * x + x
        }
        let size = 1 - 2 / (exp(abs(x) + abs(x)) + 1)
        return x < 0 ? -size : size
    }

    static func power(_ a: Float, _ b: Float) -> Float {
        if b == 0 || a == 1 { return 1 }
        if a.isNaN || b.isNaN { return .nan }
        let isInteger = b.rounded(.down) == b
        if a < 0 && a.isFinite && !isInteger { return .nan }
        let size = abs(a) == 1 ? 1 : Float(exp(Double(b) * log(Double(abs(a)))))
        let isOdd = isInteger && b.isFinite && b.truncatingRemainder(dividingBy: 2) != 0
        return a.sign == .minus && isOdd ? -size : size
    }

    /// The least k with u < P(X ≤ k) for X ~ Poisson(mean).
    static func poissonQuantile(_ u: Float, _ mean: Float) -> Float {
        if mean.isNaN { return .nan }
        var (term, k) = (exp(-mean), Float(0))
        var sum = term
        while k < 96, sum <= u {
            k += 1
            term = term * mean / k
            sum += term
        }
        return k
    }

    /// 2 / 17, 2 / 15 … 2 / 3: twice the series of artanh s / s − 1, in s².
    private static let artanhSeries = stride(from: 17, through: 3, by: -2).map { 2 / Double($0) }

    /// 1 / 10!, 1 / 9! … 1: the series of eˣ.
    private static let exponentialSeries = stride(from: 10, through: 0, by: -1).map { 1 / factorial($0) }

    private static func factorial(_ n: Int) -> Double { n == 0 ? 1 : Double(n) * factorial(n - 1) }

    /// ln x of a normal number, 0 or +∞, to 10⁻¹⁴ of its size or less.
    static func log(_ x: Double) -> Double {
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        let isUpper = x.significand >= 2 * 0.70710678118654752440
        let mantissa = isUpper ? x.significand / 2 : x.significand
        let e = Double(isUpper ? x.exponent + 1 : x.exponent)
        let s = (mantissa - 1) / (mantissa + 1)
        let z = s * s
        return ((polynomial(z, artanhSeries) * z) * s + s * 2) + e * 0.69314718055994530942
    }

    /// eˣ to 10⁻¹² of its size; ±120 stand for what lies beyond.
    static func exp(_ x: Double) -> Double {
        let clamped = min(max(x, -120), 120)
        let n = (clamped * 1.44269504088896340736).rounded(.toNearestOrEven)
        let r = (clamped - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
        return polynomial(r, exponentialSeries) * Double(sign: .plus, exponent: Int(n), significand: 1)
    }

    /// Horner's rule, from the highest coefficient down.
    private static func polynomial<Number: BinaryFloatingPoint>(
        _ x: Number, _ coefficients: [Number]
    ) -> Number {
        coefficients.dropFirst().reduce(coefficients[0]) { $0 * x + $1 }
    }
}
