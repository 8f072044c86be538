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
        let last = sizes.count - 1
        // A row: neighbours in the operand, each of them `times` times.
        let times = strides[last] == 0 ? sizes[last] : 1
        let outer = strides[last] == 0 ? last - 1 : last
        let length = outer < 0 ? times : sizes[outer...].reduce(1, *)
        var (row, start) = first.quotientAndRemainder(dividingBy: length)
        if times == 1, outer == 1 {
            return Self.repeatRow(operand, length, start, to: out, count: count)
        }
        var done = 0
        while done < count {
            let run = min(length - start, count - done)
            let source = operand + rowOffset(row, axes: outer)
            if times == 1 {
                (out + done).update(from: source + start, count: run)
            } else {
                Self.repeatEach(source + start / times, times, start % times, to: out + done, count: run)
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
            // Channels, by far the most frequent: four values are three vectors.
            while done + 12 <= count {
                let v = UnsafeRawPointer(values + value).loadUnaligned(as: SIMD4<Float>.self)
                let target = UnsafeMutableRawPointer(out + done)
                target.storeBytes(of: SIMD4(v[0], v[0], v[0], v[1]), as: SIMD4<Float>.self)
                target.storeBytes(of: SIMD4(v[1], v[1], v[2], v[2]), toByteOffset: 16, as: SIMD4<Float>.self)
                target.storeBytes(of: SIMD4(v[2], v[3], v[3], v[3]), toByteOffset: 32, as: SIMD4<Float>.self)
                (value, done) = (value + 4, done + 12)
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

    /// Where in the operand the row-th row along the first `axes` axes starts.
    private func rowOffset(_ row: Int, axes: Int) -> Int {
        var (rest, offset) = (row, 0)
        for axis in (0..<max(0, axes)).reversed() {
            offset += rest % sizes[axis] * strides[axis]
            rest /= sizes[axis]
        }
        return offset
    }
}
