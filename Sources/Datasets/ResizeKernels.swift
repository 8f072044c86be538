/// Writes or adds weighted bytes to sums: sums[i] = half + row[i] · weight, or sums[i] += row[i] · weight.
///
/// `sums` does not overlap `row`.
func addRow(
    _ row: UnsafePointer<UInt8>, weight: Int32, to sums: UnsafeMutablePointer<Int32>, count: Int,
    isFirst: Bool
) {
    if isFirst {
        for i in 0..<count { sums[i] = ResizeWeights.half &+ Int32(row[i]) &* weight }
    } else {
        for i in 0..<count { sums[i] &+= Int32(row[i]) &* weight }
    }
}

/// Writes sums as bytes, in 0...255; `bytes` may be where `sums` begins.
func roundRow(_ sums: UnsafePointer<Int32>, to bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count { bytes[i] = UInt8(clamping: sums[i] >> ResizeWeights.bits) }
}

/// Writes sixteen rows in another width: newColumns[x, c] = round(Σ columns[start(x) + t, c] · weight(x, t)).
///
/// `columns` [used old pixels, channels], `newColumns` [new pixels, channels], each element one of 16 rows a lane.
func scaleColumns(
    _ columns: UnsafePointer<SIMD16<UInt8>>, channels: Int, _ horizontal: ResizeWeights,
    to newColumns: UnsafeMutablePointer<SIMD16<UInt8>>
) {
    let (starts, counts) = (horizontal.starts.pointer, horizontal.counts.pointer)
    var (weights, new) = (UnsafePointer(horizontal.weights.pointer), newColumns)
    for x in 0..<horizontal.count {
        let old = columns + (Int(starts[x]) - horizontal.used.lowerBound) * channels
        for channel in 0..<channels {
            // Weights in two parts: vectors multiply numbers of 16 bits faster than those of 32, where they can at all.
            var (high, low) = (SIMD16<Int32>.zero, SIMD16<Int32>(repeating: ResizeWeights.half))
            for t in 0..<Int(counts[x]) {
                let bytes = SIMD16<Int32>(truncatingIfNeeded: old[t &* channels &+ channel])
                high &+= bytes &* SIMD16(repeating: Int32(Int16(truncatingIfNeeded: weights[t] &>> 11)))
                low &+= bytes &* SIMD16(repeating: weights[t] & 0x7ff)
            }
            let sum = (high &<< 11 &+ low) &>> Int32(ResizeWeights.bits)
            // Rounded weights may sum up to a little over 1: whatever is above 255 becomes 255.
            new.pointee = SIMD16(truncatingIfNeeded: sum | (0 &- sum &>> 8))
            new += 1
        }
        weights += horizontal.stride
    }
}

/// Writes columns[x] = the bytes that 16 rows have at x.
///
/// Rows are `stride` apart, and up to 15 bytes behind `columns` of each are read; as many vectors are written.
func transposeRows(
    _ rows: UnsafePointer<UInt8>, stride: Int, to columns: UnsafeMutablePointer<SIMD16<UInt8>>,
    columns count: Int
) {
    for x in Swift.stride(from: 0, to: count, by: 16) {
        transpose(
            UnsafeRawPointer(rows + x), stride: stride, to: UnsafeMutableRawPointer(columns + x), stride: 16)
    }
}

/// Writes the reverse of `transposeRows`: up to 15 bytes behind `columns` of each row are written, as many vectors read.
func transposeColumns(
    _ columns: UnsafePointer<SIMD16<UInt8>>, columns count: Int, to rows: UnsafeMutablePointer<UInt8>,
    stride: Int
) {
    for x in Swift.stride(from: 0, to: count, by: 16) {
        transpose(
            UnsafeRawPointer(columns + x), stride: 16, to: UnsafeMutableRawPointer(rows + x), stride: stride)
    }
}

/// Writes the transpose of 16 × 16 bytes.
///
/// Laying the first half of 16 vectors between those of the second half, element by element, moves the byte at the place
/// whose bits are `abcdefgh` to `bcdefgha`; after four times rows and columns have changed their places.
private func transpose(
    _ from: UnsafeRawPointer, stride fromStride: Int, to: UnsafeMutableRawPointer, stride toStride: Int
) {
    typealias Vector = SIMD16<UInt8>
    func interleave(_ from: (Int) -> Vector, _ to: (Int, Vector) -> Void) {
        for i in 0..<8 {
            var pair = SIMD32<UInt8>()
            (pair.evenHalf, pair.oddHalf) = (from(i), from(i + 8))
            to(2 * i, pair.lowHalf)
            to(2 * i + 1, pair.highHalf)
        }
    }
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 32) { memory in
        let (a, b) = (memory.baseAddress!, memory.baseAddress! + 16)
        interleave({ from.loadUnaligned(fromByteOffset: $0 * fromStride, as: Vector.self) }) { a[$0] = $1 }
        interleave({ a[$0] }) { b[$0] = $1 }
        interleave({ b[$0] }) { a[$0] = $1 }
        interleave({ a[$0] }) { to.storeBytes(of: $1, toByteOffset: $0 * toStride, as: Vector.self) }
    }
}
