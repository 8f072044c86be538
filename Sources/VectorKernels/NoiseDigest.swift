/// Takes `rows` · 128 bytes into sixteen 64-bit lanes: lane ← low(x) · 0xfffeb81b + high(x) with x = lane ⊕ word, a step of
/// Thomas's MWC64X (2011) with the data mixed in. Word w of the bytes goes to lane w mod 16.
@inlinable @inline(__always)
func absorb<V: FloatVector>(
    vector: V.Type, _ lanes: UnsafeMutablePointer<UInt64>, _ bytes: UnsafeRawPointer, _ rows: Int
) {
    typealias Pairs = V.Words.Pairs
    let (floats, state) = (
        bytes.assumingMemoryBound(to: Float.self),
        UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Float.self)
    )
    func load(_ source: UnsafePointer<Float>) -> Pairs {
        unsafeBitCast(V(loading: source).bits, to: Pairs.self)
    }
    func store(_ pairs: Pairs, _ target: UnsafeMutablePointer<Float>) {
        V(bits: unsafeBitCast(pairs, to: V.Words.self)).store(to: target)
    }
    func step(_ lane: Pairs, _ word: Pairs) -> Pairs {
        let mixed = lane ^ word
        return (mixed & Pairs(repeating: 0xffff_ffff)) &* Pairs(repeating: 0xfffe_b81b)
            &+ (mixed &>> Pairs(repeating: 32))
    }
    // Two vectors at a time: a lane waits for itself.
    let width = V.scalarCount
    for first in stride(from: 0, to: 32, by: 2 * width) {
        var (a, b) = (load(state + first), load(state + first + width))
        for row in 0..<rows {
            let source = floats + 32 * row + first
            a = step(a, load(source))
            b = step(b, load(source + width))
        }
        store(a, state + first)
        store(b, state + first + width)
    }
}
