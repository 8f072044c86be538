/// As `TrainingKernels.transpose`: squares as wide as a vector, and blocks of 4 × 4 where these do not fit.
@inlinable @inline(__always)
func transposeBlocks<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>,
    _ stride: Int, _ rows: Int, _ columns: Int
) {
    let lanes = V.scalarCount
    let (wholeRows, wholeColumns) = (rows / lanes &* lanes, columns / lanes &* lanes)
    for row in Swift.stride(from: 0, to: wholeRows, by: lanes) {
        for column in Swift.stride(from: 0, to: wholeColumns, by: lanes) {
            V.transposeSquare(
                out + (column &* outStride &+ row), outStride, x + (row &* stride &+ column), stride)
        }
    }
    transposeSmall(
        vector: V.self, out, outStride, x, stride, 0..<wholeRows, wholeColumns..<columns, rows: rows)
    transposeSmall(vector: V.self, out, outStride, x, stride, wholeRows..<rows, 0..<columns, rows: rows)
}

/// The same for some of the rows and columns, in blocks of 4 × 4.
///
/// `V` only names the module that this is compiled for. Without it all modules' closures would be one symbol, and the
/// linker could hand the AVX-512 one to a processor that lacks it.
@inlinable @inline(__always)
func transposeSmall<V: FloatVector>(
    vector: V.Type, _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ x: UnsafePointer<Float>,
    _ stride: Int, _ someRows: Range<Int>, _ someColumns: Range<Int>, rows: Int
) {
    let zero = SIMD4<Float>(repeating: 0)
    let columns = someColumns.upperBound
    for row in Swift.stride(from: someRows.lowerBound, to: someRows.upperBound, by: 4) {
        for column in Swift.stride(from: someColumns.lowerBound, to: columns, by: 4) {
            let source = x + row * stride + column
            let a = SIMD4(loading: source)
            let b = row + 1 < rows ? SIMD4(loading: source + stride) : zero
            let c = row + 2 < rows ? SIMD4(loading: source + 2 * stride) : zero
            let d = row + 3 < rows ? SIMD4(loading: source + 3 * stride) : zero
            let target = out + column * outStride + row
            SIMD4(a[0], b[0], c[0], d[0]).store(to: target)
            if column + 1 < columns { SIMD4(a[1], b[1], c[1], d[1]).store(to: target + outStride) }
            if column + 2 < columns { SIMD4(a[2], b[2], c[2], d[2]).store(to: target + 2 * outStride) }
            if column + 3 < columns { SIMD4(a[3], b[3], c[3], d[3]).store(to: target + 3 * outStride) }
        }
    }
}
