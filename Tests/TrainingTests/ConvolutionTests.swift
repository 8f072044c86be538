import Kernels
import Tensors
import Testing
import VectorKernels

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
    private static let cases: [ConvolutionCase] = [
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
    ].map { ConvolutionCase($0) }
    private static let references = cases.map { ConvolutionReference($0) }
    /// Also those whose lists of winners are joined.
    private static let roundedCases =
        cases.map(\.rounded)
        + [
            geometry(9, 12, 32, 18, kernel: (5, 5), stride: (1, 2), before: (2, 1)),
            geometry(11, 8, 64, 21, kernel: (3, 3), stride: (2, 1), before: (1, 1)),
        ].map { ConvolutionCase($0).rounded }

    @Test(.enabled(if: Fixture.kernels.precisions.contains(.bf16), "this processor has no AVX512-BF16"))
    func `convolutions in bf16 and their gradients are sums over rounded factors`() throws {
        let kernels = Fixture.kernels.convolution
        for test in Self.roundedCases {
            let (comment, reference) = (Comment(rawValue: test.description), ConvolutionReference(test))
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
            let behind = ConvolutionReference(test, gradient: test.expanded(winners))
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
        var test = ConvolutionCase(geometry)
        test.precision = .bf16
        let winners = winners(geometry)
        let (forward, backward, sums) = (
            test.forward(kernels), test.backward(kernels), test.sums(kernels)
        )
        let (scattered, listed) = (
            test.backward(kernels, winners: winners), test.sums(kernels, winners: winners)
        )
        // Sums of biases are no products, so they are not rounded.
        let biases = ConvolutionReference(test).weightGradient.suffix(geometry.outputStride)
        let listedBiases = ConvolutionReference(test, gradient: test.expanded(winners)).weightGradient
            .suffix(geometry.outputStride)
        for buffer in [test.input, test.weights, test.gradient] {
            for index in 0..<buffer.count { buffer.pointer[index] = bf16(buffer.pointer[index]) }
        }
        let rounded = ConvolutionReference(test)
        let behind = ConvolutionReference(test, gradient: test.expanded(winners))
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
            let exact = ConvolutionCase(geometry)
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
        return (0..<ConvolutionCase.samples * (height / 2) * (width / 2) * stride).map { index in
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
        let draws = Fixture.floats(ConvolutionCase.samples * geometry.outputCount + 64, seed: 6)
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
            let reference = ConvolutionReference(test, gradient: test.expanded(winners))
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
        let test = ConvolutionCase(Self.geometry(8, 8, 8, 18, kernel: (3, 3), before: (1, 1)))
        let winners = winners(test.geometry)
        for index in 0..<winners.count { winners.pointer[index] %= 4 }
        let reference = ConvolutionReference(test, gradient: test.expanded(winners))
        let sums = try #require(test.sums(kernels, winners: winners))
        expectClose(sums, reference.weightGradient, tolerance: 2e-5)
        let backward = try #require(test.backward(kernels, winners: winners))
        expectClose(backward, reference.inputGradient, tolerance: 1e-5)
        for index in 0..<ConvolutionCase.samples * 16 * 32 where index % 32 >= 18 {
            test.gradient.pointer[index] = Float(index)
        }
        expectEqual(test.backward(kernels, winners: winners), backward, "padding")
    }

    @Test func `expectEqual can fail`() {
        for found in [[1, 2], [1, -0.0], [1], nil] as [[Float]?] {
            withKnownIssue { expectEqual(found, [1, 0], "another value, a sign, a count, nothing") }
        }
    }
}
