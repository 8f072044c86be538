import Tensors

/// How the elements of a group find the value of an operand that lacks some of the group's axes.
struct Expansion: Sendable, Equatable {
    /// Neighbouring axes that behave alike are one; outermost first.
    private var sizes: [Int] = []
    /// The operand's stride along each of `sizes`, 0 where it lacks the axis.
    private var strides: [Int] = []

    init(of operand: AxisSet, along group: AxisSet, shape: Shape) {
        var stride = 1
        var previous: Bool?
        for place in group.places.reversed() {
            let present = operand.contains(.axis(place))
            if present == previous {
                sizes[0] *= shape[place]
            } else {
                sizes.insert(shape[place], at: 0)
                strides.insert(present ? stride : 0, at: 0)
                previous = present
            }
            if present { stride *= shape[place] }
        }
    }

    /// Writes the operand's values for elements `first ..< first + count` of the group.
    func copy(_ operand: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, first: Int, count: Int) {
        let inner = sizes[sizes.count - 1]
        var done = 0
        while done < count {
            let (row, start) = (first + done).quotientAndRemainder(dividingBy: inner)
            let run = min(inner - start, count - done)
            let source = operand + rowOffset(row)
            if strides[strides.count - 1] == 0 {
                (out + done).update(repeating: source[0], count: run)
            } else {
                (out + done).update(from: source + start, count: run)
            }
            done += run
        }
    }

    /// Where in the operand the value of an element of the group lies.
    func offset(_ element: Int) -> Int {
        let (row, place) = element.quotientAndRemainder(dividingBy: sizes[sizes.count - 1])
        return rowOffset(row) + place * strides[strides.count - 1]
    }

    /// Where in the operand the row-th run along the innermost axis starts.
    private func rowOffset(_ row: Int) -> Int {
        var (rest, offset) = (row, 0)
        for axis in (0..<sizes.count - 1).reversed() {
            offset += rest % sizes[axis] * strides[axis]
            rest /= sizes[axis]
        }
        return offset
    }
}
