import Tensors

/// What the numbers of an array in a file are, and the one place where they become floats.
package enum ElementType: String, Sendable {
    case bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, bfloat16, float32, float64

    var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// The range of values that follows from the type; nil where it has to be declared.
    var range: ClosedRange<Float>? {
        switch self {
        case .bool, .uint8: 0...1
        default: nil
        }
    }

    var isWhole: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: false
        default: true
        }
    }

    /// Writes numbers as floats, each rounded once.
    ///
    /// - Parameters:
    ///   - stride: from one number to the next, in bytes.
    ///   - scale: a uint8 b stands for b · scale + low; other numbers are taken as they are.
    /// - Returns: the place of the first whole number that is beyond 2²⁴, up to which floats hold each; nil if all were
    ///   written.
    func decode(
        _ source: UnsafeRawPointer, stride: Int, count: Int, isBigEndian: Bool, scale: Double, low: Double,
        to out: UnsafeMutablePointer<Float>
    ) -> Int? {
        func bits<Bits: FixedWidthInteger>(_ place: Int, _ type: Bits.Type) -> Bits {
            let bits = source.loadUnaligned(fromByteOffset: place * stride, as: Bits.self)
            return isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
        }
        func whole<Number: FixedWidthInteger>(_ type: Number.Type) -> Int? {
            for place in 0..<count {
                let number = bits(place, Number.self)
                guard number.magnitude <= 1 << 24 else { return place }
                out[place] = Float(number)
            }
            return nil
        }
        switch self {
        case .bool: for place in 0..<count { out[place] = bits(place, UInt8.self) == 0 ? 0 : 1 }
        case .uint8:
            for place in 0..<count { out[place] = Float(Double(bits(place, UInt8.self)) * scale + low) }
        case .int8: for place in 0..<count { out[place] = Float(bits(place, Int8.self)) }
        case .uint16: for place in 0..<count { out[place] = Float(bits(place, UInt16.self)) }
        case .int16: for place in 0..<count { out[place] = Float(bits(place, Int16.self)) }
        case .uint32: return whole(UInt32.self)
        case .int32: return whole(Int32.self)
        case .uint64: return whole(UInt64.self)
        case .int64: return whole(Int64.self)
        case .float16:
            for place in 0..<count { out[place] = Float(Float16(bitPattern: bits(place, UInt16.self))) }
        case .bfloat16:
            for place in 0..<count {
                out[place] = Float(bitPattern: UInt32(bits(place, UInt16.self)) << 16)
            }
        case .float32: for place in 0..<count { out[place] = Float(bitPattern: bits(place, UInt32.self)) }
        case .float64:
            for place in 0..<count { out[place] = Float(Double(bitPattern: bits(place, UInt64.self))) }
        }
        return nil
    }

    /// A whole number, exactly; nil where it is no Int or the type is one of floats.
    func wholeNumber(_ source: UnsafeRawPointer, isBigEndian: Bool) -> Int? {
        func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Int? {
            let bits = source.loadUnaligned(as: Number.self)
            return Int(exactly: isBigEndian ? Number(bigEndian: bits) : Number(littleEndian: bits))
        }
        switch self {
        case .bool: return number(UInt8.self).map { $0 == 0 ? 0 : 1 }
        case .uint8: return number(UInt8.self)
        case .uint16: return number(UInt16.self)
        case .uint32: return number(UInt32.self)
        case .uint64: return number(UInt64.self)
        case .int8: return number(Int8.self)
        case .int16: return number(Int16.self)
        case .int32: return number(Int32.self)
        case .int64: return number(Int64.self)
        case .float16, .bfloat16, .float32, .float64: return nil
        }
    }
}
