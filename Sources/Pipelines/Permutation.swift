import Tensors

/// A shuffle of 0 ..< count that takes no memory: each place is computed when it is asked for.
///
/// A Feistel network of six rounds over the least even number of bits that holds `count`, walked along its cycle until the
/// result is inside (Black & Rogaway 2002, "Ciphers with arbitrary finite domains", method 3). The rounds' function is
/// SplitMix64's finaliser of the key, the round and the half.
struct Permutation {
    let count: UInt64
    private let key: UInt64
    private let halfBits: UInt64
    private let mask: UInt64

    init(count: Int, key: UInt64) {
        precondition(count > 0, "nothing has no order")
        let bits = UInt64(Int.bitWidth - max(1, count - 1).leadingZeroBitCount)
        (self.count, self.key, halfBits) = (UInt64(count), key, (bits + 1) / 2)
        mask = (1 << halfBits) - 1
    }

    subscript(place: Int) -> Int {
        var value = UInt64(place)
        repeat { value = encrypted(value) } while value >= count
        return Int(value)
    }

    private func encrypted(_ value: UInt64) -> UInt64 {
        var (left, right) = (value >> halfBits, value & mask)
        for round in 0..<UInt64(6) {
            (left, right) = (
                right, left ^ (splitMix64((key ^ (round << 56) ^ right) &+ 0x9e37_79b9_7f4a_7c15) & mask)
            )
        }
        return left << halfBits | right
    }
}
