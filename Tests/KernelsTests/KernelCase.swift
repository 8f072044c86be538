import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

/// A kernel over padded rows beside the same in plain Double: what it writes is one array, whose parts lie one behind the other.
struct KernelCase: CustomTestStringConvertible, Sendable {
    /// As its table calls it.
    let name: String
    /// How many values it writes.
    let count: @Sendable (Rows) -> Int
    let run: @Sendable (KernelSet, Input, _ out: UnsafeMutablePointer<Float>) -> Void
    /// Value by value of what it writes.
    let reference: @Sendable (Input, Int) -> Double

    var testDescription: String { name }

    /// What kernels read: rows with zeros in the padding, no two alike.
    struct Input: Sendable {
        let rows: Rows
        let (a, b, c): (Buffer<Float>, Buffer<Float>, Buffer<Float>)

        init(_ rows: Rows) {
            func values(_ seed: UInt64) -> Buffer<Float> {
                let address = DrawAddress(key: seed, epoch: 0, sample: 0)
                return Buffer(
                    (0..<rows.count * rows.stride).map { index in
                        index % rows.stride < rows.channels
                            ? Float(address.bits(index) >> 8) * 0x1p-23 - 1 : 0
                    })
            }
            (self.rows, a, b, c) = (rows, values(11), values(12), values(13))
        }

        var size: Int { rows.count * rows.stride }

        /// A column of one of the three.
        func column(_ values: Buffer<Float>, _ index: Int) -> [Double] {
            (0..<rows.count).map { Double(values[$0 * rows.stride + index]) }
        }

        /// A row of one of the three, without padding.
        func row(_ values: Buffer<Float>, _ index: Int) -> [Double] {
            (0..<rows.channels).map { Double(values[index * rows.stride + $0]) }
        }

        func map(rectifies: Bool) -> ChannelMap {
            ChannelMap(
                rows: rows, x: b.pointer, means: c.pointer, factors: a.pointer, shifts: c.pointer,
                rectifies: rectifies)
        }

        /// What the map gives before ReLU.
        func mapped(_ index: Int) -> Double {
            let column = index % rows.stride
            return (Double(b[index]) - Double(c[column])) * Double(a[column]) + Double(c[column])
        }

        /// `a`, where the map's ReLU lets it through.
        func slope(_ index: Int, rectifies: Bool) -> Double {
            rectifies && mapped(index) <= 0 ? 0 : Double(a[index])
        }

        /// The rows as weights, with what optimisers keep behind them, and `c` as their gradient.
        func panel(_ out: UnsafeMutablePointer<Float>) -> WeightPanel {
            out.update(from: a.pointer, count: size)
            for index in 0..<size {
                out[size + index] = b[index]
                out[2 * size + index] = abs(b[index])
            }
            return WeightPanel(
                weights: out, first: out + size, second: out + 2 * size, stride: rows.stride,
                gradient: c.pointer, gradientStride: rows.stride, rows: rows.count, columns: rows.stride)
        }
    }

    static let all: [KernelCase] = elementwise + softmax + channels + updates

    /// A kernel that writes as much as there is in the rows.
    private static func plain(
        _ name: String,
        _ run: @escaping @Sendable (KernelSet, Input, UnsafeMutablePointer<Float>) -> Void,
        _ reference: @escaping @Sendable (Input, Int) -> Double
    ) -> KernelCase {
        KernelCase(name: name, count: { $0.count * $0.stride }, run: run, reference: reference)
    }

    private static let elementwise: [KernelCase] = [
        plain("rectify", { $0.training.rectify($2, $1.a.pointer, $1.size) }) { max(Double($0.a[$1]), 0) },
        plain(
            "rectifyBackward", { $0.training.rectifyBackward($2, $1.a.pointer, $1.b.pointer, $1.size) }
        ) { $0.a[$1] > 0 ? Double($0.b[$1]) : 0 },
        plain(
            "multiplyElements", { $0.training.multiplyElements($2, $1.a.pointer, $1.b.pointer, $1.size) }
        ) { Double($0.a[$1]) * Double($0.b[$1]) },
        plain("addAndRectify", { $0.training.addAndRectify($2, $1.a.pointer, $1.b.pointer, $1.size) }) {
            max(Double($0.a[$1]) + Double($0.b[$1]), 0)
        },
        plain("addElements", { $0.training.addElements($2, $1.a.pointer, $1.b.pointer, $1.size) }) {
            Double($0.a[$1]) + Double($0.b[$1])
        },
        plain("scale", { $0.layers.scale($2, $1.a.pointer, 0.3, $1.size) }) {
            Double($0.a[$1]) * Double(Float(0.3))
        },
        plain(
            "approach",
            {
                $2.update(from: $1.a.pointer, count: $1.size)
                $0.training.approach($2, $1.b.pointer, 0.3, $1.size)
            }
        ) { Double($0.a[$1]) + Double(Float(0.3)) * (Double($0.b[$1]) - Double($0.a[$1])) },
        // Values, then scales; draws between −1 and 1 do as well.
        KernelCase(
            name: "dropOut", count: { 2 * $0.count * $0.stride },
            run: { $0.training.dropOut($2, $2 + $1.size, $1.a.pointer, $1.b.pointer, 0.25, $1.size) },
            reference: { input, index in
                let scale = input.b[index % input.size] < 0.25 ? 0 : 1 / 0.75
                return index < input.size ? Double(input.a[index]) * scale : scale
            }),
    ]

    private static func shares(_ x: [Double]) -> [Double] {
        let powers = x.map { exp($0) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private static let softmax: [KernelCase] = [
        plain("softmax", { $0.layers.softmax($2, $1.a.pointer, $1.rows) }) { input, index in
            let (row, column) = index.quotientAndRemainder(dividingBy: input.rows.stride)
            return column < input.rows.channels ? shares(input.row(input.a, row))[column] : 0
        },
        plain("softmaxBackward", { $0.layers.softmaxBackward($2, $1.a.pointer, $1.b.pointer, $1.rows) }) {
            input, index in
            let (row, column) = index.quotientAndRemainder(dividingBy: input.rows.stride)
            guard column < input.rows.channels else { return 0 }
            let (y, gradient) = (input.row(input.a, row), input.row(input.b, row))
            return y[column] * (gradient[column] - zip(y, gradient).reduce(0) { $0 + $1.0 * $1.1 })
        },
    ]

    /// The mean of a column, and the sum of the squares of the differences from it.
    private static func moments(_ x: [Double]) -> (mean: Double, squares: Double) {
        let mean = x.reduce(0, +) / Double(x.count)
        return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
    }

    private static func channelMoments(
        _ out: UnsafeMutablePointer<Float>, _ rows: Rows
    ) -> ChannelMoments {
        ChannelMoments(means: out, squares: out + rows.stride, count: rows.count)
    }

    private static let channels: [KernelCase] =
        [
            KernelCase(
                name: "findMoments", count: { 2 * $0.stride },
                run: { $0.layers.findMoments(channelMoments($2, $1.rows), $1.a.pointer, $1.rows.stride) },
                reference: { input, index in
                    let found = moments(input.column(input.a, index % input.rows.stride))
                    return index < input.rows.stride ? found.mean : found.squares
                }),
            KernelCase(
                name: "addMoments", count: { 2 * $0.stride },
                run: { kernels, input, out in
                    let (stride, other) = (input.rows.stride, Buffer<Float>(count: 2 * input.rows.stride))
                    for (target, x) in [(out, input.a), (other.pointer, input.b)] {
                        for index in 0..<stride {
                            let found = moments(input.column(x, index))
                            (target[index], target[stride + index]) = (
                                Float(found.mean), Float(found.squares)
                            )
                        }
                    }
                    kernels.layers.addMoments(
                        channelMoments(out, input.rows), channelMoments(other.pointer, input.rows), stride)
                },
                reference: { input, index in
                    let column = index % input.rows.stride
                    let found = moments(input.column(input.a, column) + input.column(input.b, column))
                    return index < input.rows.stride ? found.mean : found.squares
                }),
        ] + [false, true].flatMap(maps)

    private static func maps(rectifies: Bool) -> [KernelCase] {
        [
            plain("mapChannels", { $0.layers.mapChannels($1.map(rectifies: rectifies), $2) }) {
                rectifies ? max($0.mapped($1), 0) : $0.mapped($1)
            },
            KernelCase(
                name: "sumChannels", count: { 2 * $0.stride },
                run: { $0.layers.sumChannels($1.map(rectifies: rectifies), $1.a.pointer, $2) },
                reference: { input, index in
                    let (stride, column) = (input.rows.stride, index % input.rows.stride)
                    return (0..<input.rows.count).reduce(0) { sum, row in
                        let place = row * stride + column
                        let factor = index < stride ? 1 : Double(input.b[place]) - Double(input.c[column])
                        return sum + input.slope(place, rectifies: rectifies) * factor
                    }
                }),
            plain(
                "combineChannels",
                { $0.layers.combineChannels($1.map(rectifies: rectifies), $2, $1.a.pointer, $1.c.pointer) }
            ) {
                let (stride, column) = ($0.rows.stride, $1 % $0.rows.stride)
                let weights = (0..<3).map { [c = $0.c] part in Double(c[part * stride + column]) }
                let level = (Double($0.b[$1]) - weights[0]) * weights[1] + weights[2]
                return $0.slope($1, rectifies: rectifies) * weights[0] + level
            },
        ]
    }

    /// A kernel that changes weights `a` and what is kept of them, `b` and |b|, by the gradient `c`: in Double.
    private static func update(
        _ name: String, _ run: @escaping @Sendable (KernelSet, WeightPanel) -> Void,
        _ reference:
            @escaping @Sendable (_ w: inout Double, _ first: inout Double, _ second: inout Double, Double)
            -> Void
    ) -> KernelCase {
        KernelCase(
            name: name, count: { 3 * $0.count * $0.stride }, run: { run($0, $1.panel($2)) },
            reference: { input, index in
                let place = index % input.size
                var (weight, first) = (Double(input.a[place]), Double(input.b[place]))
                var second = abs(first)
                reference(&weight, &first, &second, Double(input.c[place]))
                return [weight, first, second][index / input.size]
            })
    }

    private static let updates: [KernelCase] = [
        update(
            "adam",
            {
                $0.training.adam(
                    $1, AdamStep(beta1: 0.75, beta2: 0.875, epsilon: 0.5, stepSize: 0.25, rootScale: 2))
            }
        ) { weight, first, second, gradient in
            first = 0.75 * first + 0.25 * gradient
            second = 0.875 * second + 0.125 * gradient * gradient
            weight -= 0.25 * first / (second.squareRoot() * 2 + 0.5)
        },
        update(
            "momentum",
            { $0.training.momentum($1, MomentumStep(learningRate: 0.25, momentum: 0.75, isNesterov: true)) }
        ) { weight, first, _, gradient in
            first = 0.75 * first + gradient
            weight -= 0.25 * (gradient + 0.75 * first)
        },
        update(
            "lion",
            {
                $0.training.lion(
                    $1, LionStep(learningRate: 0.25, beta1: 0.75, beta2: 0.875, scales: StepScales()))
            }
        ) { weight, first, _, gradient in
            let blend = 0.75 * first + 0.25 * gradient
            weight -= blend > 0 ? 0.25 : blend < 0 ? -0.25 : 0
            first = 0.875 * first + 0.125 * gradient
        },
        update(
            "rmsProp",
            {
                $0.training.rmsProp(
                    $1,
                    RMSPropStep(
                        learningRate: 0.25, beta: 0.875, epsilon: 0.5, momentum: 0.75, scales: StepScales()))
            }
        ) { weight, first, second, gradient in
            second = 0.875 * second + 0.125 * gradient * gradient
            first = 0.75 * first + gradient / (second.squareRoot() + 0.5)
            weight -= 0.25 * first
        },
        update(
            "collect",
            {
                var panel = $1
                panel.collected = panel.first
                $0.training.collect(panel, false)
            }
        ) { _, first, _, gradient in first += gradient },
    ]
}
