/// The vector types that kernels are generic in.
///
/// Their operators are requirements, met by whole-vector ones in CSIMD: those of `SIMD`'s own extensions go lane by lane.
/// A mask is a vector of words, all ones or all zeros in each lane.
public protocol FloatVector: SIMD, SendableMetatype where Scalar == Float {
    /// As many 32-bit words.
    associatedtype Words: WordVector
    /// As many doubles.
    associatedtype Doubles: DoubleVector

    init(repeating value: Float)
    /// Reads neighbours, at any alignment.
    init(loading source: UnsafePointer<Float>)
    /// Writes neighbours, at any alignment.
    func store(to target: UnsafeMutablePointer<Float>)

    init(bits: Words)
    var bits: Words { get }
    /// The nearest to each word read as a signed integer.
    init(signed words: Words)
    init(rounding doubles: Doubles)
    var doubles: Doubles { get }
    /// The low halves of the bits of as many doubles.
    static func lowWords(_ doubles: Doubles) -> Words

    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static func less(_ a: Self, _ b: Self) -> Words
    static func lessEqual(_ a: Self, _ b: Self) -> Words
    static func equal(_ a: Self, _ b: Self) -> Words
    static func notEqual(_ a: Self, _ b: Self) -> Words
    static func squareRoot(_ v: Self) -> Self
    static func floor(_ v: Self) -> Self
    static func ceil(_ v: Self) -> Self
    /// To the nearest integer, halves to even.
    static func round(_ v: Self) -> Self
    /// v · 2ⁿ for whole n < 128 and |v| in 1/2...2; 0 where that is less than about 2⁻¹²⁶. NaN gives NaN.
    static func scale(_ v: Self, byPowerOf2 n: Self) -> Self
    /// out[c · outStride + r] = x[r · stride + c] for as many rows and columns as there are lanes.
    static func transposeSquare(
        _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>, _ stride: Int)
    /// Writes the lanes where `mask` is set, one behind the other, and returns how many. A whole vector is written; what comes
    /// behind these lanes is anything.
    static func storeKept(_ v: Self, where mask: Words, to target: UnsafeMutablePointer<Float>) -> Int
    /// The sum of all lanes: halves are added until one lane is left.
    static func sum(_ v: Self) -> Float
    /// The largest lane, unless one is NaN.
    static func largest(_ v: Self) -> Float
}

public protocol WordVector: SIMD, SendableMetatype where Scalar == UInt32 {
    /// Half as many words of 64 bits: the same size in memory.
    associatedtype Pairs: LongVector

    init(repeating value: UInt32)
    /// The low words of `even` and `odd` by turns: even[0], odd[0], even[1] …
    init(even: Pairs, odd: Pairs)
    /// Reads neighbouring bytes as numbers.
    init(loadingBytes source: UnsafePointer<UInt8>)
    /// Writes the lowest byte of each word.
    func storeBytes(to target: UnsafeMutablePointer<UInt8>)

    static func & (a: Self, b: Self) -> Self
    static func | (a: Self, b: Self) -> Self
    static func ^ (a: Self, b: Self) -> Self
    static func &+ (a: Self, b: Self) -> Self
    static func &- (a: Self, b: Self) -> Self
    /// By less than the width of a lane.
    static func &<< (a: Self, b: Self) -> Self
    static func &>> (a: Self, b: Self) -> Self
    /// Whether any bit of any word is set.
    static func any(_ v: Self) -> Bool
    /// Shifts copies of the sign in from the left.
    static func shiftRightSigned(_ v: Self, by bits: Int32) -> Self
}

public protocol LongVector: SIMD, SendableMetatype where Scalar == UInt64 {
    init(repeating value: UInt64)
    /// 0, 1, 2 …
    static var ramp: Self { get }

    static func & (a: Self, b: Self) -> Self
    static func | (a: Self, b: Self) -> Self
    static func ^ (a: Self, b: Self) -> Self
    static func &+ (a: Self, b: Self) -> Self
    static func &- (a: Self, b: Self) -> Self
    static func &* (a: Self, b: Self) -> Self
    /// By less than the width of a lane.
    static func &<< (a: Self, b: Self) -> Self
    static func &>> (a: Self, b: Self) -> Self
}

public protocol DoubleVector: SIMD, SendableMetatype where Scalar == Double {
    associatedtype Longs: LongVector

    init(repeating value: Double)
    init(loading source: UnsafePointer<Double>)
    /// Reads neighbouring bytes as numbers.
    init(loadingBytes source: UnsafePointer<UInt8>)
    func store(to target: UnsafeMutablePointer<Double>)

    init(bits: Longs)
    var bits: Longs { get }

    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static func less(_ a: Self, _ b: Self) -> Longs
    static func equal(_ a: Self, _ b: Self) -> Longs
}

// What follows is spelled with the requirements above, so it is as fast as they are.

extension WordVector {
    /// 0, 1, 2 …
    @inlinable @inline(__always)
    static var ramp: Self {
        var ramp = Self(repeating: 0)
        for lane in 0..<scalarCount { ramp[lane] = UInt32(lane) }
        return ramp
    }
}

extension FloatVector {
    @inlinable @inline(__always)
    public static func + (a: Self, b: Float) -> Self { a + Self(repeating: b) }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Float) -> Self { a - Self(repeating: b) }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Float) -> Self { a * Self(repeating: b) }

    /// `storeKept` for words.
    @inlinable @inline(__always)
    static func storeKept(_ words: Words, where mask: Words, to target: UnsafeMutablePointer<Int32>) {
        let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self)
        _ = storeKept(Self(bits: words), where: mask, to: target)
    }

    /// Lane by lane: mask ? a : b.
    @inlinable @inline(__always)
    public static func select(_ mask: Words, _ a: Self, _ b: Self) -> Self {
        Self(bits: (mask & a.bits) | (~mask & b.bits))
    }

    /// Without the sign bit.
    @inlinable @inline(__always)
    public var magnitude: Self { Self(bits: bits & 0x7fff_ffff) }

    /// The first `count` lanes, and zeros in the others.
    @inlinable @inline(__always)
    public static func first(_ count: Int, of v: Self) -> Self {
        var ramp = Self(repeating: 0)
        for lane in 0..<scalarCount { ramp[lane] = Float(lane) }
        return Self(bits: v.bits & less(ramp, Self(repeating: Float(count))))
    }
}

extension WordVector {
    @inlinable @inline(__always)
    public static prefix func ~ (a: Self) -> Self { a ^ Self(repeating: .max) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: UInt32) -> Self { a & Self(repeating: b) }
    @inlinable @inline(__always)
    public static func | (a: Self, b: UInt32) -> Self { a | Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &+ (a: Self, b: UInt32) -> Self { a &+ Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &- (a: Self, b: UInt32) -> Self { a &- Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: UInt32) -> Self { a &<< Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: UInt32) -> Self { a &>> Self(repeating: b) }
}

extension LongVector {
    @inlinable @inline(__always)
    public static prefix func ~ (a: Self) -> Self { a ^ Self(repeating: .max) }
    @inlinable @inline(__always)
    public static func & (a: Self, b: UInt64) -> Self { a & Self(repeating: b) }
    @inlinable @inline(__always)
    public static func | (a: Self, b: UInt64) -> Self { a | Self(repeating: b) }
    @inlinable @inline(__always)
    public static func ^ (a: Self, b: UInt64) -> Self { a ^ Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &+ (a: Self, b: UInt64) -> Self { a &+ Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &- (a: Self, b: UInt64) -> Self { a &- Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &* (a: Self, b: UInt64) -> Self { a &* Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &<< (a: Self, b: UInt64) -> Self { a &<< Self(repeating: b) }
    @inlinable @inline(__always)
    public static func &>> (a: Self, b: UInt64) -> Self { a &>> Self(repeating: b) }
}

extension DoubleVector {
    @inlinable @inline(__always)
    public static func + (a: Self, b: Double) -> Self { a + Self(repeating: b) }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Double) -> Self { a - Self(repeating: b) }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Double) -> Self { a * Self(repeating: b) }

    /// Lane by lane: mask ? a : b.
    @inlinable @inline(__always)
    public static func select(_ mask: Longs, _ a: Self, _ b: Self) -> Self {
        Self(bits: (mask & a.bits) | (~mask & b.bits))
    }

    /// Without the sign bit.
    @inlinable @inline(__always)
    public var magnitude: Self { Self(bits: bits & 0x7fff_ffff_ffff_ffff) }
}
