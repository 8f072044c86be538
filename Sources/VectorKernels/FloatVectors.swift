import CSIMD

// The widths side by side: a change of one is a change of all.

extension SIMD4: FloatVector where Scalar == Float {
    public typealias Words = SIMD4<UInt32>
    public typealias Doubles = SIMD4<Double>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) {
        self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
    @inlinable @inline(__always)
    public init(bits: Words) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Words { unsafeBitCast(self, to: Words.self) }
    @inlinable @inline(__always)
    public init(signed words: Words) {
        self.init()
        mottle_i32_to_f32x4(words, &self)
    }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) {
        self.init()
        mottle_f64_to_f32x4(doubles, &self)
    }
    @inlinable @inline(__always)
    public var doubles: Doubles {
        var to = Doubles()
        mottle_f32_to_f64x4(self, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words {
        var to = Words()
        mottle_u64_to_u32x4(doubles.bits, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self {
        var to = a
        mottle_add_f32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self {
        var to = a
        mottle_subtract_f32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self {
        var to = a
        mottle_multiply_f32x4(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self {
        var to = a
        mottle_divide_f32x4(a, b, &to)
        return to
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
    public static func squareRoot(_ v: Self) -> Self {
        var to = v
        mottle_square_root_f32x4(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self {
        var to = v
        mottle_floor_f32x4(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self {
        var to = v
        mottle_ceil_f32x4(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self {
        var to = v
        mottle_round_f32x4(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func scale(_ v: Self, byPowerOf2 n: Self) -> Self {
        var to = v
        mottle_scale_f32x4(v, n, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func transposeSquare(
        _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>, _ stride: Int
    ) {
        mottle_transpose_f32x4(out, outStride, x, stride)
    }
    @inlinable @inline(__always)
    public static func storeKept(
        _ v: Self, where mask: Words, to target: UnsafeMutablePointer<Float>
    ) -> Int {
        mottle_store_kept_f32x4(v, mask, target)
    }
    @inlinable @inline(__always)
    public static func sum(_ v: Self) -> Float { mottle_sum_f32x4(v) }
    @inlinable @inline(__always)
    public static func largest(_ v: Self) -> Float { mottle_largest_f32x4(v) }
}

extension SIMD8: FloatVector where Scalar == Float {
    public typealias Words = SIMD8<UInt32>
    public typealias Doubles = SIMD8<Double>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) {
        self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
    @inlinable @inline(__always)
    public init(bits: Words) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Words { unsafeBitCast(self, to: Words.self) }
    @inlinable @inline(__always)
    public init(signed words: Words) {
        self.init()
        mottle_i32_to_f32x8(words, &self)
    }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) {
        self.init()
        mottle_f64_to_f32x8(doubles, &self)
    }
    @inlinable @inline(__always)
    public var doubles: Doubles {
        var to = Doubles()
        mottle_f32_to_f64x8(self, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words {
        var to = Words()
        mottle_u64_to_u32x8(doubles.bits, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self {
        var to = a
        mottle_add_f32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self {
        var to = a
        mottle_subtract_f32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self {
        var to = a
        mottle_multiply_f32x8(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self {
        var to = a
        mottle_divide_f32x8(a, b, &to)
        return to
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
    public static func squareRoot(_ v: Self) -> Self {
        var to = v
        mottle_square_root_f32x8(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self {
        var to = v
        mottle_floor_f32x8(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self {
        var to = v
        mottle_ceil_f32x8(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self {
        var to = v
        mottle_round_f32x8(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func scale(_ v: Self, byPowerOf2 n: Self) -> Self {
        var to = v
        mottle_scale_f32x8(v, n, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func transposeSquare(
        _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>, _ stride: Int
    ) {
        mottle_transpose_f32x8(out, outStride, x, stride)
    }
    @inlinable @inline(__always)
    public static func storeKept(
        _ v: Self, where mask: Words, to target: UnsafeMutablePointer<Float>
    ) -> Int {
        mottle_store_kept_f32x8(v, mask, target)
    }
    @inlinable @inline(__always)
    public static func sum(_ v: Self) -> Float { mottle_sum_f32x8(v) }
    @inlinable @inline(__always)
    public static func largest(_ v: Self) -> Float { mottle_largest_f32x8(v) }
}

extension SIMD16: FloatVector where Scalar == Float {
    public typealias Words = SIMD16<UInt32>
    public typealias Doubles = SIMD16<Double>

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) {
        self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
    @inlinable @inline(__always)
    public init(bits: Words) { self = unsafeBitCast(bits, to: Self.self) }
    @inlinable @inline(__always)
    public var bits: Words { unsafeBitCast(self, to: Words.self) }
    @inlinable @inline(__always)
    public init(signed words: Words) {
        self.init()
        mottle_i32_to_f32x16(words, &self)
    }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) {
        self.init()
        mottle_f64_to_f32x16(doubles, &self)
    }
    @inlinable @inline(__always)
    public var doubles: Doubles {
        var to = Doubles()
        mottle_f32_to_f64x16(self, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words {
        var to = Words()
        mottle_u64_to_u32x16(doubles.bits, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self {
        var to = a
        mottle_add_f32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self {
        var to = a
        mottle_subtract_f32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self {
        var to = a
        mottle_multiply_f32x16(a, b, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self {
        var to = a
        mottle_divide_f32x16(a, b, &to)
        return to
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
    public static func squareRoot(_ v: Self) -> Self {
        var to = v
        mottle_square_root_f32x16(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self {
        var to = v
        mottle_floor_f32x16(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self {
        var to = v
        mottle_ceil_f32x16(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self {
        var to = v
        mottle_round_f32x16(v, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func scale(_ v: Self, byPowerOf2 n: Self) -> Self {
        var to = v
        mottle_scale_f32x16(v, n, &to)
        return to
    }
    @inlinable @inline(__always)
    public static func transposeSquare(
        _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>, _ stride: Int
    ) {
        mottle_transpose_f32x16(out, outStride, x, stride)
    }
    @inlinable @inline(__always)
    public static func storeKept(
        _ v: Self, where mask: Words, to target: UnsafeMutablePointer<Float>
    ) -> Int {
        mottle_store_kept_f32x16(v, mask, target)
    }
    @inlinable @inline(__always)
    public static func sum(_ v: Self) -> Float { mottle_sum_f32x16(v) }
    @inlinable @inline(__always)
    public static func largest(_ v: Self) -> Float { mottle_largest_f32x16(v) }
}
