import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

/// Functions with their values in Double.
private let functions: [(function: ActivationFunction, exact: @Sendable (Double) -> Double)] = [
    (.leakyReLU(slope: 0.07), { $0 > 0 ? $0 : Double(Float(0.07)) * $0 }),
    (.gelu, { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 }),
    (.silu, { $0 / (1 + exp(-$0)) }),
    (.tanh, { tanh($0) }),
    (.sigmoid, { 1 / (1 + exp(-$0)) }),
]

/// Values from −12 to 12 in padded rows, with zeros in the padding.
private func padded(_ rows: Rows, seed: UInt64) -> [Float] {
    let key = DrawAddress(key: seed, epoch: 0, sample: 0)
    return (0..<rows.count * rows.stride).map { index in
        index % rows.stride < rows.channels ? (Float(key.bits(index) >> 8) * 0x1p-23 - 1) * 12 : 0
    }
}

struct ActivationTests {
    @Test(arguments: functions.indices, [1, 16, 23, 48])
    func `activations and their slopes agree with Double and leave zeros in the padding`(
        index: Int, channels: Int
    ) {
        let (function, exact) = functions[index]
        let rows = Rows(count: 5, channels: channels, stride: (channels + 15) / 16 * 16)
        let x = padded(rows, seed: 3)
        let count = x.count
        for kernels in Fixture.kernelSets {
            let y = guarded(count: count, granule: 16, sentinel: Float(-77)) {
                kernels.layers.activate(function, $0, nil, x, rows)
            }
            var slopes: [Float] = []
            let beside = guarded(count: count, granule: 16, sentinel: Float(-77)) { y in
                slopes = guarded(count: count, granule: 16, sentinel: Float(-77)) {
                    kernels.layers.activate(function, y, $0, x, rows)
                }
            }
            #expect(beside == y)
            // Over x.
            var over = x
            over.withUnsafeMutableBufferPointer { over in
                var y = [Float](repeating: 0, count: count)
                kernels.layers.activate(function, &y, over.baseAddress!, over.baseAddress!, rows)
            }
            #expect(over == slopes)
            for i in 0..<count {
                guard i % rows.stride < channels else {
                    #expect(y[i] == 0 && slopes[i] == 0, "padding at \(i)")
                    continue
                }
                let value = Double(x[i])
                let wanted = exact(value)
                let slope = (exact(value + 1e-6) - exact(value - 1e-6)) / 2e-6
                #expect(
                    abs(Double(y[i]) - wanted) <= 2e-7 * (1 + abs(wanted)), "\(function)(\(x[i])) is \(y[i])")
                #expect(
                    abs(Double(slopes[i]) - slope) <= 5e-6 * (1 + abs(slope)),
                    "\(function)′(\(x[i])) is \(slopes[i]) instead of \(slope)")
            }
        }
    }

    @Test func `activations of any number are what Double says, and a NaN stays one`() {
        let rows = Rows(
            count: 1, channels: Fixture.specials.count, stride: (Fixture.specials.count + 15) / 16 * 16)
        var x = Fixture.specials
        x += [Float](repeating: 0, count: rows.stride - x.count)
        for kernels in Fixture.kernelSets {
            for (function, exact) in functions {
                let y = guarded(count: x.count, granule: 16, sentinel: Float(-77)) {
                    kernels.layers.activate(function, $0, nil, x, rows)
                }
                for (found, value) in zip(y, Fixture.specials) {
                    let wanted = exact(Double(value))
                    if value.isNaN {
                        #expect(found.isNaN)
                    } else if value.isFinite {
                        #expect(
                            abs(Double(found) - wanted) <= 2e-7 * (1 + abs(wanted)),
                            "\(function)(\(value)) is \(found) instead of \(wanted)")
                    }
                }
            }
        }
    }
}
