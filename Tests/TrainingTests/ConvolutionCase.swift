import Kernels
import Tensors
import VectorKernels

/// A convolution over buffers with guard zones around what is written.
struct ConvolutionCase: CustomStringConvertible {
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
    var rounded: ConvolutionCase {
        var rounded = ConvolutionCase(geometry)
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
struct ConvolutionReference {
    let output: [Double]
    let inputGradient: [Double]
    /// And behind it the bias's.
    let weightGradient: [Double]

    /// - Parameter gradient: nil: the case's own.
    init(_ test: ConvolutionCase, gradient: [Float]? = nil) {
        let geometry = test.geometry
        let gradient =
            gradient ?? (0..<ConvolutionCase.samples * geometry.outputCount).map { test.gradient[$0] }
        let stride = geometry.outputStride
        let pixels = ConvolutionCase.samples * geometry.vertical.output * geometry.horizontal.output
        var output = (0..<pixels * stride).map { Double(test.bias[$0 % stride]) }
        var inputGradient = Array(repeating: 0.0, count: ConvolutionCase.samples * geometry.inputCount)
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
        for sample in 0..<ConvolutionCase.samples {
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
