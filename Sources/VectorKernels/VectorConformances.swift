import CSIMD

// The three widths side by side: a change of one is a change of all.

extension SIMD4: FloatVector where Scalar == Float {
    public typealias Words = SIMD4<UInt32>
    public typealias Doubles = SIMD4<Double>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) { self = mottle_load_f32x4(source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) { mottle_store_f32x4(self, target) }
    @inlinable @inline(__always)
    public init(bits: Words) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Words { unsafeBitCast(self, to: Words.self) }
    @inlinable @inline(__always)
    public init(signed words: Words) { self = mottle_i32_to_f32x4(words) }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) { self = mottle_f64_to_f32x4(doubles) }
    @inlinable @inline(__always)
    public var doubles: Doubles { mottle_f32_to_f64x4(self) }

    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words {
        Words(truncatingIfNeeded: unsafeBitCast(doubles, to: SIMD4<UInt64>.self))
    }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .< b, to: Words.self) }
    @inlinable @inline(__always)
    public static func lessEqual(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .<= b, to: Words.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .== b, to: Words.self) }
    @inlinable @inline(__always)
    public static func notEqual(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .!= b, to: Words.self) }
    @inlinable @inline(__always)
    public static func squareRoot(_ v: Self) -> Self { mottle_square_root_f32x4(v) }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self { mottle_floor_f32x4(v) }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self { mottle_ceil_f32x4(v) }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self { mottle_round_f32x4(v) }
}

extension SIMD8: FloatVector where Scalar == Float {
    public typealias Words = SIMD8<UInt32>
    public typealias Doubles = SIMD8<Double>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) { self = mottle_load_f32x8(source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) { mottle_store_f32x8(self, target) }
    @inlinable @inline(__always)
    public init(bits: Words) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Words { unsafeBitCast(self, to: Words.self) }
    @inlinable @inline(__always)
    public init(signed words: Words) { self = mottle_i32_to_f32x8(words) }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) { self = mottle_f64_to_f32x8(doubles) }
    @inlinable @inline(__always)
    public var doubles: Doubles { mottle_f32_to_f64x8(self) }

    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words {
        Words(truncatingIfNeeded: unsafeBitCast(doubles, to: SIMD8<UInt64>.self))
    }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .< b, to: Words.self) }
    @inlinable @inline(__always)
    public static func lessEqual(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .<= b, to: Words.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .== b, to: Words.self) }
    @inlinable @inline(__always)
    public static func notEqual(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .!= b, to: Words.self) }
    @inlinable @inline(__always)
    public static func squareRoot(_ v: Self) -> Self { mottle_square_root_f32x8(v) }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self { mottle_floor_f32x8(v) }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self { mottle_ceil_f32x8(v) }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self { mottle_round_f32x8(v) }
}

extension SIMD16: FloatVector where Scalar == Float {
    public typealias Words = SIMD16<UInt32>
    public typealias Doubles = SIMD16<Double>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) { self = mottle_load_f32x16(source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) { mottle_store_f32x16(self, target) }
    @inlinable @inline(__always)
    public init(bits: Words) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Words { unsafeBitCast(self, to: Words.self) }
    @inlinable @inline(__always)
    public init(signed words: Words) { self = mottle_i32_to_f32x16(words) }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) { self = mottle_f64_to_f32x16(doubles) }
    @inlinable @inline(__always)
    public var doubles: Doubles { mottle_f32_to_f64x16(self) }

    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words {
        Words(truncatingIfNeeded: unsafeBitCast(doubles, to: SIMD16<UInt64>.self))
    }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .< b, to: Words.self) }
    @inlinable @inline(__always)
    public static func lessEqual(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .<= b, to: Words.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .== b, to: Words.self) }
    @inlinable @inline(__always)
    public static func notEqual(_ a: Self, _ b: Self) -> Words { unsafeBitCast(a .!= b, to: Words.self) }
    @inlinable @inline(__always)
    public static func squareRoot(_ v: Self) -> Self { mottle_square_root_f32x16(v) }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self { mottle_floor_f32x16(v) }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self { mottle_ceil_f32x16(v) }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self { mottle_round_f32x16(v) }
}

extension SIMD4: WordVector where Scalar == UInt32 {
    public typealias Pairs = SIMD2<UInt64>

    @inlinable @inline(__always)
    public init(even: Pairs, odd: Pairs) {
        self = unsafeBitCast((even & 0xffff_ffff) | (odd &<< 32), to: Self.self)
    }
    @inlinable @inline(__always)
    public func storeBytes(to target: UnsafeMutablePointer<UInt8>) { mottle_store_u8x4(self, target) }
    @inlinable @inline(__always)
    public static func shiftRightSigned(_ a: Self, by bits: Int32) -> Self {
        mottle_shift_right_signed_u32x4(a, bits)
    }
}

extension SIMD8: WordVector where Scalar == UInt32 {
    public typealias Pairs = SIMD4<UInt64>

    @inlinable @inline(__always)
    public init(even: Pairs, odd: Pairs) {
        self = unsafeBitCast((even & 0xffff_ffff) | (odd &<< 32), to: Self.self)
    }
    @inlinable @inline(__always)
    public func storeBytes(to target: UnsafeMutablePointer<UInt8>) { mottle_store_u8x8(self, target) }
    @inlinable @inline(__always)
    public static func shiftRightSigned(_ a: Self, by bits: Int32) -> Self {
        mottle_shift_right_signed_u32x8(a, bits)
    }
}

extension SIMD16: WordVector where Scalar == UInt32 {
    public typealias Pairs = SIMD8<UInt64>

    @inlinable @inline(__always)
    public init(even: Pairs, odd: Pairs) {
        self = unsafeBitCast((even & 0xffff_ffff) | (odd &<< 32), to: Self.self)
    }
    @inlinable @inline(__always)
    public func storeBytes(to target: UnsafeMutablePointer<UInt8>) { mottle_store_u8x16(self, target) }
    @inlinable @inline(__always)
    public static func shiftRightSigned(_ a: Self, by bits: Int32) -> Self {
        mottle_shift_right_signed_u32x16(a, bits)
    }
}

extension SIMD2: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1) }
}

extension SIMD4: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1, 2, 3) }
}

extension SIMD8: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1, 2, 3, 4, 5, 6, 7) }
}

extension SIMD16: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
}

extension SIMD4: DoubleVector where Scalar == Double {
    public typealias Longs = SIMD4<UInt64>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Double>) { self = mottle_load_f64x4(source) }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) { self = mottle_load_u8_as_f64x4(source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Double>) { mottle_store_f64x4(self, target) }
    @inlinable @inline(__always)
    public init(bits: Longs) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Longs { unsafeBitCast(self, to: Longs.self) }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .< b, to: Longs.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .== b, to: Longs.self) }
}

extension SIMD8: DoubleVector where Scalar == Double {
    public typealias Longs = SIMD8<UInt64>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Double>) { self = mottle_load_f64x8(source) }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) { self = mottle_load_u8_as_f64x8(source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Double>) { mottle_store_f64x8(self, target) }
    @inlinable @inline(__always)
    public init(bits: Longs) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Longs { unsafeBitCast(self, to: Longs.self) }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .< b, to: Longs.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .== b, to: Longs.self) }
}

extension SIMD16: DoubleVector where Scalar == Double {
    public typealias Longs = SIMD16<UInt64>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Double>) { self = mottle_load_f64x16(source) }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) { self = mottle_load_u8_as_f64x16(source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Double>) { mottle_store_f64x16(self, target) }
    @inlinable @inline(__always)
    public init(bits: Longs) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Longs { unsafeBitCast(self, to: Longs.self) }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .< b, to: Longs.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .== b, to: Longs.self) }
}
