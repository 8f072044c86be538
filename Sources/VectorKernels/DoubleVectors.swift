import CSIMD

// The widths side by side: a change of one is a change of all.

extension SIMD4: DoubleVector where Scalar == Double {
    public typealias Longs = SIMD4<UInt64>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Double>) {
        self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) {
        self.init()
        mottle_u8_to_f64x4(UnsafeRawPointer(source).loadUnaligned(as: SIMD4<UInt8>.self), &self)
    }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
    @inlinable @inline(__always)
    public init(bits: Longs) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Longs { unsafeBitCast(self, to: Longs.self) }
    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self {
        var to = a
        mottle_add_f64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self {
        var to = a
        mottle_subtract_f64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self {
        var to = a
        mottle_multiply_f64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self {
        var to = a
        mottle_divide_f64x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .< b, to: Longs.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .== b, to: Longs.self) }
}

extension SIMD8: DoubleVector where Scalar == Double {
    public typealias Longs = SIMD8<UInt64>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Double>) {
        self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) {
        self.init()
        mottle_u8_to_f64x8(UnsafeRawPointer(source).loadUnaligned(as: SIMD8<UInt8>.self), &self)
    }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
    @inlinable @inline(__always)
    public init(bits: Longs) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Longs { unsafeBitCast(self, to: Longs.self) }
    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self {
        var to = a
        mottle_add_f64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self {
        var to = a
        mottle_subtract_f64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self {
        var to = a
        mottle_multiply_f64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self {
        var to = a
        mottle_divide_f64x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .< b, to: Longs.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .== b, to: Longs.self) }
}

extension SIMD16: DoubleVector where Scalar == Double {
    public typealias Longs = SIMD16<UInt64>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Double>) {
        self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inlinable @inline(__always)
    public init(loadingBytes source: UnsafePointer<UInt8>) {
        self.init()
        mottle_u8_to_f64x16(UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self), &self)
    }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
    @inlinable @inline(__always)
    public init(bits: Longs) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Longs { unsafeBitCast(self, to: Longs.self) }
    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self {
        var to = a
        mottle_add_f64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self {
        var to = a
        mottle_subtract_f64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self {
        var to = a
        mottle_multiply_f64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self {
        var to = a
        mottle_divide_f64x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .< b, to: Longs.self) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Longs { unsafeBitCast(a .== b, to: Longs.self) }
}
