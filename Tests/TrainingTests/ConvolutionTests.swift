import Kernels
import Tensors
import Testing
import VectorKernels

/// A convolution over buffers with guard zones around what is written.
private struct Case: CustomStringConvertible {
    static let untouched: Float = 1e30
    static let samples = 3

    let geometry: ConvolutionGeometry
    let input: Buffer<Float>
    let weights: Buffer<Float>
    let bias: Buffer<Float>
    let gradient: Buffer<Float>
    var precision = Precision.fp32

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        input = Fixture.buffer(Self.samples * geometry.inputCount + 64, seed: 1)
        weights = Fixture.buffer(geometry.weightCount, seed: 2)
        bias = Fixture.buffer(geometry.outputStride, seed: 3)
        gradient = Fixture.buffer(Self.samples * geometry.outputCount + 64, seed: 4)
        let (padding, stride) = (geometry.outputs..<geometry.outputStride, geometry.outputStride)
        for row in 0..<geometry.weightRows { for o in padding { weights.pointer[row * stride + o] = 0 } }
        for o in padding { bias.pointer[o] = 0 }
        for pixel in 0..<Self.samples * geometry.outputCount / stride {
            for o in padding { gradient.pointer[pixel * stride + o] = 0 }
        }
    }

    /// The same in bf16, with factors that bf16 has: whole numbers where Winograd's way rounds sums of them, all of which bf16
    /// has, too.
    var rounded: Case {
        var rounded = Case(geometry)
        rounded.precision = .bf16
        func round(_ buffer: Buffer<Float>, _ whole: Float) {
            for index in 0..<buffer.count {
                let value = buffer.pointer[index]
                buffer.pointer[index] = isWinograd ? (value * whole).rounded() * (9 - whole) : bf16(value)
            }
        }
        round(rounded.input, 8)
        round(rounded.weights, 5)
        round(rounded.gradient, 8)
        return rounded
    }

    private var isWinograd: Bool {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        return [y.kernel, x.kernel] == [3, 3]
            && [y.stride, x.stride, y.dilation, x.dilation] == [1, 1, 1, 1]
            && geometry.groups == 1 && min(geometry.channels, geometry.outputs) >= 16
    }

    var description: String {
        let (y, x) = (geometry.vertical, geometry.horizontal)
        return "\(y.input) × \(x.input) × \(geometry.channels) → \(geometry.outputs) in \(geometry.groups), "
            + "kernel \(y.kernel) × \(x.kernel), stride \(y.stride), \(x.stride), dilation \(y.dilation)"
    }

    /// What a kernel writes into `count` values with the workspace that it gets, or nil where it writes around them.
    func written(
        _ count: Int, by kernel: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> [Float]? {
        let target = Buffer(Array(repeating: Self.untouched, count: count + 128))
        let workspace = Buffer(Array(repeating: Self.untouched, count: geometry.workspaceCount + 16))
        kernel(target.pointer + 64, workspace.pointer)
        let isWhole =
            (Array(0..<64) + Array(64 + count..<128 + count)).allSatisfy { target[$0] == Self.untouched }
            && (geometry.workspaceCount..<workspace.count).allSatisfy { workspace[$0] == Self.untouched }
        return isWhole ? (0..<count).map { target[64 + $0] } : nil
    }

    func forward(
        _ kernels: ConvolutionKernels, rectifies: Bool = false, cuts: [Int] = [0, samples]
    ) -> [Float]? {
        written(Self.samples * geometry.outputCount) { target, workspace in
            var pass = ConvolutionPass(
                geometry: geometry, direction: .forward, source: input.pointer, weights: weights.pointer,
                bias: bias.pointer, target: target, rectifies: rectifies, workspace: workspace)
            pass.precision = precision
            for (begin, end) in zip(cuts, cuts.dropFirst()) { kernels.convolve(pass, begin..<end) }
        }
    }

    /// Whether pixels have room for whole panels of the input's gradient; a model's own input has not, and needs none.
    var hasInputGradient: Bool { geometry.inputStride % 16 == 0 }

    func backward(
        _ kernels: ConvolutionKernels, winners: Buffer<UInt32>? = nil, cuts: [Int] = [0, samples]
    ) -> [Float]? {
        written(Self.samples * geometry.inputCount) { target, workspace in
            var pass = ConvolutionPass(
                geometry: geometry, direction: .backward, source: gradient.pointer, weights: weights.pointer,
                target: target, winners: winners?.pointer, workspace: workspace)
            pass.precision = precision
            for (begin, end) in zip(cuts, cuts.dropFirst()) { kernels.convolve(pass, begin..<end) }
        }
    }

    /// Rectified and pooled values, and the winners.
    func pooled(_ kernels: ConvolutionKernels) -> (values: [Float], winners: [UInt32])? {
        let count = Self.samples * (geometry.vertical.output / 2) * (geometry.horizontal.output / 2)
        let winners = Buffer(Array(repeating: UInt32.max, count: count * geometry.outputStride + 64))
        let values = written(count * geometry.outputStride) { target, workspace in
            var pass = ConvolutionPass(
                geometry: geometry, direction: .forward, source: input.pointer, weights: weights.pointer,
                bias: bias.pointer, target: target, rectifies: true, winners: winners.pointer,
                workspace: workspace)
            pass.precision = precision
            kernels.convolve(pass, 0..<Self.samples)
        }
        let places = 0..<count * geometry.outputStride
        guard let values, (places.upperBound..<winners.count).allSatisfy({ winners[$0] == .max }) else {
            return nil
        }
        return (values, places.map { winners[$0] })
    }

    /// The weights' gradient and behind it the bias's, in pieces that end at these shares of the whole.
    func sums(
        _ kernels: ConvolutionKernels, winners: Buffer<UInt32>? = nil, gradient: Buffer<Float>? = nil,
        shares: [Double] = [1]
    ) -> [Float]? {
        written(geometry.weightCount + geometry.outputStride) { target, workspace in
            var pass = ConvolutionWeightPass(
                geometry: geometry, samples: 0..<Self.samples, input: input.pointer,
                gradient: (gradient ?? self.gradient).pointer,
                winners: winners.map { UnsafePointer($0.pointer) }, weightGradient: target,
                biasGradient: target + geometry.weightCount, workspace: workspace)
            pass.precision = precision
            var begin = 0
            for share in shares {
                let end = Int(share * Double(pass.pieces))
                if end > begin { kernels.sumWeights(pass, begin..<end) }
                begin = end
            }
        }
    }

    /// The output's gradient where `gradient` is that of the pooled one.
    func expanded(_ winners: Buffer<UInt32>) -> [Float] {
        let (height, width) = (geometry.vertical.output, geometry.horizontal.output)
        let stride = geometry.outputStride
        var dense = Array(repeating: Float(0), count: Self.samples * geometry.outputCount)
        for index in 0..<Self.samples * (height / 2) * (width / 2) * stride where winners[index] < 4 {
            let (pixel, channel) = index.quotientAndRemainder(dividingBy: stride)
            let (row, x) = pixel.quotientAndRemainder(dividingBy: width / 2)
            let (sample, y) = row.quotientAndRemainder(dividingBy: height / 2)
            let place = Int(winners[index])
            let target = (sample * height + 2 * y + place / 2) * width + 2 * x + place % 2
            dense[target * stride + channel] = gradient[index]
        }
        return dense
    }
}

/// The same sums in Double, one product after the other.
private struct Reference {
    let output: [Double]
    let inputGradient: [Double]
    /// And behind it the bias's.
    let weightGradient: [Double]

    /// - Parameter gradient: nil: the case's own.
    init(_ test: Case, gradient: [Float]? = nil) {
        let geometry = test.geometry
        let gradient = gradient ?? (0..<Case.samples * geometry.outputCount).map { test.gradient[$0] }
        let stride = geometry.outputStride
        let pixels = Case.samples * geometry.vertical.output * geometry.horizontal.output
        var output = (0..<pixels * stride).map { Double(test.bias[$0 % stride]) }
        var inputGradient = Array(repeating: 0.0, count: Case.samples * geometry.inputCount)
        var sums = Array(repeating: 0.0, count: geometry.weightCount + stride)
        for i in 0..<pixels * stride { sums[geometry.weightCount + i % stride] += Double(gradient[i]) }
        Self.eachProduct(geometry) { input, weight, target in
            output[target] += Double(test.input[input]) * Double(test.weights[weight])
            inputGradient[input] += Double(gradient[target]) * Double(test.weights[weight])
            sums[weight] += Double(gradient[target]) * Double(test.input[input])
        }
        (self.output, self.inputGradient, weightGradient) = (output, inputGradient, sums)
    }

    /// Calls `body` with the indices of each input, weight and output that meet.
    static func eachProduct(_ geometry: ConvolutionGeometry, _ body: (Int, Int, Int) -> Void) {
        let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
        for sample in 0..<Case.samples {
            for (oy, ox) in pairs(vertical.output, horizontal.output) {
                for (ky, kx) in pairs(vertical.kernel, horizontal.kernel) {
                    let y = oy * vertical.stride + ky * vertical.dilation - vertical.before
                    let x = ox * horizontal.stride + kx * horizontal.dilation - horizontal.before
                    guard (0..<vertical.input).contains(y), (0..<horizontal.input).contains(x) else {
                        continue
                    }
                    let input = ((sample * vertical.input + y) * horizontal.input + x) * geometry.inputStride
                    let target =
                        ((sample * vertical.output + oy) * horizontal.output + ox) * geometry.outputStride
                    let tap = (ky * horizontal.kernel + kx) * geometry.groupChannels
                    for o in 0..<geometry.outputs {
                        let group = o / geometry.groupOutputs
                        for c in 0..<geometry.groupChannels {
                            body(
                                input + group * geometry.groupChannels + c,
                                (tap + c) * geometry.outputStride + o, target + o)
                        }
                    }
                }
            }
        }
    }

    private static func pairs(_ height: Int, _ width: Int) -> [(Int, Int)] {
        (0..<height).flatMap { y in (0..<width).map { (y, $0) } }
    }
}

/// Not `#expect`, which would print thousands of values.
private func expectEqual(
    _ found: [Float]?, _ wanted: [Float]?, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let isEqual = found != nil && found?.map(\.bitPattern) == wanted?.map(\.bitPattern)
    #expect(isEqual, comment, sourceLocation: sourceLocation)
}

struct ConvolutionTests {
    private static func geometry(
        _ height: Int, _ width: Int, _ channels: Int, _ outputs: Int, kernel: (Int, Int),
        stride: (Int, Int) = (1, 1), before: (Int, Int) = (0, 0), after: (Int, Int)? = nil,
        dilation: (Int, Int) = (1, 1), groups: Int = 1, inputStride: Int? = nil
    ) -> ConvolutionGeometry {
        ConvolutionGeometry(
            vertical: ConvolutionAxis(
                input: height, kernel: kernel.0, stride: stride.0, before: before.0,
                after: (after ?? before).0, dilation: dilation.0),
            horizontal: ConvolutionAxis(
                input: width, kernel: kernel.1, stride: stride.1, before: before.1,
                after: (after ?? before).1, dilation: dilation.1),
            channels: channels, inputStride: inputStride, outputs: outputs, groups: groups)
    }

    /// Odd shapes: heights differ from widths, channels and outputs leave remainders of 16.
    private static let cases: [Case] = [
        geometry(5, 7, 1, 8, kernel: (3, 3), before: (1, 1), inputStride: 1),
        geometry(9, 6, 3, 17, kernel: (3, 3), before: (1, 1), inputStride: 3),
        geometry(8, 7, 17, 32, kernel: (3, 3), before: (1, 1)),
        geometry(7, 8, 32, 33, kernel: (1, 1)),
        geometry(9, 11, 17, 16, kernel: (1, 1), stride: (2, 2)),
        // Read where they lie, with nothing around them.
        geometry(9, 10, 16, 33, kernel: (1, 1), stride: (2, 3)),
        geometry(7, 5, 32, 32, kernel: (3, 2), groups: 32),
        geometry(11, 10, 3, 20, kernel: (5, 2), before: (2, 0), after: (2, 1)),
        geometry(11, 9, 16, 17, kernel: (3, 3), stride: (2, 2), before: (1, 1)),
        geometry(9, 8, 33, 20, kernel: (3, 3), stride: (2, 2), before: (1, 1)),
        geometry(13, 10, 5, 18, kernel: (4, 3), stride: (3, 2), before: (0, 2), after: (1, 0)),
        geometry(12, 11, 4, 7, kernel: (3, 3), before: (2, 2), dilation: (2, 2)),
        geometry(14, 13, 3, 5, kernel: (3, 2), stride: (2, 3), before: (1, 2), dilation: (3, 2)),
        geometry(1, 23, 6, 19, kernel: (1, 5), stride: (1, 2), before: (0, 2)),
        geometry(6, 5, 32, 64, kernel: (3, 3), before: (1, 1), groups: 2),
        geometry(6, 7, 12, 18, kernel: (3, 2), stride: (2, 1), before: (1, 1), groups: 3),
        geometry(7, 6, 20, 40, kernel: (3, 3), before: (1, 1), dilation: (1, 2), groups: 4),
        geometry(7, 5, 19, 19, kernel: (3, 3), stride: (2, 1), before: (1, 1), groups: 19),
        geometry(4, 5, 3, 16, kernel: (2, 2), before: (4, 3)),
        // Few rows of weights, of one panel of outputs and of two.
        geometry(8, 9, 2, 48, kernel: (2, 3), before: (1, 1), inputStride: 2),
        geometry(10, 13, 1, 64, kernel: (3, 3), stride: (1, 2), before: (1, 0), inputStride: 1),
        geometry(9, 10, 3, 20, kernel: (2, 2), stride: (2, 1), inputStride: 3),
        // Winograd's way, with odd targets, more tiles than a block and remainders of channels.
        geometry(9, 11, 32, 48, kernel: (3, 3), before: (1, 1)),
        geometry(15, 12, 20, 33, kernel: (3, 3), before: (0, 2), after: (1, 0)),
        geometry(9, 12, 9, 18, kernel: (5, 5), stride: (1, 2), before: (2, 1)),
    ].map { Case($0) }
    private static let references = cases.map { Reference($0) }
    /// Also those whose lists of winners are joined.
    private static let roundedCases =
        cases.map(\.rounded)
        + [
            geometry(9, 12, 32, 18, kernel: (5, 5), stride: (1, 2), before: (2, 1)),
            geometry(11, 8, 64, 21, kernel: (3, 3), stride: (2, 1), before: (1, 1)),
        ].map { Case($0).rounded }

    @Test(.enabled(if: Fixture.kernels.precisions.contains(.bf16), "this processor has no AVX512-BF16"))
    func `convolutions in bf16 and their gradients are sums over rounded factors`() throws {
        let kernels = Fixture.kernels.convolution
        for test in Self.roundedCases {
            let (comment, reference) = (Comment(rawValue: test.description), Reference(test))
            let output = test.forward(kernels)
            expectClose(try #require(output, comment), reference.output, comment)
            expectEqual(test.forward(kernels, cuts: [0, 1, 3]), output, comment)
            if test.hasInputGradient {
                let backward = test.backward(kernels)
                expectClose(try #require(backward, comment), reference.inputGradient, comment)
                expectEqual(test.backward(kernels, cuts: [0, 2, 3]), backward, comment)
            }
            let sums = test.sums(kernels)
            expectClose(try #require(sums, comment), reference.weightGradient, tolerance: 2e-5, comment)
            for shares in [[0.1, 1], [0.3, 0.9, 1]] {
                expectEqual(test.sums(kernels, shares: shares), sums, comment)
            }
            guard test.geometry.vertical.output > 1 else { continue }
            let pooled = try #require(test.pooled(kernels), comment)
            let windows = windows(of: reference.output, test.geometry)
            expectClose(pooled.values, windows.map { max($0.max()!, 0) }, comment)
            let winners = winners(test.geometry)
            let behind = Reference(test, gradient: test.expanded(winners))
            if test.hasInputGradient {
                let backward = try #require(test.backward(kernels, winners: winners), comment)
                expectClose(backward, behind.inputGradient, comment)
            }
            let listed = test.sums(kernels, winners: winners)
            expectClose(try #require(listed, comment), behind.weightGradient, tolerance: 2e-5, comment)
            expectEqual(test.sums(kernels, winners: winners, shares: [0.4, 0.8, 1]), listed, comment)
        }
    }

    @Test(.enabled(if: Fixture.kernels.precisions.contains(.bf16), "this processor has no AVX512-BF16"))
    func `convolutions in bf16 round to the nearest`() throws {
        let kernels = Fixture.kernels.convolution
        let geometry = Self.geometry(9, 11, 32, 18, kernel: (3, 3), stride: (2, 2), before: (1, 1))
        var test = Case(geometry)
        test.precision = .bf16
        let winners = winners(geometry)
        let (forward, backward, sums) = (
            test.forward(kernels), test.backward(kernels), test.sums(kernels)
        )
        let (scattered, listed) = (
            test.backward(kernels, winners: winners), test.sums(kernels, winners: winners)
        )
        // Sums of biases are no products, so they are not rounded.
        let biases = Reference(test).weightGradient.suffix(geometry.outputStride)
        let listedBiases = Reference(test, gradient: test.expanded(winners)).weightGradient
            .suffix(geometry.outputStride)
        for buffer in [test.input, test.weights, test.gradient] {
            for index in 0..<buffer.count { buffer.pointer[index] = bf16(buffer.pointer[index]) }
        }
        let rounded = Reference(test)
        let behind = Reference(test, gradient: test.expanded(winners))
        expectClose(try #require(forward), rounded.output)
        expectClose(try #require(backward), rounded.inputGradient)
        let weights = rounded.weightGradient.prefix(geometry.weightCount)
        expectClose(try #require(sums), Array(weights) + biases, tolerance: 2e-5)
        expectClose(try #require(scattered), behind.inputGradient)
        let listedWeights = behind.weightGradient.prefix(geometry.weightCount)
        expectClose(try #require(listed), Array(listedWeights) + listedBiases, tolerance: 2e-5)
    }

    @Test(.enabled(if: Fixture.kernels.precisions.contains(.bf16), "this processor has no AVX512-BF16"))
    func `convolutions in bf16 round what is given to them, each its own part`() {
        let kernels = Fixture.kernels.convolution
        func differ(_ geometry: ConvolutionGeometry, winners: Buffer<UInt32>? = nil) -> [Bool] {
            let exact = Case(geometry)
            var rounded = exact
            rounded.precision = .bf16
            return [
                exact.forward(kernels) != rounded.forward(kernels),
                exact.backward(kernels, winners: winners) != rounded.backward(kernels, winners: winners),
                exact.sums(kernels, winners: winners) != rounded.sums(kernels, winners: winners),
            ]
        }
        let wide = Self.geometry(9, 11, 32, 48, kernel: (3, 3), before: (1, 1))
        #expect(differ(wide) == [true, true, true])
        #expect(differ(wide, winners: winners(wide)) == [true, true, true])
        let strided = Self.geometry(9, 11, 32, 48, kernel: (3, 3), stride: (2, 2), before: (1, 1))
        #expect(differ(strided) == [true, true, true])
        // Back, outputs in pairs or none, and lists in blocks of 32 channels; forward, an odd number of channels in pairs from tap to
        // tap.
        let odd = Self.geometry(7, 8, 17, 20, kernel: (3, 2), before: (1, 1))
        #expect(differ(odd) == [true, false, true])
        let apart = Self.geometry(9, 10, 3, 20, kernel: (3, 3), before: (2, 2), dilation: (1, 2))
        #expect(differ(apart) == [false, false, true])
        let narrow = Self.geometry(9, 12, 18, 18, kernel: (5, 5), before: (2, 2))
        #expect(differ(narrow, winners: winners(narrow)) == [true, false, false])
        // So few rows of weights that a pooled gradient is read where it lies, and then more.
        let few = Self.geometry(8, 9, 2, 20, kernel: (2, 3), before: (1, 1))
        #expect(differ(few) == [true, true, true])
        #expect(differ(few, winners: winners(few))[2] == false)
        let more = Self.geometry(8, 9, 3, 20, kernel: (3, 3), before: (1, 1))
        #expect(differ(more, winners: winners(more))[2])
        let depthwise = Self.geometry(7, 5, 18, 18, kernel: (3, 3), before: (1, 1), groups: 18)
        #expect(differ(depthwise) == [false, false, false])
    }

    @Test(arguments: InstructionSet.supported)
    func `convolutions and their gradients agree with Double sums`(set: InstructionSet) throws {
        let kernels = KernelSet.of(set)!.convolution
        for (test, reference) in zip(Self.cases, Self.references) {
            let comment = Comment(rawValue: test.description)
            expectClose(
                try #require(test.forward(kernels), comment), reference.output, tolerance: 1e-5, comment)
            let rectified = try #require(test.forward(kernels, rectifies: true), comment)
            expectClose(rectified, reference.output.map { max($0, 0) }, tolerance: 1e-5, comment)
            if test.hasInputGradient {
                // The padding of the target's pixels becomes zero, whatever stood there.
                let backward = try #require(test.backward(kernels), comment)
                expectClose(backward, reference.inputGradient, tolerance: 1e-5, comment)
            }
            let sums = try #require(test.sums(kernels), comment)
            expectClose(sums, reference.weightGradient, tolerance: 2e-5, comment)
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a pooled convolution is the largest of each window, and says which one`(set: InstructionSet) throws
    {
        let kernels = KernelSet.of(set)!.convolution
        for (test, reference) in zip(Self.cases, Self.references) where test.geometry.vertical.output > 1 {
            let comment = Comment(rawValue: test.description)
            let found = try #require(test.pooled(kernels), comment)
            let windows = windows(of: reference.output, test.geometry)
            expectClose(found.values, windows.map { max($0.max()!, 0) }, tolerance: 1e-5, comment)
            // Where two are nearly equal, either may win.
            let areRight = zip(windows, zip(found.values, found.winners)).allSatisfy {
                (window: [Double], found: (Float, UInt32)) -> Bool in
                let (value, winner) = found
                if winner == 4 { return value == 0 }
                return value > 0 && window[Int(winner)] > window.max()! - 1e-5
            }
            #expect(areRight, comment)
        }
    }

    /// The four values of each window and channel.
    private func windows(of output: [Double], _ geometry: ConvolutionGeometry) -> [[Double]] {
        let (height, width) = (geometry.vertical.output, geometry.horizontal.output)
        let stride = geometry.outputStride
        return (0..<Case.samples * (height / 2) * (width / 2) * stride).map { index in
            let (pixel, channel) = index.quotientAndRemainder(dividingBy: stride)
            let (row, x) = pixel.quotientAndRemainder(dividingBy: width / 2)
            let (sample, y) = row.quotientAndRemainder(dividingBy: height / 2)
            return (0..<4).map { place in
                let (y, x) = (2 * y + place / 2, 2 * x + place % 2)
                return output[((sample * height + y) * width + x) * stride + channel]
            }
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `bits of a convolution do not depend on how samples and rows are shared`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.convolution
        for test in Self.cases {
            let comment = Comment(rawValue: test.description)
            expectEqual(test.forward(kernels), test.forward(kernels, cuts: [0, 1, 3]), comment)
            if test.hasInputGradient {
                expectEqual(test.backward(kernels), test.backward(kernels, cuts: [0, 2, 3]), comment)
            }
            let whole = test.sums(kernels)
            for shares in [[0.1, 1], [0.5, 1], [0.3, 0.9, 1]] {
                expectEqual(test.sums(kernels, shares: shares), whole, comment)
            }
        }
    }

    /// Winners that are all different, a fifth of them nobody.
    private func winners(_ geometry: ConvolutionGeometry) -> Buffer<UInt32> {
        let draws = Fixture.floats(Case.samples * geometry.outputCount + 64, seed: 6)
        return Buffer(draws.map { UInt32(($0 + 1) * 2.499) })
    }

    @Test(arguments: InstructionSet.supported)
    func `gradients behind a pooling agree with Double sums over what the winners get`(
        set: InstructionSet
    ) throws {
        let kernels = KernelSet.of(set)!.convolution
        for test in Self.cases where test.geometry.vertical.output > 1 {
            let comment = Comment(rawValue: test.description)
            let winners = winners(test.geometry)
            let reference = Reference(test, gradient: test.expanded(winners))
            if test.hasInputGradient {
                let backward = test.backward(kernels, winners: winners)
                expectClose(
                    try #require(backward, comment), reference.inputGradient, tolerance: 1e-5, comment)
                expectEqual(test.backward(kernels, winners: winners, cuts: [0, 2, 3]), backward, comment)
            }
            let sums = test.sums(kernels, winners: winners)
            expectClose(try #require(sums, comment), reference.weightGradient, tolerance: 2e-5, comment)
            for shares in [[0.1, 1], [0.4, 0.8, 1]] {
                expectEqual(test.sums(kernels, winners: winners, shares: shares), sums, comment)
            }
            guard !test.geometry.isSparse else { continue }
            // As if each pixel had its own gradient.
            let pixels = Buffer(test.expanded(winners) + Array(repeating: 0, count: 64))
            expectEqual(test.sums(kernels, gradient: pixels), sums, comment)
        }
    }

    /// As many windows as fill whole vectors, each with a winner: lists are as long as they can be.
    @Test(arguments: InstructionSet.supported)
    func `lists of winners hold all windows, and nothing of what lies behind the outputs`(
        set: InstructionSet
    ) throws {
        let kernels = KernelSet.of(set)!.convolution
        let test = Case(Self.geometry(8, 8, 8, 18, kernel: (3, 3), before: (1, 1)))
        let winners = winners(test.geometry)
        for index in 0..<winners.count { winners.pointer[index] %= 4 }
        let reference = Reference(test, gradient: test.expanded(winners))
        let sums = try #require(test.sums(kernels, winners: winners))
        expectClose(sums, reference.weightGradient, tolerance: 2e-5)
        let backward = try #require(test.backward(kernels, winners: winners))
        expectClose(backward, reference.inputGradient, tolerance: 1e-5)
        for index in 0..<Case.samples * 16 * 32 where index % 32 >= 18 {
            test.gradient.pointer[index] = Float(index)
        }
        expectEqual(test.backward(kernels, winners: winners), backward, "padding")
    }
}
