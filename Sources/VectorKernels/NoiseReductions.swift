/// Folds each value into its lane, e mod 16, in Double and in the order of the elements. `lanes` are taken a vector at a
/// time, so that every width makes the same sixteen chains.
@inlinable @inline(__always)
func reduce<D: DoubleVector, V: FloatVector>(
    vector: V.Type, _ lanes: UnsafeMutablePointer<Double>, _ values: UnsafePointer<Float>, _ count: Int,
    combine: (D, D) -> D, combineScalar: (Double, Double) -> Double
) where V.Doubles == D {
    let whole = count & ~15
    for first in stride(from: 0, to: 16, by: V.scalarCount) {
        var folded = D(loading: lanes + first)
        for i in stride(from: first, to: whole, by: 16) {
            folded = combine(folded, V(loading: values + i).doubles)
        }
        folded.store(to: lanes + first)
    }
    for i in whole..<count { lanes[i & 15] = combineScalar(lanes[i & 15], Double(values[i])) }
}

/// out[e] = Float(Double(bytes[e]) · scale + low).
@inlinable @inline(__always)
func decode<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<Float>, _ bytes: UnsafePointer<UInt8>, _ count: Int,
    _ scale: Double, _ low: Double
) {
    if scale == 1 / 255.0 && low == 0 {
        // What nearly all pictures want, in half the time. 1/255 is 1/256 + 1/65536 + a rest: a byte times the first two is a
        // float, so only their sum is rounded, and of all bytes to the same values.
        let rest = V(repeating: Float(1 / 255.0 - 0x1.01p-8))
        for i in stride(from: 0, to: count, by: V.scalarCount) {
            let byte = V(signed: V.Words(loadingBytes: bytes + i))
            (byte * 0x1.01p-8 + byte * rest).store(to: out + i)
        }
        return
    }
    for i in stride(from: 0, to: count, by: V.scalarCount) {
        V(rounding: V.Doubles(loadingBytes: bytes + i) * scale + low).store(to: out + i)
    }
}

/// out[e] = 1 where the mask is true, else 0.
@inlinable @inline(__always)
func encode<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<UInt8>, _ mask: UnsafePointer<Float>, _ count: Int
) {
    let whole = count - count % V.scalarCount
    for i in stride(from: 0, to: whole, by: V.scalarCount) {
        (V(loading: mask + i).bits & 1).storeBytes(to: out + i)
    }
    for i in whole..<count { out[i] = UInt8(truncatingIfNeeded: mask[i].bitPattern & 1) }
}
