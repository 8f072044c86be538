import Kernels
import Tensors

/// A value with its shape, reached by positions along axes.
struct ReferenceValue {
    var values: [Float]
    var shape: Shape

    /// The element at a position, counted from 0; axes of size 1 repeat.
    subscript(position: [Int]) -> Float { values[Self.place(of: position, in: shape)] }

    static func position(of element: Int, in shape: Shape) -> [Int] {
        var (rest, position) = (element, [Int]())
        for size in shape.sizes.reversed() {
            position.insert(rest % size, at: 0)
            rest /= size
        }
        return position
    }

    static func place(of position: [Int], in shape: Shape) -> Int {
        var place = 0
        for (axis, size) in shape.sizes.enumerated() {
            place = place * size + (size == 1 || axis >= position.count ? 0 : position[axis])
        }
        return place
    }
}

/// What each operation on whole values means, one result at a time.
enum ReferenceOperations {
    static func evaluate(_ operation: WholeOperation, _ operands: [ReferenceValue], _ shape: Shape) -> [Float]
    {
        switch operation {
        case .reshape: operands[0].values
        case .scan(let scan, let axis): Self.scan(scan, operands[0], axis)
        case .gather(let axes): gather(operands, axes, shape)
        case .correlate(let axes): correlate(operands[0], operands[1], axes, shape)
        case .fourier(let axis, let inverse, _): fourier(operands, axis, inverse)
        case .order(let axis): order(operands[0], axis)
        case .round(let rounding): operands[0].values.map(rounding.rounded)
        case .top: top(operands[0], operands[1].values[0])
        default: preconditionFailure("\(operation)")
        }
    }

    private static func scan(_ scan: Scan, _ value: ReferenceValue, _ axis: Int) -> [Float] {
        value.values.indices.map { element in
            var position = ReferenceValue.position(of: element, in: value.shape)
            let last = position[axis]
            var running: Double = scan == .sum ? 0 : scan == .minimum ? .infinity : -.infinity
            for place in 0...last {
                position[axis] = place
                let next = Double(value[position])
                switch scan {
                case .sum: running += next
                case .minimum: running = next < running ? next : running
                case .maximum: running = next > running ? next : running
                }
            }
            return Float(running)
        }
    }

    private static func gather(_ operands: [ReferenceValue], _ axes: [Int], _ shape: Shape) -> [Float] {
        let source = operands[0]
        if axes.contains(where: { source.shape.size($0) == 0 }) {
            return [Float](repeating: 0, count: shape.count)
        }
        return (0..<shape.count).map { element in
            let position = ReferenceValue.position(of: element, in: shape)
            var from = position + Array(repeating: 0, count: max(0, source.shape.rank - position.count))
            for (axis, positions) in zip(axes, operands.dropFirst()) where axis < from.count {
                let wanted = positions[position]
                let last = Float(source.shape.size(axis))
                from[axis] = wanted.isNaN || wanted < 1 ? 0 : Int(min(wanted, last)) - 1
            }
            return source[from]
        }
    }

    private static func correlate(
        _ source: ReferenceValue, _ kernel: ReferenceValue, _ axes: [Int], _ shape: Shape
    ) -> [Float] {
        (0..<shape.count).map { element in
            let position = ReferenceValue.position(of: element, in: shape)
            var sum: Float = 0
            for tap in 0..<kernel.shape.count {
                let offset = ReferenceValue.position(of: tap, in: kernel.shape)
                var from = position + Array(repeating: 0, count: max(0, source.shape.rank - position.count))
                for axis in axes where axis < offset.count && axis < from.count { from[axis] += offset[axis] }
                sum = sum + source[from] * kernel.values[tap]
            }
            return sum
        }
    }

    private static func fourier(_ operands: [ReferenceValue], _ axis: Int, _ inverse: Bool) -> [Float] {
        let (shape, size) = (operands[0].shape, operands[0].shape.size(axis))
        var result = [Float](repeating: 0, count: 2 * shape.count)
        for first in 0..<shape.count {
            var position = ReferenceValue.position(of: first, in: shape)
            guard axis >= position.count || position[axis] == 0 else { continue }
            let run: [Int] = (0..<size).map { place in
                if axis < position.count { position[axis] = place }
                return ReferenceValue.place(of: position, in: shape)
            }
            let (real, imaginary) = FourierReference.transform(
                real: run.map { Double(operands[0].values[$0]) },
                imaginary: run.map { operands.count > 1 ? Double(operands[1].values[$0]) : 0 },
                inverse: inverse)
            for (place, element) in run.enumerated() {
                result[2 * element] = Float(real[place])
                result[2 * element + 1] = Float(imaginary[place])
            }
        }
        return result
    }

    private static func top(_ keys: ReferenceValue, _ count: Float) -> [Float] {
        func isBefore(_ a: Int, _ b: Int) -> Bool {
            let (x, y) = (keys.values[a], keys.values[b])
            if x.isNaN || y.isNaN { return !x.isNaN || (y.isNaN && a < b) }
            return x > y || (x == y && a < b)
        }
        let order = keys.values.indices.sorted(by: isBefore)
        let chosen = Set(order.prefix(wholeCount(count, of: order.count)))
        return keys.values.indices.map { ScalarReference.mask(chosen.contains($0)) }
    }

    private static func order(_ keys: ReferenceValue, _ axis: Int) -> [Float] {
        keys.values.indices.map { element in
            var position = ReferenceValue.position(of: element, in: keys.shape)
            let wanted = axis < position.count ? position[axis] : 0
            // The value with as many others before it as this place has.
            let run = (0..<keys.shape.size(axis)).map { place -> Float in
                if axis < position.count { position[axis] = place }
                return keys[position]
            }
            func isBefore(_ a: Int, _ b: Int) -> Bool {
                let (x, y) = (run[a], run[b])
                if x.isNaN || y.isNaN { return x.isNaN && (!y.isNaN || a < b) }
                return x < y || (x == y && a < b)
            }
            let chosen = run.indices.first { candidate in
                run.indices.count { $0 != candidate && isBefore($0, candidate) } == wanted
            }
            return Float(chosen! + 1)
        }
    }

    static func choose(
        _ counts: ReferenceValue, _ shape: Shape, _ axis: Int, _ address: DrawAddress
    ) -> [Float] {
        let size = shape.size(axis)
        return (0..<shape.split(at: axis).outer).flatMap { row in
            var left = wholeCount(counts.values[counts.values.count == 1 ? 0 : row], of: size)
            return (0..<size).map { place in
                let unit = ScalarReference.uniform(address: address, element: row * size + place)
                let isChosen = Double(unit) * Double(size - place) < Double(left)
                if isChosen { left -= 1 }
                return ScalarReference.mask(isChosen)
            }
        }
    }

    static func permutation(_ shape: Shape, _ axis: Int, _ address: DrawAddress) -> [Float] {
        let size = shape.size(axis)
        return (0..<shape.split(at: axis).outer).flatMap { row in
            var order = (0..<size).map { Float($0 + 1) }
            for last in (1..<max(1, size)).reversed() {
                let unit = ScalarReference.uniform(address: address, element: row * size + last)
                order.swapAt(last, Int(Double(unit) * Double(last + 1)))
            }
            return order
        }
    }

    /// The nearest possible whole number, 0 for NaN.
    private static func wholeCount(_ count: Float, of size: Int) -> Int {
        count.isNaN ? 0 : Int(min(max(count, 0), Float(size)).rounded(.toNearestOrEven))
    }
}
