import Tensors

/// In which order an epoch goes through the samples: a pure function of the seed and the epoch.
package struct SampleOrder: Sendable {
    package enum Kind: Sendable {
        /// 0, 1, 2 …
        case sequential
        /// Every order equally likely.
        case shuffled
    }

    package var kind: Kind
    package var seed: UInt64

    package init(_ kind: Kind, seed: UInt64) { (self.kind, self.seed) = (kind, seed) }

    /// Writes the ids of all `count` samples in the order of `epoch`.
    ///
    /// Fisher & Yates's shuffle from the end, with 32-bit words of Philox in order; word · n / 2³² picks among n, which
    /// favours none by more than n / 2³².
    package func write(epoch: Int, count: Int, to ids: UnsafeMutablePointer<UInt32>) {
        for id in 0..<count { ids[id] = UInt32(id) }
        guard kind == .shuffled, count > 1 else { return }
        let key = DrawAddress.key(seed: seed, path: "order", draw: "shuffle")
        let words = Buffer<UInt32>(count: 4)
        var block: UInt32 = 0
        for (drawn, last) in stride(from: count - 1, to: 0, by: -1).enumerated() {
            if drawn & 3 == 0 {
                let four = philox4x32(
                    counter: (block, UInt32(epoch), 0, 0),
                    key: (UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
                (words.pointer[0], words.pointer[1]) = (four.0, four.1)
                (words.pointer[2], words.pointer[3]) = (four.2, four.3)
                block += 1
            }
            let choice = Int((UInt64(words.pointer[drawn & 3]) * UInt64(last + 1)) >> 32)
            let kept = ids[last]
            ids[last] = ids[choice]
            ids[choice] = kept
        }
    }
}
