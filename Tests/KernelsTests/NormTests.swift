import Kernels
import Tensors
import Testing
import VectorKernels

/// Values in −1 ..< 1 plus `offset` in padded rows, with zeros in the padding.
func paddedValues(_ rows: Rows, seed: UInt64, offset: Float = 0) -> [Float] {
    let address = DrawAddress(key: seed, epoch: 0, sample: 0)
    return (0..<rows.count * rows.stride).map { index in
        index % rows.stride < rows.channels ? Float(address.bits(index) >> 8) * 0x1p-23 - 1 + offset : 0
    }
}

/// Where a sum falls or rises with each value: central differences of `function` with step 1e-5.
func centralDifferences(_ values: [Double], _ function: ([Double]) -> Double) -> [Double] {
    values.indices.map { index in
        var (above, below) = (values, values)
        above[index] += 1e-5
        below[index] -= 1e-5
        return (function(above) - function(below)) / 2e-5
    }
}

/// Expects |found − wanted| ≤ tolerance · (1 + |wanted|) everywhere.
func expectNear(
    _ found: [Float], _ wanted: [Double], tolerance: Double = 1e-5, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == wanted.count, comment, sourceLocation: sourceLocation)
    let wrong = zip(found, wanted).enumerated().first { _, pair in
        !(abs(Double(pair.0) - pair.1) <= tolerance * (1 + abs(pair.1)))
    }
    if let (index, (found, wanted)) = wrong {
        Issue.record(
            "[\(index)] is \(found) instead of \(wanted) \(comment.map { "(\($0))" } ?? "")",
            sourceLocation: sourceLocation)
    }
}

/// y of one row in Double, without padding.
private func normalised(
    _ x: [Double], scale: [Double], shift: [Double]?, epsilon: Double, removesMean: Bool
) -> [Double] {
    let count = Double(x.count)
    let mean = removesMean ? x.reduce(0, +) / count : 0
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return x.indices.map {
        (x[$0] - mean) / (variance + epsilon).squareRoot() * scale[$0] + (shift?[$0] ?? 0)
    }
}

struct NormTests {
    @Test(arguments: [1, 7, 16, 37, 64], [true, false])
    func `norms of rows and their gradients agree with central differences in Double`(
        channels: Int, removesMean: Bool
    ) {
        let rows = Rows(count: 3, channels: channels, stride: (channels + 15) / 16 * 16)
        let single = Rows(count: 1, channels: channels, stride: rows.stride)
        let x = paddedValues(rows, seed: 1, offset: 0.4)
        let upstream = paddedValues(rows, seed: 2)
        let scale = paddedValues(single, seed: 3, offset: 1.5)
        let shift = removesMean ? paddedValues(single, seed: 4) : nil
        let epsilon: Float = 1e-3
        func row(_ values: [Float], _ row: Int) -> [Double] {
            values[row * rows.stride..<row * rows.stride + channels].map(Double.init)
        }
        func exact(_ x: [Double], _ scale: [Double], _ shift: [Double]?) -> [Double] {
            normalised(x, scale: scale, shift: shift, epsilon: Double(epsilon), removesMean: removesMean)
        }
        func weighted(_ index: Int, _ y: [Double]) -> Double {
            zip(y, row(upstream, index)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (scaleValues, shiftValues) = (row(scale, 0), shift.map { row($0, 0) })
        for kernels in Fixture.kernelSets {
            let memory = (Buffer(x), Buffer(scale), Buffer(shift ?? []), Buffer<Float>(count: rows.count * 2))
            let norm = RowNorm(
                rows: rows, x: memory.0.pointer, scale: memory.1.pointer,
                shift: shift.map { _ in UnsafePointer(memory.2.pointer) }, epsilon: epsilon,
                removesMean: removesMean, statistics: memory.3.pointer)
            defer { withExtendedLifetime(memory) {} }
            let y = guarded(count: x.count, granule: 16, sentinel: Float(-77)) {
                kernels.layers.normaliseRows(norm, $0)
            }
            var (scaleGradient, shiftGradient): ([Float], [Float]) = ([], [])
            let gradient = guarded(count: x.count, granule: 16, sentinel: Float(-77)) { out in
                scaleGradient = guarded(count: rows.stride, granule: 16, sentinel: Float(-77)) { scale in
                    shiftGradient = guarded(count: rows.stride, granule: 16, sentinel: Float(-77)) { shift in
                        kernels.layers.normaliseRowsBackward(
                            norm, upstream, out, scale, removesMean ? shift : nil)
                    }
                }
            }
            for index in 0..<3 {
                let values = row(x, index)
                expectNear(
                    row(y, index).map { Float($0) }, exact(values, scaleValues, shiftValues),
                    "y, row \(index)")
                let slopes = centralDifferences(values) {
                    weighted(index, exact($0, scaleValues, shiftValues))
                }
                expectNear(
                    row(gradient, index).map { Float($0) }, slopes, tolerance: 2e-5, "gradient, row \(index)")
            }
            for index in x.indices where index % rows.stride >= channels {
                #expect(y[index] == 0 && gradient[index] == 0, "padding at \(index)")
            }
            let scaleSlopes = centralDifferences(scaleValues) { scale in
                (0..<3).reduce(0) { $0 + weighted($1, exact(row(x, $1), scale, shiftValues)) }
            }
            expectNear(
                scaleGradient, scaleSlopes + [Double](repeating: 0, count: rows.stride - channels), "scale")
            if removesMean {
                let sums = (0..<rows.stride).map { column in
                    (0..<3).reduce(0.0) { $0 + Double(upstream[$1 * rows.stride + column]) }
                }
                expectNear(shiftGradient, sums, "shift")
            }
        }
    }

    @Test func `a row far from zero keeps its variance`() {
        // ε is small beside the variance, and the mean large beside the deviation.
        let rows = Rows(count: 1, channels: 5, stride: 16)
        let x = Buffer<Float>([1000, 1001, 1002, 1003, 1004] + [Float](repeating: 0, count: 11))
        let scale = Buffer<Float>([Float](repeating: 1, count: 5) + [Float](repeating: 0, count: 11))
        let statistics = Buffer<Float>(count: 2)
        for kernels in Fixture.kernelSets {
            let y = guarded(count: 16, granule: 16, sentinel: Float(-77)) { y in
                kernels.layers.normaliseRows(
                    RowNorm(
                        rows: rows, x: x.pointer, scale: scale.pointer, shift: nil, epsilon: 1e-5,
                        removesMean: true, statistics: statistics.pointer), y)
            }
            let wanted = [-2, -1, 0, 1, 2].map { Double($0) / 2.00001.squareRoot() }
            expectNear(y, wanted + [Double](repeating: 0, count: 11))
        }
    }

    @Test func `rows are summed in order`() {
        let rows = Rows(count: 5, channels: 20, stride: 32)
        let x = paddedValues(rows, seed: 9)
        for kernels in Fixture.kernelSets {
            let sums = guarded(count: 32, granule: 16, sentinel: Float(-77)) {
                kernels.layers.sumRows($0, x, 5, 32, 32)
            }
            var wanted = [Float](repeating: 0, count: 32)
            for index in x.indices { wanted[index % 32] += x[index] }
            #expect(sums == wanted)
        }
    }
}
