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

    @usableFromInline typealias State = (Pairs, Pairs, Pairs, Pairs)

    /// The four words of blocks `block`, `block + 1` …, one block a lane.
    @inlinable @inline(__always)
    func words(block: Int) -> (Words, Words, Words, Words) {
        let blocks = (Pairs.ramp &<< 1) &+ UInt64(truncatingIfNeeded: block)
        var (even, odd) = (start(blocks), start(blocks &+ 1))
        // Written out: a loop would compute the keys, and what of the first rounds is the same in all blocks, again for
        // every vector. Both chains round by round: one waits while the other computes.
        (even, odd) = round(0, even, odd)
        (even, odd) = round(1, even, odd)
        (even, odd) = round(2, even, odd)
        (even, odd) = round(3, even, odd)
        (even, odd) = round(4, even, odd)
        (even, odd) = round(5, even, odd)
        (even, odd) = round(6, even, odd)
        (even, odd) = round(7, even, odd)
        (even, odd) = round(8, even, odd)
        (even, odd) = round(9, even, odd)
        return (
            Words(even: even.0, odd: odd.0), Words(even: even.1, odd: odd.1),
            Words(even: even.2, odd: odd.2), Words(even: even.3, odd: odd.3)
        )
    }

    @inlinable @inline(__always)
    func start(_ blocks: Pairs) -> State {
        (blocks, Pairs(repeating: epoch), Pairs(repeating: sampleLow), Pairs(repeating: sampleHigh))
    }

    @inlinable @inline(__always)
    func round(_ index: UInt32, _ a: State, _ b: State) -> (State, State) {
        let low = UInt64(keyLow &+ index &* 0x9e37_79b9)
        let high = UInt64(keyHigh &+ index &* 0xbb67_ae85)
        let firstOfA = (a.0 & 0xffff_ffff) &* 0xd251_1f53
        let firstOfB = (b.0 & 0xffff_ffff) &* 0xd251_1f53
        let secondOfA = (a.2 & 0xffff_ffff) &* 0xcd9e_8d57
        let secondOfB = (b.2 & 0xffff_ffff) &* 0xcd9e_8d57
        return (
            ((secondOfA &>> 32) ^ (a.1 ^ low), secondOfA, (firstOfA &>> 32) ^ (a.3 ^ high), firstOfA),
            ((secondOfB &>> 32) ^ (b.1 ^ low), secondOfB, (firstOfB &>> 32) ^ (b.3 ^ high), firstOfB)
        )
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

/// In two passes over the first-level cache, words and then normals: both together are more instructions than a processor looks
/// ahead, and what one group waits for would not be filled by the next.
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
            V(bits: words.0).store(to: target)
            V(bits: words.1).store(to: target + 16)
            V(bits: words.2).store(to: target + 32)
            V(bits: words.3).store(to: target + 48)
        }
    }
    for start in stride(from: 0, to: count, by: 64) {
        for lane in stride(from: 0, to: min(16, count - start), by: V.scalarCount) {
            let target = out + start + lane
            for pair in 0..<(count - start > 32 ? 2 : 1) {
                let place = target + pair * 32
                let (a, b) = V.normals(
                    radius: V(loading: place).bits, angle: V(loading: place + 16).bits)
                a.store(to: place)
                b.store(to: place + 16)
            }
        }
    }
}
