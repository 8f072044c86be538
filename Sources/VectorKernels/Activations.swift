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

    /// y = f(x). `y` may be x.
    @inlinable @inline(__always)
    func apply<V: FloatVector>(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ rows: Rows, vector: V.Type
    ) {
        let zero = V(repeating: 0)
        switch self {
        case .leakyReLU(let slope):
            rows.map(y, x) { (x: V) in V.select(V.less(x, zero), x * slope, x) }
        case .gelu: rows.map(y, x) { (x: V) in x * V.normalShareBelow(x) }
        case .silu: rows.map(y, x) { (x: V) in x * V.sigmoid(x) }
        case .tanh: rows.map(y, x) { (x: V) in V.tanh(x) }
        case .sigmoid: rows.map(y, x) { (x: V) in V.sigmoid(x) }
        }
    }

    /// out = f′(x) · gradient, where y = f(x). `out` may be one of the others.
    @inlinable @inline(__always)
    func applyBackward<V: FloatVector>(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        _ gradient: UnsafePointer<Float>, _ rows: Rows, vector: V.Type
    ) {
        let (zero, one) = (V(repeating: 0), V(repeating: 1))
        switch self {
        case .leakyReLU(let slope):
            rows.map(out, x, y, gradient) { (x: V, y: V, gradient: V) in
                V.select(V.less(zero, x), gradient, gradient * slope)
            }
        case .gelu:
            rows.map(out, x, y, gradient) { (x: V, y: V, gradient: V) in
                // The density of the normal distribution, e^(−x²/2) / √(2π).
                let density = V.exp(x * x * -0.5) * 0.398942280401432678
                return gradient * (V.normalShareBelow(x) + x * density)
            }
        case .silu:
            rows.map(out, x, y, gradient) { (x: V, y: V, gradient: V) in
                let share = V.sigmoid(x)
                return gradient * (share + y * (one - share))
            }
        case .tanh: rows.map(out, x, y, gradient) { (x: V, y: V, gradient: V) in gradient * (one - y * y) }
        case .sigmoid:
            rows.map(out, x, y, gradient) { (x: V, y: V, gradient: V) in gradient * (y * (one - y)) }
        }
    }
}

extension FloatVector {
    /// 1 / (1 + e⁻ˣ), within 1e-7.
    @inlinable @inline(__always)
    static func sigmoid(_ x: Self) -> Self {
        let one = Self(repeating: 1)
        return one / (one + exp(Self(repeating: 0) - x))
    }
}

extension FloatVector {
    /// Φ(x), the share of the standard normal distribution below x, within 1e-7 everywhere and 0 far below zero.
    ///
    /// Φ(−|x|) = e^q(|x|) / 2, where q is the polynomial without constant term that is nearest to ln 2Φ(−x) in 0...6,
    /// errors weighted with Φ (8e-9 at most); past that it falls on.
    @inlinable @inline(__always)
    static func normalShareBelow(_ x: Self) -> Self {
        let size = x.magnitude
        var q = size * -1.965117917279713e-6 + 2.7295576728647575e-5
        q = q * size - 1.2905428593512625e-4
        q = q * size - 9.490951924817637e-5
        q = q * size + 4.8959823325276375e-3
        q = q * size - 3.6387573927640915e-2
        q = q * size - 3.18298876285553e-1
        q = q * size - 7.978852987289429e-1
        let below = exp(q * size) * 0.5
        return select(less(x, Self(repeating: 0)), below, Self(repeating: 1) - below)
    }
}
