/// Philox4x32-10 of as many blocks as a vector has lanes (Salmon, Moraes, Dror & Shaw 2011).
///
/// A block's words sit in 64-bit lanes, where the widening multiply wants them; of each lane only the low half counts.
/// Blocks with even numbers are in one chain, odd ones in another, so two shifts and a merge order them at the end.
@usableFromInline
struct Philox<Words: WordVector> {
    @usableFromInline typealias Pairs = Words.Pairs

    /// What is the same in every block of a call: the counter's last three words, and the key.
    @usableFromInline let epoch: UInt64
    @usableFromInline let sampleLow: UInt64
    @usableFromInline let sampleHigh: UInt64
    @usableFromInline let keyLow: UInt32
    @usableFromInline let keyHigh: UInt32

    @inlinable @inline(__always)
    init(key: UInt64, epoch: UInt32, sample: UInt64) {
        self.epoch = UInt64(epoch)
        (sampleLow, sampleHigh) = (sample & 0xffff_ffff, sample >> 32)
        (keyLow, keyHigh) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// The four words of blocks `block`, `block + 1` …, one block a lane.
    @inlinable @inline(__always)
    func words(block: Int) -> (Words, Words, Words, Words) {
        let even = (Pairs.ramp &<< 1) &+ UInt64(truncatingIfNeeded: block)
        let a = chain(blocks: even)
        let b = chain(blocks: even &+ 1)
        return (
            Words(even: a.0, odd: b.0), Words(even: a.1, odd: b.1), Words(even: a.2, odd: b.2),
            Words(even: a.3, odd: b.3)
        )
    }

    @inlinable @inline(__always)
    func chain(blocks: Pairs) -> (Pairs, Pairs, Pairs, Pairs) {
        var c0 = blocks
        var c1 = Pairs(repeating: epoch)
        var c2 = Pairs(repeating: sampleLow)
        var c3 = Pairs(repeating: sampleHigh)
        var (k0, k1) = (keyLow, keyHigh)
        for _ in 0..<10 {
            let first = (c0 & 0xffff_ffff) &* 0xd251_1f53
            let second = (c2 & 0xffff_ffff) &* 0xcd9e_8d57
            (c0, c2) = ((second &>> 32) ^ c1 ^ UInt64(k0), (first &>> 32) ^ c3 ^ UInt64(k1))
            (c1, c3) = (second, first)
            k0 = k0 &+ 0x9e37_79b9
            k1 = k1 &+ 0xbb67_ae85
        }
        return (c0, c1, c2, c3)
    }
}

extension FloatVector {
    /// Uniform in [0, 1): the upper 24 bits, times 2⁻²⁴.
    @inlinable @inline(__always)
    static func uniform(_ words: Words) -> Self { Self(signed: words &>> 8) * 0x1p-24 }

    /// Two standard normals from two words (Box & Muller 1958): r · cos θ and r · sin θ.
    ///
    /// r = √(−2 ln u), with u = ⌊radius / 2⌋ · 2⁻³¹ + 2⁻³² in (0, 1], so r ≤ 6.66. The lower 30 bits of `angle` are a signed
    /// fraction of π/4, bit 31 mirrors at the vertical axis, bit 30 swaps the axes: uniform all around the circle.
    @inlinable @inline(__always)
    static func normals(radius: Words, angle: Words) -> (Self, Self) {
        let u = Self(signed: radius &>> 1) * 0x1p-31 + 0x1p-32
        let (f, e) = split(u.bits)
        let r = squareRoot(log(f: f, e: e) * -2)

        let reduced = Self(signed: angle &<< 2) * (0.78539816339744830962 * 0x1p-31)
        let sine = sinNearZero(reduced)
        let cosine = Self(bits: cosNearZero(reduced).bits ^ (angle & 0x8000_0000))
        let swap = Words.shiftRightSigned(angle &<< 1, by: 31)
        return (r * select(swap, sine, cosine), r * select(swap, cosine, sine))
    }
}

/// Writes draws in groups of 64 elements: sixteen blocks, a vector's lanes of them at a time. What lies past `count` in
/// the last group is computed only where that is simpler than leaving it out.
@inlinable @inline(__always)
func drawUniform<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<Float>, _ count: Int, _ key: UInt64, _ epoch: UInt32,
    _ sample: UInt64, _ first: Int
) {
    let philox = Philox<V.Words>(key: key, epoch: epoch, sample: sample)
    for start in stride(from: 0, to: count, by: 64) {
        for lane in stride(from: 0, to: min(16, count - start), by: V.scalarCount) {
            let words = philox.words(block: (first + start) >> 2 + lane)
            let target = out + start + lane
            V.uniform(words.0).store(to: target)
            V.uniform(words.1).store(to: target + 16)
            V.uniform(words.2).store(to: target + 32)
            V.uniform(words.3).store(to: target + 48)
        }
    }
}

@inlinable @inline(__always)
func drawNormal<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<Float>, _ count: Int, _ key: UInt64, _ epoch: UInt32,
    _ sample: UInt64, _ first: Int
) {
    let philox = Philox<V.Words>(key: key, epoch: epoch, sample: sample)
    for start in stride(from: 0, to: count, by: 64) {
        for lane in stride(from: 0, to: min(16, count - start), by: V.scalarCount) {
            let words = philox.words(block: (first + start) >> 2 + lane)
            let target = out + start + lane
            let (a, b) = V.normals(radius: words.0, angle: words.1)
            a.store(to: target)
            b.store(to: target + 16)
            guard count - start > 32 else { continue }
            let (c, d) = V.normals(radius: words.2, angle: words.3)
            c.store(to: target + 32)
            d.store(to: target + 48)
        }
    }
}
