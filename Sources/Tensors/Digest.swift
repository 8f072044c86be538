/// 128 bits that tell whether two streams delivered the same: equal for equal bits, different otherwise but for accidents.
/// No seal against somebody who wants two streams to look alike.
package struct Digest: Equatable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64 = 0, low: UInt64 = 0) { (self.high, self.low) = (high, low) }

    /// Puts what came next behind what came before; the order counts, how it was cut into batches does not.
    @inline(__always)
    package mutating func append(_ next: Digest) {
        low = splitMix64((low ^ next.low) &+ 0x9e37_79b9_7f4a_7c15)
        high = splitMix64((high ^ next.high) &+ low)
    }

    /// 32 hexadecimal digits.
    package var description: String {
        func digits(_ half: UInt64) -> String {
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits(high) + digits(low)
    }

    /// Reads what `description` wrote; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 32, text.allSatisfy({ $0.isHexDigit }),
            let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
