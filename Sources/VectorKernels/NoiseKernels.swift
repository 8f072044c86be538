/// The elementwise operations that programs of generators are made of.
///
/// Values are `Float`; a mask is a `Float` whose bits are all ones (true) or all zeros (false). Every operation is
/// made of what IEEE 754 fixes, so it gives the same bits on every processor; NaNs are all one value.
public enum ElementwiseOperation: Int, CaseIterable, Sendable, BitwiseCopyable {
    // Two operands.
    case add, subtract, multiply, divide
    /// ⌊a / b⌋, rounded once after the division.
    case floorDivide
    /// a − ⌊a / b⌋ · b: the sign of b, as in Lua.
    case modulo
    /// aᵇ through Double logarithm and exponential.
    case power
    /// a < b ? a : b, so a NaN gives b.
    case minimum
    /// a > b ? a : b, so a NaN gives b.
    case maximum
    // Two operands, a mask.
    case less, lessEqual, equal, notEqual
    // Masks.
    case and, or, not
    /// a where the mask (first operand) is true, else b: operands (mask, a, b).
    case select
    /// a · b + c, rounded after each: what `add` makes of a product.
    case multiplyAdd
    // One operand.
    case negate, absolute
    /// −1, 0 or 1; ±0 and NaN give +0.
    case sign
    case floor, ceil
    /// To the nearest integer, halves to even.
    case round
    case squareRoot, exp, log, sin, cos, tanh
    /// The number of events that a uniform draw u stands for where `mean` are expected: the least k with u < P(X ≤ k), for
    /// means up to 32; operands (u, mean).
    case poissonQuantile

    public var operandCount: Int {
        switch self {
        case .select, .multiplyAdd: 3
        case .not, .negate, .absolute, .sign, .floor, .ceil, .round, .squareRoot, .exp, .log, .sin, .cos,
            .tanh:
            1
        default: 2
        }
    }
}

/// Writes `count` results, rounded up to a whole group of 16: every block has room for that. `out` may be one of the
/// operands exactly, and overlaps none otherwise. An operation with fewer operands ignores the rest.
public typealias ElementwiseKernel =
    @Sendable (
        _ operation: ElementwiseOperation, _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>,
        _ b: UnsafePointer<Float>,
        _ c: UnsafePointer<Float>, _ count: Int
    ) -> Void

/// Writes the draws of elements `first ..< first + count` of one sample. `first` is a multiple of 64. Of the last group of
/// 64, what lies past `count` is written too or left as it was. Addresses and the order of elements: `DrawAddress`.
public typealias DrawKernel =
    @Sendable (
        _ out: UnsafeMutablePointer<Float>, _ count: Int, _ key: UInt64, _ epoch: UInt32, _ sample: UInt64,
        _ first: Int
    ) -> Void

/// Adds to sixteen lanes: element e of the block (`count` of them, no more) goes to lane e mod 16.
public typealias ReductionKernel =
    @Sendable (_ lanes: UnsafeMutablePointer<Double>, _ values: UnsafePointer<Float>, _ count: Int) -> Void

/// Writes out[i] = Σ_t weights[t] · source[taps[t] + i], in the order of t, for `count` i, rounded up to a whole group of 16:
/// what it reads and writes has room for that. `out` overlaps nothing.
public typealias CorrelationKernel =
    @Sendable (
        _ out: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, _ taps: UnsafePointer<Int>,
        _ weights: UnsafePointer<Float>, _ tapCount: Int, _ count: Int
    ) -> Void

/// What programs of generators run on; one table for each instruction set, all with the same bits.
public struct NoiseKernels: Sendable {
    /// Floats in a vector.
    public let width: Int

    public let elementwise: ElementwiseKernel

    /// Uniform in [0, 1): the upper 24 bits, times 2⁻²⁴.
    public let uniform: DrawKernel
    /// Standard normal (Box & Muller 1958). In a group of 64 the words w0 … w3 stand for 16 elements each, lane by
    /// lane: elements of w0 are r(w0) · cos(angle(w1)), of w1 r(w0) · sin(angle(w1)), of w2 and w3 the same of (w2, w3).
    /// Radius and angle: `FloatVector.normals`.
    public let normal: DrawKernel

    /// lanes[e mod 16] += value, in Double, in the order of the elements.
    public let sum: ReductionKernel
    /// lanes[e mod 16] = value < lane ? value : lane.
    public let minimum: ReductionKernel
    /// lanes[e mod 16] = value > lane ? value : lane.
    public let maximum: ReductionKernel

    public let correlate: CorrelationKernel

    /// out[e] = Float(Double(bytes[e]) · scale + low), `count` of them, rounded up to 16 on both sides.
    public let decodeBytes:
        @Sendable (
            _ out: UnsafeMutablePointer<Float>, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ scale: Double,
            _ low: Double
        ) -> Void
    /// out[e] = 1 where the mask is true, else 0; exactly `count` bytes.
    public let encodeMask:
        @Sendable (_ out: UnsafeMutablePointer<UInt8>, _ mask: UnsafePointer<Float>, _ count: Int) -> Void

    /// Takes `rows` rows of 128 bytes into the sixteen lanes of a digest.
    public let absorb:
        @Sendable (_ lanes: UnsafeMutablePointer<UInt64>, _ bytes: UnsafeRawPointer, _ rows: Int) -> Void

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: FloatVector>(vector: V.Type) {
        width = V.scalarCount
        elementwise = { runElementwise(vector: V.self, $0, $1, $2, $3, $4, $5) }
        uniform = { drawUniform(vector: V.self, $0, $1, $2, $3, $4, $5) }
        normal = { drawNormal(vector: V.self, $0, $1, $2, $3, $4, $5) }
        sum = { lanes, values, count in
            reduce(vector: V.self, lanes, values, count) {
                $0 + $1
            } combineScalar: {
                $0 + $1
            }
        }
        minimum = { lanes, values, count in
            reduce(vector: V.self, lanes, values, count) {
                V.Doubles.select(V.Doubles.less($1, $0), $1, $0)
            } combineScalar: {
                $1 < $0 ? $1 : $0
            }
        }
        maximum = { lanes, values, count in
            reduce(vector: V.self, lanes, values, count) {
                V.Doubles.select(V.Doubles.less($0, $1), $1, $0)
            } combineScalar: {
                $1 > $0 ? $1 : $0
            }
        }
        correlate = { correlateRow(vector: V.self, $0, $1, $2, $3, $4, $5) }
        decodeBytes = { decode(vector: V.self, $0, $1, $2, $3, $4) }
        encodeMask = { encode(vector: V.self, $0, $1, $2) }
        absorb = { VectorKernels.absorb(vector: V.self, $0, $1, $2) }
    }
}
