import Tensors

/// How the elements of a group find the value of an operand that has size 1 along some of the group's axes.
struct Expansion: Sendable, Equatable {
    /// Neighbouring axes that behave alike are one; outermost first.
    private var sizes: [Int] = []
    /// The operand's stride along each of `sizes`, 0 where it repeats.
    private var strides: [Int] = []

    init(of operand: Shape, along group: Shape) {
        var stride = 1
        var previous: Bool?
        for place in group.longPlaces.reversed() {
            let present = operand.size(place) != 1
            if present == previous {
                sizes[0] *= group[place]
            } else {
                sizes.insert(group[place], at: 0)
                strides.insert(present ? stride : 0, at: 0)
                previous = present
            }
            if present { stride *= group[place] }
        }
    }

    /// Writes the operand's values for elements `first ..< first + count` of the group.
    func copy(_ operand: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, first: Int, count: Int) {
        let inner = sizes[sizes.count - 1]
        let isRepeated = strides[strides.count - 1] == 0
        var (row, start) = first.quotientAndRemainder(dividingBy: inner)
        var done = 0
        while done < count {
            let run = min(inner - start, count - done)
            let source = operand + rowOffset(row)
            if isRepeated {
                (out + done).update(repeating: source[0], count: run)
            } else {
                (out + done).update(from: source + start, count: run)
            }
            done += run
            (row, start) = (row + 1, 0)
        }
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
