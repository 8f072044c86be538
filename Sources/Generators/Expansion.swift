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

    /// The same in memory of its own.
    func copied() -> Expansion {
        var copy = self
        (copy.sizes, copy.strides) = (sizes.map { $0 }, strides.map { $0 })
        return copy
    }

    /// Writes the operand's values for elements `first ..< first + count` of the group.
    func copy(_ operand: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, first: Int, count: Int) {
        let inner = sizes[sizes.count - 1]
        let isRepeated = strides[strides.count - 1] == 0
        var (row, start) = first.quotientAndRemainder(dividingBy: inner)
        if sizes.count == 2 {
            // One value repeated in each row, or one row in all: by far the most frequent.
            isRepeated
                ? Self.repeatEach(operand + row, inner, start, to: out, count: count)
                : Self.repeatRow(operand, inner, start, to: out, count: count)
            return
        }
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

    /// Each value `times` times, the first one without its first `skipped` times.
    private static func repeatEach(
        _ values: UnsafePointer<Float>, _ times: Int, _ skipped: Int, to out: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        var (value, done) = (0, 0)
        if skipped > 0 {
            done = min(times - skipped, count)
            out.update(repeating: values[0], count: done)
            value = 1
        }
        if times == 3 {
            while done + 3 <= count {
                let repeated = values[value]
                (out[done], out[done + 1], out[done + 2]) = (repeated, repeated, repeated)
                (value, done) = (value + 1, done + 3)
            }
        }
        while done < count {
            let run = min(times, count - done)
            (out + done).update(repeating: values[value], count: run)
            (value, done) = (value + 1, done + run)
        }
    }

    /// The row of `length` values again and again, from its `start`-th on.
    private static func repeatRow(
        _ row: UnsafePointer<Float>, _ length: Int, _ start: Int, to out: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        var done = min(length - start, count)
        out.update(from: row + start, count: done)
        let first = min(start, count - done)
        (out + done).update(from: row, count: first)
        done += first
        // What is there is a whole row now, wherever it begins: twice as much each time.
        while done < count {
            let more = min(done / length * length, count - done)
            (out + done).update(from: out, count: more)
            done += more
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
