import CSIMD

// The widths side by side: a change of one is a change of all.

extension SIMD4: WordVector where Scalar == UInt32 {
    public typealias Pairs = SIMD2<UInt64>

    @inlinable @inline(__always)
    public init(even: Pairs, odd: Pairs) {
        self = unsafeBitCast((even & 0xffff_ffff) | (odd &<< 32), to: Self.self)
    }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) {
        self.init()
        mottle_u8_to_u32x4(UnsafeRawPointer(source).loadUnaligned(as: SIMD4<UInt8>.self), &self)
    }
    @inlinable @inline(__always)
    public func storeBytes(to target: UnsafeMutablePointer<UInt8>) { mottle_u32_to_u8x4(self, target) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func shiftRightSigned(_ v: Self, by bits: Int32) -> Self {
        var to = v
        mottle_shift_signed_u32x4(v, bits, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func any(_ v: Self) -> Bool { mottle_any_u32x4(v) }
}

extension SIMD8: WordVector where Scalar == UInt32 {
    public typealias Pairs = SIMD4<UInt64>

    @inlinable @inline(__always)
    public init(even: Pairs, odd: Pairs) {
        self = unsafeBitCast((even & 0xffff_ffff) | (odd &<< 32), to: Self.self)
    }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) {
        self.init()
        mottle_u8_to_u32x8(UnsafeRawPointer(source).loadUnaligned(as: SIMD8<UInt8>.self), &self)
    }
    @inlinable @inline(__always)
    public func storeBytes(to target: UnsafeMutablePointer<UInt8>) { mottle_u32_to_u8x8(self, target) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func shiftRightSigned(_ v: Self, by bits: Int32) -> Self {
        var to = v
        mottle_shift_signed_u32x8(v, bits, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func any(_ v: Self) -> Bool { mottle_any_u32x8(v) }
}

extension SIMD16: WordVector where Scalar == UInt32 {
    public typealias Pairs = SIMD8<UInt64>

    @inlinable @inline(__always)
    public init(even: Pairs, odd: Pairs) {
        self = unsafeBitCast((even & 0xffff_ffff) | (odd &<< 32), to: Self.self)
    }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) {
        self.init()
        mottle_u8_to_u32x16(UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self), &self)
    }
    @inlinable @inline(__always)
    public func storeBytes(to target: UnsafeMutablePointer<UInt8>) { mottle_u32_to_u8x16(self, target) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func shiftRightSigned(_ v: Self, by bits: Int32) -> Self {
        var to = v
        mottle_shift_signed_u32x16(v, bits, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func any(_ v: Self) -> Bool { mottle_any_u32x16(v) }
}

extension SIMD2: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u64x2(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u64x2(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u64x2(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u64x2(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u64x2(a, b, &to)
        return to
    }
}

extension SIMD4: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1, 2, 3) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u64x4(a, b, &to)
        return to
    }
}

extension SIMD8: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1, 2, 3, 4, 5, 6, 7) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u64x8(a, b, &to)
        return to
    }
}

extension SIMD16: LongVector where Scalar == UInt64 {
    @inlinable @inline(__always)
    public static var ramp: Self { Self(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: Self) -> Self {
        var to = a
        mottle_and_u64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func | (a: Self, b: Self) -> Self {
        var to = a
        mottle_or_u64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: Self) -> Self {
        var to = a
        mottle_xor_u64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_left_u64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: Self) -> Self {
        var to = a
        mottle_shift_right_u64x16(a, b, &to)
        return to
    }
}
