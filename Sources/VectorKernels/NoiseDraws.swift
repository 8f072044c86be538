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
        var state = (
            blocks, Pairs(repeating: epoch), Pairs(repeating: sampleLow), Pairs(repeating: sampleHigh)
        )
        // Written out: a loop would compute the keys, and what of the first rounds is the same in all blocks, again for
        // every vector.
        state = round(0, state)
        state = round(1, state)
        state = round(2, state)
        state = round(3, state)
        state = round(4, state)
        state = round(5, state)
        state = round(6, state)
        state = round(7, state)
        state = round(8, state)
        return round(9, state)
    }

    @inlinable @inline(__always)
    func round(_ index: UInt32, _ c: (Pairs, Pairs, Pairs, Pairs)) -> (Pairs, Pairs, Pairs, Pairs) {
        let low = UInt64(keyLow &+ index &* 0x9e37_79b9)
        let high = UInt64(keyHigh &+ index &* 0xbb67_ae85)
        let first = (c.0 & 0xffff_ffff) &* 0xd251_1f53
        let second = (c.2 & 0xffff_ffff) &* 0xcd9e_8d57
        return ((second &>> 32) ^ (c.1 ^ low), second, (first &>> 32) ^ (c.3 ^ high), first)
    }
}

extension FloatVector {
    /// Uniform in [0, 1): the upper 24 bits, times 2⁻²⁴.
    @inlinable @inline(__always)
    static func uniform(_ words: Words) -> Self { Self(signed: words &>> 8) * 0x1p-24 }

    /// Two standard normals from two words (Box & Muller 1958): r · cos θ and r · sin θ.
    ///
    /// r = √(−2 ln u), with u = ⌊radius / 2⌋ · 2⁻³¹ + 2⁻³² in (0, 1] as a Float, so r ≤ 6.66. The lower 30 bits of `angle` are a signed
    /// fraction of π/4, bit 31 mirrors at the vertical axis, bit 30 swaps the axes: uniform all around the circle.
    @inlinable @inline(__always)
    static func normals(radius: Words, angle: Words) -> (Self, Self) {
        // u · 2³¹, then 2⁻³¹ by the exponent.
        let scaled = Self(signed: radius &>> 1) + 0.5
        let r = squareRoot(minusTwoLog(scaled.bits &- (31 << 23)))

        let reduced = Self(signed: angle &<< 2) * (0.78539816339744830962 * 0x1p-31)
        let sine = sinNearZero(reduced)
        let cosine = Self(bits: cosNearZero(reduced).bits ^ (angle & 0x8000_0000))
        let swap = Words.shiftRightSigned(angle &<< 1, by: 31)
        return (r * select(swap, sine, cosine), r * select(swap, cosine, sine))
    }

    /// −2 ln u for the bits of a normal positive u, to about 2e-7 of the result.
    ///
    /// −2 ln(1 + f) = f · P(f), P of degree 8 with the least relative error (Remez): 3e-8. Its even and odd powers are
    /// summed apart: half as long a chain of operations, and here that is what time goes into.
    @inlinable @inline(__always)
    static func minusTwoLog(_ bits: Words) -> Self {
        let (f, e) = split(bits)
        let z = f * f
        var even = z * -0.17444719 + -0.29904532
        even = even * z + -0.39913666
        even = even * z + -0.66668373
        even = even * z + -2
        var odd = z * 0.28733692 + 0.33124787
        odd = odd * z + 0.50004148
        odd = odd * z + 0.99999976
        return (odd * f + even) * f + e * -1.38629436111989061883
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
