import Tensors

/// Byte strings numbered in the order in which they were added, and found by their bytes.
///
/// A table with open addressing that looks at places in the same order on every machine; all bytes lie in one array.
struct ByteStrings: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each string ends in `bytes`.
    private var ends: [Int] = []
    /// Numbers of strings, -1 for none; at least half of the places are free, and their count is a power of two.
    private var places = [Int32](repeating: -1, count: 16)

    var count: Int { ends.count }

    /// Where a string lies in `bytes`.
    subscript(number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    /// The number of a string that was added.
    func number(of string: UnsafeBufferPointer<UInt8>) -> Int? {
        let found = places[place(of: string)]
        return found < 0 ? nil : Int(found)
    }

    func number(of string: [UInt8]) -> Int? { string.withUnsafeBufferPointer { number(of: $0) } }

    /// The number of a string, which is added if it is not there.
    mutating func add(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        let place = place(of: string)
        if places[place] >= 0 { return Int(places[place]) }
        precondition(count < Int32.max, "more strings than a table numbers")
        places[place] = Int32(count)
        bytes += string
        ends.append(bytes.count)
        if 2 * count > places.count { grow() }
        return count - 1
    }

    @discardableResult
    mutating func add(_ string: some Collection<UInt8>) -> Int {
        Array(string).withUnsafeBufferPointer { add($0) }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        for place in places.indices { places[place] = -1 }
    }

    /// Where a string's number is, or would be put.
    private func place(of string: UnsafeBufferPointer<UInt8>) -> Int {
        var place = Self.hash(string) & (places.count - 1)
        while places[place] >= 0, !isEqual(string, Int(places[place])) {
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    private func isEqual(_ string: UnsafeBufferPointer<UInt8>, _ number: Int) -> Bool {
        let range = self[number]
        guard range.count == string.count else { return false }
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != string[offset] {
            return false
        }
        return true
    }

    private mutating func grow() {
        places = [Int32](repeating: -1, count: 2 * places.count)
        bytes.withUnsafeBufferPointer { bytes in
            for number in 0..<count {
                let string = UnsafeBufferPointer(rebasing: bytes[self[number]])
                var place = Self.hash(string) & (places.count - 1)
                while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
                places[place] = Int32(number)
            }
        }
    }

    /// FNV-1a (Fowler, Noll & Vo 1991), mixed so that the low bits depend on all of it.
    private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in string { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: splitMix64(hash))
    }
}
