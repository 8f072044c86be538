import Kernels
import Tensors
import Testing
import VectorKernels

/// Windows over three samples with guard zones around what is written.
private struct Case: CustomStringConvertible {
    static let untouched: Float = 1e30
    static let samples = 3

    let vertical: ConvolutionAxis
    let horizontal: ConvolutionAxis
    let stride: Int
    /// As large as the input, and as the output.
    let input: Buffer<Float>
    let output: Buffer<Float>

    init(_ vertical: ConvolutionAxis, _ horizontal: ConvolutionAxis, stride: Int) {
        (self.vertical, self.horizontal, self.stride) = (vertical, horizontal, stride)
        input = Fixture.buffer(Self.samples * vertical.input * horizontal.input * stride, seed: 1)
        output = Fixture.buffer(Self.samples * vertical.output * horizontal.output * stride, seed: 2)
    }

    var description: String {
        "\(vertical.input) × \(horizontal.input), windows \(vertical.kernel) × \(horizontal.kernel)"
    }

    func pass(_ source: Buffer<Float>, _ target: UnsafeMutablePointer<Float>) -> PoolingPass {
        PoolingPass(
            vertical: vertical, horizontal: horizontal, stride: stride, source: source.pointer, target: target
        )
    }

    /// What is written into `count` values for samples that end at `ends`, or nil where something else is too.
    static func written(
        _ count: Int, ends: [Int], by kernel: (UnsafeMutablePointer<Float>, Range<Int>) -> Void
    ) -> [Float]? {
        let target = Buffer(Array(repeating: untouched, count: count + 128))
        for (begin, end) in zip([0] + ends, ends) { kernel(target.pointer + 64, begin..<end) }
        let guards = Array(0..<64) + Array(64 + count..<128 + count)
        guard guards.allSatisfy({ target[$0] == untouched }) else { return nil }
        return (0..<count).map { target[64 + $0] }
    }

    /// Calls `body` with the indices of each output, its place in the window and its input.
    func eachPlace(_ body: (_ output: Int, _ place: Int, _ input: Int) -> Void) {
        for index in 0..<Self.samples * vertical.output * horizontal.output {
            let (row, ox) = index.quotientAndRemainder(dividingBy: horizontal.output)
            let (sample, oy) = row.quotientAndRemainder(dividingBy: vertical.output)
            for place in 0..<vertical.kernel * horizontal.kernel {
                let (ky, kx) = place.quotientAndRemainder(dividingBy: horizontal.kernel)
                let y = oy * vertical.stride + ky - vertical.before
                let x = ox * horizontal.stride + kx - horizontal.before
                guard (0..<vertical.input).contains(y), (0..<horizontal.input).contains(x) else { continue }
                let pixel = (sample * vertical.input + y) * horizontal.input + x
                for channel in 0..<stride { body(index * stride + channel, place, pixel * stride + channel) }
            }
        }
    }
}

struct PoolingTests {
    private static let cases: [Case] = [
        Case(
            ConvolutionAxis(input: 5, kernel: 2, stride: 2), ConvolutionAxis(input: 7, kernel: 2, stride: 2),
            stride: 32),
        Case(
            ConvolutionAxis(input: 6, kernel: 3, stride: 2, before: 1, after: 1),
            ConvolutionAxis(input: 5, kernel: 3, stride: 2, before: 1, after: 1), stride: 16),
        Case(
            ConvolutionAxis(input: 7, kernel: 3, before: 1),
            ConvolutionAxis(input: 4, kernel: 2, stride: 2, after: 1), stride: 48),
        Case(ConvolutionAxis(input: 7, kernel: 7), ConvolutionAxis(input: 9, kernel: 9), stride: 16),
        Case(
            ConvolutionAxis(input: 1, kernel: 1), ConvolutionAxis(input: 11, kernel: 4, stride: 3), stride: 16
        ),
    ]

    @Test(arguments: InstructionSet.supported)
    func `the largest of each window wins, and gets its gradient`(set: InstructionSet) throws {
        let kernels = KernelSet.of(set)!.convolution
        for test in Self.cases {
            var (largest, places) = (
                Array(repeating: -Float.infinity, count: test.output.count),
                [UInt32](
                    repeating: .max, count: test.output.count)
            )
            var inputs = Array(repeating: 0, count: test.output.count)
            test.eachPlace { output, place, input in
                guard test.input[input] > largest[output] else { return }
                (largest[output], places[output], inputs[output]) = (test.input[input], UInt32(place), input)
            }
            for ends in [[3], [1, 3]] {
                let winners = Buffer(Array(repeating: UInt32.max, count: test.output.count))
                let found = Case.written(test.output.count, ends: ends) {
                    kernels.maximum(test.pass(test.input, $0), winners.pointer, $1)
                }
                #expect(found == largest, "\(test)")
                #expect(winners.values == places, "\(test)")
                var gradient = Array(repeating: 0.0, count: test.input.count)
                for (output, input) in inputs.enumerated() { gradient[input] += Double(test.output[output]) }
                let backward = Case.written(test.input.count, ends: ends) {
                    kernels.maximumBackward(test.pass(test.output, $0), winners.pointer, $1)
                }
                expectClose(try #require(backward), gradient, tolerance: 1e-5, "\(test)")
            }
        }
    }

    @Test func `the first of equals wins, and a NaN over all`() {
        let (vertical, horizontal) = (
            ConvolutionAxis(input: 1, kernel: 1), ConvolutionAxis(input: 4, kernel: 4)
        )
        let (target, winners) = (Buffer<Float>(count: 16), Buffer<UInt32>(count: 16))
        for (values, winner) in [([2, 3, 3, 1] as [Float], UInt32(1)), ([2, .nan, 5, 1], 1)] {
            let source = Buffer(values.flatMap { Array(repeating: $0, count: 16) })
            let pass = PoolingPass(
                vertical: vertical, horizontal: horizontal, stride: 16, source: source.pointer,
                target: target.pointer)
            Fixture.kernels.convolution.maximum(pass, winners.pointer, 0..<1)
            #expect(winners[15] == winner)
            #expect(target[15].isNaN == values[1].isNaN)
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `sums and means of windows, and what they hand back, agree with Double sums`(set: InstructionSet)
        throws
    {
        let kernels = KernelSet.of(set)!.convolution
        for test in Self.cases {
            for isMean in [false, true] {
                var counts = Array(repeating: 0, count: test.output.count)
                test.eachPlace { output, _, _ in counts[output] += 1 }
                var sums = Array(repeating: 0.0, count: test.output.count)
                var handedBack = Array(repeating: 0.0, count: test.input.count)
                test.eachPlace { output, _, input in
                    let scale = isMean ? 1 / Double(counts[output]) : 1
                    sums[output] += Double(test.input[input]) * scale
                    handedBack[input] += Double(test.output[output]) * scale
                }
                for ends in [[3], [2, 3]] {
                    let forward = Case.written(test.output.count, ends: ends) {
                        kernels.sumWindows(test.pass(test.input, $0), isMean, $1)
                    }
                    expectClose(try #require(forward), sums, tolerance: 1e-5, "\(test)")
                    let backward = Case.written(test.input.count, ends: ends) {
                        kernels.spreadWindows(test.pass(test.output, $0), isMean, $1)
                    }
                    expectClose(try #require(backward), handedBack, tolerance: 1e-5, "\(test)")
                }
            }
        }
    }
}
