import Tensors

/// The place in memory order that a position counted from 1 stands for: rounded down, the nearest one if it lies outside,
/// the first for NaN. `size` is at least 1.
@inline(__always)
func gatherPlace(_ position: Float, size: Int) -> Int {
    position >= 2 ? (position < Float(size) ? Int(position) - 1 : size - 1) : 0
}

/// A gather along one axis with positions that vary along it only: whole runs are copied.
final class RowGatherRunner: WholeRunner {
    private let source: UnsafePointer<Float>
    private let positions: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let extent: (outer: Int, size: Int, inner: Int)
    private let places: Buffer<Int>

    init(
        _ axis: Int, _ source: UnsafePointer<Float>, _ shape: Shape, _ positions: UnsafePointer<Float>,
        _ result: UnsafeMutablePointer<Float>, _ resultShape: Shape
    ) {
        (self.source, self.positions, self.result) = (source, positions, result)
        extent = shape.split(at: axis)
        places = Buffer(count: resultShape.size(axis))
    }

    func run(id: UInt64, epoch: UInt32) {
        let (count, inner, size) = (places.count, extent.inner, extent.size)
        guard size > 0 else { return result.update(repeating: 0, count: extent.outer * count * inner) }
        for place in 0..<count { places.pointer[place] = gatherPlace(positions[place], size: size) * inner }
        for outer in 0..<extent.outer {
            let (from, to) = (source + outer * size * inner, result + outer * count * inner)
            if inner == 1 {
                for place in 0..<count { to[place] = from[places.pointer[place]] }
            } else {
                for place in 0..<count {
                    (to + place * inner).update(from: from + places.pointer[place], count: inner)
                }
            }
        }
    }
}

/// A gather with any positions along up to three axes.
final class GatherRunner: WholeRunner {
    /// How an operand's place moves with the result's axes.
    private struct Operand {
        var values: UnsafePointer<Float>
        var strides: [Int]
        /// The size of the axis that it gives positions along, and how far apart the source's elements are there.
        var size = 0
        var step = 0
    }
    private let source: Operand
    private let positions: [Operand]
    private let result: UnsafeMutablePointer<Float>
    private let sizes: [Int]
    private let isEmpty: Bool

    init(
        _ axes: [Int], _ source: UnsafePointer<Float>, _ shape: Shape,
        _ positions: [(values: UnsafePointer<Float>, shape: Shape)], _ result: UnsafeMutablePointer<Float>,
        _ resultShape: Shape
    ) {
        let rank = max(1, resultShape.rank)
        let all = shape.strides(rank: max(rank, shape.rank))
        var strides = Array(all.prefix(rank))
        for axis in axes where axis < rank { strides[axis] = 0 }
        self.source = Operand(values: source, strides: strides)
        self.positions = zip(axes, positions).map { axis, operand in
            Operand(
                values: operand.values, strides: operand.shape.strides(rank: rank), size: shape.size(axis),
                step: axis < all.count ? all[axis] : 0)
        }
        self.result = result
        sizes = (0..<rank).map { resultShape.size($0) }
        isEmpty = axes.contains { shape.size($0) == 0 }
    }

    func run(id: UInt64, epoch: UInt32) {
        let count = sizes.reduce(1, *)
        if isEmpty { return result.update(repeating: 0, count: count) }
        let length = sizes[sizes.count - 1]
        guard length > 0 else { return }
        switch positions.count {
        case 1: for row in 0..<count / length { gather(row, length, positions[0]) }
        default: for row in 0..<count / length { gatherAll(row, length) }
        }
    }

    private func offset(_ row: Int, _ strides: [Int]) -> Int {
        var (rest, offset) = (row, 0)
        for axis in (0..<sizes.count - 1).reversed() {
            offset += rest % sizes[axis] * strides[axis]
            rest /= sizes[axis]
        }
        return offset
    }

    private func gather(_ row: Int, _ length: Int, _ position: borrowing Operand) {
        let last = sizes.count - 1
        let (from, along) = (source.values + offset(row, source.strides), source.strides[last])
        let (places, stride) = (position.values + offset(row, position.strides), position.strides[last])
        let to = result + row * length
        for element in 0..<length {
            let place = gatherPlace(places[element * stride], size: position.size)
            to[element] = from[element * along + place * position.step]
        }
    }

    private func gatherAll(_ row: Int, _ length: Int) {
        let last = sizes.count - 1
        let (from, along) = (source.values + offset(row, source.strides), source.strides[last])
        let (first, second) = (positions[0], positions[1])
        let (rows, columns) = (
            first.values + offset(row, first.strides), second.values + offset(row, second.strides)
        )
        let third = positions.count > 2 ? positions[2] : nil
        let depths = third.map { $0.values + offset(row, $0.strides) }
        let to = result + row * length
        for element in 0..<length {
            var place = gatherPlace(rows[element * first.strides[last]], size: first.size) * first.step
            place += gatherPlace(columns[element * second.strides[last]], size: second.size) * second.step
            if let third, let depths {
                place += gatherPlace(depths[element * third.strides[last]], size: third.size) * third.step
            }
            to[element] = from[element * along + place]
        }
    }
}
