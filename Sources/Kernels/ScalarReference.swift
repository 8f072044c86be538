import Tensors
import VectorKernels

/// What every kernel means, one value at a time: plain code, written apart from the vector code, with the same bits. Tests and
/// the reference executor of programs use it. NaNs are equal whatever their bits, except in masks.
package enum ScalarReference {
    /// One element of an elementwise operation; operands that it lacks are ignored.
    package static func elementwise(
        _ operation: ElementwiseOperation, _ a: Float, _ b: Float = 0, _ c: Float = 0
    ) -> Float {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .floorDivide: (a / b).rounded(.down)
        case .modulo: a - (a / b).rounded(.down) * b
        case .power: power(a, b)
        case .minimum: a < b ? a : b
        case .maximum: a > b ? a : b
        case .less: mask(a < b)
        case .lessEqual: mask(a <= b)
        case .equal: mask(a == b)
        case .notEqual: mask(a != b)
        case .and: Float(bitPattern: a.bitPattern & b.bitPattern)
        case .or: Float(bitPattern: a.bitPattern | b.bitPattern)
        case .not: Float(bitPattern: ~a.bitPattern)
        case .select: a.bitPattern == .max ? b : c
        case .multiplyAdd: a * b + c
        case .negate: -a
        case .absolute: abs(a)
        case .sign: a > 0 ? 1 : a < 0 ? -1 : 0
        case .floor: a.rounded(.down)
        case .ceil: a.rounded(.up)
        case .round: a.rounded(.toNearestOrEven)
        case .squareRoot: a.squareRoot()
        case .exp: exp(a)
        case .log: log(a)
        case .sin: sin(a)
        case .cos: cos(a)
        case .tanh: tanh(a)
        case .poissonQuantile: poissonQuantile(a, b)
        }
    }

    /// A mask's value: all ones or all zeros.
    package static func mask(_ isTrue: Bool) -> Float { Float(bitPattern: isTrue ? .max : 0) }

    /// A uniform draw in [0, 1).
    package static func uniform(address: DrawAddress, element: Int) -> Float {
        Float(address.bits(element) >> 8) / 16_777_216
    }

    /// A standard normal draw. Elements 16 apart are a pair: the first of them has the word of the radius, the second that of
    /// the angle, and they get the cosine and the sine.
    package static func normal(address: DrawAddress, element: Int) -> Float {
        let first = element & ~16
        let radiusBits = address.bits(first)
        let angleBits = address.bits(first + 16)

        let u = Float(radiusBits >> 1) * 0x1p-31 + 0x1p-32
        let radius = minusTwoLog(u).squareRoot()

        // Bit 31 mirrors at the vertical axis, bit 30 swaps the axes, the rest is a signed fraction of π/4.
        let fraction = Float(Int32(bitPattern: angleBits << 2))
        let reduced = fraction * (0.78539816339744830962 * 0x1p-31)
        let sine = sinNearZero(reduced)
        let cosine = angleBits >> 31 == 1 ? -cosNearZero(reduced) : cosNearZero(reduced)
        let swapped = (angleBits >> 30) & 1 == 1
        return radius * ((element == first) != swapped ? cosine : sine)
    }

    /// A byte of data as a value.
    package static func decode(_ byte: UInt8, scale: Double, low: Double) -> Float {
        Float(Double(byte) * scale + low)
    }
}
