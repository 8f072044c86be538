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
            let pass = ConvolutionPass(
                geometry: geometry, direction: .forward, source: input.pointer, weights: weights.pointer,
                bias: bias.pointer, target: target, rectifies: rectifies, workspace: workspace)
            for (begin, end) in zip(cuts, cuts.dropFirst()) { kernels.convolve(pass, begin..<end) }
        }
    }

    /// Whether pixels have room for whole panels of the input's gradient; a model's own input has not, and needs none.
    var hasInputGradient: Bool { geometry.inputStride % 16 == 0 }

    func backward(_ kernels: ConvolutionKernels, cuts: [Int] = [0, samples]) -> [Float]? {
        written(Self.samples * geometry.inputCount) { target, workspace in
            let pass = ConvolutionPass(
                geometry: geometry, direction: .backward, source: gradient.pointer, weights: weights.pointer,
                target: target, workspace: workspace)
            for (begin, end) in zip(cuts, cuts.dropFirst()) { kernels.convolve(pass, begin..<end) }
        }
    }

    /// The weights' gradient and behind it the bias's.
    func sums(_ kernels: ConvolutionKernels, cuts: [Int]? = nil) -> [Float]? {
        let cuts = cuts ?? [0, geometry.weightRows]
        return written(geometry.weightCount + geometry.outputStride) { target, workspace in
            let pass = ConvolutionWeightPass(
                geometry: geometry, samples: Self.samples, input: input.pointer, gradient: gradient.pointer,
                weightGradient: target, biasGradient: target + geometry.weightCount,
                workspace: workspace)
            for (begin, end) in zip(cuts, cuts.dropFirst()) { kernels.sumWeights(pass, begin..<end) }
        }
    }
}

/// The same sums in Double, one product after the other.
private struct Reference {
    let output: [Double]
    let inputGradient: [Double]
    /// And behind it the bias's.
    let weightGradient: [Double]

    init(_ test: Case) {
        let geometry = test.geometry
        let stride = geometry.outputStride
        let pixels = Case.samples * geometry.vertical.output * geometry.horizontal.output
        var output = (0..<pixels * stride).map { Double(test.bias[$0 % stride]) }
        var inputGradient = Array(repeating: 0.0, count: Case.samples * geometry.inputCount)
        var sums = Array(repeating: 0.0, count: geometry.weightCount + stride)
        for i in 0..<pixels * stride { sums[geometry.weightCount + i % stride] += Double(test.gradient[i]) }
        Self.eachProduct(geometry) { input, weight, target in
            output[target] += Double(test.input[input]) * Double(test.weights[weight])
            inputGradient[input] += Double(test.gradient[target]) * Double(test.weights[weight])
            sums[weight] += Double(test.gradient[target]) * Double(test.input[input])
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
    let isEqual = found != nil && found == wanted
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
        geometry(11, 10, 3, 20, kernel: (5, 2), before: (2, 0), after: (2, 1)),
        geometry(11, 9, 16, 17, kernel: (3, 3), stride: (2, 2), before: (1, 1)),
        geometry(13, 10, 5, 18, kernel: (4, 3), stride: (3, 2), before: (0, 2), after: (1, 0)),
        geometry(12, 11, 4, 7, kernel: (3, 3), before: (2, 2), dilation: (2, 2)),
        geometry(14, 13, 3, 5, kernel: (3, 2), stride: (2, 3), before: (1, 2), dilation: (3, 2)),
        geometry(1, 23, 6, 19, kernel: (1, 5), stride: (1, 2), before: (0, 2)),
        geometry(6, 5, 32, 64, kernel: (3, 3), before: (1, 1), groups: 2),
        geometry(6, 7, 12, 18, kernel: (3, 2), stride: (2, 1), before: (1, 1), groups: 3),
        geometry(7, 6, 20, 40, kernel: (3, 3), before: (1, 1), dilation: (1, 2), groups: 4),
        geometry(7, 5, 19, 19, kernel: (3, 3), stride: (2, 1), before: (1, 1), groups: 19),
        geometry(4, 5, 3, 16, kernel: (2, 2), before: (4, 3)),
    ].map { Case($0) }

    @Test(arguments: InstructionSet.supported)
    func `convolutions and their gradients agree with Double sums`(set: InstructionSet) throws {
        let kernels = KernelSet.of(set)!.convolution
        for test in Self.cases {
            let reference = Reference(test)
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
    func `bits of a convolution do not depend on how samples and rows are shared`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.convolution
        for test in Self.cases {
            let comment = Comment(rawValue: test.description)
            let rows = test.geometry.weightRows
            expectEqual(test.forward(kernels), test.forward(kernels, cuts: [0, 1, 3]), comment)
            if test.hasInputGradient {
                expectEqual(test.backward(kernels), test.backward(kernels, cuts: [0, 2, 3]), comment)
            }
            let whole = test.sums(kernels)
            for cuts in [[0, 1, rows], [0, rows / 2, rows], [0, rows / 3, rows - 1, rows]] {
                expectEqual(test.sums(kernels, cuts: cuts), whole, comment)
            }
        }
    }
}
