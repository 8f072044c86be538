import CSIMD

/// Sixteen sums of products whose factors are bf16 (Kalamkar et al. 2019): half as long as floats, with as many exponents.
///
/// As a sum it is sixteen floats, and computes as these. As a factor each lane holds two neighbours along the depth, the first
/// in its lower half; `multiplyAdd` multiplies both and adds them in fp32.
@frozen
public struct BFloat16Vector: FloatVector {
    public typealias Sums = SIMD16<Float>
    public typealias Words = Sums.Words
    public typealias Doubles = Sums.Doubles
    public typealias MaskStorage = Sums.MaskStorage

    @usableFromInline var sums: Sums

    @inlinable @inline(__always)
    init(_ sums: Sums) { self.sums = sums }

    @inlinable @inline(__always)
    public static var scalarCount: Int { 16 }
    @inlinable @inline(__always)
    public var scalarCount: Int { 16 }
    @inlinable @inline(__always)
    public init() { sums = Sums() }
    @inlinable @inline(__always)
    public init(repeating value: Float) { sums = Sums(repeating: value) }
    @inlinable @inline(__always)
    public subscript(index: Int) -> Float {
        get { sums[index] }
        set { sums[index] = newValue }
    }

    @inlinable @inline(__always)
    public init(loading source: UnsafePointer<Float>) { sums = Sums(loading: source) }
    @inlinable @inline(__always)
    public func store(to target: UnsafeMutablePointer<Float>) { sums.store(to: target) }
    @inlinable @inline(__always)
    public init(bits: Words) { sums = Sums(bits: bits) }
    @inlinable @inline(__always)
    public var bits: Words { sums.bits }
    @inlinable @inline(__always)
    public init(signed words: Words) { sums = Sums(signed: words) }
    @inlinable @inline(__always)
    public init(rounding doubles: Doubles) { sums = Sums(rounding: doubles) }
    @inlinable @inline(__always)
    public var doubles: Doubles { sums.doubles }
    @inlinable @inline(__always)
    public static func lowWords(_ doubles: Doubles) -> Words { Sums.lowWords(doubles) }

    @inlinable @inline(__always)
    public static func + (a: Self, b: Self) -> Self { Self(a.sums + b.sums) }
    @inlinable @inline(__always)
    public static func - (a: Self, b: Self) -> Self { Self(a.sums - b.sums) }
    @inlinable @inline(__always)
    public static func * (a: Self, b: Self) -> Self { Self(a.sums * b.sums) }
    @inlinable @inline(__always)
    public static func / (a: Self, b: Self) -> Self { Self(a.sums / b.sums) }
    @inlinable @inline(__always)
    public static func less(_ a: Self, _ b: Self) -> Words { Sums.less(a.sums, b.sums) }
    @inlinable @inline(__always)
    public static func lessEqual(_ a: Self, _ b: Self) -> Words { Sums.lessEqual(a.sums, b.sums) }
    @inlinable @inline(__always)
    public static func equal(_ a: Self, _ b: Self) -> Words { Sums.equal(a.sums, b.sums) }
    @inlinable @inline(__always)
    public static func notEqual(_ a: Self, _ b: Self) -> Words { Sums.notEqual(a.sums, b.sums) }
    @inlinable @inline(__always)
    public static func squareRoot(_ v: Self) -> Self { Self(Sums.squareRoot(v.sums)) }
    @inlinable @inline(__always)
    public static func floor(_ v: Self) -> Self { Self(Sums.floor(v.sums)) }
    @inlinable @inline(__always)
    public static func ceil(_ v: Self) -> Self { Self(Sums.ceil(v.sums)) }
    @inlinable @inline(__always)
    public static func round(_ v: Self) -> Self { Self(Sums.round(v.sums)) }
    @inlinable @inline(__always)
    public static func scale(_ v: Self, byPowerOf2 n: Self) -> Self {
        Self(Sums.scale(v.sums, byPowerOf2: n.sums))
    }
    @inlinable @inline(__always)
    public static func transposeSquare(
        _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>, _ stride: Int
    ) {
        Sums.transposeSquare(out, outStride, x, stride)
    }
    @inlinable @inline(__always)
    public static func storeKept(
        _ v: Self, where mask: Words, to target: UnsafeMutablePointer<Float>
    ) -> Int {
        Sums.storeKept(v.sums, where: mask, to: target)
    }
    @inlinable @inline(__always)
    public static func sum(_ v: Self) -> Float { Sums.sum(v.sums) }
    @inlinable @inline(__always)
    public static func largest(_ v: Self) -> Float { Sums.largest(v.sums) }
}

extension BFloat16Vector: ProductVector {
    @inlinable @inline(__always)
    public static var factorsPerLane: Int { 2 }

    @inlinable @inline(__always)
    public static func multiplyAdd(_ a: Self, _ b: Self, _ sum: Self) -> Self {
        var to = sum.sums
        mottle_dot_f32x16(a.sums, b.sums, sum.sums, &to)
        return Self(to)
    }

    @inlinable @inline(__always)
    public func storeFactors(to target: UnsafeMutablePointer<Float>) {
        mottle_store_bf16_f32x16(sums, target)
    }
    @inlinable @inline(__always)
    public static func joinRows(_ values: UnsafeMutablePointer<Float>, rows: Int) {
        joinPairs(values, rows: rows)
    }
    @inlinable @inline(__always)
    public static func joinNeighbours(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int
    ) {
        join(out, x, count: count)
    }
    @inlinable @inline(__always)
    public static func joinValues(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, distance: Int, count: Int
    ) {
        let inside = Swift.max(0, count - distance)
        join(out, low: x, high: x + distance, count: inside)
        join(out + inside, low: x + inside, high: nil, count: count - inside)
    }
    @inlinable @inline(__always)
    public static func joinPixels(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, pixelStride: Int, rows: Int, width: Int
    ) {
        joinPixelPairs(out, x, pixelStride: pixelStride, rows: rows, width: width)
    }
    @inlinable @inline(__always)
    public static func packA(_ block: inout ProductBlock, into memory: UnsafeMutablePointer<Float>) {
        block.roundA(into: memory, vector: Self.self)
    }
    @inlinable @inline(__always)
    public static func packB(_ block: inout ProductBlock, into memory: UnsafeMutablePointer<Float>) {
        block.roundB(into: memory, vector: Self.self)
    }

    @inlinable @inline(__always)
    public static func eachPanel(columns: Int, _ body: (_ column: Int, _ width: Int) -> Void) {
        Sums.eachPanel(columns: columns, body)
    }

    @inlinable @inline(__always)
    public static var panelWidth: Int { Sums.panelWidth }

    @inlinable @inline(__always)
    public static var packedRows: Int { Sums.packedRows }

    @inlinable @inline(__always)
    public static func multiply(_ block: ProductBlock) { multiplyWide(block) }
}

extension BFloat16Vector: ConvolutionVector {
    @inlinable @inline(__always)
    public static var panels: Int { Sums.panels }
    @inlinable @inline(__always)
    public static func gather(_ panel: ConvolutionPanel) { gatherWide(panel) }
    @inlinable @inline(__always)
    public static func multiply(_ product: WinogradProduct) { multiplyWide(product) }
    @inlinable @inline(__always)
    public static func sumWeights(_ panel: ConvolutionWeightPanel) { sumWeightsWide(panel) }
    @inlinable @inline(__always)
    public static func scatterWinners(_ pass: ConvolutionPass, samples: Range<Int>) {
        pass.scatterJoinedWinners(samples: samples, vector: Self.self)
    }
    @inlinable @inline(__always)
    public static func sumWinners(_ pass: ConvolutionWeightPass, outputs: Range<Int>) {
        pass.sumJoinedLists(outputs: outputs, vector: Self.self)
    }
}

extension BFloat16Vector: RoundingVector {
    @inlinable @inline(__always)
    public static func pairs(_ low: Self, _ high: Self) -> Self {
        var to = low.sums
        mottle_pairs_f32x16(low.sums, high.sums, &to)
        return Self(to)
    }
    @inlinable @inline(__always)
    public static func neighbours(_ first: Self, _ second: Self) -> Self {
        var to = first.sums
        mottle_neighbours_f32x16(first.sums, second.sums, &to)
        return Self(to)
    }
    @inlinable @inline(__always)
    public static func fours(_ low: Self, _ high: Self) -> Self {
        var to = low.sums
        mottle_fours_f32x16(low.sums, high.sums, &to)
        return Self(to)
    }
    @inlinable @inline(__always)
    public static func interleaveLow(_ a: Self, _ b: Self) -> Self {
        var to = a.sums
        mottle_interleave_low_f32x16(a.sums, b.sums, &to)
        return Self(to)
    }
    @inlinable @inline(__always)
    public static func interleaveHigh(_ a: Self, _ b: Self) -> Self {
        var to = a.sums
        mottle_interleave_high_f32x16(a.sums, b.sums, &to)
        return Self(to)
    }
}
