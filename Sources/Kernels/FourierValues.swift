/// Real and imaginary parts of complex values in memory; nothing keeps it alive.
struct FourierValues {
    let real: UnsafeMutablePointer<Double>
    let imaginary: UnsafeMutablePointer<Double>

    /// The same memory with the parts exchanged. A forward transform of exchanged parts is the inverse one, times n.
    var exchanged: FourierValues { FourierValues(real: imaginary, imaginary: real) }

    /// The values at `place` and `place + step`.
    @inline(__always)
    func pair(_ place: Int, step: Int) -> ComplexPair {
        let second = place &+ step
        return ComplexPair(
            DoublePair(real[place], real[second]), DoublePair(imaginary[place], imaginary[second]))
    }

    /// The values at `place` and `place + 1`.
    @inline(__always)
    func pair(_ place: Int) -> ComplexPair {
        ComplexPair(DoublePair(real + place), DoublePair(imaginary + place))
    }

    /// Writes the values at `place` and `place + 1`.
    @inline(__always)
    func set(_ place: Int, _ value: ComplexPair) {
        UnsafeMutableRawPointer(real + place).storeBytes(of: value.real, as: DoublePair.self)
        UnsafeMutableRawPointer(imaginary + place).storeBytes(of: value.imaginary, as: DoublePair.self)
    }

    /// Writes a[k] · b[k] for k = 0 ..< count, two at least. Overlaps neither, or is `a` and the count even.
    func setProduct(_ a: FourierValues, _ b: FourierValues, count: Int) {
        for first in stride(from: 0, to: count, by: 2) {
            let k = min(first, count - 2)
            set(k, a.pair(k) * b.pair(k))
        }
    }

    /// Writes `values` divided by `divisor`; may be where they are.
    func set(_ values: FourierValues, dividedBy divisor: Double, count: Int) {
        for k in 0..<count { real[k] = values.real[k] / divisor }
        for k in 0..<count { imaginary[k] = values.imaginary[k] / divisor }
    }
}

/// Two doubles: what one register holds on every processor that Mottle runs on.
typealias DoublePair = SIMD2<Double>

extension DoublePair {
    /// The two that begin at `place`.
    @inline(__always)
    init(_ place: UnsafePointer<Double>) {
        self = UnsafeRawPointer(place).loadUnaligned(as: DoublePair.self)
    }

    @inline(__always)
    init(_ place: UnsafeMutablePointer<Double>) { self.init(UnsafePointer(place)) }
}

/// Two complex numbers.
struct ComplexPair {
    var real: DoublePair
    var imaginary: DoublePair

    static var zero: ComplexPair { ComplexPair(.zero, .zero) }

    @inline(__always)
    init(_ real: DoublePair, _ imaginary: DoublePair) { (self.real, self.imaginary) = (real, imaginary) }

    /// Itself − i · other and itself + i · other; not by prefix `-`, which for vectors is 0 − x and loses the sign of zero.
    @inline(__always)
    func turns(_ other: ComplexPair) -> (right: ComplexPair, left: ComplexPair) {
        (
            ComplexPair(real + other.imaginary, imaginary - other.real),
            ComplexPair(real - other.imaginary, imaginary + other.real)
        )
    }

    @inline(__always)
    static func + (a: ComplexPair, b: ComplexPair) -> ComplexPair {
        ComplexPair(a.real + b.real, a.imaginary + b.imaginary)
    }

    @inline(__always)
    static func - (a: ComplexPair, b: ComplexPair) -> ComplexPair {
        ComplexPair(a.real - b.real, a.imaginary - b.imaginary)
    }

    @inline(__always)
    static func * (a: DoublePair, b: ComplexPair) -> ComplexPair { ComplexPair(a * b.real, a * b.imaginary) }

    @inline(__always)
    static func * (a: ComplexPair, b: ComplexPair) -> ComplexPair {
        ComplexPair(
            a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
}
