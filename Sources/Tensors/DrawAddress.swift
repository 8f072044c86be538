/// The version of everything that decides the stream's bits: addresses, the formulas of draws and of elementwise
/// functions, the order of sums. It is written into every run's lock file and grows whenever one of them changes.
package let numericContract = 1

/// Where a random number comes from: a pure function of (seed, path of the generator, name of the draw), which make
/// the key, and of (epoch, sample id, element), which make Philox's counter.
///
/// Element e of a draw is word (e / 16) mod 4 of block (e / 64) · 16 + e mod 16: sixty-four neighbours come from
/// sixteen blocks, so that the words of 4, 8 or 16 blocks side by side are already in memory's order.
package struct DrawAddress: Equatable, Hashable, Sendable {
    package var key: UInt64
    package var epoch: UInt32
    package var sample: UInt64

    package init(key: UInt64, epoch: UInt32, sample: UInt64) {
        (self.key, self.epoch, self.sample) = (key, epoch, sample)
    }

    /// The key of one draw: FNV-1a of `path`, a zero byte and `draw`, mixed with the seed by SplitMix64's finaliser.
    package static func key(seed: UInt64, path: String, draw: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for byte in path.utf8 { absorb(byte) }
        absorb(0)
        for byte in draw.utf8 { absorb(byte) }
        return splitMix64(hash ^ splitMix64(seed &+ 0x9e37_79b9_7f4a_7c15))
    }

    /// The 32 random bits of one element.
    package func bits(_ element: Int) -> UInt32 {
        let block = (element >> 6) << 4 | element & 15
        let words = philox4x32(
            counter: (UInt32(block), epoch, UInt32(truncatingIfNeeded: sample), UInt32(sample >> 32)),
            key: (UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
        switch (element >> 4) & 3 {
        case 0: return words.0
        case 1: return words.1
        case 2: return words.2
        default: return words.3
        }
    }
}

/// SplitMix64's finaliser (Steele, Lea & Flood 2014): every input bit reaches every output bit.
@inline(__always)
package func splitMix64(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}

/// Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
package func philox4x32(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
        let first = c0.multipliedFullWidth(by: 0xd251_1f53)
        let second = c2.multipliedFullWidth(by: 0xcd9e_8d57)
        (c0, c1, c2, c3) = (second.high ^ c1 ^ k0, second.low, first.high ^ c3 ^ k1, first.low)
        k0 = k0 &+ 0x9e37_79b9
        k1 = k1 &+ 0xbb67_ae85
    }
    return (c0, c1, c2, c3)
}
