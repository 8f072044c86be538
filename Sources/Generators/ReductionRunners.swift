import Tensors

/// A reduction that keeps some axes: for each result, its elements in their order, in Double.
final class ReduceRunner: WholeRunner {
    private let reduction: Reduction
    private let source: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let accumulators: Buffer<Double>
    private let rows: [(result: Int, stride: Int)]
    private let (rowLength, members): (Int, Int)

    init(
        _ reduction: Reduction, _ source: UnsafePointer<Float>, _ shape: Shape,
        _ result: UnsafeMutablePointer<Float>, _ resultShape: Shape
    ) {
        (self.reduction, self.source, self.result) = (reduction, source, result)
        accumulators = Buffer(count: resultShape.count)
        let strides = resultShape.strides(rank: shape.rank)
        rowLength = shape.sizes.last ?? 1
        let outer = Shape(Array(shape.sizes.dropLast()))
        rows = (0..<outer.count).map { row in
            var (rest, offset) = (row, 0)
            for place in (0..<outer.rank).reversed() {
                offset += rest % outer[place] * strides[place]
                rest /= outer[place]
            }
            return (offset, strides.last ?? 0)
        }
        members = resultShape.count == 0 ? 0 : shape.count / resultShape.count
    }

    func run(id: UInt64, epoch: UInt32) {
        accumulators.pointer.update(repeating: reduction.start, count: accumulators.count)
        switch reduction {
        case .sum, .mean: fold { $0 + $1 }
        case .minimum: fold { $1 < $0 ? $1 : $0 }
        case .maximum: fold { $1 > $0 ? $1 : $0 }
        }
        for place in 0..<accumulators.count {
            result[place] = reduction.finish(accumulators.pointer[place], count: members)
        }
    }

    @inline(__always)
    private func fold(_ combine: (Double, Double) -> Double) {
        rows.withUnsafeBufferPointer { rows in
            for (index, row) in rows.enumerated() {
                let (values, place) = (source + index * rowLength, accumulators.pointer + row.result)
                if row.stride == 0 {
                    var folded = place[0]
                    for element in 0..<rowLength { folded = combine(folded, Double(values[element])) }
                    place[0] = folded
                } else {
                    for element in 0..<rowLength {
                        place[element] = combine(place[element], Double(values[element]))
                    }
                }
            }
        }
    }
}

/// Running sums, minima or maxima along an axis, in Double, each rounded once.
final class ScanRunner: WholeRunner {
    private let scan: Scan
    private let source: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let extent: (outer: Int, size: Int, inner: Int)
    private let running: Buffer<Double>

    init(
        _ scan: Scan, _ axis: Int, _ source: UnsafePointer<Float>, _ shape: Shape,
        _ result: UnsafeMutablePointer<Float>
    ) {
        (self.scan, self.source, self.result) = (scan, source, result)
        extent = shape.split(at: axis)
        running = Buffer(count: extent.inner)
    }

    func run(id: UInt64, epoch: UInt32) {
        switch scan {
        case .sum: fold(from: 0) { $0 + $1 }
        case .minimum: fold(from: .infinity) { $1 < $0 ? $1 : $0 }
        case .maximum: fold(from: -.infinity) { $1 > $0 ? $1 : $0 }
        }
    }

    @inline(__always)
    private func fold(from start: Double, _ combine: (Double, Double) -> Double) {
        let (inner, running) = (extent.inner, running.pointer)
        for outer in 0..<extent.outer {
            running.update(repeating: start, count: inner)
            for place in 0..<extent.size {
                let offset = (outer * extent.size + place) * inner
                for element in 0..<inner {
                    running[element] = combine(running[element], Double(source[offset + element]))
                    result[offset + element] = Float(running[element])
                }
            }
        }
    }
}
